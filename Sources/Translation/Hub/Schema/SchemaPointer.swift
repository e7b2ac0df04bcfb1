import HTTP
import JSON

/// References inside one schema document: JSON pointers behind `#` (RFC 6901), percent-encoded where needed.
enum SchemaPointer {
    /// The value that a local reference names; nil for other documents and for what is not there.
    static func find(_ reference: String, in root: JSONValue) -> JSONValue? {
        var membersPassed = 0
        return find(reference, in: root, membersPassed: &membersPassed)
    }

    /// - Parameter membersPassed: grows by what the way to the target cost.
    static func find(_ reference: String, in root: JSONValue, membersPassed: inout Int) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        let pointer = reference.dropFirst()
        if pointer.isEmpty { return root }
        guard pointer.first == "/" else { return nil }
        var value = root
        for token in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let name = unescape(token)
            switch value {
            case .object(let object):
                membersPassed += object.count
                guard let next = value[name] else { return nil }
                value = next
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// The last piece: what a description may call the target.
    static func name(of reference: String) -> String {
        let last = reference.split(separator: "/").last.map { unescape($0) } ?? ""
        return last.isEmpty || last == "#" ? "JSON object" : last
    }

    private static func unescape(_ token: Substring) -> String {
        var text = ""
        var pending = false
        for character in PercentCoding.decode(String(token)) ?? String(token) {
            if pending {
                text += character == "0" ? "~" : character == "1" ? "/" : "~\(character)"
                pending = false
            } else if character == "~" {
                pending = true
            } else {
                text.append(character)
            }
        }
        return pending ? text + "~" : text
    }
}
