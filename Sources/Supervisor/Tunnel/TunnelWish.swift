import JSON

/// What the operator wants of a tunnel: the members of `cloudflared` in the configuration document and of the call that starts it.
nonisolated struct TunnelWish: Sendable, Equatable {
    enum Mode: String, Sendable {
        /// A name of Cloudflare's for the moment; no account.
        case quick
        /// A tunnel of the operator's account, named by its token.
        case named = "auth"
    }

    /// Bytes of a token.
    static let tokenSizeMaxBytes = 4096
    /// The document's members, in the order in which they are written.
    static let member = "cloudflared"

    var mode = Mode.quick
    /// On this machine, where cloudflared brings its requests to; nil: where the gateway listens.
    var port: Int?
    /// Of a named tunnel.
    var token: String?
    /// TCP to Cloudflare; else cloudflared's own choice, which tries QUIC first.
    var usesHTTP2 = true

    init() {}

    /// Reads the members of a request; both spellings of a name are taken.
    ///
    /// - Parameter path: in front of a member's name in a complaint.
    init(_ members: JSONObject, path: String) throws(AdminError) {
        func value(_ name: String, _ other: String? = nil) -> JSONValue? {
            let value = (other.flatMap { members[$0] }) ?? members[name]
            return value?.isNull == true ? nil : value
        }
        if let value = value("mode") {
            guard let mode = value.string.flatMap(Mode.init(rawValue:)) else {
                throw .field(path + "mode", "must be quick or auth")
            }
            self.mode = mode
        }
        if let value = value("port") {
            guard let port = value.int, (1...65_535).contains(port) else {
                throw .field(path + "port", "must be a whole number from 1 to 65535")
            }
            self.port = port
        }
        if let value = value("token") {
            guard let token = value.string?.trimmed, Self.isToken(token) else {
                throw .field(
                    path + "token",
                    "must have at most \(Self.tokenSizeMaxBytes) printable ASCII characters without blanks")
            }
            self.token = token.isEmpty ? nil : token
        }
        if let value = value("use_http2", "useHttp2") {
            guard let flag = value.bool else { throw .field(path + "use_http2", "must be true or false") }
            usesHTTP2 = flag
        }
        if let value = value("enabled"), value.bool == nil { throw .field(path + "enabled", "must be true or false") }
        if mode == .named, token == nil {
            throw .field(path + "token", "is missing: mode auth needs the tunnel's token")
        }
    }

    /// What the document remembers; it has been checked when it was stored.
    init(stored document: JSONValue?) {
        mode = document?.object?["mode"]?.string.flatMap(Mode.init(rawValue:)) ?? .quick
        port = document?.object?["port"]?.int
        token = document?.object?["token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        usesHTTP2 = document?.object?["use_http2"]?.bool ?? true
    }

    /// As the document remembers it.
    ///
    /// - Parameter port: where the gateway listens.
    func document(port: Int) -> JSONObject {
        [
            "mode": .string(mode.rawValue), "port": .int(self.port ?? port),
            "token": token.map { .string($0) } ?? .null, "use_http2": .bool(usesHTTP2),
        ]
    }

    static func isToken(_ text: String) -> Bool {
        text.utf8.count <= tokenSizeMaxBytes && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
