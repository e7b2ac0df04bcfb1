import JSON

/// What must be known of all items before the first is read.
struct ResponsesInputFacts {
    /// Identifiers of calls that have an output somewhere.
    private(set) var answered: Set<String> = []
    /// Identifiers of the items themselves, references left out.
    private(set) var itemIDs: Set<String> = []
    /// Call identifier by the identifier of the call's item: outputs of the built-in shell name either.
    private(set) var callIDs: [String: String] = [:]
    /// How many calls have each identifier.
    private(set) var callCounts: [String: Int] = [:]

    init(_ input: JSONNode) {
        for item in input.elements {
            guard let kind = item.word("type"), kind != "item_reference" else { continue }
            let id = item.word("id")
            if let id { itemIDs.insert(id) }
            if kind.hasSuffix("_output") {
                if let call = item.word("call_id") ?? id { answered.insert(call) }
            } else if kind.hasSuffix("_call") {
                if let id, let call = item.word("call_id") { callIDs[id] = call }
                if let call = item.word("call_id") ?? id { callCounts[call, default: 0] += 1 }
            }
        }
        for id in answered { if let call = callIDs[id] { answered.insert(call) } }
    }
}
