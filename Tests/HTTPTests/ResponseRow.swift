import HTTP
import Testing

/// What a server sends on one connection, and what has to come of it.
struct ResponseRow: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Equatable {
        /// One whole answer; `keeps`: another request may follow; `rest`: bytes behind it.
        case answer(Int, body: String, keeps: Bool, rest: String = "")
        /// Complete only because the connection ends here.
        case untilEnd(Int, body: String)
        /// The connection ends in the middle.
        case cut
        case refused(HTTPRefusal.Reason)
    }

    let name: String
    let bytes: String
    var method: HTTPMethod = .post
    let outcome: Outcome

    var testDescription: String { name }

    static let all: [ResponseRow] = framing + statusLines + heads + chunks

    private static let framing: [ResponseRow] = [
        .init(
            name: "a length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            outcome: .answer(200, body: "abc", keeps: true)),
        .init(
            name: "a length of zero", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            outcome: .answer(200, body: "", keeps: true)),
        .init(
            name: "bytes behind the body", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP",
            outcome: .answer(200, body: "a", keeps: true, rest: "HTTP")),
        .init(
            name: "a body cut short", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", outcome: .cut),
        .init(
            name: "until the connection ends", bytes: "HTTP/1.1 200 OK\r\n\r\nabc",
            outcome: .untilEnd(200, body: "abc")),
        .init(
            name: "nothing until the connection ends", bytes: "HTTP/1.0 500 X\r\nA: b\r\n\r\n",
            outcome: .untilEnd(500, body: "")),
        .init(name: "204 has no body", bytes: "HTTP/1.1 204 X\r\n\r\n", outcome: .answer(204, body: "", keeps: true)),
        .init(
            name: "304 has no body whatever it says", bytes: "HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n",
            outcome: .answer(304, body: "", keeps: true)),
        .init(
            name: "an answer to HEAD has no body", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            method: .head, outcome: .answer(200, body: "", keeps: true)),
        .init(
            name: "chunked to HEAD has no body", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            method: .head, outcome: .answer(200, body: "", keeps: true)),
        .init(
            name: "close", bytes: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na",
            outcome: .answer(200, body: "a", keeps: false)),
        .init(
            name: "HTTP/1.0 closes", bytes: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
            outcome: .answer(200, body: "a", keeps: false)),
        .init(
            name: "HTTP/1.0 that keeps",
            bytes: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
            outcome: .answer(200, body: "a", keeps: true)),
        .init(
            name: "two lengths", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            outcome: .refused(.contentLengthRepeated)),
        .init(
            name: "a negative length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            outcome: .refused(.contentLength)),
        .init(
            name: "a length that fits no number",
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            outcome: .refused(.contentLength)),
        .init(
            name: "length and chunked",
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            outcome: .refused(.lengthAndEncoding)),
        .init(
            name: "gzip as transfer coding", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            outcome: .refused(.unsupportedTransferEncoding)),
        .init(
            name: "chunked in HTTP/1.0", bytes: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            outcome: .refused(.encodingBeforeVersion11)),
    ]

    private static let statusLines: [ResponseRow] = [
        .init(
            name: "no phrase", bytes: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
            outcome: .answer(200, body: "", keeps: true)),
        .init(
            name: "no phrase and no space", bytes: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            outcome: .answer(200, body: "", keeps: true)),
        .init(
            name: "a phrase of several words", bytes: "HTTP/1.1 404 Not  Found at all\r\nContent-Length: 0\r\n\r\n",
            outcome: .answer(404, body: "", keeps: true)),
        .init(name: "HTTP/2 in text", bytes: "HTTP/2 200 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "HTTP/1.2", bytes: "HTTP/1.2 200 OK\r\n\r\n", outcome: .refused(.unsupportedVersion)),
        .init(name: "two digits", bytes: "HTTP/1.1 20 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "four digits", bytes: "HTTP/1.1 2000 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "status 99", bytes: "HTTP/1.1 099 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "status 600", bytes: "HTTP/1.1 600 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "letters for a status", bytes: "HTTP/1.1 2OO OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "two spaces", bytes: "HTTP/1.1  200 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "another protocol", bytes: "SSH-2.0-OpenSSH_9.2\r\n", outcome: .refused(.statusLine)),
        .init(name: "an empty line first", bytes: "\r\nHTTP/1.1 200 OK\r\n\r\n", outcome: .refused(.statusLine)),
        .init(name: "a line feed alone", bytes: "HTTP/1.1 200 OK\n\n", outcome: .refused(.bareLineFeed)),
        .init(name: "nothing", bytes: "", outcome: .cut),
        .init(name: "half a status line", bytes: "HTTP/1.1 20", outcome: .cut),
        .init(
            name: "a status line without end", bytes: "HTTP/1.1 200 " + String(repeating: "a", count: 9000),
            outcome: .refused(.statusLine)),
    ]

    private static let heads: [ResponseRow] = [
        .init(
            name: "an interim answer",
            bytes:
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            outcome: .answer(200, body: "a", keeps: true)),
        .init(
            name: "interim answers without end", bytes: String(repeating: "HTTP/1.1 100 X\r\n\r\n", count: 17),
            outcome: .refused(.unaskedStatus)),
        .init(
            name: "a switch of protocols", bytes: "HTTP/1.1 101 X\r\nUpgrade: a\r\n\r\n",
            outcome: .refused(.unaskedStatus)),
        .init(name: "a folded field", bytes: "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", outcome: .refused(.foldedField)),
        .init(
            name: "a space before the colon", bytes: "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            outcome: .refused(.fieldName)),
        .init(
            name: "a line without a colon", bytes: "HTTP/1.1 200 OK\r\nabc\r\n\r\n",
            outcome: .refused(.fieldWithoutColon)),
        .init(
            name: "a NUL in a value", bytes: "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", outcome: .refused(.controlCharacter)),
        .init(
            name: "a carriage return in a value", bytes: "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
            outcome: .refused(.bareCarriageReturn)),
        .init(
            name: "too many fields", bytes: "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 129) + "\r\n",
            outcome: .refused(.tooManyFields)),
        .init(
            name: "fields that are too large",
            bytes: "HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 70_000) + "\r\n\r\n",
            outcome: .refused(.fieldsTooLarge)),
        .init(
            name: "a Host and an Expect mean nothing",
            bytes: "HTTP/1.1 200 OK\r\nHost: a b\r\nExpect: x\r\nContent-Length: 0\r\n\r\n",
            outcome: .answer(200, body: "", keeps: true)),
    ]

    private static let chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static let chunks: [ResponseRow] = [
        .init(
            name: "chunks", bytes: chunkedHead + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            outcome: .answer(200, body: "abcde", keeps: true)),
        .init(
            name: "trailers", bytes: chunkedHead + "1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n",
            outcome: .answer(200, body: "a", keeps: true)),
        .init(name: "chunks cut in the data", bytes: chunkedHead + "3\r\nab", outcome: .cut),
        .init(name: "chunks cut before the last", bytes: chunkedHead + "3\r\nabc\r\n", outcome: .cut),
        .init(name: "chunks cut in the trailers", bytes: chunkedHead + "0\r\nA: b\r\n", outcome: .cut),
        .init(name: "a chunk size of letters", bytes: chunkedHead + "zz\r\n", outcome: .refused(.chunkSize)),
        .init(name: "a chunk longer than it says", bytes: chunkedHead + "1\r\nabc\r\n", outcome: .refused(.chunkEnd)),
        .init(
            name: "a size that fits no number", bytes: chunkedHead + "fffffffffffffffff\r\n",
            outcome: .refused(.chunkSize)),
    ]
}
