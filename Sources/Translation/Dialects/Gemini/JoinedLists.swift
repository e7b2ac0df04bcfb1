import JSON

/// An object whose lists go on from event to event, such as `logprobsResult`: each event has the log probabilities of its own
/// text. Of members that are no lists the last one counts.
struct JoinedLists {
    private var lists: [(name: String, elements: [RawJSON])] = []
    private var values: [(name: String, value: RawJSON)] = []

    var isEmpty: Bool { lists.isEmpty && values.isEmpty }

    mutating func add(_ node: JSONNode) {
        for (name, value) in node.members {
            let name = name.string ?? ""
            if value.kind == .array {
                let place = lists.firstIndex { $0.name == name } ?? lists.endIndex
                if place == lists.endIndex { lists.append((name, [])) }
                for element in value.elements { lists[place].elements.append(RawJSON(element)) }
            } else if let place = values.firstIndex(where: { $0.name == name }) {
                values[place].value = RawJSON(value)
            } else {
                values.append((name, RawJSON(value)))
            }
        }
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        for (name, elements) in lists {
            writer.name(name)
            writer.beginArray()
            for element in elements { writer.raw(element.bytes) }
            writer.endArray()
        }
        for (name, value) in values {
            writer.name(name)
            writer.raw(value.bytes)
        }
        writer.endObject()
    }
}
