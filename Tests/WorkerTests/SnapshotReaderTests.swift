import JSON
import Testing
import Translation
import Transport

@testable import Worker

struct SnapshotReaderTests {
    @Test func `every member of a snapshot has its effect`() throws {
        let snapshot = WorkerSnapshot(try SnapshotReader.read(Array(SnapshotExamples.document.utf8)), number: 3)
        let document = snapshot.document
        let found: [String] = [
            "\(document.revision) \(document.authentication) \(document.isEnabled) \(document.hosts)",
            "\(document.bodySizeMaxBytes) \(document.userAgent) \(document.exposesAccount)",
            "\(document.client.caFile) \(document.client.http2) \(document.client.proxy ?? "direct")",
            "\(document.server.idle) \(document.exchange.total) \(document.exchange.heartbeat)",
            "\(document.exchange.upstreamIdle) \(document.translation.unknownModel)",
            "\(snapshot.streamURLs)", "\(snapshot.apiKeyID.count) \(snapshot.number)",
            try snapshot.router.resolve("mine").target.id, try snapshot.router.resolve("gpt-5").target.id,
        ]
        #expect(
            found == [
                "7 off false [\"a.lan\"]", "1000 test/1 true", "/ca.pem true direct",
                "9.0 seconds 100000000000 5000000000", "33000000000 reject",
                "[\"http://127.0.0.1:1/v1internal:streamGenerateContent?alt=sse\", "
                    + "\"http://127.0.0.1:2/v1internal:streamGenerateContent?alt=sse\"]",
                "16 3", "gemini-3-flash", "gemini-3-pro-high",
            ])
    }

    @Test(
        "what is missing or of an unexpected kind keeps its default",
        arguments: [
            "{}",
            #"{"revision": "x", "auth_mode": 5, "custom_mapping": [], "models": {}, "gateway": 1, "api_key_sha256": "zz"}"#,
            #"{"gateway": {"http": {"idle_timeout": -1}, "scheduling": {"total_timeout": 0}}, "google_addresses": {}}"#,
        ])
    func defaults(text: String) throws {
        let document = try SnapshotReader.read(Array(text.utf8))
        let plain = WorkerSnapshot.Document()
        let isPlain =
            document.revision == 0 && document.authentication == .required && document.apiKeyDigest == nil
            && document.server.idle == plain.server.idle && document.exchange == plain.exchange
            && document.addresses == plain.addresses && document.client == plain.client && document.isEnabled
        #expect(isPlain)
    }

    @Test func `a list of models has each name once, in order, from all three sources`() throws {
        let snapshot = WorkerSnapshot(try SnapshotReader.read(Array(SnapshotExamples.document.utf8)))
        let list = try JSONDocument(parsing: snapshot.models.openAI).root
        let ids = list["data"]?.elements.compactMap { $0["id"]?.string } ?? []
        let isOrdered = ids == Set(ids).sorted()
        let names: Set = ["mine", "gemini-9-new", "gpt-4o"]
        #expect(isOrdered && names.isSubset(of: ids) && !ids.contains("gpt-*"))
        let anthropic = try JSONDocument(parsing: snapshot.models.anthropic).root
        let isClosed = anthropic["first_id"]?.string == ids.first && anthropic["last_id"]?.string == ids.last
        #expect(isClosed && anthropic["data"]?.count == ids.count)
        #expect(snapshot.models.one("nobody", isAnthropic: false) == nil)
    }
}
