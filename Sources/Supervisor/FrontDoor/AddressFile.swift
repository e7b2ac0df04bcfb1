import Glibc
import Platform

/// Tells scripts where the gateway listens: one line with its address, in place as a whole or not at all.
enum AddressFile {
    static func write(_ address: String, to path: String) throws(SystemError) {
        let temporary = "\(path).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(call: "open", errno: errno) }
        let owner = FileDescriptor(owning: file)
        let line = Array("\(address)\n".utf8)
        guard Glibc.write(owner.raw, line, line.count) == line.count, rename(temporary, path) == 0 else {
            let failure = errno
            _ = unlink(temporary)
            throw SystemError(call: "rename", errno: failure)
        }
    }
}
