import JSON
import Testing

/// Which texts are JSON and which are not, through every layer.
@Suite struct VerdictTests {
    struct Case: Sendable {
        let line: String
        var isAccepted: Bool { line.hasPrefix("+") }
        var text: [UInt8] { CaseNotation.bytes(line.dropFirst(2)) }

        static let all = CaseNotation.lines(of: "verdicts.txt").map(Case.init)
    }

    @Test func `every text of the table gets its verdict from index and tree alike`() {
        #expect(Case.all.count >= 250 && Case.all.count { $0.isAccepted } >= 100)
        for row in Case.all {
            check(row.text, isAccepted: row.isAccepted, row.line)
            if row.isAccepted {
                check(Array(#"{"k":"#.utf8) + row.text + Array("}".utf8), isAccepted: true, depthMax: 513, row.line)
            }
        }
    }

    @Test func `an accepted text cut anywhere is refused`() {
        for row in Case.all where row.isAccepted {
            var text = row.text
            while let last = text.last, last <= 0x20 { text.removeLast() }
            guard let first = text.first(where: { $0 > 0x20 }), "\"[{".utf8.contains(first), text.count < 600 else {
                continue
            }
            for length in 0..<text.count { check(Array(text.prefix(length)), isAccepted: false, row.line) }
        }
    }

    @Test func `a refusal tells reason, offset and path`() {
        for line in CaseNotation.lines(of: "refusals.txt") {
            let columns = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            let error = refusal(of: CaseNotation.bytes(columns[3]))
            let said = error.map { "\($0.reason) \($0.offset) \($0.path.isEmpty ? "." : $0.path)" }
            let path = String(decoding: CaseNotation.bytes(columns[2]), as: UTF8.self)
            if said != "\(columns[0]) \(columns[1]) \(path)" { Issue.record("\(line): \(said ?? "accepted")") }
        }
    }

    private func check(_ text: [UInt8], isAccepted: Bool, depthMax: Int = 512, _ line: String) {
        let limits = JSONLimits(depthMax: depthMax)
        let byIndex = (try? JSONDocument(parsing: text, limits: limits)) != nil
        let byTree = (try? JSONValue(parsing: text, limits: limits)) != nil
        if byIndex != isAccepted || byTree != isAccepted {
            Issue.record("\(line.prefix(80)): index \(byIndex), tree \(byTree)")
        }
        if text.count < 50_000, ReferenceRecognizer.accepts(text, depthMax: depthMax) != isAccepted {
            Issue.record("\(line.prefix(80)): the reference disagrees")
        }
    }

    private func refusal(of text: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: text)
            return nil
        } catch {
            return error
        }
    }
}
