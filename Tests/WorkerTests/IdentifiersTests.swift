import Testing

@testable import Worker

/// Names of requests, answers and calls.
struct IdentifiersTests {
    @Test func `identifiers have their form and do not repeat`() {
        let requests = (0..<3000).map { _ in Identifiers.request() }
        #expect(Set(requests).count == requests.count)
        #expect(requests.allSatisfy { $0.utf8.count == 28 && $0.hasPrefix("req_") })
        let calls = (0..<1500).map { _ in Identifiers.uuid() }
        #expect(Set(calls).count == calls.count)
        for call in calls {
            let groups = call.split(separator: "-")
            #expect(groups.map(\.count) == [8, 4, 4, 4, 12] && groups[2].first == "4")
            #expect("89ab".contains(groups[3].first ?? "?") && !call.contains(where: \.isUppercase))
        }
        for count in [0, 1, 9, 10, 11, 64] { #expect(Identifiers.alphanumerics(count).utf8.count == count) }
    }

    @Test func `each letter and digit is as likely as another`() {
        var counts: [Character: Int] = [:]
        for letter in Identifiers.alphanumerics(62_000) { counts[letter, default: 0] += 1 }
        #expect(counts.count == 62 && counts.keys.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        // Eight times the deviation that a thousand of each has.
        #expect(counts.values.allSatisfy { (750...1250).contains($0) })
    }
}
