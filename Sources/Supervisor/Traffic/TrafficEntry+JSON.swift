import JSON

nonisolated extension TrafficEntry {
    /// The record as the admin API shows it; bodies are null unless they were read with it.
    var json: JSONObject {
        [
            "id": .string(id), "timestamp": .int(timestamp), "method": .string(method), "url": .string(url),
            "status": .int(status), "duration": .int(duration), "model": Self.text(model),
            "mapped_model": Self.text(mappedModel), "account_email": Self.text(accountEmail),
            "error": Self.text(error),
            "request_body": Self.text(requestBody.map { String(decoding: $0, as: UTF8.self) }),
            "response_body": Self.text(responseBody.map { String(decoding: $0, as: UTF8.self) }),
            "input_tokens": Self.number(inputTokens), "output_tokens": Self.number(outputTokens),
            "protocol": Self.text(protocolName), "cursor_payload_kind": Self.text(payloadKind),
            "client_ip": Self.text(clientIP), "worker_id": Self.number(workerID), "stream": .bool(isStream),
            "request_id": .string(requestID),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    private static func number(_ number: Int?) -> JSONValue { number.map { .int($0) } ?? .null }
}
