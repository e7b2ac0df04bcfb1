import JSON

nonisolated extension Operations {
    static let traffic: [Operation] = [
        .get(
            "/api/logs", "Records, newest first, without bodies",
            query: [
                Operation.Query("limit", Shape.count.byDefault(100), "At most 1000; 0 stands for the default."),
                Operation.Query("offset", Shape.count.byDefault(0), "Records to leave out."),
            ] + filter, records, [.stateUnavailable]),
        .get(
            "/api/logs/count", "How many records there are", query: filter,
            .json(.count, 42, "The number."), [.stateUnavailable]),
        .get(
            "/api/logs/stream", "Records as they come",
            .page("text/event-stream", "Events `log` with a record as data, until somebody ends it."),
            [.stateUnavailable]),
        .get(
            "/api/logs/:id", "One record with what was kept of its bodies",
            .json(
                .object(
                    members: logMembers,
                    optional: [("bodies", Shape.word(["errors", "all", "off"]).says("Which bodies are kept."))]),
                Examples.logDetail, "The record."), [.logNotFound, .stateUnavailable]),
        .post(
            "/api/logs/clear", "Forgets the records",
            .json(.object(["success": .constant(true), "deleted": .count]), ["success": true, "deleted": 812]),
            [.stateUnavailable]),
        .get(
            "/api/proxy/stats", "How many records stand for successes, how many for errors, and how many were lost",
            .json(
                .object([
                    "total_requests": .count, "success_count": .count, "error_count": .count,
                    "dropped_records": .count, "dropped_bodies": .count,
                ]),
                [
                    "total_requests": 812, "success_count": 800, "error_count": 12, "dropped_records": 0,
                    "dropped_bodies": 0,
                ]), [.stateUnavailable]),
        .post(
            "/api/proxy/monitor/toggle", "Switches the traffic log on or off, for good",
            takes: .json(.object(["enabled": .flag]), example: ["enabled": true]),
            .json(.object(["success": .constant(true), "enabled": .flag]), ["success": true, "enabled": true]),
            .storing),
    ]

    private static let filter: [Operation.Query] = [
        Operation.Query("filter", .text, "At most 8 words that must all be in the record."),
        Operation.Query("errorsOnly", .flag, "Status below 200, or from 400 on."),
        Operation.Query("before", .count, "Milliseconds since 1970: only what arrived earlier."),
    ]

    private static let records: Operation.Answer = {
        var answer = Operation.Answer.json(.list(of: .named(.logRecord)), [Examples.logRecord], "The records.")
        answer.fields = [Operation.Query("X-Total-Count", .count, "How many records match.")]
        return answer
    }()

    /// Of a record of the traffic log.
    static let logMembers: Shape.Members = [
        ("id", .text), ("timestamp", Shape.integer.says("Arrival, in milliseconds since 1970.")), ("method", .text),
        ("url", Shape.text.says("Path and query, without secrets.")), ("status", .integer),
        ("duration", Shape.count.says("Milliseconds to the last byte.")), ("model", Shape.text.orNull),
        ("mapped_model", Shape.text.orNull), ("account_email", Shape.text.orNull), ("error", Shape.text.orNull),
        ("request_body", Shape.text.orNull), ("response_body", Shape.text.orNull),
        ("input_tokens", Shape.count.orNull), ("output_tokens", Shape.count.orNull),
        ("protocol", Shape.text.orNull), ("cursor_payload_kind", Shape.text.orNull), ("client_ip", Shape.text.orNull),
        ("worker_id", Shape.count.orNull), ("stream", .flag),
        ("request_id", Shape.text.says("What the client was told in `x-request-id`.")),
    ]
}
