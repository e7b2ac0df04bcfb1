import HTTP
import JSON

/// `/api/logs`, and what the service says of its traffic.
final class LogsAPI {
    private static let limitByDefault = 100
    private static let limitMax = 1000

    private let traffic: TrafficLog
    private let config: ConfigStore

    init(traffic: TrafficLog, config: ConfigStore) {
        self.traffic = traffic
        self.config = config
    }

    /// `GET /api/logs`: a bare array, newest first.
    func list(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let filter = try filter(request)
        let wished = try request.queryInteger("limit", 0...Int.max) ?? 0
        let limit = wished == 0 ? Self.limitByDefault : min(wished, Self.limitMax)
        let offset = try request.queryInteger("offset", 0...Int.max) ?? 0
        let (entries, count) = try await traffic.read { (connection) throws(StorageError) in
            (
                try TrafficTable.list(filter, limit: limit, offset: offset, in: connection),
                try TrafficTable.count(filter, in: connection)
            )
        }
        var answer = AdminAnswer.json(.array(entries.map { .object($0.json) }))
        answer.fields.append(("X-Total-Count", String(count)))
        return answer
    }

    /// `GET /api/logs/count`: a bare number.
    func count(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let filter = try filter(request)
        return .json(
            .int(
                try await traffic.read { (connection) throws(StorageError) in
                    try TrafficTable.count(filter, in: connection)
                }))
    }

    /// `GET /api/logs/:id`: one record with its bodies, and which bodies are kept at all.
    func get(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        let entry = try await traffic.read { (connection) throws(StorageError) in
            try TrafficTable.find(id, in: connection)
        }
        guard let entry else {
            throw AdminError(.logNotFound, "Log record not found: \(id)", details: ["id": .string(id)])
        }
        var json = entry.json
        if entry.requestBody == nil || entry.responseBody == nil {
            json.append("bodies", .string(config.current.keptBodies))
        }
        return .json(.object(json))
    }

    /// `POST /api/logs/clear`: token statistics stay.
    func clear(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard let deleted = await traffic.clear() else {
            throw AdminError(.stateUnavailable, "The traffic log cannot be used now.")
        }
        return .json(["success": true, "deleted": .int(deleted)])
    }

    /// `GET /api/logs/stream`: server-sent events.
    func stream(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard traffic.feed.hasRoom else {
            throw AdminError(.stateUnavailable, "There are \(TrafficFeed.listenersMax) listeners already.")
        }
        return AdminAnswer(contentType: "text/event-stream; charset=utf-8") { [feed = traffic.feed] connection in
            await feed.serve(connection)
        }
    }

    /// `GET /api/proxy/stats`: what is stored, and what was lost on the way there since the start.
    func stats(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let totals = try await traffic.read { (connection) throws(StorageError) in
            try TrafficTable.totals(in: connection)
        }
        return .json([
            "total_requests": .int(totals.all), "success_count": .int(totals.successes),
            "error_count": .int(totals.all - totals.successes),
            "dropped_records": .int(traffic.droppedRecords), "dropped_bodies": .int(traffic.droppedBodies),
        ])
    }

    /// `POST /api/proxy/monitor/toggle`: stored too. Consoles say it again with every look.
    func toggle(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard let enabled = try request.flag("enabled") else { throw .field("enabled", "is missing") }
        if enabled != config.current.recordsRequests {
            do throws(ConfigChangeError) {
                _ = try await config.merge(["proxy": ["enable_logging": .bool(enabled)]])
            } catch {
                throw .config(error)
            }
        }
        return .json(["success": true, "enabled": .bool(enabled)])
    }

    private func filter(_ request: AdminRequest) throws(AdminError) -> TrafficFilter {
        let text = request.head.queryItems["filter"] ?? ""
        let errorsOnly = try request.queryFlag("errorsOnly")
        let before = try request.queryInteger("before", 0...Int.max)
        guard let filter = TrafficFilter(text: text, errorsOnly: errorsOnly, before: before) else {
            throw .field("filter", "must have at most \(TrafficFilter.wordCountMax) words")
        }
        return filter
    }
}
