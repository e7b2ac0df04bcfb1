import Glibc
import Platform
import Testing

/// Where an address leads, for requests that others have a say in.
@Suite struct IPAddressTests {
    struct Row: Sendable {
        let address: String
        let isPublic: Bool
    }

    nonisolated static func rows(_ isPublic: Bool, _ addresses: String) -> [Row] {
        addresses.split(whereSeparator: \.isWhitespace).map { Row(address: String($0), isPublic: isPublic) }
    }

    nonisolated static let table =
        rows(
            true,
            """
            1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
            169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
            203.0.112.255 203.0.114.0 168.63.129.15 223.255.255.255
            2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 2003::1 3ffe:ffff::1 64:ff9b::8.8.8.8 ::ffff:8.8.8.8
            """)
        + rows(
            false,
            """
            0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1
            127.255.255.255 169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.192 192.0.2.1
            192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.7 168.63.129.16
            224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
            :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.1.2.3 64:ff9b::7f00:1
            64:ff9b::a9fe:a9fe 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1
            2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 febf::1 fec0::1 ff02::1
            """)

    @Test(arguments: table)
    func `only hosts of the public internet are public`(row: Row) throws {
        let address = try #require(Self.address(row.address), "\(row.address) cannot be read")
        #expect(address.isPublic == row.isPublic, "\(row.address)")
    }

    @Test func `what is no internet address, or cut short, is none`() {
        var local = sockaddr_un()
        local.sun_family = sa_family_t(AF_UNIX)
        withUnsafeBytes(of: local) { #expect(IPAddress(socketAddress: $0) == nil) }
        var short = sockaddr_in()
        short.sin_family = sa_family_t(AF_INET)
        withUnsafeBytes(of: short) { bytes in
            for count in 0..<bytes.count {
                #expect(IPAddress(socketAddress: UnsafeRawBufferPointer(rebasing: bytes[..<count])) == nil)
            }
        }
    }

    static func address(_ text: String) -> IPAddress? {
        if text.contains(":") {
            var socketAddress = sockaddr_in6()
            socketAddress.sin6_family = sa_family_t(AF_INET6)
            guard inet_pton(AF_INET6, text, &socketAddress.sin6_addr) == 1 else { return nil }
            return withUnsafeBytes(of: socketAddress) { IPAddress(socketAddress: $0) }
        }
        var socketAddress = sockaddr_in()
        socketAddress.sin_family = sa_family_t(AF_INET)
        guard inet_pton(AF_INET, text, &socketAddress.sin_addr) == 1 else { return nil }
        return withUnsafeBytes(of: socketAddress) { IPAddress(socketAddress: $0) }
    }
}
