import HTTP
import JSON
import Testing

@testable import Supervisor

@Suite struct CloudflaredTests {
    private func facts(_ change: (inout CloudflaredCommand.Facts) -> Void = { _ in }) -> CloudflaredCommand.Facts {
        var facts = CloudflaredCommand.Facts(
            wish: TunnelWish(), port: 8045, metricsPort: 20_300, configPath: "/run/t/config.yml",
            tokenPath: "/run/t/token", home: "/run/t", readsTokenFile: true)
        change(&facts)
        return facts
    }

    private let general = [
        "cloudflared", "tunnel", "--config", "/run/t/config.yml", "--no-autoupdate", "--metrics", "127.0.0.1:20300",
    ]

    @Test func `the words of a quick tunnel`() {
        let words = ["--protocol", "http2", "--grace-period", "10s", "--url", "http://127.0.0.1:8045"]
        #expect(CloudflaredCommand.arguments(facts()) == general + words)
    }

    @Test func `the words of a named tunnel hold no token`() {
        let named = facts {
            $0.wish.mode = .named
            $0.wish.token = "secret"
            $0.wish.usesHTTP2 = false
        }
        let words = ["--protocol", "auto", "--grace-period", "10s", "run", "--token-file", "/run/t/token"]
        #expect(CloudflaredCommand.arguments(named) == general + words)
        #expect(CloudflaredCommand.environment(named, from: [:]) == ["HOME=/run/t"])
        let old = facts {
            $0.wish = named.wish
            $0.readsTokenFile = false
        }
        #expect(CloudflaredCommand.arguments(old) == general + words.dropLast(2))
        #expect(CloudflaredCommand.environment(old, from: [:]) == ["HOME=/run/t", "TUNNEL_TOKEN=secret"])
    }

    @Test func `nothing that cloudflared would obey and no setting of ours is in its environment`() {
        let ours = [
            "PATH": "/bin", "TUNNEL_LOGLEVEL": "debug", "NO_AUTOUPDATE": "1", "NOTIFY_SOCKET": "/n", "HOME": "/root",
            "ANTIGRAVITY_API_KEY": "k", "CREDENTIALS_DIRECTORY": "/c", "LISTEN_FDS": "1", "TZ": "UTC",
        ]
        #expect(CloudflaredCommand.environment(facts(), from: ours) == ["HOME=/run/t", "PATH=/bin", "TZ=UTC"])
    }

    static let versions: [(output: String, text: String?, readsTokenFile: Bool)] = [
        (
            "cloudflared version 2026.8.2 (built 2026-08-20-1012 UTC)\nmore",
            "cloudflared version 2026.8.2 (built 2026-08-20-1012 UTC)", true
        ),
        ("cloudflared version 2025.4.0 (built x)", "cloudflared version 2025.4.0 (built x)", true),
        ("cloudflared version 2025.2.1 (built x)", "cloudflared version 2025.2.1 (built x)", false),
        ("cloudflared version 2024.12.2", "cloudflared version 2024.12.2", false),
        ("  cloudflared version DEV (built unknown)  \n", "cloudflared version DEV (built unknown)", true),
        ("", nil, true), ("\n", nil, true),
    ]

    @Test(arguments: versions)
    func `a version is the first line, and tells where the token goes`(
        output: String, text: String?, readsTokenFile: Bool
    ) {
        let version = CloudflaredVersion(output: output)
        #expect(version?.text == text && version?.readsTokenFile ?? true == readsTokenFile)
    }

    @Test(arguments: [
        ("x86_64", "cloudflared-linux-amd64"), ("aarch64", "cloudflared-linux-arm64"), ("riscv64", nil), ("", nil),
    ])
    func `there is a program for two kinds of machine`(machine: String, asset: String?) {
        #expect(CloudflaredRelease.asset(machine: machine) == asset)
    }

    @Test func `what the document remembers reads back as it was wished`() throws {
        var wish = TunnelWish()
        (wish.mode, wish.port, wish.token, wish.usesHTTP2) = (.named, 9000, "token", false)
        let stored = wish.document(port: 8045)
        #expect(TunnelWish(stored: .object(stored)) == wish)
        #expect(try TunnelWish(stored, path: "") == wish)
        #expect(TunnelWish(stored: nil) == TunnelWish())
    }

    // MARK: What comes through

    private func head(_ fields: [(String, String)], host: String = "127.0.0.1:8045") -> HTTPRequestHead {
        var all = HTTPFields()
        all.add("Host", host)
        for (name, value) in fields { all.add(name, value) }
        return HTTPRequestHead(method: .get, target: "/", fields: all)
    }

    static let marks: [(name: String, isTunneled: Bool)] = [
        ("Cf-Ray", true), ("CF-Connecting-IP", true), ("cdn-loop", true), ("CF-IPCountry", true), ("Cf-Visitor", true),
        ("X-Forwarded-For", false), ("Forwarded", false), ("Via", false),
    ]

    @Test(arguments: marks)
    func `a mark of Cloudflare counts from this machine alone`(name: String, isTunneled: Bool) {
        let head = head([(name, "x")])
        #expect(TunnelTraffic.isTunneled(head, isPeerLoopback: true, url: nil) == isTunneled)
        #expect(!TunnelTraffic.isTunneled(head, isPeerLoopback: false, url: nil))
    }

    @Test(arguments: [("A.trycloudflare.com", true), ("a.trycloudflare.com:443", true), ("b.trycloudflare.com", false)])
    func `who asks for the public name comes through the tunnel`(host: String, isTunneled: Bool) {
        let head = head([], host: host)
        #expect(
            TunnelTraffic.isTunneled(head, isPeerLoopback: true, url: "https://a.trycloudflare.com") == isTunneled)
    }

    static let reach: [(path: String, mayReach: Bool)] = [
        ("/v1/chat/completions", true), ("/v1beta/models", true), ("/cursor/chat/completions", true), ("/mcp/x", true),
        ("/auth/callback", true), ("/healthz", true), ("/health", true), ("/v1/api/event_logging", true),
        ("/", false), ("/accounts", false), ("/assets/app.js", false), ("/api/accounts", false), ("/api/health", false),
        ("/api/event_logging/batch", false), ("/metrics", false), ("/api", false), ("*", false),
        ("//api/accounts", false),
        ("/%61pi/accounts", false), ("/auth/callback/", false),
    ]

    @Test(arguments: reach)
    func `through the tunnel only AI paths and what is open to everybody are there`(path: String, mayReach: Bool) {
        #expect(TunnelTraffic.mayReach(path: path) == mayReach)
    }
}
