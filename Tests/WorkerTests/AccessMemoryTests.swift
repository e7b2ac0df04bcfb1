import HTTP
import Testing

@testable import Worker

/// A connection that was let in is not asked again, and nothing but the field that let it in counts.
struct AccessMemoryTests {
    private static func snapshot(_ number: UInt64, digest: [UInt8]? = SnapshotExamples.keyDigest) -> WorkerSnapshot {
        var document = WorkerSnapshot.Document()
        document.apiKeyDigest = digest
        return WorkerSnapshot(document, number: number)
    }

    private static func head(_ fields: [(String, String)]) -> HTTPRequestHead {
        var all = HTTPFields()
        for (name, value) in fields { all.add(name, value) }
        return HTTPRequestHead(method: .get, target: "/v1/models", fields: all)
    }

    @Test(
        "a sequence of requests on one connection",
        arguments: [
            [(["Authorization: Bearer sk-right"], true), (["Authorization: Bearer sk-right"], true)],
            [(["Authorization: Bearer sk-right"], true), (["Authorization: Bearer sk-wrong"], false), ([], false)],
            [(["x-api-key: sk-right", "Authorization: junk"], true), (["Authorization: junk"], false)],
            [(["x-api-key: sk-right"], true), ([], false)],
            [(["Authorization: junk", "Authorization: sk-right"], true), (["Authorization: junk"], false)],
            [(["Authorization: junk"], false), (["Authorization: junk"], false)],
        ] as [[([String], Bool)]])
    func sequence(_ requests: [([String], Bool)]) {
        var memory = AccessMemory()
        let snapshot = Self.snapshot(1)
        let found = requests.map { fields, _ in
            let pairs = fields.map { field in
                let parts = field.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), parts[1].trimmingPrefix(" ").description)
            }
            return memory.refusal(of: Self.head(pairs), isGeminiPath: false, by: snapshot) == nil
        }
        #expect(found == requests.map(\.1))
    }

    @Test func `a new key counts at once on a connection that knew the old one`() {
        var memory = AccessMemory()
        let head = Self.head([("Authorization", "Bearer sk-right")])
        let before = memory.refusal(of: head, isGeminiPath: false, by: Self.snapshot(1))
        let after = memory.refusal(
            of: head, isGeminiPath: false, by: Self.snapshot(2, digest: [UInt8](repeating: 0, count: 32)))
        #expect(before == nil && after != nil)
    }
}
