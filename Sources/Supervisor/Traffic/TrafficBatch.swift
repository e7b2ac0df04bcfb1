import IPC
import Platform

/// Records that are stored together: the bytes of all of them one behind another, and a row of numbers for each. A record is
/// taken apart by who stores it.
nonisolated struct TrafficBatch: Sendable {
    /// What is known of one record. Has no memory of its own.
    struct Row: Sendable {
        var id: OrderedUUID
        /// The numbers of the record, and where its parts stand behind `start`.
        var head: RecordHead
        /// Where its bytes are taken to begin: places in `head` count from here. Those of the head itself are left out, so it
        /// may be negative.
        var start: Int
        /// Where the name of the request stands, behind its parts.
        var requestID: Range<Int>
        /// Its account among `accounts`; nil: none whose address is known.
        var account: Int?
        /// The place of the worker.
        var worker: Int
        /// false: only its tokens are counted.
        var isLogged: Bool

        /// Whether its tokens are counted: its account and at least one of its numbers are known.
        var countsTokens: Bool { account != nil && head.knowsTokens }

        /// Where a part stands; nil: it is not there.
        func place(of part: RecordPart) -> Range<Int>? {
            head.place(of: part).map { start + $0.lowerBound..<start + $0.upperBound }
        }

        /// The same for a part that every record has.
        func range(of part: RecordPart) -> Range<Int> {
            let range = head.range(of: part)
            return start + range.lowerBound..<start + range.upperBound
        }
    }

    private(set) var rows: [Row] = []
    private(set) var accounts = TrafficAccounts()
    private(set) var bytes: [UInt8] = []
    /// Bytes of bodies among them.
    private(set) var bodyByteCount = 0

    var isEmpty: Bool { rows.isEmpty }
    var count: Int { rows.count }
    /// Bytes of everything but bodies.
    var rowByteCount: Int { bytes.count - bodyByteCount + rows.count * MemoryLayout<Row>.stride }

    /// The account with an id among `accounts`.
    ///
    /// - Parameter email: asked for its address once.
    mutating func account(_ id: ArraySlice<UInt8>, email: (String) -> String?) -> Int? {
        accounts.place(of: id, email: email)
    }

    /// - Parameter head: that of the record, or one without its bodies.
    mutating func append(
        _ record: ExchangeRecord, _ head: RecordHead, id: OrderedUUID, requestID: String, account: Int?, worker: Int,
        isLogged: Bool
    ) {
        let start = bytes.count - RecordHead.byteCount
        bytes.append(contentsOf: record.bytes.prefix(head.recordByteCount).dropFirst(RecordHead.byteCount))
        let end = bytes.count
        bytes.append(contentsOf: requestID.utf8)
        bodyByteCount += head.bodyByteCount
        rows.append(
            Row(
                id: id, head: head, start: start, requestID: end..<bytes.count, account: account, worker: worker,
                isLogged: isLogged))
    }

    /// Drops the oldest records until the rest takes no more than so many bytes without bodies.
    ///
    /// - Returns: how many went.
    mutating func dropOldest(to rowBytesMax: Int) -> Int {
        var left = rowByteCount
        var count = 0
        while count < rows.count, left > rowBytesMax {
            let row = rows[count]
            left -= row.requestID.upperBound - row.start - RecordHead.byteCount - row.head.bodyByteCount
            left -= MemoryLayout<Row>.stride
            bodyByteCount -= row.head.bodyByteCount
            count += 1
        }
        guard count > 0 else { return 0 }
        let gone = rows[count - 1].requestID.upperBound
        bytes.removeFirst(gone)
        rows.removeFirst(count)
        for index in rows.indices {
            rows[index].start -= gone
            let name = rows[index].requestID
            rows[index].requestID = name.lowerBound - gone..<name.upperBound - gone
        }
        return count
    }
}

// MARK: Secrets

nonisolated extension TrafficBatch {
    /// Takes secrets out, and what is not UTF-8. One look over what a client has said is all that almost every record needs.
    mutating func remove(_ secrets: LiteralSecrets) {
        let found = bytes.withUnsafeBufferPointer { bytes in
            rows.indices.filter { secrets.mayStand(in: rows[$0], bytes) }
        }
        for index in found { rewrite(index, secrets) }
    }

    /// Puts the record behind all others, with every part as it is to be stored; not if nothing changes.
    private mutating func rewrite(_ index: Int, _ secrets: LiteralSecrets) {
        let row = rows[index]
        let cleaned = RecordPart.allCases.map { part in
            row.place(of: part).flatMap { secrets.cleaned(part, bytes[$0]) }
        }
        guard cleaned.contains(where: { $0 != nil }) else { return }
        var head = row.head
        let start = bytes.count
        for (part, cleaned) in zip(RecordPart.allCases, cleaned) {
            bytes += cleaned ?? Array(bytes[row.range(of: part)])
            head.close(part, at: bytes.count - start + RecordHead.byteCount, isPresent: row.place(of: part) != nil)
        }
        rows[index].head = head
        rows[index].start = start - RecordHead.byteCount
    }
}

nonisolated extension LiteralSecrets {
    fileprivate func mayStand(in row: TrafficBatch.Row, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let words = row.head.wordsOfClient
        let said = bytes[row.start + words.lowerBound..<row.start + words.upperBound]
        if mayStand(in: UnsafeBufferPointer(rebasing: said)) { return true }
        guard row.head.hasBodies else { return false }
        return mayStand(in: UnsafeBufferPointer(rebasing: bytes[row.range(of: .requestBody)]))
            || mayStand(in: UnsafeBufferPointer(rebasing: bytes[row.range(of: .responseBody)]))
    }

    /// A part as it is to be stored; nil: as it is.
    fileprivate func cleaned(_ part: RecordPart, _ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        switch part {
        case .accountID, .apiKeyID, .payloadKind: nil
        case .target: changed(bytes) { removedFromTarget(String(decoding: $0, as: UTF8.self)) }
        case .method, .clientModel, .upstreamModel, .clientAddress, .error, .requestBody, .responseBody:
            changed(bytes) { removed(from: String(decoding: $0, as: UTF8.self)) }
        }
    }

    private func changed(_ bytes: ArraySlice<UInt8>, _ change: (ArraySlice<UInt8>) -> String) -> [UInt8]? {
        let text = Array(change(bytes).utf8)
        return text[...] == bytes ? nil : text
    }
}
