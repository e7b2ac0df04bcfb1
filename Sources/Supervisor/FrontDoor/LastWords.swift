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
        return framed(event, framing)
    }

    /// The same for a stream of OpenAI's Responses.
    ///
    /// - Parameter written: bytes of the answer that are out. An event is longer than the number it has, so that this number is
    ///   greater than that of every event before.
    static func responseEnd(_ failure: APIFailure, written: UInt64, framing: AnswerFraming) -> [UInt8] {
        framed(
            failure.responseEnd(sequenceNumber: Int(clamping: written), unixSeconds: WallClock.unixSeconds), framing)
    }

    private static func framed(_ event: [UInt8], _ framing: AnswerFraming) -> [UInt8] {
        guard framing.isChunked else { return event }
        var out: [UInt8] = []
        Chunk.append(event, into: &out)
        Chunk.appendLast(into: &out)
        return out
    }
}
