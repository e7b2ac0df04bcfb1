import HTTP

/// Reads requests off one connection the way a server does, from pieces of any size, and writes down what it saw.
struct RequestReader {
    struct Seen: Equatable, CustomStringConvertible {
        var requests: [String] = []
        var bodies: [[UInt8]] = []
        var refusal: HTTPRefusal?
        /// Bytes were left that make no whole request.
        var isUnfinished = false

        var description: String {
            "requests \(requests), bodies \(bodies.map { String(decoding: $0, as: UTF8.self) }), "
                + "refusal \(refusal.map { "\($0)" } ?? "none"), unfinished \(isUnfinished)"
        }
    }

    private var parser = RequestHeadParser()
    private var decoder: BodyDecoder?
    private var body: [UInt8] = []
    private var buffer: [UInt8] = []
    private var isOver = false
    private var seen = Seen()

    /// What is seen when the bytes come in pieces that end at these offsets.
    static func read(_ bytes: [UInt8], splitAt offsets: some Sequence<Int>) -> Seen {
        var reader = RequestReader()
        var start = 0
        for end in offsets {
            reader.feed(bytes[start..<end])
            start = end
        }
        reader.feed(bytes[start...])
        return reader.finish()
    }

    private mutating func feed(_ piece: ArraySlice<UInt8>) {
        guard !isOver else { return }
        buffer += piece
        do throws(HTTPRefusal) {
            while try step() {}
        } catch {
            seen.refusal = error
            isOver = true
        }
    }

    /// One head or the next part of a body; false when more bytes are needed.
    private mutating func step() throws(HTTPRefusal) -> Bool {
        guard !isOver else { return false }
        if decoder != nil {
            let used = try buffer.withUnsafeBufferPointer { (raw) throws(HTTPRefusal) -> Int in
                try decoder?.decode(UnsafeRawBufferPointer(raw), into: &body) ?? 0
            }
            buffer.removeFirst(used)
            guard decoder?.isComplete == true else { return false }
            endRequest()
            return true
        }
        let parsed = try buffer.withUnsafeBufferPointer { (raw) throws(HTTPRefusal) in
            try parser.parse(UnsafeRawBufferPointer(raw))
        }
        guard let parsed else { return false }
        buffer.removeFirst(parsed.byteCount)
        parser.reset()
        seen.requests.append(Self.summary(parsed.head))
        decoder = BodyDecoder(framing: parsed.head.framing)
        keepAlive = parsed.head.keepAlive
        if decoder?.isComplete == true { endRequest() }
        return true
    }

    private var keepAlive = true

    private mutating func endRequest() {
        decoder = nil
        seen.bodies.append(body)
        body = []
        isOver = !keepAlive
    }

    private mutating func finish() -> Seen {
        seen.isUnfinished = !isOver && (decoder != nil || !buffer.isEmpty)
        return seen
    }

    static func summary(_ head: HTTPRequestHead) -> String {
        let fields = head.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
        return "\(head.method.name) \(head.path) ?\(head.query ?? "-") @\(head.host ?? "-") 1.\(head.minorVersion) "
            + "\(head.framing) keep \(head.keepAlive) continue \(head.expectsContinue) \(fields)"
    }
}
