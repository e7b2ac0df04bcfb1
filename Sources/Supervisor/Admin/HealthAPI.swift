import JSON
import Platform

/// Health and what else is open to everybody.
final class HealthAPI {
    private let facts: ServiceFacts

    init(facts: ServiceFacts) { self.facts = facts }

    /// 200 while the process serves, also when something is wrong that heals or that a person must mend; 503 only while
    /// it is stopping.
    func health(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        if facts.isStopping {
            return .json(["status": "stopping", "version": .string(ProductVersion.text)], status: 503)
        }
        var reasons = facts.workers?.healthReasons ?? ["starting"]
        let storage = facts.storage()
        if storage.isFull { reasons.append("storage_full") }
        if storage.isTelemetryRefused { reasons.append("telemetry_unavailable") }
        if facts.hasTunnelFailed() { reasons.append("tunnel_failed") }
        var document: JSONObject = [
            "status": .string(reasons.isEmpty ? "ok" : "degraded"), "version": .string(ProductVersion.text),
        ]
        if !reasons.isEmpty { document.append("reasons", .array(reasons.map { .string($0) })) }
        return .json(.object(document))
    }

    /// Coding clients send events about themselves; they are neither read nor kept.
    func ignoreEvents(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(["status": "ok"])
    }
}
