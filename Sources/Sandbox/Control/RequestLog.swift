import JSON

/// The last received calls, and how many each rule refused.
final class RequestLog {
    /// Calls kept, and bytes of bodies kept with them; the oldest go first.
    static let countMax = 2_000
    static let bodiesSizeMaxBytes = 64 * 1024 * 1024

    private var records: [RequestRecord] = []
    private var bodiesSizeBytes = 0
    private var received = 0
    private var droppedCount = 0
    private(set) var refusals: [String: Int] = [:]
    /// Calls whose bearer token was unknown or expired, and calls for a model that the account does not offer: part of normal
    /// life, so they are counted apart and no test fails over them.
    private(set) var unauthorizedCount = 0
    private(set) var unknownModelCount = 0
    /// The last messages, so that a person sees what was wrong.
    private var lastRefusals: [Refusal] = []

    func begin(_ method: String) -> RequestRecord {
        received += 1
        let record = RequestRecord(number: received, method: method)
        records.append(record)
        if records.count > Self.countMax { drop(Self.countMax / 10) }
        return record
    }

    func keep(_ body: [UInt8], in record: RequestRecord) {
        record.body = body
        bodiesSizeBytes += body.count
        while bodiesSizeBytes > Self.bodiesSizeMaxBytes, records.count > 1 { drop(max(1, records.count / 10)) }
    }

    func refuse(_ refusal: Refusal, _ record: RequestRecord) {
        record.rule = refusal.rule
        switch refusal.rule {
        case "bearer":
            unauthorizedCount += 1
            return
        case "model-unknown", "embed-model-unknown":
            unknownModelCount += 1
            return
        default: break
        }
        refusals[refusal.rule, default: 0] += 1
        lastRefusals.append(refusal)
        if lastRefusals.count > 100 { lastRefusals.removeFirst(50) }
    }

    private func drop(_ count: Int) {
        for record in records.prefix(count) { bodiesSizeBytes -= record.body.count }
        records.removeFirst(min(count, records.count))
        droppedCount += count
    }

    /// - Parameters:
    ///   - since: only calls with a higher number.
    ///   - method: only calls of this method.
    func json(since: Int, withBodies: Bool, method: String?) -> JSONValue {
        let chosen = records.filter { $0.number > since && (method == nil || $0.method == method) }
        return [
            "total": .int(received), "dropped": .int(droppedCount),
            "open": .int(records.count { $0.isOpen }), "cancelled": .int(records.count { $0.cancelledAfter != nil }),
            "calls": .array(chosen.map { $0.json(withBody: withBodies) }), "rejected": rejected,
        ]
    }

    private var rejected: JSONValue {
        .array(
            lastRefusals.map {
                [
                    "rule": .string($0.rule), "status": .int($0.status), "field": .string($0.field),
                    "message": .string($0.message),
                ]
            })
    }

    func refusalsJSON() -> JSONValue {
        let counts = refusals.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.int($0.value)) }
        return [
            "total": .int(refusals.values.reduce(0, +)), "unauthorized": .int(unauthorizedCount),
            "unknown_model": .int(unknownModelCount),
            "by_rule": .object(JSONObject(counts)),
            "last": rejected,
        ]
    }

    func reset() {
        records = []
        bodiesSizeBytes = 0
        received = 0
        droppedCount = 0
        refusals = [:]
        unauthorizedCount = 0
        unknownModelCount = 0
        lastRefusals = []
    }
}
