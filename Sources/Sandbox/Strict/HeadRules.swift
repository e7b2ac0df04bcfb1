import HTTP

/// What the service refuses before it looks at a body.
nonisolated enum HeadRules {
    struct HeadRule: Sendable {
        let name: String
        let summary: String
        let find: @Sendable (HTTPRequestHead, UpstreamCall.Method?) -> Refusal?

        init(
            _ name: String, _ summary: String, status: Int = 400,
            _ find: @escaping @Sendable (HTTPRequestHead, UpstreamCall.Method?) -> String?
        ) {
            self.name = name
            self.summary = summary
            self.find = { head, method in find(head, method).map { Refusal(name, $0, status: status) } }
        }
    }

    static let table: [HeadRule] = [
        HeadRule("expect", "no Expect header", status: 417) { head, _ in
            head.expectsContinue || head.fields["expect"] != nil ? "Expectation failed: Expect is not supported." : nil
        },
        HeadRule("content-type", "a body is application/json") { head, _ in
            let type = head.fields["content-type"]?.split(separator: ";").first?.lowercased() ?? ""
            return type.allSatisfy { $0 != " " } && type == "application/json"
                ? nil : "Invalid content type '\(type.prefix(80))': application/json expected."
        },
        HeadRule("alt-sse", "a stream is asked for with alt=sse, anything else without") { head, method in
            let isSSE = items(head).contains("alt=sse")
            if method == .streamGenerateContent { return isSSE ? nil : "streamGenerateContent needs ?alt=sse." }
            return isSSE ? "alt=sse is only for streamGenerateContent." : nil
        },
        HeadRule("key-in-url", "credentials stand in headers") { head, _ in
            items(head).contains { $0.hasPrefix("key=") || $0.hasPrefix("access_token=") }
                ? "Credentials do not belong into the address." : nil
        },
    ]

    static func refusal(of head: HTTPRequestHead, _ method: UpstreamCall.Method?) -> Refusal? {
        table.lazy.compactMap { $0.find(head, method) }.first
    }

    private static func items(_ head: HTTPRequestHead) -> [Substring] {
        (head.query ?? "").split(separator: "&")
    }
}
