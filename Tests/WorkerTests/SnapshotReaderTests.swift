import HTTP
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
            "\(document.listsOnlyRealModels) \(document.reasoningDisplay)",
            "\(document.translation.safety) \(document.translation.thinkingBudgetMode) \(document.translation.searchModel)",
            "\(document.translation.appendsSources) \(document.translation.penaltyModels.map(\.text)) \(document.translation.logprobsModels.map(\.text)) \(document.translation.usesTwins)",
            "\(document.translation.keepsDroppedThinking)",
            "\(document.remoteMedia.isEnabled) \(document.remoteMedia.hosts)",
            "\(snapshot.streams.map { $0?.url.text ?? "-" })", "\(snapshot.apiKeyID.count) \(snapshot.number)",
            try snapshot.router.resolve("mine").target.id, try snapshot.router.resolve("gpt-5").target.id,
        ]
        #expect(
            found == [
                "7 off false [\"a.lan\"]", "1000 test/1 true", "/ca.pem true direct",
                "9.0 seconds 100000000000 5000000000", "33000000000 reject", "true inline",
                "low custom(77) finder", "true [\"a-*\"] [\"b\"] false", "true", "false [\"files.lan\"]",
                "[\"http://127.0.0.1:1/v1internal:streamGenerateContent?alt=sse\", "
                    + "\"http://127.0.0.1:2/v1internal:streamGenerateContent?alt=sse\"]",
                "16 3", "gemini-3-flash", "gemini-3-pro-high",
            ])
    }

    @Test(
        "what is missing or of an unexpected kind keeps its default",
        arguments: [
            "{}",
            #"{"revision": "x", "cursor_reasoning_mode": "off", "auth_mode": 5, "custom_mapping": [], "models": {}, "gateway": 1, "api_key_sha256": "zz"}"#,
            #"{"gateway": {"translation": {"safety": "?", "thinking_budget_mode": "custom:x", "search_model": ""}}}"#,
            #"{"gateway": {"http": {"idle_timeout": -1}, "scheduling": {"total_timeout": 0}}, "google_addresses": {}}"#,
        ])
    func defaults(text: String) throws {
        let document = try SnapshotReader.read(Array(text.utf8))
        let plain = WorkerSnapshot.Document()
        let isPlain =
            document.revision == 0 && document.reasoningDisplay == .thinkTags && document.authentication == .required
            && document.apiKeyDigest == nil
            && document.server.idle == plain.server.idle && document.exchange == plain.exchange
            && document.addresses == plain.addresses && document.translation == plain.translation
            && document.client == plain.client && document.isEnabled && document.remoteMedia == plain.remoteMedia
        #expect(isPlain)
    }
}
