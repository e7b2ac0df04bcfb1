import IPC
import Platform
import Testing

@testable import Supervisor

/// Records are stored as they came, many together, without a secret.
@Suite struct TrafficBatchTests {
    private static let secret = "sk-secret/key=1"
    private static let secrets = LiteralSecrets([secret])

    private let folder: TemporaryFolder
    private let connection: SQLiteConnection

    init() throws {
        folder = try TemporaryFolder()
        connection = try TelemetryFile(path: folder.file("telemetry.db")).open().connection
    }

    private func stored() throws -> [TrafficEntry] {
        try TrafficTable.list(try #require(TrafficFilter(text: "")), limit: 10_000, offset: 0, in: connection)
            .reversed()
    }

    @Test(arguments: [1, 15, 16, 17, 33, 100])
    func `however many come together, each is stored once, whole and in its order`(count: Int) throws {
        // Some have bodies, some are only counted: those break the runs that are stored by one statement.
        for (bodyEvery, skipEvery) in [(1000, 1000), (7, 1000), (1000, 5), (20, 19), (1, 1000)] {
            try connection.script("DELETE FROM request_logs")
            let records = (1...count).map { number in
                TrafficExample.record(
                    number, status: number % 4 == 0 ? 500 : 200, account: number % 3 == 0 ? nil : "a",
                    model: number % 6 == 0 ? nil : "model-\(number)", tokens: (number, number % 2 == 0 ? nil : 2),
                    error: number % 4 == 0 ? "näh \(number)" : nil,
                    body: number % bodyEvery == 0 ? "body \(number)" : nil)
            }
            let batch = TrafficExample.batch(records, isLogged: { ($0 + 1) % skipEvery != 0 })
            try connection.transaction { (connection) throws(StorageError) in
                try TrafficTable.insert(batch, in: connection)
            }
            let numbers = (1...count).filter { $0 % skipEvery != 0 }
            let found = try stored()
            #expect(found.map(\.requestID) == numbers.map { "req_\($0)" })
            for (entry, number) in zip(found, numbers) {
                var expected = TrafficEntry(
                    records[number - 1], id: batch.rows[number - 1].id.text, requestID: "req_\(number)",
                    email: number % 3 == 0 ? nil : "a@example.com", worker: 0)
                #expect(entry == expected)
                let body = number % bodyEvery == 0 ? Array("body \(number)".utf8) : nil
                expected.requestBody = body
                #expect(try TrafficTable.find(entry.id, in: connection) == expected)
            }
        }
    }

    @Test(arguments: [
        RecordPart.method, .target, .clientModel, .upstreamModel, .clientAddress, .error, .requestBody, .responseBody,
    ])
    func `a secret in any part of any record of a batch is taken out, and nothing else changes`(part: RecordPart) throws
    {
        let said = "a " + Self.secret + " b"
        let text = { (one: RecordPart) in one == part ? said : "plain" }
        let hostile = ExchangeRecord(
            arrivedAtUnixMilliseconds: 1, method: text(.method), target: text(.target), status: 200,
            durationMilliseconds: 1, clientModel: text(.clientModel), upstreamModel: text(.upstreamModel),
            accountID: "a", apiKeyID: "none", family: 0, isStream: true, clientAddress: text(.clientAddress),
            error: text(.error), inputTokens: 1, payloadKind: "openai_chat",
            requestBody: Array(text(.requestBody).utf8), responseBody: Array(text(.responseBody).utf8))
        let records = (1...20).map { $0 == 9 ? hostile : TrafficExample.record($0) }
        let untouched = TrafficExample.batch(records)
        var batch = untouched
        batch.remove(Self.secrets)
        for index in records.indices {
            for one in RecordPart.allCases {
                let expected = index == 8 && one == part ? "a *** b" : untouched.text(index, one)
                #expect(batch.text(index, one) == expected, "\(index) \(one)")
            }
            #expect(batch.requestID(index) == "req_\(index + 1)")
        }
        try TrafficTable.insert(batch, in: connection)
        let found = try stored()
        #expect(found.count == 20 && found.contains { $0.requestID == "req_9" && $0.isStream && $0.inputTokens == 1 })
    }

    @Test(arguments: [
        ("/v1/models?a=%73k-secret%2Fkey%3D1&b=2", "/v1/models?a=***&b=2"), ("/v1/models?a=%20", "/v1/models?a=%20"),
        ("/v1/ya29.a0AfH6SMBx_y-z", "/v1/***"), ("/v1/größe", "/v1/größe"),
    ])
    func `a target is looked through for what it means`(target: String, expected: String) {
        var batch = TrafficExample.batch([TrafficExample.record(target: target)])
        batch.remove(Self.secrets)
        #expect(batch.text(0, .target) == expected && batch.text(0, .clientModel) == "gemini-3-flash")
    }

    @Test func `the secret at the beginning of a part is found, whatever the part before ends with`() {
        let record = TrafficExample.record(model: "AIza" + String(repeating: "x", count: 35), target: "/v1/messages")
        var batch = TrafficExample.batch([record])
        batch.remove(LiteralSecrets([]))
        #expect(batch.text(0, .clientModel) == "***" && batch.text(0, .target) == "/v1/messages")
    }

    @Test func `tokens are counted under the model as it is stored`() {
        var batch = TrafficExample.batch([
            TrafficExample.record(model: Self.secret), TrafficExample.record(model: nil), TrafficExample.record(),
            TrafficExample.record(), TrafficExample.record(account: nil),
        ])
        batch.remove(Self.secrets)
        let sums = TokenUses(batch).sums
        #expect(sums.keys.map(\.model).sorted() == ["***", "gemini-3-flash", "unknown"])
        #expect(sums.values.map(\.requests).sorted() == [1, 1, 2])
        #expect(sums.keys.allSatisfy { $0.email == "a@example.com" && $0.mappedModel == "gemini-3-flash" })
    }

    @Test func `accounts are asked for once and told apart by their whole names, and one that is gone is not kept`() {
        var accounts = TrafficAccounts()
        var asked: [String] = []
        let names = ["01234567-a", "01234567-b", "a", "b", "gone-for-good", ""]
        for _ in 0..<3 {
            let emails = names.map { name in
                accounts.place(of: Array(name.utf8)[...]) {
                    asked.append($0)
                    return $0.hasPrefix("gone") ? nil : $0 + "@example.com"
                }.map { String(decoding: accounts.emails[accounts.email($0)], as: UTF8.self) }
            }
            #expect(emails == names.map { $0.hasPrefix("gone") ? nil : $0 + "@example.com" })
        }
        #expect(asked == names + Array(repeating: "gone-for-good", count: 2))
    }
}
