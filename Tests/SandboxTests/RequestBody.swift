import JSON
import Testing

/// A request that breaks no rule, and edits to it by path.
struct RequestBody {
    private(set) var value: JSONValue

    static let project = "sandbox-project-demo"

    /// A plain question to a model.
    init(model: String = "gemini-3-flash") throws {
        value = try Self.json(
            """
            {"project":"\(Self.project)","requestId":"agent-1","model":"\(model)","userAgent":"antigravity",
             "requestType":"agent","request":{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}}
            """)
    }

    /// A body of countTokens.
    init(countingWith model: String) throws {
        value = try Self.json(
            #"{"request":{"model":"models/\#(model)","contents":[{"role":"user","parts":[{"text":"Hello"}]}]}}"#)
    }

    static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    var bytes: [UInt8] { value.serialized }

    /// Puts a JSON text at a path such as `request.contents[0].role`; nil takes the member away.
    mutating func set(_ path: String, _ text: String?) throws {
        let steps = path.split { ".[]".contains($0) }.map(String.init)
        value = try Self.edited(value, steps[...], try text.map(Self.json))
    }

    private static func edited(_ value: JSONValue, _ steps: ArraySlice<String>, _ new: JSONValue?) throws -> JSONValue {
        guard let step = steps.first else { return new ?? .null }
        let rest = steps.dropFirst()
        if let index = Int(step), var list = value.array {
            try #require(index <= list.count)
            let element = try edited(index < list.count ? list[index] : .object([:]), rest, new)
            if index < list.count { list[index] = element } else { list.append(element) }
            return .array(list)
        }
        var object = value.object ?? [:]
        object[step] = rest.isEmpty ? new : try edited(object[step] ?? .object([:]), rest, new)
        return .object(object)
    }
}

func check<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: String = "", at location: SourceLocation = #_sourceLocation
) {
    if actual != expected { Issue.record("\(what): \(actual), expected \(expected)", sourceLocation: location) }
}
