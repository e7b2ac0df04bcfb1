import HTTP
import Testing

struct SecretQueryTests {
    @Test(
        "no secret of a target is kept",
        arguments: [
            ("/v1/models", "/v1/models"), ("/v1/models?a=1", "/v1/models?a=1"),
            ("/v1beta/models?key=abc&a=1", "/v1beta/models?key=***&a=1"),
            ("/x?a&access_token=b=c", "/x?a&access_token=***"),
            ("/x?token", "/x?token=***"), ("/x?monkey=1", "/x?monkey=1"),
        ])
    func hidden(target: String, kept: String) {
        #expect(SecretQuery.hidden(in: target) == kept)
    }
}
