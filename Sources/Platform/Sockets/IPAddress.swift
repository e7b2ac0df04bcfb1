import Glibc

/// An internet address, for the question where it leads.
public struct IPAddress: Sendable, Equatable {
    private enum Kind: Sendable, Equatable {
        case v4(UInt32)
        case v6(high: UInt64, low: UInt64)
    }
    private let kind: Kind

    /// Reads a socket address of so many bytes; nil if it is no internet address.
    public init?(socketAddress bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        switch CInt(bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            kind = .v4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            kind = .v6(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        default: return nil
        }
    }

    /// Whether it belongs to a host of the public internet: neither to this host nor to networks around it, nor to a cloud
    /// machine's own services. IPv6 addresses that stand for IPv4 ones are judged by those.
    public var isPublic: Bool {
        switch kind {
        case .v4(let address): Self.isPublic(address)
        case .v6(0, let low) where low >> 32 == 0xFFFF: Self.isPublic(UInt32(truncatingIfNeeded: low))
        // RFC 6052: what a NAT64 makes of an IPv4 address.
        case .v6(0x0064_FF9B_0000_0000, let low) where low >> 32 == 0: Self.isPublic(UInt32(truncatingIfNeeded: low))
        case .v6(let high, _):
            // RFC 4291 section 2.4: everything else is no global unicast, or not given out.
            high >> 61 == 0b001 && !Self.reservedV6.contains { high >> (64 - $0.bits) == $0.prefix >> (64 - $0.bits) }
        }
    }

    private static func isPublic(_ address: UInt32) -> Bool {
        !reservedV4.contains { address >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
    }

    /// IANA IPv4 Special-Purpose Address Registry, multicast (RFC 5771), and Azure's host services.
    private static let reservedV4: [(prefix: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8),  // this network
        (0x0A00_0000, 8),  // private
        (0x6440_0000, 10),  // carrier-grade NAT
        (0x7F00_0000, 8),  // loopback
        (0xA9FE_0000, 16),  // link-local, metadata services
        (0xAC10_0000, 12),  // private
        (0xC000_0000, 24),  // protocol assignments
        (0xC000_0200, 24),  // documentation
        (0xC058_6300, 24),  // 6to4 relays
        (0xC0A8_0000, 16),  // private
        (0xC612_0000, 15),  // benchmarks
        (0xC633_6400, 24),  // documentation
        (0xCB00_7100, 24),  // documentation
        (0xA83F_8110, 32),  // 168.63.129.16
        (0xE000_0000, 3),  // multicast, reserved, broadcast
    ]

    /// IANA IPv6 Special-Purpose Address Registry: the parts of 2000::/3 that are no ordinary hosts. Upper halves.
    private static let reservedV6: [(prefix: UInt64, bits: UInt64)] = [
        (0x2001_0000_0000_0000, 23),  // protocol assignments, Teredo among them
        (0x2001_0DB8_0000_0000, 32),  // documentation
        (0x2002_0000_0000_0000, 16),  // 6to4: any IPv4 address inside
        (0x3FFF_0000_0000_0000, 20),  // documentation
    ]
}
