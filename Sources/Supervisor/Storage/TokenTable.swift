/// The rows of `token_usage` and `token_stats_hourly`.
nonisolated enum TokenTable {
    static func insert(_ uses: TokenUses, in connection: SQLiteConnection) throws(StorageError) {
        for (use, sum) in uses.sums {
            try connection.run(
                """
                INSERT INTO token_usage
                    (timestamp, account_email, model, mapped_model, input_tokens, output_tokens, total_tokens, requests)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(use.seconds), .text(use.email), .text(use.model), .optional(use.mappedModel),
                    .integer(sum.input), .integer(sum.output), .integer(sum.total), .integer(sum.requests),
                ])
        }
        for (hour, sum) in uses.hours {
            try connection.run(
                """
                INSERT INTO token_stats_hourly
                    (hour_bucket, account_email, total_input_tokens, total_output_tokens, total_tokens, request_count)
                VALUES (strftime('%Y-%m-%d %H:00', ?, 'unixepoch'), ?, ?, ?, ?, ?)
                ON CONFLICT (hour_bucket, account_email) DO UPDATE SET
                    total_input_tokens = total_input_tokens + excluded.total_input_tokens,
                    total_output_tokens = total_output_tokens + excluded.total_output_tokens,
                    total_tokens = total_tokens + excluded.total_tokens,
                    request_count = request_count + excluded.request_count
                """,
                [
                    .integer(hour.seconds), .text(hour.email), .integer(sum.input), .integer(sum.output),
                    .integer(sum.total), .integer(sum.requests),
                ])
        }
    }

    /// A request that another program has counted; its hour is taken over on its own.
    static func insert(_ row: TokenRow, in connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            """
            INSERT INTO token_usage
                (timestamp, account_email, model, mapped_model, input_tokens, output_tokens, total_tokens, requests)
            VALUES (?, ?, ?, NULL, ?, ?, ?, 1)
            """,
            [
                .integer(row.timestamp), .text(row.email), .text(row.model), .integer(row.input), .integer(row.output),
                .integer(row.input + row.output),
            ])
    }

    /// Adds what another program has counted in an hour.
    static func add(_ hour: TokenHour, in connection: SQLiteConnection) throws(StorageError) {
        let total = hour.input + hour.output
        try connection.run(
            """
            INSERT INTO token_stats_hourly
                (hour_bucket, account_email, total_input_tokens, total_output_tokens, total_tokens, request_count)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (hour_bucket, account_email) DO UPDATE SET
                total_input_tokens = total_input_tokens + excluded.total_input_tokens,
                total_output_tokens = total_output_tokens + excluded.total_output_tokens,
                total_tokens = total_tokens + excluded.total_tokens,
                request_count = request_count + excluded.request_count
            """,
            [
                .text(hour.bucket), .text(hour.email), .integer(hour.input), .integer(hour.output), .integer(total),
                .integer(hour.requests),
            ])
    }

    static func clear(in connection: SQLiteConnection) throws(StorageError) {
        try connection.run("DELETE FROM token_usage")
        try connection.run("DELETE FROM token_stats_hourly")
    }

    static func expire(before time: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.run(
            "DELETE FROM token_usage WHERE id IN (SELECT id FROM token_usage WHERE timestamp < ? LIMIT ?)",
            [.integer(time), .integer(countMax)])
        return try connection.integer("SELECT changes()") ?? 0
    }

    /// The tokens of what was counted since `start`, by period and name; ordered by neither.
    ///
    /// Hours of UTC are read from the sums, which are kept for good; everything else from the single requests.
    static func sums(
        _ question: TokenQuestion, in connection: SQLiteConnection
    ) throws(StorageError) -> [TokenSum] {
        guard question.zone.isUTC, question.name != .model else { return try rawSums(question, in: connection) }
        let period = question.period.map { "strftime('\($0.format)', hour_bucket)" } ?? "''"
        return try connection.rows(
            """
            SELECT \(period), \(question.name.column), sum(total_input_tokens), sum(total_output_tokens),
                sum(total_tokens), sum(request_count)
            FROM token_stats_hourly WHERE hour_bucket >= strftime('%Y-%m-%d %H:00', ?, 'unixepoch') GROUP BY 1, 2
            """, [.integer(question.start)], read)
    }

    /// One look for each stretch of time in which the zone's distance to UTC is the same.
    private static func rawSums(
        _ question: TokenQuestion, in connection: SQLiteConnection
    ) throws(StorageError) -> [TokenSum] {
        let period = question.period.map { "strftime('\($0.format)', timestamp + ?, 'unixepoch')" } ?? "coalesce('', ?)"
        var sums: [TokenSum] = []
        for stretch in question.zone.stretches(from: question.start, to: question.end) {
            sums += try connection.rows(
                """
                SELECT \(period), \(question.name.column), sum(input_tokens), sum(output_tokens), sum(total_tokens),
                    sum(requests)
                FROM token_usage WHERE timestamp >= ? AND timestamp < ? GROUP BY 1, 2
                """, [.integer(stretch.offset), .integer(stretch.start), .integer(stretch.end)], read)
        }
        return TokenSum.merged(sums)
    }

    private static func read(_ row: borrowing SQLiteRow) throws(StorageError) -> TokenSum {
        TokenSum(
            period: row.text(0) ?? "", name: row.text(1) ?? "", input: row.integer(2) ?? 0, output: row.integer(3) ?? 0,
            total: row.integer(4) ?? 0, requests: row.integer(5) ?? 0)
    }
}
