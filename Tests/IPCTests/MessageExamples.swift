import IPC

/// One example of every kind, with every optional field present in one of its parts and absent in another.
enum MessageExamples {
    static let connection = ConnectionID(slot: 7, generation: 3)
    static let digest: [UInt8] = Array(0x10...0x1f)

    static let lease = LeaseTerms(
        leaseID: "lease-1", accountNumber: 3,
        account: AccountTerms(
            id: "account-1", label: "label", kind: .codeAssist, credential: Secret("token"),
            tokenExpiresAtUnixMilliseconds: 1_800_000_000_000, projectID: "project", tier: "standard-tier",
            egressProxy: "http://proxy:3128"),
        upstreamModel: "gemini-3-flash", sticky: .hit, endpoint: 1, totalMillisecondsLeft: 590_000,
        outputTokensMax: 65_535)

    static let bareLease = LeaseTerms(
        leaseID: "lease-2", account: AccountTerms(id: "account-2", kind: .geminiKey, credential: Secret("key")),
        upstreamModel: "gemini-2.5-flash", totalMillisecondsLeft: 1)

    static let final = FinalError(
        situation: 9, source: 1, message: "all accounts are limited", retryAfterSeconds: 30, shouldRetry: false)

    static let outcome = AttemptOutcome(
        leaseID: "lease-1", outcomeClass: 12, httpStatus: 429, reason: "RATE_LIMIT_EXCEEDED", errorModel: "gemini-3",
        retryAfterMilliseconds: 2_500, resetAfterMilliseconds: 391_609_800, delaySource: "retryDelay",
        isContentCommitted: false, endpoint: 1, firstContentMilliseconds: 321, durationMilliseconds: 400,
        bytesOut: 5_000, tokens: .init(input: 12, output: 45, cached: 8, thoughts: 40),
        validationURL: "https://accounts.google.com/x", excerpt: "Resource has been exhausted")

    static let record = record()

    static func record(responseBody: [UInt8]? = []) -> ExchangeRecord {
        ExchangeRecord(
            arrivedAtUnixMilliseconds: 1_790_000_000_000, method: "POST", target: "/v1/chat/completions", status: 200,
            durationMilliseconds: 1_234, clientModel: "gpt-4o", upstreamModel: "gemini-3-flash", accountID: "account-1",
            apiKeyID: "0123456789abcdef", family: 0, isStream: true, clientAddress: "127.0.0.1", error: "cut",
            inputTokens: 12, payloadKind: "openai_chat", requestBody: Array("{}".utf8), responseBody: responseBody)
    }

    static let signature = SignatureEntry(space: 0, key: Array("call_1".utf8), value: [1, 2, 3])

    static let all: [any IPCMessage] = [
        Hello(
            minor: 1, place: 1, generation: 4, ledgerSlots: 8192, version: "1.0.0", softMemoryLimitBytes: 512 << 20),
        Drain(millisecondsLeft: 50_000, reason: .stop),
        Drained(cutExchanges: 2),
        Snapshot(revision: 5, document: Array("{\"revision\":5}".utf8)),
        Handoff(
            connection: connection, peer: "192.0.2.1", isPeerLoopback: false, handedBefore: 1, consumedBefore: 300,
            written: 800, received: Array("GET / HTTP/1.1\r\n\r\n".utf8)),
        LeaseGrant(requestID: "request-1", attempt: 1, lease: lease),
        LeaseWait(requestID: "request-1", estimatedMilliseconds: 1_500, reason: .cooling),
        LeaseDeny(requestID: "request-1", final: final),
        LeaseVerdict(
            requestID: "request-1", leaseID: "lease-1", action: .other, delayMilliseconds: 50, endpoint: 1,
            lease: bareLease, final: FinalError(situation: 1, source: 0, message: "")),
        LeaseRevoke(requestID: "request-1", leaseID: "lease-1", mode: .abort, reason: "account removed"),
        SignatureFound(
            requestID: "request-1", entries: [signature], foreign: [SignatureKey(space: 0, key: [8])]),
        Warmup(requestID: "warm-1", accountID: "account-1", upstreamModel: "gemini-3-flash"),
        Ack(through: 77),
        Adopt(minor: 0, version: "1.0.1"),
        Ready(minor: 0, pid: 4321, confinementLevel: 2, version: "1.0.0"),
        Pulse(
            residentBytes: 12_000_000, openExchanges: 3, openConnections: 9, bodyBytes: 1_000, skippedMessages: 1,
            droppedRecords: 2, snapshotRevision: 5),
        Returned(
            number: 8, connection: connection, reason: .otherGroup, consumedBefore: 400, written: 900,
            received: Array("GET /api/health HTTP/1.1\r\n\r\n".utf8)),
        Closed(number: 9, connections: [connection, ConnectionID(slot: 0, generation: 1)]),
        LeaseRequest(
            requestID: "request-1", attempt: 2, apiKeyID: "0123456789abcdef", dialect: .anthropic,
            operation: .countTokens, priority: .background, isStream: true, upstreamModel: "claude-sonnet-4-5",
            sessionKey: "ctx:00", sessionAliases: ["a", "b"], clientHint: "hint", bodyDigest: digest,
            pinnedAccount: "account-1",
            scheduleMillisecondsLeft: 90_000, totalMillisecondsLeft: 590_000),
        LeaseCancel(requestID: "request-1"),
        LeaseProgress(leaseID: "lease-1", firstContentMilliseconds: 321),
        LeaseAlive(leaseIDs: ["lease-1", "lease-2"]),
        LeaseOutcome(
            requestID: "request-1", attempt: 1, outcome: outcome, wantsNext: true, scheduleMillisecondsLeft: 80_000),
        SignatureFind(
            requestID: "request-1", family: "claude", keys: [SignatureKey(space: 1, key: [9, 9])],
            signed: [SignatureKey(space: 0, key: [8])]),
        SignatureKeep(family: "gemini-3", entries: [signature]),
        SignatureForget(keys: [SignatureKey(space: 2, key: [7, 7])]),
        ExchangeEnd(
            number: 10, requestID: "request-1", bodyDigest: digest, outcome: outcome, record: record),
        Adopted(
            minor: 0, pid: 4321, isFirst: true, isLast: false,
            leases: [
                .init(
                    requestID: "request-1", leaseID: "lease-1", accountID: "account-1", upstreamModel: "m",
                    isContentCommitted: true)
            ], connections: [connection]),
        TunnelRun(
            path: "/usr/bin/cloudflared", arguments: ["cloudflared", "tunnel"], environment: [Secret("HOME=/run/x")],
            facts: TunnelFacts(isNamed: false, metricsPort: 20_241, restarts: 2)),
        TunnelEnd(graceMilliseconds: 12_000),
        TunnelAsk(minor: 0),
        TunnelState(
            phase: .ended, pid: 0, startedAtUnixSeconds: 1_790_000_000,
            facts: TunnelFacts(isNamed: true, metricsPort: 20_241, restarts: 0), address: "https://a.example.com",
            ending: .init(isSignal: false, number: 255), failure: 0, lastLines: ["ERR no"]),
    ]

    /// Header and body of a message that owns no descriptor, its body in the frame whatever its kind.
    static func frame(of message: some IPCMessage) -> [UInt8] {
        var body = FrameWriter()
        message.encode(into: &body)
        var frame = FrameWriter()
        FrameHeader(kind: type(of: message).kind, length: body.bytes.count).encode(into: &frame)
        return frame.bytes + body.bytes
    }

    /// The same message, read back and written again.
    static func reencoded(_ message: some IPCMessage) throws -> [UInt8] {
        var reader = FrameReader(Array(frame(of: message).dropFirst(FrameHeader.byteCount)))
        let decoded = try type(of: message).init(decoding: &reader)
        guard reader.remaining == 0 else { throw IPCError.truncated(needed: 0, available: reader.remaining) }
        return frame(of: decoded)
    }
}
