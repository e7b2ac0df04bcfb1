import JSON

/// Random numbers that are the same in each run (SplitMix64), and random JSON from them.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// Any JSON, with names and words from `vocabulary` so that it comes near what is meant.
    mutating func json(depth: Int, vocabulary: [String]) -> JSONValue {
        switch below(depth > 0 ? 10 : 6) {
        case 0: return .null
        case 1: return .bool(chance(50))
        case 2: return .number(pick(["0", "-1", "3", "1.5", "1e400", "12345678901234567890", "-0.0"]))
        case 3, 4: return .string(pick(vocabulary))
        case 5:
            return .string(
                pick(["", " ", "\n", "text", "“x”", "\u{0}\\\"", "#", "#/", "#/$defs/A", "#/properties/a", "é👋"]))
        case 6: return .array((0..<below(4)).map { _ in json(depth: depth - 1, vocabulary: vocabulary) })
        default:
            var object = JSONObject()
            for _ in 0..<below(5) { object.append(pick(vocabulary), json(depth: depth - 1, vocabulary: vocabulary)) }
            return .object(object)
        }
    }

    /// The same tree with one place changed: replaced, removed or doubled.
    mutating func mutated(_ value: JSONValue, vocabulary: [String]) -> JSONValue {
        switch value {
        case .array(var elements) where !elements.isEmpty && chance(85):
            let place = below(elements.count)
            switch below(8) {
            case 0: elements.remove(at: place)
            case 1: elements.insert(elements[place], at: place)
            default: elements[place] = mutated(elements[place], vocabulary: vocabulary)
            }
            return .array(elements)
        case .object(var object) where !object.isEmpty && chance(90):
            let place = below(object.count)
            switch below(10) {
            case 0: object.members.remove(at: place)
            case 1: object.members.append(object.members[place])
            case 2: object.members[place].name = pick(vocabulary)
            default: object.members[place].value = mutated(object.members[place].value, vocabulary: vocabulary)
            }
            return .object(object)
        default: return json(depth: 2, vocabulary: vocabulary)
        }
    }
}
