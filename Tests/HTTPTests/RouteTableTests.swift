import HTTP
import Testing

@Suite struct RouteTableTests {
    static let table = RouteTable<String>([
        .get("/api/accounts", "list"), .post("/api/accounts", "add"), .get("/api/accounts/current", "current"),
        .get("/api/accounts/:id", "one"), .delete("/api/accounts/:id", "remove"),
        .get("/api/accounts/:id/quota", "quota"), .post("/v1beta/models/*model", "generate"), .get("/", "home"),
    ])

    @Test(arguments: [
        (HTTPMethod.get, "/api/accounts", "list"), (.head, "/api/accounts", "list"), (.post, "/api/accounts", "add"),
        (.get, "/api/accounts/current", "current"), (.get, "/api/accounts/a%20b", "one id=a b"),
        (.get, "/api/accounts/a%2Fb/quota", "quota id=a/b"), (.delete, "/api/accounts/7", "remove id=7"),
        (.put, "/api/accounts", "405 GET HEAD POST OPTIONS"),
        (.options, "/api/accounts/7", "405 GET HEAD DELETE OPTIONS"),
        (.head, "/v1beta/models/x", "405 POST OPTIONS"), (.get, "/api/accounts/", "404"), (.get, "/api", "404"),
        (.get, "/api/accounts/a%zz", "404"), (.get, "/api/accounts/a%ff", "404"), (.get, "/api//accounts", "404"),
        (.get, "/api/accounts//quota", "404"), (.post, "/v1beta/models/a/b:c", "generate model=a/b:c"),
        (.post, "/v1beta/models/", "404"), (.get, "/", "home"), (.get, "", "404"), (.get, "/API/accounts", "404"),
    ])
    func `a path and a method find their route`(method: HTTPMethod, path: String, expected: String) {
        let seen: String
        switch Self.table.match(method, path: path) {
        case .found(let handler, let parameters):
            seen = ([handler] + parameters.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        case .methodNotAllowed(let allow): seen = "405 " + allow.map(\.name).joined(separator: " ")
        case .notFound: seen = "404"
        }
        if seen != expected { Issue.record("\(method.name) \(path): \(seen), not \(expected)") }
    }

    @Test(arguments: [
        ("/v1/chat/completions", RouteGroup.ai), ("/v1beta/models/x:generateContent", .ai),
        ("/cursor/chat/completions", .ai),
        ("/mcp/x", .ai), ("/api/accounts", .admin), ("/api/unknown", .admin), ("/api/health", .open),
        ("/healthz", .open),
        ("/health", .open), ("/auth/callback", .open), ("/", .open), ("/accounts", .open), ("*", .open),
        ("/api/event_logging/batch", .open), ("/v1/api/event_logging", .open), ("/v1/api/event_logging/batch", .open),
        ("/v1/api/event_loggings", .ai), ("/V1/chat/completions", .open), ("//v1/chat/completions", .open),
        ("/%761/chat/completions", .open), ("/apis", .open),
    ])
    func `a path belongs to one group`(path: String, group: RouteGroup) {
        if RouteGroup.of(path: path) != group { Issue.record("\(path): \(RouteGroup.of(path: path))") }
    }
}
