import HTTP

/// What comes through the tunnel, and where it may go.
///
/// cloudflared connects from this machine like any program of its operator. What tells its requests apart is what Cloudflare's edge
/// puts into every one of them, and the public name they ask for. A local program that sends the same is only refused more.
nonisolated enum TunnelTraffic {
    /// Fields of Cloudflare's edge ("Cloudflare HTTP headers" of its documentation); `Cdn-Loop` is RFC 8586's.
    private static let marks: [StaticString] = ["cf-ray", "cf-connecting-ip", "cf-visitor", "cf-ipcountry", "cdn-loop"]

    /// - Parameter url: the tunnel's public address, as far as it is known.
    static func isTunneled(_ head: HTTPRequestHead, isPeerLoopback: Bool, url: String?) -> Bool {
        guard isPeerLoopback else { return false }
        if marks.contains(where: { head.fields.contains($0) }) { return true }
        guard let url, let host = head.host else { return false }
        return url.lowercased() == "https://" + host.lowercased().prefix { $0 != ":" }
    }

    /// Paths beside those of the AI dialects that anybody on the internet may ask for: neither the admin API nor the console.
    private static let openPaths: Set<String> = [
        "/auth/callback", "/health", "/healthz", "/v1/api/event_logging", "/v1/api/event_logging/batch",
    ]

    static func mayReach(path: String) -> Bool {
        RouteGroup.of(path: path) == .ai || openPaths.contains(path)
    }
}
