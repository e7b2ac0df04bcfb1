import APIErrors
import JSON

/// Reads what a tool has given back: text and media in parts, or values of any kind, which go to the model as they are.
enum ToolOutputReader {
    /// - Parameter takesPart: whether an object may be one part of a content; else every object is a value.
    static func read(_ output: JSONNode?, takesPart: Bool, into result: inout ToolResult) throws(APIFailure) {
        guard let output, !output.isNull else { return }
        switch output.kind {
        case .object where !takesPart || isRecord(output): result.output = .object(RawJSON(output))
        case .array where output.elements.contains(where: isRecord): try readRecords(output, into: &result)
        default: set(try ContentReader.parts(output), of: &result)
        }
    }

    /// A list of values is told as it is; beside media, which are no text, each value is a text of its own.
    private static func readRecords(_ list: JSONNode, into result: inout ToolResult) throws(APIFailure) {
        var parts: [Turn.Part] = []
        for element in list.elements {
            if isRecord(element) {
                parts.append(.text(text(of: element)))
            } else {
                parts += try ContentReader.parts(element)
            }
        }
        set(parts, of: &result)
        if result.media.isEmpty { result.output = .text(text(of: list)) }
    }

    private static func set(_ parts: [Turn.Part], of result: inout ToolResult) {
        result.output = .text(JoinedText(parts).text)
        result.media = parts.compactMap { if case .media(let media) = $0 { media } else { nil } }
    }

    private static func text(of value: JSONNode) -> JSONString {
        JSONString(escaped: JSONEscaping.escape(RawJSON(value).bytes))
    }

    /// A value and no part of a content: those have a type, or at least a text.
    private static func isRecord(_ node: JSONNode) -> Bool {
        node.kind == .object && node["type"]?.kind != .string && node["text"]?.kind != .string
    }
}
