import HTTP
import JSON

/// The grammar of Gemini's two stream forms, as strict as Google's SDKs: answer objects and nothing between them; an error only
/// as the last one, and then with `error` as its only member.
enum GeminiStreamChecker {
    struct Violation: Error { var what: String }

    /// The objects of an `alt=sse` stream. Every line is empty or begins with `data: {`, but for a bare error at the end.
    @discardableResult static func events(_ stream: [UInt8]) throws -> [JSONValue] {
        let text = String(decoding: stream, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n\n") else { throw Violation(what: "ends inside an event") }
        var objects: [JSONValue] = []
        for event in text.split(separator: "\n\n", omittingEmptySubsequences: true) {
            guard !event.contains(where: \.isNewline) else { throw Violation(what: "several lines: \(event)") }
            let isBare = event.hasPrefix("{\"error\":")
            guard isBare || event.hasPrefix("data: {") else { throw Violation(what: "bad line \(event)") }
            let object = try JSONValue(parsing: Array((isBare ? event : event.dropFirst(6)).utf8))
            guard isBare == (object["error"] != nil) else { throw Violation(what: "an error in disguise") }
            objects.append(object)
        }
        try check(objects)
        return objects
    }

    /// The elements of the other form.
    @discardableResult static func array(_ stream: [UInt8]) throws -> [JSONValue] {
        guard let objects = try JSONValue(parsing: stream).array else { throw Violation(what: "no array") }
        try check(objects)
        return objects
    }

    private static func check(_ objects: [JSONValue]) throws {
        for (index, object) in objects.enumerated() {
            guard let members = object.object else { throw Violation(what: "no object") }
            guard members["error"] == nil || index == objects.count - 1 && members.count == 1 else {
                throw Violation(what: "an error that does not stand alone at the end")
            }
        }
    }
}
