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

    /// Bytes that the bodies take.
    var bodyByteCount: Int { (requestBody?.count ?? 0) + (responseBody?.count ?? 0) }

    /// Bytes of everything else, roughly.
    var rowByteCount: Int {
        var count = 512 + url.utf8.count
        count += (error?.utf8.count ?? 0) + (model?.utf8.count ?? 0) + (accountEmail?.utf8.count ?? 0)
        return count
    }

    mutating func dropBodies() {
        requestBody = nil
        responseBody = nil
    }
}

nonisolated extension TrafficEntry {
    /// - Parameters:
    ///   - id: of the record, not of the request.
    ///   - email: of the account that served it.
    ///   - worker: the place of the worker.
    init(_ record: ExchangeRecord, id: String, requestID: String, email: String?, worker: Int) {
        self.init(
            id: id, requestID: requestID, timestamp: Int(clamping: record.arrivedAtUnixMilliseconds),
            method: record.method, url: record.target, status: Int(record.status),
            duration: Int(record.durationMilliseconds), model: record.clientModel, mappedModel: record.upstreamModel,
            accountEmail: email, error: record.error, inputTokens: record.inputTokens.map { Int($0) },
            outputTokens: record.outputTokens.map { Int($0) },
            protocolName: DialectFamily(rawValue: record.family)?.protocolName, payloadKind: record.payloadKind,
            clientIP: record.clientAddress.isEmpty ? nil : record.clientAddress, workerID: worker,
            isStream: record.isStream, requestBody: record.requestBody, responseBody: record.responseBody)
    }
}

nonisolated extension DialectFamily {
    fileprivate var protocolName: String {
        switch self {
        case .openAI: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gemini"
        }
    }
}
