/// What `--help` prints: everything a person needs to steer the stand-in, taken from the tables that do it.
nonisolated enum SandboxHelp {
    static var text: String {
        """
        antigravity-sandbox: a stand-in for Google, for trying and testing the gateway without account and internet.

        Usage: antigravity-sandbox [--host 127.0.0.1] [--port 0] [--pace 45]

          --host ADDRESS   address to listen on
          --port NUMBER    port; 0 lets the kernel choose. The address is printed when it is ready
          --pace MS        pause between words of an answer; 0 for tests
          --rules          prints every rule that calls are held against
          --help           this text

        Start the gateway with ANTIGRAVITY_GOOGLE_URL set to the printed address, any ANTIGRAVITY_OAUTH_CLIENT_ID and
        ANTIGRAVITY_OAUTH_CLIENT_SECRET, and add an account with a refresh token of the form \(SandboxAccount.refreshTokenPrefix)NAME.
        It is NAME@example.com. Names are lower-case letters, digits and hyphens; these words in a name are special:

        \(table(SandboxAccount.Trait.allCases.map { ($0.rawValue, $0.meaning) }))

        A key of the public Gemini API is \(SandboxAccount.apiKeyPrefix)NAME.

        A user text that starts with `\(PromptMarkers.prefix)` says what shall happen, for instance
        `\(PromptMarkers.prefix) think events=20 slow=100` or `\(PromptMarkers.prefix) error=503 times=1`:

        \(table(PromptMarkers.words.map { ($0.word, $0.meaning) }))

        Control calls, on the same port:

        \(table(SandboxService.controlCalls.map { ($0.call, $0.meaning) }))

        A script chooses calls and says what they get:

        \(table((Script.members + ScriptedAnswer.members).map { ($0.name, $0.meaning) }))

        """
    }

    static var rules: String { table(StrictValidator.rules.map { ($0.name, $0.summary) }) + "\n" }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)" }
            .joined(separator: "\n")
    }
}
