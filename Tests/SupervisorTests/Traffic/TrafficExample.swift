@testable import Supervisor

/// A record of the traffic log for tests.
enum TrafficExample {
    static func entry(
        _ number: Int = 1, at seconds: Int = 1_790_000_000, status: Int = 200, email: String? = "a@example.com",
        model: String? = "gemini-3-flash", tokens: (Int?, Int?) = (10, 5), error: String? = nil, body: String? = nil
    ) -> TrafficEntry {
        TrafficEntry(
            id: "id-\(number)", requestID: "req_\(number)", timestamp: seconds * 1000, method: "POST",
            url: "/v1/messages?n=\(number)", status: status, duration: 7, model: model, mappedModel: "gemini-3-flash",
            accountEmail: email, error: error, inputTokens: tokens.0, outputTokens: tokens.1, protocolName: "anthropic",
            isStream: false, requestBody: body.map { Array($0.utf8) })
    }
}
