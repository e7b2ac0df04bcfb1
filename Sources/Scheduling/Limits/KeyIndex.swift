/// Small numbers for quota keys, so that what an account knows of a key is a place in an array and a bit in a mask.
///
/// Clients choose model names, so both tables are bounded. The last number stands for every key beyond the bound: those
/// share their limits, which costs a client of invented models some service and nobody else anything.
struct KeyIndex: Sendable, Equatable {
    static let keysMax = 64
    /// Names that are remembered; when there are more, all are forgotten.
    static let modelsMax = 1024
    static let overflow = keysMax - 1

    /// What a model's name says, worked out once.
    struct Model: Sendable, Equatable {
        /// Number of its quota key.
        let key: Int
        /// Not one of Google's own.
        let isForeign: Bool
    }

    private let keys: QuotaKeys
    private var names: [String] = []
    private var numbers: [String: Int] = [:]
    private var models: [String: Model] = [:]

    /// Numbers that are given out.
    var count: Int { names.count }

    init(_ keys: QuotaKeys) { self.keys = keys }

    mutating func model(_ name: String) -> Model {
        if let known = models[name] { return known }
        if models.count >= Self.modelsMax { models.removeAll(keepingCapacity: true) }
        let model = Model(
            key: number(ofKey: keys.key(of: name)), isForeign: name.holds("claude") || name.holds("gpt-oss"))
        models[name] = model
        return model
    }

    /// The number of the model's key.
    mutating func number(ofModel model: String) -> Int { self.model(model).key }

    mutating func number(ofKey key: String) -> Int {
        if let known = numbers[key] { return known }
        guard names.count < Self.overflow else { return Self.overflow }
        names.append(key)
        numbers[key] = names.count - 1
        return names.count - 1
    }

    func name(_ number: Int) -> String { names.indices.contains(number) ? names[number] : "other" }
}
