/// Small numbers for quota keys, so that what an account knows of a key is a place in an array and a bit in a mask.
///
/// Clients choose model names, so both tables are bounded. The last number stands for every key beyond the bound: those
/// share their limits, which costs a client of invented models some service and nobody else anything.
struct KeyIndex: Sendable, Equatable {
    static let keysMax = 64
    /// Names that are remembered; when there are more, all are forgotten.
    static let modelsMax = 1024
    static let overflow = keysMax - 1

    private let keys: QuotaKeys
    private var names: [String] = []
    private var numbers: [String: Int] = [:]
    private var models: [String: Int] = [:]

    /// Numbers that are given out.
    var count: Int { names.count }

    init(_ keys: QuotaKeys) { self.keys = keys }

    /// The number of the model's key.
    mutating func number(ofModel model: String) -> Int {
        if let known = models[model] { return known }
        if models.count >= Self.modelsMax { models.removeAll(keepingCapacity: true) }
        let number = number(ofKey: keys.key(of: model))
        models[model] = number
        return number
    }

    mutating func number(ofKey key: String) -> Int {
        if let known = numbers[key] { return known }
        guard names.count < Self.overflow else { return Self.overflow }
        names.append(key)
        numbers[key] = names.count - 1
        return names.count - 1
    }

    func name(_ number: Int) -> String { names.indices.contains(number) ? names[number] : "other" }
}
