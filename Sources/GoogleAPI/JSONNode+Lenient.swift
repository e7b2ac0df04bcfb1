import JSON

/// Reading answers of a private API that has no contract: wrong types count as missing.
extension JSONNode {
    /// A string with something but blanks in it, without the blanks around it.
    var filledString: String? {
        guard let text = string else { return nil }
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest.isEmpty ? nil : String(rest)
    }

    /// A whole number, also where proto-JSON writes a 64-bit one as a string or a library wrote `3599.0`.
    var lenientInt: Int? {
        if let int { return int }
        if let double, double.isFinite, double.magnitude < 9e15 { return Int(double) }
        return filledString.flatMap { Int($0) }
    }

    /// A number, also one written as a string; only finite ones.
    var lenientDouble: Double? {
        guard let value = double ?? filledString.flatMap({ Double($0) }), value.isFinite else { return nil }
        return value
    }

    /// A project: a plain id, or an object that holds one. Blank counts as missing.
    var projectID: String? { filledString ?? self["id"]?.filledString }
}
