import JSON

/// What a setting takes: one form reads the text of an environment variable and checks the member of the configuration
/// document, so that both accept the same values.
nonisolated indirect enum SettingForm: Sendable {
    case flag
    case integer(ClosedRange<Int>)
    /// A TCP port. The variable may say 0: the system chooses one.
    case port
    case number(ClosedRange<Double>)
    /// Any text up to a number of bytes.
    case text(lengthMax: Int)
    /// A secret: printable ASCII without blanks, at most 256 characters.
    case token(canBeEmpty: Bool)
    /// One of these words. The document is exact about case, a variable is not.
    case choice([String])
    /// How the Cursor endpoint shows reasoning; many spellings, four canonical words.
    case reasoningMode
    /// What becomes of a model name that nobody knows.
    case unknownModel
    /// What becomes of a client's thinking budget.
    case thinkingBudget
    /// An absolute path, or a name that is looked up where the setting says.
    case path
    /// A URL of one of these schemes, without query and fragment.
    case address(schemes: [String])
    case addresses
    /// Names or numbers of hosts, as a `Host` field may have them; a port counts for nothing.
    case hosts
    /// Origins of web pages, exactly as browsers send them.
    case origins
    case strings(countMax: Int)
    case integers(ClosedRange<Int>, countMax: Int)
    /// A text that the check takes; the phrase says which.
    case word(takes: String, @Sendable (String) -> Bool)
    /// Text to text: model names to model names.
    case mapping
    /// Any JSON value, kept and returned as it is.
    case anything
    /// JSON null stands for "not set".
    case optional(SettingForm)

    /// What it takes, as a phrase for error lines, `--help` and the reference.
    var takes: String {
        switch self {
        case .flag: "true or false (also 1/0, yes/no, on/off)"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .port: "a port from 1 to 65535; 0 in the variable lets the system choose"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .text(let length): "text of at most \(length) bytes"
        case .token(let canBeEmpty):
            "\(canBeEmpty ? "up to" : "1 to") 256 printable ASCII characters without blanks"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .reasoningMode: "one of hide, raw, think_tags, inline"
        case .unknownModel: "passthrough, reject, or fallback: and a model"
        case .thinkingBudget: "auto, passthrough, or custom: and a number of tokens up to \(Self.thinkingBudgetMax)"
        case .path: "a file path"
        case .address(let schemes): "a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: " or "))"
        case .addresses: "a list of http or https URLs, separated by commas"
        case .hosts: "a list of at most \(Self.namesMax) host names or addresses, separated by commas"
        case .origins:
            "a list of at most \(Self.namesMax) origins in lower case such as https://console.lan:8443, separated by commas"
        case .strings(let count): "a list of at most \(count) words, separated by commas"
        case .integers(let range, let count):
            "a list of at most \(count) whole numbers from \(range.lowerBound) to \(range.upperBound), separated by commas"
        case .word(let takes, _): takes
        case .mapping: "an object of at most 1000 names to names, each of 1 to 256 characters"
        case .anything: "any JSON value"
        case .optional(let form): form.takes
        }
    }
}
