import JSON

/// An answer that a test has prepared for calls to come.
nonisolated struct Script: Sendable {
    /// Endpoint it waits for; `generate` stands for both generation methods.
    let endpoint: String
    let account: String?
    let model: String?
    /// Text that the last user text must hold.
    let marker: String?
    /// How many more calls it answers.
    var timesLeft: Int
    let answer: ScriptedAnswer

    static let endpoints = [
        "generate", "generateContent", "streamGenerateContent", "countTokens", "token", "userinfo", "loadCodeAssist",
        "onboardUser", "fetchAvailableModels",
    ]

    /// - Throws: what is wrong, in a sentence.
    init(_ value: JSONValue) throws(ScriptError) {
        guard let object = value.object else { throw ScriptError("a script is an object") }
        let known = ["on", "account", "model", "marker", "times", "answer"]
        if let name = object.members.first(where: { !known.contains($0.name) })?.name {
            throw ScriptError("unknown member \(name); known are \(known.joined(separator: ", "))")
        }
        endpoint = object["on"]?.string ?? "generate"
        guard Self.endpoints.contains(endpoint) else {
            throw ScriptError("on is one of \(Self.endpoints.joined(separator: ", "))")
        }
        account = object["account"]?.string
        model = object["model"]?.string
        marker = object["marker"]?.string
        timesLeft = object["times"]?.int ?? 1
        answer = try ScriptedAnswer(object["answer"] ?? [:])
    }

    func matches(_ endpoint: String, account: String?, model: String?, text: String?) -> Bool {
        let isMine =
            self.endpoint == endpoint
            || self.endpoint == "generate" && endpoint.lowercased().hasSuffix("generatecontent")
        return isMine && timesLeft > 0 && (self.account == nil || self.account == account)
            && (self.model == nil || self.model == model) && (marker == nil || text?.contains(marker ?? "") == true)
    }
}

nonisolated struct ScriptError: Error, Sendable {
    let text: String
    init(_ text: String) { self.text = text }
}
