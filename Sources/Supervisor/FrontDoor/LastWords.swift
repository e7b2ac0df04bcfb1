import APIErrors
import HTTP
import IPC
import Platform

/// The bytes with which the supervisor ends an AI exchange that no worker can finish.
enum LastWords {
    /// A whole answer that closes the connection, for a request of which nothing has been answered.
    static func answer(_ failure: APIFailure, in family: DialectFamily) -> [UInt8] {
        var (head, body) = failure.response(in: family, requestID: RandomID.uuid())
        // The AI paths are open to browsers; an error that a page cannot read is no answer.
        head.fields.add("Access-Control-Allow-Origin", "*")
        head.fields.add("Access-Control-Expose-Headers", "x-request-id, request-id, Retry-After")
        var out: [UInt8] = []
        head.serialize(
            framing: .length(body.count), keepAlive: false, date: HTTPDate.format(unixSeconds: WallClock.unixSeconds),
            into: &out)
        return out + body
    }

    /// What ends a stream that stands at an event boundary, so that its client knows that it is not complete.
    static func streamEnd(_ failure: APIFailure, in family: DialectFamily, framing: AnswerFraming) -> [UInt8] {
        let requestID = RandomID.uuid()
        let event =
            framing.isArray
            ? failure.arrayEnd(in: family, requestID: requestID) : failure.streamEnd(in: family, requestID: requestID)
        guard framing.isChunked else { return event }
        var out: [UInt8] = []
        Chunk.append(event, into: &out)
        Chunk.appendLast(into: &out)
        return out
    }
}
