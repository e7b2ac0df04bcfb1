import IPC
import Platform

@testable import Supervisor

/// A record of the traffic log for tests.
enum TrafficExample {
    static func record(
        _ number: Int = 1, at seconds: Int = 1_790_000_000, status: Int = 200, account: String? = "a",
        model: String? = "gemini-3-flash", tokens: (Int?, Int?) = (10, 5), target: String? = nil, error: String? = nil,
        body: String? = nil, answer: String? = nil
    ) -> ExchangeRecord {
        ExchangeRecord(
            arrivedAtUnixMilliseconds: UInt64(seconds) * 1000, method: "POST",
            target: target ?? "/v1/messages?n=\(number)",
            status: UInt32(status), durationMilliseconds: 7, clientModel: model, upstreamModel: "gemini-3-flash",
            accountID: account, apiKeyID: "none", family: 1, isStream: false, clientAddress: "127.0.0.1",
            error: error, inputTokens: tokens.0.map { UInt32($0) }, outputTokens: tokens.1.map { UInt32($0) },
            requestBody: body.map { Array($0.utf8) }, responseBody: answer.map { Array($0.utf8) })
    }

    /// A batch of records, the nth being named `req_n`. Account `a` is that of `a@example.com`.
    static func batch(
        _ records: [ExchangeRecord], email: (String) -> String? = { $0 + "@example.com" },
        isLogged: (Int) -> Bool = { _ in true }
    ) -> TrafficBatch {
        var batch = TrafficBatch()
        var ids = OrderedUUIDs()
        for (index, record) in records.enumerated() {
            let account = record[.accountID].flatMap { batch.account($0, email: email) }
            batch.append(
                record, record.head, id: ids.next(unixMilliseconds: 1_790_000_000_000), requestID: "req_\(index + 1)",
                account: account, worker: 0, isLogged: isLogged(index))
        }
        return batch
    }
}

extension TrafficBatch {
    /// What is kept of a part of a record.
    func text(_ index: Int, _ part: RecordPart) -> String? {
        rows[index].place(of: part).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    func requestID(_ index: Int) -> String { String(decoding: bytes[rows[index].requestID], as: UTF8.self) }
}
