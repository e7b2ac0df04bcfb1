/// Reads one answer off a connection from any split of its bytes: passes over interim (`1xx`) heads, finds the head, takes the
/// body out of its framing, and stops behind the last byte.
///
/// What comes out and what is refused depends only on the bytes. Memory is bounded by the limits of a head; the body is the
/// caller's.
public struct ResponseReader: Sendable {
    /// Interim heads before the answer; a server that sends more does not mean to answer.
    static let interimHeadsMax = 16

    private let limits: HTTPLimits
    private let isToHead: Bool
    private var parser: ResponseHeadParser
    /// The beginning of a head whose end has not come.
    private var unfinished: [UInt8] = []
    private var interimHeads = 0
    private var decoder = BodyDecoder(framing: .none)
    private var endsWithConnection = false
    private var keepsConnectionAfter = false
    /// The whole answer has come.
    public private(set) var isComplete = false
    /// Status and fields of the answer, once they have come.
    public private(set) var head: ResponseHead?

    /// - Parameter method: of the request: an answer to HEAD has no body.
    public init(answering method: HTTPMethod, limits: HTTPLimits = HTTPLimits()) {
        isToHead = method == .head
        self.limits = limits
        parser = ResponseHeadParser(isToHead: isToHead, limits: limits)
    }

    /// Whether the answer is complete if the connection ends now.
    public var mayEndHere: Bool { isComplete || head != nil && endsWithConnection }

    /// Whether another request may follow on the connection: only behind a whole answer.
    public private(set) var keepsConnection = false

    /// Takes the next bytes of the connection and appends what they hold of the body to `body`.
    ///
    /// - Returns: how many bytes were used: all of them unless the answer ended.
    public mutating func take(
        _ input: UnsafeRawBufferPointer, into body: inout [UInt8]
    ) throws(HTTPRefusal.Reason) -> Int {
        defer { note() }
        var used = 0
        if head == nil {
            guard let end = try takeHead(input) else { return input.count }
            used = end
        }
        guard used < input.count, !decoder.isComplete else { return used }
        do throws(HTTPRefusal) {
            return used + (try decoder.decode(input.part(used..<input.count), into: &body))
        } catch {
            throw error.reason
        }
    }

    private mutating func note() {
        isComplete = head != nil && decoder.isComplete
        keepsConnection = keepsConnectionAfter && isComplete
    }

    /// - Returns: how many bytes of `input` belong to heads; nil while the head is unfinished.
    private mutating func takeHead(_ input: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) -> Int? {
        let held = unfinished.count
        if held == 0 {
            let (start, isFinal) = try readHeads(input)
            if isFinal { return start }
            unfinished = Array(input.part(start..<input.count))
            return nil
        }
        unfinished.append(contentsOf: input)
        var all: [UInt8] = []
        swap(&all, &unfinished)
        let (start, isFinal) = try all.withUnsafeBufferPointer { (bytes) throws(HTTPRefusal.Reason) in
            try readHeads(UnsafeRawBufferPointer(bytes))
        }
        if isFinal { return start - held }
        if start > 0 { all.removeFirst(start) }
        unfinished = all
        return nil
    }

    /// Reads heads until the final one.
    /// - Returns: the offset behind the last whole head, and whether that was the answer's own.
    private mutating func readHeads(
        _ bytes: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) -> (start: Int, isFinal: Bool) {
        var start = 0
        while let (response, byteCount) = try parser.parse(bytes.part(start..<bytes.count)) {
            start += byteCount
            guard response.head.status < 200 else {
                begin(response)
                return (start, true)
            }
            // RFC 9110 section 15.2: interim answers may come unasked; 101 never does, since no request here asks to upgrade.
            interimHeads += 1
            guard response.head.status != 101, interimHeads <= Self.interimHeadsMax else { throw .unaskedStatus }
            parser = ResponseHeadParser(isToHead: isToHead, limits: limits)
        }
        return (start, false)
    }

    private mutating func begin(_ response: ReceivedResponse) {
        head = response.head
        keepsConnectionAfter = response.keepsConnection
        endsWithConnection = response.framing == nil
        // A body that ends with the connection is one of a length that is never reached.
        decoder = BodyDecoder(framing: response.framing ?? .length(.max), limits: limits)
    }
}
