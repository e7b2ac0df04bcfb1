import JSON

nonisolated extension Operations {
    static let tokens: [Operation] =
        [
            .get("/api/stats/token/hourly", "Tokens by hour", query: [hours(24), zone], periods, reading),
            .get("/api/stats/token/daily", "Tokens by day", query: [days, zone], periods, reading),
            .get("/api/stats/token/weekly", "Tokens by week", query: [weeks, zone], periods, reading),
            .get("/api/stats/token/by-account", "Tokens by account", query: [hours(168), zone], byAccount, reading),
            .get("/api/stats/token/by-model", "Tokens by model", query: [hours(168), zone], byModel, reading),
            .get(
                "/api/stats/token/summary", "Tokens of a window, of today, of this week and of all time",
                query: [hours(168), zone], summary, reading),
            .get(
                "/api/stats/token/model-trend/hourly", "Tokens by hour and model", query: [hours(24), zone],
                trend("model_data", "gemini-3-flash"), reading),
            .get(
                "/api/stats/token/model-trend/daily", "Tokens by day and model", query: [days, zone],
                trend("model_data", "gemini-3-flash"), reading),
            .get(
                "/api/stats/token/account-trend/hourly", "Tokens by hour and account", query: [hours(24), zone],
                trend("account_data", "dev@example.com"), reading),
            .get(
                "/api/stats/token/account-trend/daily", "Tokens by day and account", query: [days, zone],
                trend("account_data", "dev@example.com"), reading),
            .post("/api/stats/token/clear", "Forgets all token statistics", .success, reading),
        ] + older

    /// The same under older names.
    private static let older: [Operation] = [
        .get("/api/stats/hourly", "Tokens by hour", query: [range(1...8784), zone], periods, reading),
        .get("/api/stats/daily", "Tokens by day", query: [range(1...3660), zone], periods, reading),
        .get("/api/stats/weekly", "Tokens by week", query: [range(1...530), zone], periods, reading),
        .get(
            "/api/stats/summary", "Tokens of a window, of today, of this week and of all time",
            query: [range(1...8784), zone], summary, reading),
        .get("/api/stats/accounts", "Tokens by account", query: [range(1...8784), zone], byAccount, reading),
        .get("/api/stats/models", "Tokens by model", query: [range(1...8784), zone], byModel, reading),
    ]

    private static let reading: [AdminError.Code] = [.stateUnavailable]

    private static func hours(_ byDefault: Int) -> Operation.Query {
        Operation.Query("hours", Shape.whole(1...8784).byDefault(.int(byDefault)), "How far to look back.")
    }
    private static let days = Operation.Query("days", Shape.whole(1...3660).byDefault(7), "How far to look back.")
    private static let weeks = Operation.Query("weeks", Shape.whole(1...530).byDefault(4), "How far to look back.")
    private static func range(_ bounds: ClosedRange<Int>) -> Operation.Query {
        Operation.Query("range", Shape.whole(bounds).byDefault(24), "How far to look back, in the unit of the path.")
    }
    private static let zone = Operation.Query(
        "tz", .matching("^[A-Za-z]"), "A time zone such as `Europe/Berlin`; else UTC.")

    private static let sums: Shape.Members = [
        ("total_input_tokens", .count), ("total_output_tokens", .count), ("total_tokens", .count),
        ("request_count", .count),
    ]
    private static let sumsExample: JSONObject = [
        "total_input_tokens": 1200, "total_output_tokens": 300, "total_tokens": 1500, "request_count": 2,
    ]

    private static let periods = rows("period", "2026-01-27 14:00", more: [])
    private static let byAccount = rows("account_email", "dev@example.com", more: [("percentage", .number)])
    private static let byModel = rows("model", "gemini-3-flash", more: [("percentage", .number)])

    private static func rows(_ name: String, _ value: String, more: Shape.Members) -> Operation.Answer {
        var example: JSONObject = [name: .string(value)]
        example.members += sumsExample.members + more.map { ($0.name, 100) }
        return .json(
            .list(of: .object(members: [(name, .text)] + sums + more)), [.object(example)], "The sums.")
    }

    private static func trend(_ name: String, _ value: String) -> Operation.Answer {
        .json(
            .list(of: .object(members: [("period", .text), (name, .map(of: .count))])),
            [["period": "2026-01-27 14:00", name: [value: 1500]]], "The sums.")
    }

    private static let totals: Shape.Members = [
        ("total_input_tokens", .count), ("total_output_tokens", .count), ("total_tokens", .count),
        ("total_requests", .count), ("unique_accounts", .count),
    ]
    private static let totalsExample: JSONObject = [
        "total_input_tokens": 1200, "total_output_tokens": 300, "total_tokens": 1500, "total_requests": 2,
        "unique_accounts": 1,
    ]
    private static let summary: Operation.Answer = {
        let parts = ["today", "this_week", "all_time"]
        var example = totalsExample
        for part in parts { example.append(part, .object(totalsExample)) }
        return .json(
            .object(members: totals + parts.map { ($0, .object(members: totals)) }), .object(example), "The sums.")
    }()
}
