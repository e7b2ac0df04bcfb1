import JSON

nonisolated extension JSONValue {
    /// The member at a dotted path; nil if any step is missing or no object.
    subscript(path path: String) -> JSONValue? {
        get {
            var value = self
            for step in path.split(separator: ".") {
                guard let next = value.object?[String(step)] else { return nil }
                value = next
            }
            return value
        }
        set { setMember(path.split(separator: ".").map(String.init)[...], newValue) }
    }

    /// Sets or, with nil, removes a member; objects on the way are made when missing.
    private mutating func setMember(_ path: ArraySlice<String>, _ value: JSONValue?) {
        guard let name = path.first else { return }
        var object = object ?? JSONObject()
        if path.count == 1 {
            object[name] = value
        } else {
            var inner = object[name] ?? .object(JSONObject())
            inner.setMember(path.dropFirst(), value)
            object[name] = inner
        }
        self = .object(object)
    }
}
