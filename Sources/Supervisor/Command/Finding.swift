import JSON

/// One thing that `doctor` looked at.
nonisolated struct Finding: Sendable, Equatable {
    enum Verdict: String, Sendable { case ok, notice, trouble }

    /// What was looked at, in a word.
    let subject: String
    let verdict: Verdict
    let text: String
    /// What helps.
    var advice: String?

    static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .ok, text: text)
    }

    /// Worth knowing; nothing needs to be done at once.
    static func notice(_ subject: String, _ text: String, _ advice: String? = nil) -> Finding {
        Finding(subject: subject, verdict: .notice, text: text, advice: advice)
    }

    /// Needs a person.
    static func trouble(_ subject: String, _ text: String, _ advice: String) -> Finding {
        Finding(subject: subject, verdict: .trouble, text: text, advice: advice)
    }

    var json: JSONValue {
        [
            "subject": .string(subject), "verdict": .string(verdict.rawValue), "text": .string(text),
            "advice": advice.map { .string($0) } ?? .null,
        ]
    }

    /// nil for what is no finding.
    init?(_ value: JSONValue) {
        guard let subject = value["subject"]?.string, let text = value["text"]?.string,
            let verdict = value["verdict"]?.string.flatMap(Verdict.init(rawValue:))
        else { return nil }
        self.init(subject: subject, verdict: verdict, text: text, advice: value["advice"]?.string)
    }

    init(subject: String, verdict: Verdict, text: String, advice: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.text = text
        self.advice = advice
    }

    /// For people: what is wrong stands out, and what helps stands below it.
    static func text(_ findings: [Finding]) -> String {
        let width = findings.map(\.subject.count).max() ?? 0
        return findings.map { finding in
            let mark =
                switch finding.verdict {
                case .ok: "ok     "
                case .notice: "notice "
                case .trouble: "TROUBLE"
                }
            let padding = String(repeating: " ", count: width - finding.subject.count)
            let advice = finding.advice.map { "\n         " + String(repeating: " ", count: width) + "  " + $0 } ?? ""
            return "\(mark)  \(finding.subject)\(padding)  \(LogText.printable(finding.text))\(advice)\n"
        }.joined()
    }
}
