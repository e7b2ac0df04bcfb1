import JSON

/// One row of the settings table: where a value may come from, what it takes, what stands when it is not set, and what
/// it is for. `--help`, docs/configuration.md, the start-up check, the checks of the admin API and the defaults of the
/// configuration document are all read from these rows.
nonisolated struct Setting: Sendable {
    /// The environment variable's name without its prefix: `PORT` is read from `ANTIGRAVITY_PORT`, then `ABV_PORT`.
    var variable: String?
    /// A spelling of the variable without a prefix, read last.
    var bareVariable: String?
    /// How the variable acts on the member.
    var role = VariableRole.overrides
    /// Where the value stands in the configuration document, as `proxy.port`; nil for what only the environment sets.
    var member: String?
    let form: SettingForm
    let fallback: Fallback
    var effect = Effect.live
    /// A stored document without this member is refused.
    var isRequired = false
    /// Never shown in an error or a log line; may also come from a file or a systemd credential.
    var isSecret = false
    /// What it is for, with its unit, in one or two sentences.
    let help: String

    nonisolated enum VariableRole: Sendable {
        /// The variable wins over the document.
        case overrides
        /// As `overrides`, with true and false exchanged.
        case overridesNegated
        /// The document wins; the variable is only what stands when the document has none.
        case fillsIn
    }

    nonisolated enum Fallback: Sendable {
        case value(JSONValue)
        /// The member is simply not there.
        case absent
        /// Worked out when the program starts; the text says how, for the reference.
        case computed(String)
    }

    /// When a change of the document acts.
    nonisolated enum Effect: String, Sendable {
        /// At once, before the admin API answers.
        case live
        /// At the next start.
        case restart
        /// Only the console reads it.
        case console
        /// Stored and returned, without effect.
        case kept
        /// Read from the environment at start; not in the document.
        case start
    }

    /// Every spelling of the variable, the first that is set and not blank wins.
    var spellings: [String] {
        guard let variable else { return [] }
        return ["ANTIGRAVITY_" + variable, "ABV_" + variable] + (bareVariable.map { [$0] } ?? [])
    }
}

nonisolated extension Setting {
    /// A row that only the environment sets.
    static func process(
        _ variable: String, bare: String? = nil, _ form: SettingForm, _ fallback: Fallback, secret: Bool = false,
        _ help: String
    ) -> Setting {
        Setting(
            variable: variable, bareVariable: bare, form: form, fallback: fallback, effect: .start, isSecret: secret,
            help: help)
    }

    /// A member of the document without a variable.
    static func member(
        _ path: String, _ form: SettingForm, _ fallback: JSONValue, _ effect: Effect, required: Bool = false,
        _ help: String
    ) -> Setting {
        Setting(
            member: path, form: form, fallback: .value(fallback), effect: effect, isRequired: required, help: help)
    }

    /// A setting of this gateway alone: `gateway.<group>.<name>`, variable `ANTIGRAVITY_GATEWAY_<GROUP>_<NAME>`.
    static func gateway(
        _ group: String, _ name: String, _ form: SettingForm, _ fallback: JSONValue, effect: Effect = .live,
        _ help: String
    ) -> Setting {
        Setting(
            variable: "GATEWAY_\(group.uppercased())_\(name.uppercased())", member: "gateway.\(group).\(name)",
            form: form, fallback: .value(fallback), effect: effect, help: help)
    }
}
