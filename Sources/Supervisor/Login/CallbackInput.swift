import HTTP

/// What a person copies out of the browser after Google's consent page: the address of the page that did not load, its query,
/// or the code alone.
nonisolated struct CallbackInput: Sendable, Equatable {
    var code: String?
    var state: String?
    /// The person said no, or Google did (RFC 6749, section 4.1.2.1).
    var error: String?

    init(_ items: QueryItems) {
        code = Self.filled(items["code"])
        state = Self.filled(items["state"])
        error = Self.filled(items["error"])
    }

    /// - Parameter text: without surrounding blanks.
    init(pasted text: String) {
        if let mark = text.firstIndex(of: "?") {
            self.init(QueryItems(decoding: String(text[text.index(after: mark)...].prefix { $0 != "#" })))
        } else if text.hasPrefix("code=") || text.contains("&code=") {
            self.init(QueryItems(decoding: text))
        } else {
            self.init(QueryItems(decoding: ""))
            // A code copied out of the address bar still has its slash escaped.
            if !text.contains("://") { code = PercentCoding.decode(text) ?? text }
        }
    }

    private static func filled(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
}
