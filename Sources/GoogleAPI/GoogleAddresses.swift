/// Every Google address that the gateway calls or sends a browser to.
///
/// One override replaces scheme and host of all of them, so that the whole product can run against a stand-in;
/// an explicit list of Code Assist bases is used as it stands and wins over the override.
public struct GoogleAddresses: Sendable, Equatable {
    /// POST, form encoded: code exchange and refresh.
    public let tokenURL: String
    /// GET with a bearer token: who the account is.
    public let userinfoURL: String
    /// Opened in the user's browser; see `ConsentPage` for its query.
    public let consentURL: String
    /// POST, form encoded: gives a token back.
    public let revokeURL: String
    /// Bases of the Code Assist API in the order in which they are tried; never empty.
    public let codeAssistBases: [String]
    /// Base of the public Gemini API (API-key accounts).
    public let geminiBase: String

    /// Production, daily, sandbox: the order in which Code Assist hosts are tried unless the operator lists others.
    public static let codeAssistBasesDefault = [
        "https://cloudcode-pa.googleapis.com",
        "https://daily-cloudcode-pa.googleapis.com",
        "https://daily-cloudcode-pa.sandbox.googleapis.com",
    ]

    /// - Parameters:
    ///   - override: one base such as `http://127.0.0.1:9000` in place of every default scheme and host; blank means none.
    ///   - bases: Code Assist bases; nil or empty means the override, else the defaults.
    public init(override: String? = nil, bases: [String]? = nil) {
        let one = override.map(Self.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        tokenURL = (one ?? "https://oauth2.googleapis.com") + "/token"
        userinfoURL = (one ?? "https://www.googleapis.com") + "/oauth2/v2/userinfo"
        consentURL = (one ?? "https://accounts.google.com") + "/o/oauth2/v2/auth"
        revokeURL = (one ?? "https://oauth2.googleapis.com") + "/revoke"
        geminiBase = one ?? "https://generativelanguage.googleapis.com"
        let listed = (bases ?? []).map(Self.trimmed).filter { !$0.isEmpty }
        codeAssistBases = listed.isEmpty ? one.map { [$0] } ?? Self.codeAssistBasesDefault : listed
    }

    /// Address of a Code Assist method. `streamGenerateContent` gets `?alt=sse`: without it the answer is one JSON array.
    ///
    /// - Parameter base: index into `codeAssistBases`; an index past its end means the last one.
    public func codeAssist(base: Int, method: String) -> String {
        let query = method == "streamGenerateContent" ? "?alt=sse" : ""
        return "\(codeAssistBase(base))/v1internal:\(method)\(query)"
    }

    /// Address to GET for the state of a long-running operation of `onboardUser`, `operations/...`.
    public func operation(base: Int, name: String) -> String {
        "\(codeAssistBase(base))/v1internal/\(name)"
    }

    /// Address of a method of the public Gemini API, version `v1beta`. The API key goes into a header, never in here.
    ///
    /// - Parameter model: bare id without `models/`.
    public func gemini(model: String, method: String) -> String {
        let query = method == "streamGenerateContent" ? "?alt=sse" : ""
        return "\(geminiBase)/v1beta/models/\(FormEncoding.encode(model)):\(method)\(query)"
    }

    private func codeAssistBase(_ index: Int) -> String {
        codeAssistBases[min(max(index, 0), codeAssistBases.count - 1)]
    }

    /// Without surrounding blanks and without slashes at the end, so that a path can be appended.
    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let last = rest.last, last == "/" || last.isWhitespace { rest.removeLast() }
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        return String(rest)
    }
}
