import APIErrors
import JSON

/// The stream without `alt=sse`: one JSON array whose elements are the answer objects; an error is its last element.
struct GeminiArrayEncoder: StreamEncoder {
    private enum State { case closed, open, over }

    private var state = State.closed

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard state != .over, case .payload(let payload) = event else { return }
        append(GeminiCandidates.numbered(payload, choice).array, to: &bytes)
    }

    mutating func finish(into bytes: inout [UInt8]) {
        switch state {
        case .closed: bytes += "[]".utf8
        case .open: bytes.append(UInt8(ascii: "]"))
        case .over: return
        }
        state = .over
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard state != .over else { return }
        if state == .open {
            bytes += failure.arrayEnd(in: .gemini, requestID: requestID)
        } else {
            append(failure.body(in: .gemini, requestID: requestID), to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        }
        state = .over
    }

    var heartbeat: [UInt8] { [] }

    var contentType: String { "application/json" }

    var isArray: Bool { true }

    private mutating func append(_ object: [UInt8], to bytes: inout [UInt8]) {
        if state == .closed { bytes.append(UInt8(ascii: "[")) } else { bytes += ",\r\n".utf8 }
        state = .open
        bytes += object
    }
}
