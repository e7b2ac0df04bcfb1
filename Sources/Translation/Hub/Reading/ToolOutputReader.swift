import APIErrors
import JSON

/// Reads what a tool has given back: text and media in parts, or values of any kind, which go to the model as they are.
enum ToolOutputReader {
    /// - Parameter takesPart: whether an object may be one part of a content; else every object is a value.
    static func read(_ output: JSONNode?, takesPart: Bool, into result: inout ToolResult) throws(APIFailure) {
        guard let output, !output.isNull else { return }
        switch output.kind {
        case .object where !takesPart || isRecord(output): result.output = .object(RawJSON(output))
        case .array where output.elements.contains(where: isRecord):
            result.output = .text(JSONString(escaped: JSONEscaping.escape(RawJSON(output).bytes)))
        default:
            let parts = try ContentReader.parts(output)
            result.output = .text(JoinedText(parts).text)
            result.media = parts.compactMap { if case .media(let media) = $0 { media } else { nil } }
        }
    }

    /// A value and no part of a content: those have a type, or at least a text.
    private static func isRecord(_ node: JSONNode) -> Bool {
        node.kind == .object && node["type"]?.kind != .string && node["text"]?.kind != .string
    }
}
