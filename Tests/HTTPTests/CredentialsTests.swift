import HTTP
import Testing

@Suite struct CredentialsTests {
    typealias Fields = [(String, String)]

    @Test(
        arguments: [
            ([("Authorization", "Bearer k")], "/v1/models", ["k"], ["k"]),
            ([("authorization", "bEARER   k")], "/v1/models", ["k"], ["k"]),
            ([("Authorization", "k")], "/v1/models", ["k"], ["k"]),
            ([("Authorization", "Bearer")], "/v1/models", ["Bearer"], ["Bearer"]),
            ([("Authorization", "Basic x")], "/v1/models", ["Basic x"], ["Basic x"]),
            ([("X-API-Key", "a"), ("x-goog-api-key", "b")], "/v1/models", ["a", "b"], ["a", "b"]),
            ([("x-api-key", "a"), ("Authorization", "Bearer b")], "/v1/models", ["b", "a"], ["b", "a"]),
            ([("x-api-key", "a"), ("x-api-key", "b")], "/v1/models", ["a", "b"], ["a", "b"]),
            ([("x-admin-token", "t")], "/v1/models", [], ["t"]),
            ([], "/v1beta/models?key=a%20b&x=1&key=c", ["a b", "c"], []),
            ([("x-api-key", "")], "/v1/models", [], []),
        ] as [(Fields, String, [String], [String])])
    func `every secret a request presents is found where it may stand`(
        fields: Fields, target: String, ai: [String], admin: [String]
    ) {
        var all = HTTPFields()
        for (name, value) in fields { all.add(name, value) }
        let head = HTTPRequestHead(method: .get, target: target, fields: all)
        #expect(presentedCredentials(in: head, for: .ai(geminiPath: target.contains("v1beta"))) == ai)
        #expect(presentedCredentials(in: head, for: .admin) == admin)
    }

    @Test func `the query is no place for a key outside the Gemini dialect`() {
        let head = HTTPRequestHead(method: .get, target: "/v1/models?key=k")
        #expect(presentedCredentials(in: head, for: .ai(geminiPath: false)).isEmpty)
    }
}
