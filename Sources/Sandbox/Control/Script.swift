import JSON

/// A rule that a test has laid down: which calls it answers, and how. The first that matches a call and has uses left decides.
nonisolated struct Script: Sendable {
    /// Method it waits for; nil stands for both generation methods.
    let method: String?
    let account: String?
    let model: String?
    /// What the last user text must hold.
    let contains: String?
    /// How many more calls it answers; without `times` there is no end.
    var timesLeft: Int
    let answer: ScriptedAnswer

    static let methods = [
        "generateContent", "streamGenerateContent", "countTokens", "token", "userinfo", "loadCodeAssist", "onboardUser",
        "fetchAvailableModels", "embedContent", "batchEmbedContents",
    ]
    /// Members that choose calls, with what they mean, for `--help`.
    static let members: [(name: String, meaning: String)] = [
        ("method", "one of \(methods.joined(separator: ", ")); absent: both generation methods"),
        ("account", "name of the account"), ("model", "id of the model"),
        ("contains", "text within the last user text"),
        ("times", "how many calls; absent: all"),
    ]

    /// - Throws: what is wrong, in a sentence.
    init(_ value: JSONValue) throws(ScriptError) {
        guard let object = value.object else { throw ScriptError("a script is an object") }
        method = object["method"]?.string
        guard method.map(Self.methods.contains) ?? true else {
            throw ScriptError("method is one of \(Self.methods.joined(separator: ", "))")
        }
        account = object["account"]?.string
        model = object["model"]?.string
        contains = object["contains"]?.string
        timesLeft = object["times"]?.int ?? .max
        answer = try ScriptedAnswer(
            JSONObject(object.members.filter { member in !Self.members.contains { $0.name == member.name } }))
    }

    func matches(_ method: String, account: String?, model: String?, text: String?) -> Bool {
        let isMine = self.method == method || self.method == nil && method.hasSuffix("enerateContent")
        return isMine && timesLeft > 0 && (self.account == nil || self.account == account)
            && (self.model == nil || self.model == model) && contains.map { text?.contains($0) == true } ?? true
    }
}

nonisolated struct ScriptError: Error, Sendable, Equatable {
    let text: String
    init(_ text: String) { self.text = text }
}
