import Testing

@testable import Supervisor

/// No secret is stored, however it is spelled.
@Suite struct LiteralSecretsTests {
    static let secrets = LiteralSecrets(["sk-secret/key=1", "pass\"word", "abc"])

    @Test(
        arguments: [
            ("nothing here", "nothing here"), ("sk-secret/key=1", "***"), ("a sk-secret/key=1b", "a ***b"),
            ("sk%2Dsecret", "sk%2Dsecret"), ("x=sk-secret%2Fkey%3D1", "x=***"),
            (#"{"p":"pass\"word"}"#, #"{"p":"***"}"#),
            // Too short to be a secret.
            ("abc", "abc"), ("sk-secret/key=", "sk-secret/key="), ("sk-sk-secret/key=1", "sk-***"),
            ("token ya29.a0AfH6SMBx_y-z, then", "token ***, then"), ("\"1//0gAbCdEfGhIj\"", "\"***\""),
            ("xya29.a0AfH6SMBx", "xya29.a0AfH6SMBx"), ("1//short", "1//short"), ("http://1//", "http://1//"),
            ("AIza" + String(repeating: "x", count: 35), "***"), ("GOCSPX-abcdefgh", "***"),
            // A body that was cut within one.
            ("text sk-sec\n…[truncated, 900 bytes total]", "text ***\n…[truncated, 900 bytes total]"),
            ("text sk-\n…[truncated, 900 bytes total]", "text sk-\n…[truncated, 900 bytes total]"),
        ])
    func `secrets are replaced and everything else stays`(text: String, expected: String) {
        #expect(Self.secrets.removed(from: text) == expected)
        // The quick look may be mistaken in one direction only, also when other texts stand beside.
        guard text != expected else { return }
        for beside in ["", "z", "9-"] {
            let found = Array((beside + text + beside).utf8).withUnsafeBufferPointer { Self.secrets.mayStand(in: $0) }
            #expect(found, "\(beside)")
        }
    }

    @Test(
        arguments: [
            ("/v1/models?a=%73k-secret%2Fkey%3D1&b=2", "/v1/models?a=***&b=2"),
            ("/v1/models/%73%6B-secret%2Fkey%3D1", "/v1/models/***"), ("/v1/models?a=%20", "/v1/models?a=%20"),
            ("/v1/models?a=%zz&b=c%2F", "/v1/models?a=%zz&b=c%2F"),
        ])
    func `a part of a target that means a secret goes as a whole`(target: String, expected: String) {
        #expect(Self.secrets.removedFromTarget(target) == expected)
    }

    @Test func `nothing is found in what a record most often says`() {
        for text in ["POST/v1/chat/completionsgemini-3-flash127.0.0.1", "{\"a\":[1,2]}", ""] {
            #expect(!Array(text.utf8).withUnsafeBufferPointer { Self.secrets.mayStand(in: $0) })
        }
    }

    @Test func `every text of a record is looked through`() {
        let secret = "sk-secret/key=1"
        var entry = TrafficEntry(
            TrafficExample.record(model: secret, error: secret), id: "id", requestID: "req_1", email: nil, worker: 0)
        entry.requestBody = Array(secret.utf8)
        entry.url = "/v1/" + secret
        entry.mappedModel = secret
        entry.method = secret
        entry.clientIP = secret
        entry.responseBody = Array(secret.utf8)
        let shown =
            String(describing: Self.secrets.removed(from: entry).json)
            + String(decoding: Self.secrets.removed(from: entry).responseBody ?? [], as: UTF8.self)
        #expect(!shown.contains("secret"))
    }
}
