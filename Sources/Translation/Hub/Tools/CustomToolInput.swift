import JSON

/// The free text that a custom tool is called with, which the upstream sees as an argument of a function.
enum CustomToolInput {
    /// The declared argument, else the only text there is, else all arguments as JSON.
    static func text(of arguments: RawJSON) -> JSONString {
        let all = JSONString(escaped: JSONEscaping.escape(arguments.bytes))
        guard let root = try? JSONDocument(parsing: arguments.array).root else { return all }
        if let input = root["input"]?.text { return input }
        var members = root.members
        guard root.count == 1, let only = members.next()?.value.text else { return all }
        return only
    }
}
