/// The table of verbs in words.
nonisolated enum OperatorManual {
    static var help: String {
        """
        antigravity-gateway: asks and steers the running gateway.

        Usage: antigravity-gateway VERB [OPTIONS]      (the same: antigravity-supervisor ctl VERB [OPTIONS])

        \(table(OperatorVerb.all.map { ($0.usage, $0.help) }))

        Options:

        \(table(OperatorOption.allCases.map { ($0.spelling, $0.help) }))

        Exit status:

        \(table(OperatorVerb.exitStatuses.map { ("\($0.code)", $0.meaning) }))

        `antigravity-gateway --print-manual-page` and `--print-completion` (bash) print what packages install.

        """
    }

    /// For man(1).
    static var page: String {
        var text = """
            .TH ANTIGRAVITY-GATEWAY 1
            .SH NAME
            antigravity-gateway \\- ask and steer the running gateway
            .SH SYNOPSIS
            .B antigravity-gateway
            .I VERB
            .RI [ OPTIONS ]
            .SH DESCRIPTION
            Speaks to the gateway on this machine through its control socket. Data goes to standard output, everything else to
            standard error.
            .SH VERBS

            """
        text += OperatorVerb.all.map { entry($0.usage, $0.help) }.joined()
        text += ".SH OPTIONS\n" + OperatorOption.allCases.map { entry($0.spelling, $0.help) }.joined()
        text += ".SH EXIT STATUS\n" + OperatorVerb.exitStatuses.map { entry("\($0.code)", $0.meaning) }.joined()
        return text
    }

    /// For bash.
    static var completion: String {
        let options = OperatorOption.allCases.map(\.rawValue).joined(separator: " ")
        let clients = CLIApp.allCases.map(\.program).joined(separator: " ")
        return """
            complete -W "\(OperatorVerb.all.map(\.name).joined(separator: " ")) \(clients) \(options)" antigravity-gateway

            """
    }

    private static func entry(_ name: String, _ help: String) -> String {
        ".TP\n.B \(escaped(name))\n\(escaped(help))\n"
    }

    /// A hyphen of a command is no hyphen of a word, and a line must not begin like a request.
    private static func escaped(_ text: String) -> String {
        let text = text.map { $0 == "-" ? "\\-" : String($0) }.joined()
        return text.hasPrefix(".") ? "\\&" + text : text
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)" }
            .joined(separator: "\n")
    }
}
