/// How cloudflared is called: its words and its environment. No secret stands in the words, and nothing of our environment in its.
///
/// Source: cloudflared's own help and source, release 2026.8.2; general flags stand between `tunnel` and `run`.
nonisolated enum CloudflaredCommand {
    /// How long cloudflared lets requests go on after SIGTERM. It is killed two seconds later.
    static let grace = Duration.seconds(10)
    static let killGrace = Duration.seconds(12)

    struct Facts: Equatable, Sendable {
        var wish: TunnelWish
        /// Where the gateway listens.
        var port: Int
        var metricsPort: UInt16
        /// An empty file: without one, a file of somebody else in a home or below `/etc` would be found and obeyed.
        var configPath: String
        /// Holds the token.
        var tokenPath: String
        /// Becomes `HOME`.
        var home: String
        var readsTokenFile: Bool
    }

    static func arguments(_ facts: Facts) -> [String] {
        let general = [
            "cloudflared", "tunnel", "--config", facts.configPath, "--no-autoupdate", "--metrics",
            "127.0.0.1:\(facts.metricsPort)", "--protocol", facts.wish.usesHTTP2 ? "http2" : "auto", "--grace-period",
            "\(grace.components.seconds)s",
        ]
        switch facts.wish.mode {
        case .quick: return general + ["--url", "http://127.0.0.1:\(facts.wish.port ?? facts.port)"]
        case .named: return general + ["run"] + (facts.readsTokenFile ? ["--token-file", facts.tokenPath] : [])
        }
    }

    /// Where certificates and time zones are, and how names are resolved.
    static let allowed = [
        "PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "RES_OPTIONS", "LOCALDOMAIN",
    ]

    /// `TUNNEL_*`, `NO_AUTOUPDATE`, `NOTIFY_SOCKET` and every setting of ours stay behind: cloudflared reads them all.
    static func environment(_ facts: Facts, from ours: [String: String]) -> [String] {
        var variables = environment(home: facts.home, from: ours)
        if facts.wish.mode == .named, !facts.readsTokenFile, let token = facts.wish.token {
            variables.append("TUNNEL_TOKEN=" + token)
        }
        return variables
    }

    static func environment(home: String, from ours: [String: String]) -> [String] {
        ["HOME=" + home] + allowed.compactMap { name in ours[name].map { "\(name)=\($0)" } }
    }
}
