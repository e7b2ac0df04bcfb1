import JSON

nonisolated extension Operations {
    static let tunnel: [Operation] = [
        .get("/api/proxy/cloudflared/status", "How the tunnel is", .json(.named(.tunnel), connected, "Its state.")),
        .post(
            "/api/proxy/cloudflared/start", "Starts a tunnel unless one runs",
            takes: .json(
                .object(
                    members: [],
                    optional: [
                        (
                            "config",
                            Shape.object(members: [], optional: wish).orNull.says("These members may also stand alone.")
                        ),
                        (
                            "wait",
                            Shape.flag.orNull.says(
                                "Answer when the address is known, after \(TunnelAPI.addressLimit.components.seconds) s at the latest."
                            )
                        ),
                    ] + wish),
                example: ["config": ["mode": "quick", "use_http2": true], "wait": false]),
            .json(.named(.tunnel), starting, "Its state, once the process runs."), [.tunnelNotInstalled] + .storing),
        .post(
            "/api/proxy/cloudflared/stop", "Ends the tunnel",
            .json(.named(.tunnel), stopped, "Its state, once the process has ended."), .storing),
        .post(
            "/api/proxy/cloudflared/install", "Fetches cloudflared unless there is one",
            .json(.named(.tunnel), stopped, "The state of the tunnel."),
            [.notImplemented, .upstreamError, .storageFull]),
    ]

    static let tunnelState = Shape.object([
        "installed": .flag, "version": Shape.text.orNull.says("The first line of `cloudflared --version`."),
        "running": Shape.flag.says("There is a process, or is about to be."),
        "url": Shape.text.orNull.says("The public address, while it is known."),
        "error": Shape.text.orNull.says("Why there is no process, with cloudflared's last words."),
        "mode": Shape.word(modes).orNull, "pid": Shape.count.orNull,
        "restarts": Shape.count.says("Since the last start that was asked for."), "started_at": Shape.moment.orNull,
        "state": .word(["stopped", "starting", "connected", "degraded", "backoff", "stopping", "failed"]),
        "ready_connections": Shape.count.says("With Cloudflare."),
        "retry_at": Shape.moment.orNull.says("When the next process is started; seconds since 1970."),
    ])

    private static let modes = ["quick", "auth"]
    private static let wish: Shape.Members = [
        ("enabled", Shape.flag.orNull.says("Counts for nothing here.")),
        ("mode", Shape.word(modes).orNull.byDefault("quick")),
        ("port", Shape.whole(1...65535).orNull.says("Absent: the gateway's own.")),
        (
            "token",
            Shape.matching("^[!-~]{0,\(TunnelWish.tokenSizeMaxBytes)}$").orNull.says("Of the tunnel; `auth` needs it.")
        ),
        ("use_http2", Shape.flag.orNull.byDefault(true)),
    ]

    private static let stopped: JSONValue = [
        "installed": true, "version": "cloudflared version 2026.8.2 (built 2026-08-20-1012 UTC)", "running": false,
        "url": .null, "error": .null, "mode": .null, "pid": .null, "restarts": 0, "started_at": .null,
        "state": "stopped", "ready_connections": 0, "retry_at": .null,
    ]
    private static let starting = running(state: "starting", url: .null, connections: 0)
    private static let connected = running(
        state: "connected", url: "https://kind-words-here.trycloudflare.com", connections: 1)

    private static func running(state: JSONValue, url: JSONValue, connections: JSONValue) -> JSONValue {
        var value = stopped
        for (name, member) in [
            ("running", true), ("url", url), ("mode", "quick"), ("pid", 4711), ("started_at", 1_769_500_000),
            ("state", state), ("ready_connections", connections),
        ] as [(String, JSONValue)] {
            value[path: name] = member
        }
        return value
    }
}
