import APIErrors
import IPC
import Platform

nonisolated extension TrafficTable {
    /// Rows that one statement inserts. Beginning and ending a statement, and finding the ends of its tables again, cost as much
    /// as a row itself.
    private static let rowsPerStatement = 16
    private static let oneRow = insertion(of: 1)
    private static let severalRows = insertion(of: rowsPerStatement)

    /// Records in their order, with texts read from where they stand in the batch.
    static func insert(_ batch: TrafficBatch, in connection: SQLiteConnection) throws(StorageError) {
        var several = try connection.statement(severalRows)
        var one = try connection.statement(oneRow)
        var bodies = try connection.statement(
            """
            INSERT INTO request_bodies (seq, request_body, response_body, bytes)
            VALUES (last_insert_rowid(), ?, ?, ?)
            """)
        let ids = batch.idTexts
        try batch.withTexts(ids) { (texts) throws(StorageError) in
            defer {
                several.unbind()
                one.unbind()
                bodies.unbind()
            }
            var next = 0
            while next < batch.count {
                if let last = batch.endOfPlainRows(from: next, count: rowsPerStatement) {
                    for index in next..<last { texts.bind(index, batch.rows[index], to: &several) }
                    try several.run()
                    next = last
                    continue
                }
                let row = batch.rows[next]
                if row.isLogged {
                    texts.bind(next, row, to: &one)
                    try one.run()
                    if row.head.hasBodies {
                        texts.bindBodies(of: row, to: &bodies)
                        try bodies.run()
                    }
                }
                next += 1
            }
        }
    }

    /// What fails is undone with its whole transaction, so no statement has to be undone by itself (OR FAIL).
    private static func insertion(of count: Int) -> String {
        let places = Array(repeating: "?", count: columns.split(separator: ",").count).joined(separator: ", ")
        let rows = Array(repeating: "(\(places))", count: count).joined(separator: ", ")
        return "INSERT OR FAIL INTO request_logs (\(columns)) VALUES \(rows)"
    }
}

nonisolated extension TrafficBatch {
    /// The names of all records, one behind another.
    fileprivate var idTexts: [UInt8] {
        var texts = [UInt8](repeating: 0, count: count * OrderedUUID.textByteCount)
        texts.withUnsafeMutableBytes { out in
            for (index, row) in rows.enumerated() {
                row.id.write(into: UnsafeMutableRawBufferPointer(rebasing: out[(index * OrderedUUID.textByteCount)...]))
            }
        }
        return texts
    }

    /// Where `count` rows end that are all logged and have no bodies; nil if they are not.
    fileprivate func endOfPlainRows(from start: Int, count: Int) -> Int? {
        guard start + count <= rows.count else { return nil }
        let isPlain = rows[start..<start + count].allSatisfy { $0.isLogged && !$0.head.hasBodies }
        return isPlain ? start + count : nil
    }

    /// Calls `body` with everything that is bound, where it stands.
    fileprivate func withTexts(
        _ ids: [UInt8], _ body: (Texts) throws(StorageError) -> Void
    ) throws(StorageError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(StorageError) in
            try accounts.emails.withUnsafeBufferPointer { (emails) throws(StorageError) in
                try ids.withUnsafeBufferPointer { (ids) throws(StorageError) in
                    try body(Texts(bytes: bytes, emails: emails, ids: ids, accounts: accounts))
                }
            }
        }
    }

    /// The texts of a batch for as long as they stay where they are.
    fileprivate struct Texts {
        let bytes: UnsafeBufferPointer<UInt8>
        let emails: UnsafeBufferPointer<UInt8>
        let ids: UnsafeBufferPointer<UInt8>
        let accounts: TrafficAccounts

        /// In the order of `TrafficTable.columns`.
        func bind(_ index: Int, _ row: Row, to statement: inout SQLiteStatement) {
            let head = row.head
            statement.bind(text(ids, index * OrderedUUID.textByteCount..<(index + 1) * OrderedUUID.textByteCount))
            statement.bind(text(bytes, row.requestID))
            statement.bind(Int(clamping: head.arrivedAtUnixMilliseconds))
            statement.bind(text(bytes, row.range(of: .method)))
            statement.bind(text(bytes, row.range(of: .target)))
            statement.bind(Int(head.status))
            statement.bind(Int(head.durationMilliseconds))
            statement.bind(text(bytes, row.place(of: .clientModel)))
            statement.bind(text(bytes, row.place(of: .upstreamModel)))
            statement.bind(text(emails, row.account.map(accounts.email)))
            statement.bind(text(bytes, row.place(of: .error)))
            statement.bind(head.inputTokens.map { Int($0) })
            statement.bind(head.outputTokens.map { Int($0) })
            statement.bind(DialectFamily(rawValue: head.family)?.protocolName)
            statement.bind(text(bytes, row.place(of: .payloadKind)))
            statement.bind(text(bytes, notEmpty(row.place(of: .clientAddress))))
            statement.bind(row.worker)
            statement.bind(head.isStream ? 1 : 0)
        }

        func bindBodies(of row: Row, to statement: inout SQLiteStatement) {
            statement.bind(text(bytes, notEmpty(row.place(of: .requestBody))))
            statement.bind(text(bytes, notEmpty(row.place(of: .responseBody))))
            statement.bind(row.head.bodyByteCount)
        }

        private func text(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>?) -> UnsafeBufferPointer<UInt8>? {
            place.map { UnsafeBufferPointer(rebasing: bytes[$0]) }
        }

        private func notEmpty(_ place: Range<Int>?) -> Range<Int>? { place.flatMap { $0.isEmpty ? nil : $0 } }
    }
}
