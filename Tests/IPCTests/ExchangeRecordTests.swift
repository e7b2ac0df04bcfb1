import Testing

@testable import IPC

/// A record is read where it stands, and is never read beyond what came.
struct ExchangeRecordTests {
    private static func texts(_ record: ExchangeRecord) -> [String?] { RecordPart.allCases.map { record.text($0) } }

    private static func decoded(_ bytes: [UInt8]) throws -> ExchangeRecord {
        var reader = FrameReader(bytes)
        return try ExchangeRecord(decoding: &reader)
    }

    @Test func `every part is found under its name, and what is absent is not empty`() throws {
        let record = MessageExamples.record
        #expect(
            Self.texts(record) == [
                "POST", "/v1/chat/completions", "gpt-4o", "gemini-3-flash", "127.0.0.1", "cut", "account-1",
                "0123456789abcdef", "openai_chat", "{}", "",
            ])
        #expect(record.inputTokens == 12 && record.outputTokens == nil && record.isStream)
        let bare = ExchangeRecord(
            arrivedAtUnixMilliseconds: 1, method: "GET", target: "/", status: 0, durationMilliseconds: 2, apiKeyID: "",
            family: 2, isStream: false, clientAddress: "")
        #expect(
            Self.texts(bare) == ["GET", "/", nil, nil, "", nil, nil, "", nil, nil, nil]
                && !bare.isStream && bare.inputTokens == nil)
        for one in [record, bare] {
            let again = try Self.decoded(Array(one.bytes))
            #expect(again == one && Self.texts(again) == Self.texts(one) && again.family == one.family)
        }
    }

    @Test func `without its bodies a record is the same otherwise`() throws {
        let slim = MessageExamples.record.withoutBodies
        #expect(Self.texts(slim) == Self.texts(MessageExamples.record).dropLast(2) + [nil, nil])
        #expect(!slim.head.hasBodies && slim.status == 200 && slim.inputTokens == 12)
        #expect(try Self.decoded(Array(slim.bytes)) == slim)
        #expect(slim.withoutBodies == slim)
    }

    @Test func `lengths that lead beyond the end are refused, wherever they stand`() {
        let bytes = Array(MessageExamples.record.bytes)
        for part in RecordPart.allCases {
            for length: UInt32 in [1 << 8, 1 << 16, 1 << 31, .max] {
                var damaged = bytes
                for byte in 0..<4 {
                    damaged[28 + 4 * part.rawValue + byte] = UInt8(truncatingIfNeeded: length >> UInt32(8 * byte))
                }
                #expect(throws: IPCError.self, "\(part) \(length)") { try Self.decoded(damaged) }
            }
        }
    }

    @Test func `what is not UTF-8 is repaired when it is read`() throws {
        var bytes = Array(MessageExamples.record.bytes)
        bytes[RecordHead.byteCount] = 0xff
        #expect(try Self.decoded(bytes).text(.method) == "\u{fffd}OST")
    }
}
