import JSON
import Platform

/// One received call, for `GET /sandbox/calls`. Tokens are never in it.
final class RequestRecord {
    let number: Int
    let method: String
    let startedAt = WallClock.unixMilliseconds
    private let started = MonotonicInstant.now
    var account: String?
    var model: String?
    var requestID: String?
    var status = 0
    /// The rule by which the call was refused.
    var rule: String?
    var eventCount = 0
    var byteCount = 0
    var connection = 0
    /// Being answered, and the caller is still there.
    var isOpen: Bool { finishedAfter == nil && cancelledAfter == nil }
    /// The body as received; kept for generation and counting calls only.
    var body: [UInt8] = []
    /// When the caller went away, counted from the start.
    private(set) var cancelledAfter: Int?
    private(set) var finishedAfter: Int?

    init(number: Int, method: String) {
        self.number = number
        self.method = method
    }

    private var elapsed: Int { (MonotonicInstant.now - started).milliseconds }

    func cancel() { if cancelledAfter == nil, finishedAfter == nil { cancelledAfter = elapsed } }
    func finish() { if finishedAfter == nil { finishedAfter = elapsed } }

    func json(withBody: Bool) -> JSONValue {
        func optional(_ value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }
        func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        var object: JSONObject = [
            "number": .int(number), "method": .string(method), "started_at_ms": .int(startedAt),
            "connection": .int(connection), "account": optional(account), "model": optional(model),
            "request_id": optional(requestID), "status": .int(status), "rule": optional(rule),
            "events": .int(eventCount), "bytes": .int(byteCount), "cancelled": .bool(cancelledAfter != nil),
            "cancelled_after_ms": optional(cancelledAfter), "finished_after_ms": optional(finishedAfter),
        ]
        if withBody {
            // What is no JSON was refused; its text is of no use to a test.
            object.append("body", (try? JSONValue(parsing: body)) ?? .null)
        }
        return .object(object)
    }
}
