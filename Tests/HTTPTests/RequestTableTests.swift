import HTTP
import Testing

/// Every row of the table of requests, whole and split, against the parsers.
@Suite struct RequestTableTests {
    @Test func `the table is there and has both kinds of rows`() {
        let refused = RequestRow.all.filter { $0.end != .clean }.count
        if refused < 150 || RequestRow.all.count - refused < 30 {
            Issue.record("\(refused) of \(RequestRow.all.count) rows are to be refused")
        }
    }

    @Test(arguments: RequestRow.all)
    func `a request is served, refused or waited for as its row says`(row: RequestRow) {
        check(row, RequestReader.read(row.wireBytes, splitAt: []), "whole")
    }

    @Test(arguments: RequestRow.all)
    func `how a request is split makes no difference`(row: RequestRow) {
        let bytes = row.wireBytes
        let whole = RequestReader.read(bytes, splitAt: [])
        let step = max(1, bytes.count / 600)
        for offset in stride(from: 0, through: bytes.count, by: step) {
            let split = RequestReader.read(bytes, splitAt: [offset])
            if split != whole {
                Issue.record("split at \(offset): \(split)\nwhole: \(whole)")
                return
            }
        }
        guard bytes.count < 4096 else { return }
        let single = RequestReader.read(bytes, splitAt: 0..<bytes.count)
        if single != whole { Issue.record("byte by byte: \(single)\nwhole: \(whole)") }
    }

    private func check(_ row: RequestRow, _ seen: RequestReader.Seen, _ how: String) {
        let end: RequestRow.End = seen.refusal != nil ? .refused : seen.isUnfinished ? .needsMore : .clean
        let waits = end == .needsMore && row.mayWait == true
        if seen.bodies.count != row.requests || end != row.end && !waits {
            Issue.record("\(how): \(end), \(seen)")
        }
        if let status = seen.refusal?.status, row.statuses?.contains(status) != true {
            Issue.record("\(how): refused with \(status), \(seen)")
        }
        if let bodies = row.bodies, bodies.map({ Array($0.utf8) }) != seen.bodies { Issue.record("\(how): \(seen)") }
    }
}
