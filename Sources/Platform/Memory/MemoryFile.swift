import CPlatform
import Glibc

/// Memory that two processes share by descriptor (memfd), sealed so that neither can pull it away under the other.
public final class MemoryFile: @unchecked Sendable {
    public let descriptor: FileDescriptor
    public let sizeBytes: Int
    /// The mapping, made once and kept for this object's life. Only touched by the owner of the object.
    private var mapping: UnsafeMutableRawBufferPointer?

    /// Memory of a fixed size, all zero, that both sides may write.
    public static func create(name: String, size: Int) throws(SystemError) -> MemoryFile {
        let file = try MemoryFile(name: name, size: size)
        try file.seal(platform_seal_size)
        return file
    }

    /// Memory that holds `bytes` and can never change again.
    public static func writeOnce(name: String, _ bytes: [UInt8]) throws(SystemError) -> MemoryFile {
        let file = try MemoryFile(name: name, size: bytes.count)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { rest in
                pwrite(file.descriptor.raw, rest.baseAddress, rest.count, off_t(offset))
            }
            if count < 0, errno != EINTR { throw SystemError("pwrite") }
            offset += max(0, count)
        }
        try file.seal(platform_seal_content)
        return file
    }

    /// Takes over memory that another process made.
    /// - Parameter expectedSize: what it must be long, nil for any size up to `sizeMaxBytes`.
    /// - Throws: `EINVAL` if it has another size or its maker could still change its size.
    public init(
        adopting descriptor: consuming FileDescriptor, expectedSize: Int? = nil, sizeMaxBytes: Int = .max
    ) throws(SystemError) {
        var facts = stat()
        let result = fstat(descriptor.raw, &facts)
        let seals = platform_get_seals(descriptor.raw)
        self.descriptor = descriptor
        sizeBytes = Int(facts.st_size)
        guard result == 0, seals >= 0, seals & platform_seal_size == platform_seal_size, sizeBytes <= sizeMaxBytes,
            expectedSize == nil || expectedSize == sizeBytes
        else { throw SystemError(call: "memfd", errno: EINVAL) }
    }

    private init(name: String, size: Int) throws(SystemError) {
        let raw = platform_memfd_create(name)
        guard raw >= 0 else { throw SystemError("memfd_create") }
        descriptor = FileDescriptor(owning: raw)
        sizeBytes = size
        guard ftruncate(raw, off_t(size)) == 0 else { throw SystemError("ftruncate") }
    }

    deinit {
        if let mapping { munmap(mapping.baseAddress, mapping.count) }
    }

    /// Maps the memory, shared. The pointer is valid for as long as this object lives; asking again gives the same mapping.
    public func map(writable: Bool) throws(SystemError) -> UnsafeMutableRawBufferPointer {
        if let mapping { return mapping }
        guard sizeBytes > 0 else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
        let address = mmap(nil, sizeBytes, protection, MAP_SHARED, descriptor.raw, 0)
        guard let address, address != MAP_FAILED else { throw SystemError("mmap") }
        let made = UnsafeMutableRawBufferPointer(start: address, count: sizeBytes)
        mapping = made
        return made
    }

    /// A copy of the content.
    public func bytes() throws(SystemError) -> [UInt8] { try [UInt8](map(writable: false)) }

    private func seal(_ seals: CInt) throws(SystemError) {
        guard platform_add_seals(descriptor.raw, seals) == 0 else { throw SystemError("fcntl(F_ADD_SEALS)") }
    }
}
