import JSON

/// The settings table in words: the text of `--help` and the page docs/configuration.md.
nonisolated enum SettingsReference {
    /// For a terminal: every variable with what it takes and what it is for.
    static var help: String {
        var text = """
            antigravity-supervisor: one port for AI clients and for the operator of the accounts behind it.

            Usage: antigravity-supervisor [--help | --version | --print-configuration-reference | ctl VERB]

            It takes its settings from the environment. Each variable is also read with the prefix ABV_; the first that is
            set and not blank wins. A value that cannot be read stops the start with exit status 78.

            """
        for setting in SettingsTable.all where setting.variable != nil {
            text += "\n  \(setting.spellings[0])\(others(setting))\n"
            text += "      \(setting.help)\n"
            text += "      Takes \(setting.form.takes). Default: \(fallback(setting, quote: "")).\n"
        }
        return text + "\n"
    }

    /// For docs/configuration.md.
    static var markdown: String {
        """
        # Configuration

        This page is printed by `antigravity-supervisor --print-configuration-reference` from the table that the program
        itself reads. Change the table, not the page.

        ## Where a value comes from

        The environment wins over the configuration document, the document over the default. A variable that is unset or
        blank does not count. Each variable `ANTIGRAVITY_<NAME>` is also read as `ABV_<NAME>`, and some without a prefix;
        the first in that order that is set wins. A value that cannot be read stops the start with exit status 78 and one
        line that names the variable and what it takes.

        Secrets may also come from the file that `ANTIGRAVITY_<NAME>_FILE` names, or from the systemd credential
        `antigravity_<name>`. A stored value that a variable overrides stays as it is underneath.

        The document is read and written through `GET` and `POST /api/config`. "When" says when a change of it acts: `live`
        at once, before the answer; `restart` at the next start; `console` only in the web page; `kept` never, the member
        is stored and returned.

        ## Environment only

        | variable | takes | default | what it is for |
        |---|---|---|---|

        """ + SettingsTable.process.map(processRow).joined() + """

            ## Configuration document

            | member | variable | takes | default | when | what it is for |
            |---|---|---|---|---|---|

            """ + (SettingsTable.document + SettingsTable.gateway).map(memberRow).joined() + """

                Members that this table does not name are kept and returned as they came.

                """
    }

    private static func processRow(_ setting: Setting) -> String {
        let names = setting.spellings.map { "`\($0)`" }.joined(separator: " ")
        return
            "| \(names) | \(cell(setting.form.takes)) | \(cell(fallback(setting, quote: "`"))) | \(cell(setting.help)) |\n"
    }

    private static func memberRow(_ setting: Setting) -> String {
        let names = setting.spellings.filter { !$0.hasPrefix("ABV_") }.map { "`\($0)`" }.joined(separator: " ")
        let required = setting.isRequired ? " (required)" : ""
        return "| `\(setting.member ?? "")`\(required) | \(names) | \(cell(setting.form.takes)) "
            + "| \(cell(fallback(setting, quote: "`"))) | \(setting.effect.rawValue) | \(cell(setting.help)) |\n"
    }

    private static func others(_ setting: Setting) -> String {
        let others = setting.spellings.filter { !$0.hasPrefix("ANTIGRAVITY_") && !$0.hasPrefix("ABV_") }
        return others.isEmpty ? "" : ", " + others.joined(separator: ", ")
    }

    private static func fallback(_ setting: Setting, quote: String) -> String {
        switch setting.fallback {
        case .value(let value): quote + String(decoding: value.serialized, as: UTF8.self) + quote
        case .absent: "not set"
        case .computed(let text): quote.isEmpty ? text.filter { $0 != "`" } : text
        }
    }

    /// A cell of a table must not contain its bars.
    private static func cell(_ text: String) -> String { text.split(separator: "|").joined(separator: "\\|") }
}
