import IPC

extension ExchangeEnd {
    /// The end of a request that an account has served.
    static func example(_ number: Int) -> ExchangeEnd {
        ExchangeEnd(
            number: UInt64(number), requestID: "req_\(number)",
            record: ExchangeRecord(
                arrivedAtUnixMilliseconds: 1_790_000_000_000, method: "POST", target: "/v1/messages", status: 200,
                durationMilliseconds: 3, clientModel: "gemini-3-flash", upstreamModel: "gemini-3-flash",
                accountID: "account", apiKeyID: "none", family: 1, isStream: false, clientAddress: "127.0.0.1",
                inputTokens: 4, outputTokens: 2))
    }
}
