import HTTP

/// Whose address stands in the traffic log.
nonisolated enum ClientOrigin {
    private static let addressMaxBytes = 45

    /// The peer's address; behind a proxy on this machine the first one that it names in `X-Forwarded-For`. While a tunnel of ours
    /// leads here, what Cloudflare says counts first: there `X-Forwarded-For` begins with whatever the client has sent.
    static func address(peer: String, _ fields: HTTPFields, isTunnelOpen: Bool) -> String {
        if isTunnelOpen, isLoopback(peer), let address = fields["cf-connecting-ip"], isAddress(address) {
            return address
        }
        guard isLoopback(peer), let list = fields["x-forwarded-for"] else { return peer }
        let first = list.prefix { $0 != "," }.filter { $0 != " " }
        return isAddress(first) ? first : peer
    }

    private static func isLoopback(_ peer: String) -> Bool {
        peer.begins(with: "127.") || peer == "::1" || peer.begins(with: "::ffff:127.")
    }

    private static func isAddress(_ text: some StringProtocol) -> Bool {
        (2...addressMaxBytes).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "." || $0 == ":") }
    }
}
