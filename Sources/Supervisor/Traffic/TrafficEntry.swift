import APIErrors
import IPC

/// One AI request as the traffic log keeps it.
nonisolated struct TrafficEntry: Sendable, Equatable {
    var id: String
    /// As the client was told it.
    var requestID: String
    /// Milliseconds since 1970 at which the request arrived.
    var timestamp: Int
    var method: String
    /// Path and query.
    var url: String
    var status: Int
    /// Milliseconds to the last byte of the answer.
    var duration: Int
    var model: String?
    var mappedModel: String?
    var accountEmail: String?
    var error: String?
    var inputTokens: Int?
    var outputTokens: Int?
    var protocolName: String?
    var payloadKind: String?
    var clientIP: String?
    /// The place of the worker.
    var workerID: Int?
    var isStream: Bool
    var requestBody: [UInt8]?
    var responseBody: [UInt8]?
}

nonisolated extension TrafficEntry {
    /// A record without its bodies, for those who listen.
    ///
    /// - Parameters:
    ///   - id: of the record, not of the request.
    ///   - email: of the account that served it.
    ///   - worker: the place of the worker.
    init(_ record: ExchangeRecord, id: String, requestID: String, email: String?, worker: Int) {
        self.init(
            id: id, requestID: requestID, timestamp: Int(clamping: record.arrivedAtUnixMilliseconds),
            method: record.text(.method) ?? "", url: record.text(.target) ?? "", status: Int(record.status),
            duration: Int(record.durationMilliseconds), model: record.text(.clientModel),
            mappedModel: record.text(.upstreamModel), accountEmail: email, error: record.text(.error),
            inputTokens: record.inputTokens.map { Int($0) }, outputTokens: record.outputTokens.map { Int($0) },
            protocolName: DialectFamily(rawValue: record.family)?.protocolName.description,
            payloadKind: record.text(.payloadKind),
            clientIP: record.text(.clientAddress).flatMap { $0.isEmpty ? nil : $0 }, workerID: worker,
            isStream: record.isStream)
    }
}

nonisolated extension DialectFamily {
    /// As the traffic log names it.
    var protocolName: StaticString {
        switch self {
        case .openAI: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gemini"
        }
    }
}
