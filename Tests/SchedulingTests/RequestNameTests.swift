import Testing

@testable import Scheduling

/// Requests are found by their ids, whatever those look like.
@Suite struct RequestNameTests {
    @Test func `ids that end alike are told apart`() {
        let ids = [
            "", "a", "12345678", "a12345678", "b12345678", "req_a-12345678", "req_b-12345678", "\u{e4}", "e\u{301}",
        ]
        var numbers: [RequestName: Int] = [:]
        for (number, id) in ids.enumerated() { numbers[RequestName(id)] = number }
        check(ids.map { numbers[RequestName($0)] }, ids.indices.map { Optional($0) }, "numbers")
        check(numbers.count, ids.count, "count")
    }

    @Test func `equal names have equal hashes`() {
        // Unicode calls these two equal; their bytes are others.
        let (composed, decomposed) = (RequestName("\u{e9}"), RequestName("e\u{301}"))
        check(composed == decomposed, composed.hashValue == decomposed.hashValue, "one name or two")
        check(RequestName("req_0123456789") == RequestName("req_" + "0123456789"), true, "made twice")
    }
}
