/// The members of a JSON object in order. Look-up walks them, which suits the few members that objects have.
public struct JSONObject: Sendable {
    /// Duplicate names, if a text had them, are kept.
    public var members: [(name: String, value: JSONValue)]

    public init(_ members: [(name: String, value: JSONValue)] = []) { self.members = members }

    /// The value of the last member with this name.
    ///
    /// Setting leaves exactly one member of the name, in the place of the first, or at the end if there was none;
    /// setting nil removes all of them.
    public subscript(name: String) -> JSONValue? {
        get { members.last { $0.name == name }?.value }
        set {
            guard let newValue else { return remove(name) }
            guard let place = members.firstIndex(where: { $0.name == name }) else {
                return append(name, newValue)
            }
            members[place].value = newValue
            if let other = members.lastIndex(where: { $0.name == name }), other != place {
                var position = -1
                members.removeAll { member in
                    position += 1
                    return position != place && member.name == name
                }
            }
        }
    }

    /// Adds a member at the end without looking whether the name is there already.
    public mutating func append(_ name: String, _ value: JSONValue) { members.append((name, value)) }

    /// Removes every member with this name.
    public mutating func remove(_ name: String) { members.removeAll { $0.name == name } }

    public var isEmpty: Bool { members.isEmpty }

    public var count: Int { members.count }
}

extension JSONObject: Equatable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { (name: $0.0, value: $0.1) }
    }
}
