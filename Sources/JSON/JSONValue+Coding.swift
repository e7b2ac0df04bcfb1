extension JSONValue {
    /// Decodes a whole text; the verdict is that of `JSONDocument`.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError) {
        self = try JSONDocument(parsing: bytes, limits: limits).root.value()
    }

    /// The tree as JSON text without blank space.
    public var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSONNode {
    /// This subtree as an ordered tree. Recursion is bounded by the depth limit of the document.
    public func value() -> JSONValue {
        switch kind {
        case .null: .null
        case .bool: .bool(bool ?? false)
        case .number: .number(numberText ?? "0")
        case .string: .string(string ?? "")
        case .array:
            .array(
                [JSONValue](unsafeUninitializedCapacity: count) { buffer, filled in
                    for element in elements {
                        buffer.initializeElement(at: filled, to: element.value())
                        filled += 1
                    }
                })
        case .object:
            .object(objectValue())
        }
    }

    private func objectValue() -> JSONObject {
        var list: [(name: String, value: JSONValue)] = []
        list.reserveCapacity(count)
        for (name, value) in members { list.append((name.string ?? "", value.value())) }
        return JSONObject(list)
    }
}
