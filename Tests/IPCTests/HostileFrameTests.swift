import IPC
import Testing

/// The decoder reads what another process wrote: whatever that is, it answers with a message or an error.
struct HostileFrameTests {
    @Test("a body that is cut anywhere is an error", arguments: MessageKind.allCases)
    func truncated(kind: MessageKind) throws {
        let message = try #require(MessageExamples.all.first { type(of: $0).kind == kind })
        let body = Array(MessageExamples.frame(of: message).dropFirst(FrameHeader.byteCount))
        for length in 0..<body.count where Self.decodes(kind, Array(body[..<length])) {
            Issue.record("\(kind) cut to \(length) of \(body.count) bytes was taken")
        }
    }

    @Test("a body with a longer tail is read as far as this build knows it", arguments: MessageKind.allCases)
    func appended(kind: MessageKind) throws {
        let message = try #require(MessageExamples.all.first { type(of: $0).kind == kind })
        let body = Array(MessageExamples.frame(of: message).dropFirst(FrameHeader.byteCount))
        if !Self.decodes(kind, body + [1, 2, 3]) { Issue.record("\(kind) with a tail was refused") }
    }

    @Test("changed bytes never trap", arguments: MessageKind.allCases)
    func mutated(kind: MessageKind) throws {
        let message = try #require(MessageExamples.all.first { type(of: $0).kind == kind })
        let frame = MessageExamples.frame(of: message)
        var random = SplitMix(seed: UInt64(kind.rawValue))
        for _ in 0..<300 {
            var bytes = frame
            for _ in 0...random.next(below: 4) {
                bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
            }
            _ = Self.decodes(kind, Array(bytes.dropFirst(FrameHeader.byteCount)))
            // Printing walks the whole frame and every field.
            _ = FrameDescription(bytes).description
        }
    }

    @Test func `a supervisor of minor 0 does not say how much memory a worker may have`() throws {
        let hello = Hello(minor: 0, place: 1, generation: 2, ledgerSlots: 3, version: "1", softMemoryLimitBytes: 5)
        var writer = FrameWriter()
        hello.encode(into: &writer)
        var reader = FrameReader(writer.bytes.dropLast(8))
        #expect(try Hello(decoding: &reader).softMemoryLimitBytes == 512 << 20)
    }

    @Test func `a list that claims more than it may is refused before room is made for it`() {
        var writer = FrameWriter()
        writer.uint64(1)
        writer.uint32(.max)
        var reader = FrameReader(writer.bytes)
        #expect(throws: IPCError.listTooLong(Int(UInt32.max))) { try Closed(decoding: &reader) }
    }

    @Test func `a frame is printed without its secrets`() {
        let frame =
            MessageExamples.frame(of: MessageExamples.all[5])
            + [ProtocolVersion.major, 99, 0, 0, 0, 0, 0, 0, ProtocolVersion.major, 20, 0, 0]
        let text = FrameDescription(frame).description
        let hasFields = text.hasPrefix("leaseGrant ") && text.contains("requestID \"request-1\", attempt 1")
        #expect(hasFields && text.contains("<secret of 5 bytes>") && !text.contains("token\""))
        #expect(text.hasSuffix("\nkind 99 0 bytes\nmalformed: truncated(needed: 4, available: 0)"))
    }

    private static func decodes(_ kind: MessageKind, _ body: [UInt8]) -> Bool {
        var reader = FrameReader(body)
        return (try? kind.messageType.init(decoding: &reader)) != nil
    }
}

/// A small seeded generator, so that a failing case can be repeated.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
