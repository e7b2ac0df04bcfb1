import HTTP
import JSON

/// Writes the events of one response: each names its type twice and counts up.
struct ResponseEvents: Sendable {
    /// What all deltas of one item have in common, prebuilt: everything between the number and the text, and behind it.
    struct DeltaFrame: Sendable {
        fileprivate let start: StaticString
        fileprivate let place: [UInt8]
        fileprivate let end: StaticString
    }

    private var next = 0

    mutating func append(
        _ type: StaticString, to bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void
    ) {
        bytes += "event: ".utf8
        type.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes += "\ndata: ".utf8
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.field("type", literal: type)
            writer.field("sequence_number", next)
            members(&writer)
            writer.endObject()
        }
        bytes += "\n\n".utf8
        next += 1
    }

    static func textFrame(item: String, index: Int) -> DeltaFrame {
        frame(
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":",
            item, index, place: #","content_index":0,"delta":""#, end: "\",\"logprobs\":[]}\n\n")
    }

    static func summaryFrame(item: String, index: Int) -> DeltaFrame {
        frame(
            """
            event: response.reasoning_summary_text.delta
            data: {"type":"response.reasoning_summary_text.delta","sequence_number":
            """, item, index, place: #","summary_index":0,"delta":""#, end: "\"}\n\n")
    }

    private static func frame(
        _ start: StaticString, _ item: String, _ index: Int, place: String, end: StaticString
    ) -> DeltaFrame {
        let id = JSONString(item).escaped
        let between = Array(#"","output_index":\#(index)"#.utf8) + Array(place.utf8)
        return DeltaFrame(start: start, place: Array(#","item_id":""#.utf8) + id + between, end: end)
    }

    /// A text delta: copies and a number.
    mutating func append(_ text: JSONString, in frame: DeltaFrame, to bytes: inout [UInt8]) {
        frame.start.withUTF8Buffer { bytes.append(contentsOf: $0) }
        JSONWriter.append(to: &bytes) { $0.int(next) }
        bytes.append(contentsOf: frame.place)
        bytes.append(contentsOf: text.escaped)
        frame.end.withUTF8Buffer { bytes.append(contentsOf: $0) }
        next += 1
    }
}
