import HTTP

/// Whose form an error takes. The raw value travels between the processes and stands in the ledger.
public enum DialectFamily: UInt8, Sendable, CaseIterable {
    /// Chat, Completions, Responses, Images, Audio and Cursor.
    case openAI = 0
    case anthropic = 1
    case gemini = 2

    private static let openAIPrefixes: [StaticString] = [
        "/v1/chat/", "/v1/completions", "/v1/responses", "/v1/images/", "/v1/audio/", "/cursor/",
    ]

    /// The family of a request. Paths that more than one family asks for (`/v1/models`, unknown ones) go by the header that the
    /// clients of a family always send: `anthropic-version`, and of Google's SDKs, which ask under `/v1` too, `x-goog-api-client`.
    public static func of(path: String, fields: HTTPFields) -> DialectFamily {
        if openAIPrefixes.contains(where: path.begins) { return .openAI }
        if path.begins(with: "/v1beta/") { return .gemini }
        if path.begins(with: "/v1/models/"), path.utf8.contains(UInt8(ascii: ":")) { return .gemini }
        if path == "/v1/messages" || path.begins(with: "/v1/messages/") { return .anthropic }
        if fields.contains("anthropic-version") { return .anthropic }
        return fields.contains("x-goog-api-client") ? .gemini : .openAI
    }
}
