/// Prepared answers in the order in which they came.
final class ScriptShelf {
    /// Scripts that wait; more are refused.
    static let countMax = 10_000

    private var scripts: [Script] = []

    var count: Int { scripts.count }

    func add(_ new: [Script]) throws(ScriptError) {
        guard scripts.count + new.count <= Self.countMax else {
            throw ScriptError("more than \(Self.countMax) scripts wait")
        }
        scripts += new
    }

    /// Takes the first answer prepared for such a call.
    func take(_ method: String, account: String?, model: String? = nil, text: String? = nil) -> ScriptedAnswer? {
        guard !scripts.isEmpty,
            let index = scripts.firstIndex(where: { $0.matches(method, account: account, model: model, text: text) })
        else { return nil }
        let answer = scripts[index].answer
        scripts[index].timesLeft -= 1
        if scripts[index].timesLeft <= 0 { scripts.remove(at: index) }
        return answer
    }

    func reset() { scripts = [] }
}
