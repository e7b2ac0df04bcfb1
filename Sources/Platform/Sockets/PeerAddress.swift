import Glibc

/// Who is at the other end of a connection.
public struct PeerAddress: Sendable, Equatable {
    private enum Kind: Sendable, Equatable {
        case v4(UInt32)
        case v6(high: UInt64, low: UInt64)
        case local
    }
    private let kind: Kind

    /// A peer on this host by a Unix socket, or one that has no address.
    public static let local = PeerAddress(kind: .local)

    private init(kind: Kind) { self.kind = kind }

    /// The peer of a connected socket; `local` if it has no internet address.
    public init(of fd: CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(fd, $0, &length) }
        }
        self = result == 0 ? PeerAddress(storage) : .local
    }

    /// The address a socket of ours is bound to; `local` if it is no internet address.
    init(boundBy fd: CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &length) }
        }
        self = result == 0 ? PeerAddress(storage) : .local
    }

    init(_ storage: sockaddr_storage) {
        kind = withUnsafeBytes(of: storage) { bytes in
            switch CInt(storage.ss_family) {
            case AF_INET:
                return .v4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            case AF_INET6:
                let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                // ::ffff:a.b.c.d is how a dual-stack listener shows an IPv4 peer.
                if high == 0, low >> 32 == 0xffff { return .v4(UInt32(truncatingIfNeeded: low)) }
                return .v6(high: high, low: low)
            default:
                return .local
            }
        }
    }

    /// Whether the peer is on this host.
    public var isLoopback: Bool {
        switch kind {
        case .v4(let address): address >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        case .local: true
        }
    }

    /// The address as people write it, without port; "local" for a Unix socket.
    public var text: String {
        switch kind {
        case .v4(let address):
            "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
        case .v6(let high, let low):
            Self.text(of: in6_addr(high: high, low: low))
        case .local:
            "local"
        }
    }

    private static func text(of address: in6_addr) -> String {
        var address = address
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard inet_ntop(AF_INET6, &address, buffer.baseAddress, socklen_t(buffer.count)) != nil,
                let start = buffer.baseAddress
            else { return "?" }
            return String(cString: start)
        }
    }
}

extension in6_addr {
    fileprivate init(high: UInt64, low: UInt64) {
        self.init()
        withUnsafeMutableBytes(of: &self) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
    }
}
