import APIErrors
import JSON

/// The stream of `?alt=sse`: each answer object in a `data:` line of its own and nothing else. Google's SDKs take every other
/// line for JSON, so there is no comment, no event name and no sign of life.
struct GeminiEventEncoder: StreamEncoder {
    private var isOver = false

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !isOver, case .payload(let payload) = event else { return }
        // An answer object has no line feed, neither between its tokens (`RawJSON`) nor inside a string.
        bytes.append(contentsOf: "data: ".utf8)
        bytes.append(contentsOf: GeminiCandidates.numbered(payload, choice).bytes)
        bytes.append(contentsOf: "\n\n".utf8)
    }

    mutating func finish(into bytes: inout [UInt8]) { isOver = true }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !isOver else { return }
        isOver = true
        bytes += failure.streamEnd(in: .gemini, requestID: requestID)
    }

    var heartbeat: [UInt8] { [] }
}
