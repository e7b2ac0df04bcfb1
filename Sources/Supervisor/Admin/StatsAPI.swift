import HTTP
import JSON
import Platform

/// `/api/stats`: the tokens that requests took.
final class StatsAPI {
    private static let hours = 1...8784
    private static let days = 1...3660
    private static let weeks = 1...530

    private let traffic: TrafficLog
    private let now: () -> Int

    /// - Parameter now: seconds since 1970.
    init(traffic: TrafficLog, now: @escaping () -> Int = { WallClock.unixSeconds }) {
        self.traffic = traffic
        self.now = now
    }

    /// How far back an answer looks, in the unit of its periods.
    enum Range {
        case hours(byDefault: Int), days(byDefault: Int), weeks(byDefault: Int)
    }

    // MARK: By time

    func hourly(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await periods(request, .hours(byDefault: 24), .hour)
    }

    func daily(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await periods(request, .days(byDefault: 7), .day)
    }

    func weekly(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await periods(request, .weeks(byDefault: 4), .week)
    }

    private func periods(
        _ request: AdminRequest, _ range: Range, _ period: TokenQuestion.Period
    ) async throws(AdminError) -> AdminAnswer {
        let sums = try await sums(request, range, period: period, .all)
        return .json(
            .array(sums.sorted { $0.period < $1.period }.map { .object(Self.json($0, named: "period", $0.period)) }))
    }

    // MARK: By name

    func byAccount(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await ranking(request, .account, "account_email")
    }

    func byModel(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await ranking(request, .model, "model")
    }

    private func ranking(
        _ request: AdminRequest, _ name: TokenQuestion.Name, _ member: String
    ) async throws(AdminError) -> AdminAnswer {
        let sums = try await sums(request, .hours(byDefault: 168), period: nil, name)
        let whole = sums.reduce(0) { $0 + $1.total }
        return .json(
            .array(
                sums.sorted { ($1.total, $0.name) < ($0.total, $1.name) }.map { sum in
                    var json = Self.json(sum, named: member, sum.name)
                    json.append("percentage", Self.percentage(sum.total, of: whole))
                    return .object(json)
                }))
    }

    // MARK: By both

    func modelTrendHourly(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await trend(request, .hours(byDefault: 24), .hour, .model, "model_data")
    }

    func modelTrendDaily(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await trend(request, .days(byDefault: 7), .day, .model, "model_data")
    }

    func accountTrendHourly(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await trend(request, .hours(byDefault: 24), .hour, .account, "account_data")
    }

    func accountTrendDaily(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await trend(request, .days(byDefault: 7), .day, .account, "account_data")
    }

    private func trend(
        _ request: AdminRequest, _ range: Range, _ period: TokenQuestion.Period, _ name: TokenQuestion.Name,
        _ member: String
    ) async throws(AdminError) -> AdminAnswer {
        let sums = try await sums(request, range, period: period, name)
        var periods: [(period: String, data: JSONObject)] = []
        for sum in sums.sorted(by: { ($0.period, $0.name) < ($1.period, $1.name) }) {
            if periods.last?.period != sum.period { periods.append((sum.period, [:])) }
            periods[periods.count - 1].data.append(sum.name, .int(sum.total))
        }
        return .json(.array(periods.map { ["period": .string($0.period), member: .object($0.data)] }))
    }

    // MARK: Altogether

    func summary(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let zone = try await zone(request)
        let now = now()
        let window = try start(request, .hours(byDefault: 168), zone, now)
        let question = TokenQuestion(start: window, end: now + 1, name: .account, zone: zone)
        let sums = try await traffic.read { (connection) throws(StorageError) in
            var sums: [[TokenSum]] = []
            for start in [window, zone.startOfDay(now), zone.startOfWeek(now)] {
                var question = question
                question.start = start
                sums.append(try TokenTable.sums(question, in: connection))
            }
            // Single requests are not kept for good, their sums are.
            sums.append(
                try TokenTable.sums(TokenQuestion(start: 0, end: now + 1, name: .account), in: connection))
            return sums
        }
        var json = Self.totals(sums[0])
        for (name, sums) in zip(["today", "this_week", "all_time"], sums.dropFirst()) {
            json.append(name, .object(Self.totals(sums)))
        }
        return .json(.object(json))
    }

    /// `POST /api/stats/token/clear`
    func clear(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await traffic.read { (connection) throws(StorageError) in try TokenTable.clear(in: connection) }
        return .json(["success": true])
    }

    // MARK: Reading

    private func sums(
        _ request: AdminRequest, _ range: Range, period: TokenQuestion.Period?, _ name: TokenQuestion.Name
    ) async throws(AdminError) -> [TokenSum] {
        let zone = try await zone(request)
        let now = now()
        let question = TokenQuestion(
            start: try start(request, range, zone, now), end: now + 1, period: period, name: name, zone: zone)
        return try await traffic.read { (connection) throws(StorageError) in
            try TokenTable.sums(question, in: connection)
        }
    }

    /// The zone of `tz`, read by the database's thread.
    private func zone(_ request: AdminRequest) async throws(AdminError) -> TimeZoneRules {
        guard let name = request.head.queryItems["tz"] else { return .utc }
        guard let zone = await traffic.timeZone(name) else {
            throw .field("tz", "must be the name of a time zone, such as Europe/Berlin")
        }
        return zone
    }

    /// The first hour or day that counts. `range` stands for the unit where the original's older paths have it.
    private func start(
        _ request: AdminRequest, _ range: Range, _ zone: TimeZoneRules, _ now: Int
    ) throws(AdminError) -> Int {
        let isOlderPath = !request.head.path.hasPrefix("/api/stats/token/")
        func count(_ name: String, _ bounds: ClosedRange<Int>, _ fallback: Int) throws(AdminError) -> Int {
            if isOlderPath { return try request.queryInteger("range", bounds) ?? 24 }
            return try request.queryInteger(name, bounds) ?? fallback
        }
        switch range {
        case .hours(let fallback): return zone.startOfHour(now - 3600 * (try count("hours", Self.hours, fallback)))
        case .days(let fallback): return zone.startOfDay(now - 86_400 * (try count("days", Self.days, fallback)))
        case .weeks(let fallback):
            return zone.startOfHour(now - 7 * 86_400 * (try count("weeks", Self.weeks, fallback)))
        }
    }

    // MARK: Showing

    private static func json(_ sum: TokenSum, named member: String, _ name: String) -> JSONObject {
        [
            member: .string(name), "total_input_tokens": .int(sum.input), "total_output_tokens": .int(sum.output),
            "total_tokens": .int(sum.total), "request_count": .int(sum.requests),
        ]
    }

    private static func totals(_ sums: [TokenSum]) -> JSONObject {
        var whole = TokenSum.zero
        for sum in sums { whole.add(sum) }
        return [
            "total_input_tokens": .int(whole.input), "total_output_tokens": .int(whole.output),
            "total_tokens": .int(whole.total), "total_requests": .int(whole.requests),
            "unique_accounts": .int(sums.count),
        ]
    }

    /// One decimal.
    private static func percentage(_ part: Int, of whole: Int) -> JSONValue {
        guard whole > 0 else { return 0 }
        let tenths = (Double(part) * 1000 / Double(whole)).rounded()
        return .double(tenths / 10)
    }
}
