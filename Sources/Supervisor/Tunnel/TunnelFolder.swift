import Glibc
import Platform

/// What cloudflared reads, in a folder of its own that is also its home: an empty configuration, and the token of a named tunnel.
/// Nothing of it stays when the tunnel has been stopped.
nonisolated struct TunnelFolder: Sendable {
    let path: String

    init(path: String) { self.path = path }

    /// In the folder of another file of ours that lives as long as the process.
    init(besides file: String) {
        path = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) + "/tunnel"
    }

    var configPath: String { path + "/config.yml" }
    var tokenPath: String { path + "/token" }

    /// - Parameter token: nil: no such file.
    func prepare(token: String?) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError(call: "mkdir", errno: errno) }
        try write(configPath, [])
        if let token { try write(tokenPath, Array(token.utf8)) } else { unlink(tokenPath) }
    }

    func clean() {
        unlink(configPath)
        unlink(tokenPath)
        // What cloudflared may have left there keeps the folder.
        rmdir(path)
    }

    private func write(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        unlink(path)
        let raw = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw SystemError(call: "open", errno: errno) }
        let file = FileDescriptor(owning: raw)
        guard Glibc.write(file.raw, bytes, bytes.count) == bytes.count else {
            throw SystemError(call: "write", errno: errno)
        }
    }
}
