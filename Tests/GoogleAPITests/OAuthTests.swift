import GoogleAPI
import JSON
import Testing

@Suite struct OAuthTests {
    static let client = OAuthClient(id: "id.apps", secret: "s&c=ret")

    @Test func `forms carry the fields of the grant, percent-encoded`() {
        let refresh = TokenRequest.refresh(refreshToken: "1//a+b c").form(Self.client)
        check(
            String(decoding: refresh, as: UTF8.self),
            "client_id=id.apps&client_secret=s%26c%3Dret&refresh_token=1%2F%2Fa%2Bb%20c&grant_type=refresh_token")
        let code = TokenRequest.code("4/0", redirectURI: "http://localhost:1/cb", codeVerifier: "v").form(Self.client)
        check(
            String(decoding: code, as: UTF8.self),
            "client_id=id.apps&client_secret=s%26c%3Dret&code=4%2F0&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb"
                + "&grant_type=authorization_code&code_verifier=v")
    }

    @Test func `the consent page asks for offline access every time`() {
        let url = ConsentPage.url(
            GoogleAddresses(), client: Self.client, redirectURI: "http://localhost/cb", scopes: ["a", "b"], state: "st")
        check(
            url,
            "https://accounts.google.com/o/oauth2/v2/auth?client_id=id.apps&redirect_uri=http%3A%2F%2Flocalhost%2Fcb"
                + "&response_type=code&scope=a%20b&access_type=offline&prompt=consent&include_granted_scopes=true&state=st"
        )
    }

    struct Answer: CustomTestStringConvertible {
        let status: Int
        let body: String
        let kind: TokenRefusal.Kind?
        var testDescription: String { "\(status) \(body)" }
    }

    static let answers: [Answer] = [
        Answer(status: 200, body: #"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#, kind: nil),
        Answer(status: 200, body: #"{"access_token":"ya29.x","expires_in":"3599","refresh_token":"1//n"}"#, kind: nil),
        Answer(status: 200, body: "{}", kind: .transient), Answer(status: 200, body: "<html>", kind: .transient),
        Answer(status: 400, body: #"{"error":"invalid_grant","error_description":"Bad Request"}"#, kind: .invalidGrant),
        Answer(status: 401, body: #"{"error":"invalid_client"}"#, kind: .configuration),
        Answer(status: 400, body: #"{"error":"unauthorized_client"}"#, kind: .configuration),
        Answer(status: 400, body: #"{"error":"invalid_scope"}"#, kind: .configuration),
        Answer(status: 400, body: #"{"error":"invalid_request"}"#, kind: .malformedRequest),
        Answer(status: 400, body: #"{"error":"unsupported_grant_type"}"#, kind: .malformedRequest),
        Answer(status: 400, body: "<html>", kind: .transient), Answer(status: 429, body: "", kind: .transient),
        Answer(status: 503, body: #"{"error":"invalid_grant"}"#, kind: .transient),
        Answer(status: 0, body: "", kind: .transient),
    ]

    @Test(arguments: answers)
    func `only invalid_grant speaks against an account`(answer: Answer) {
        switch TokenOutcome.decode(status: answer.status, body: Array(answer.body.utf8)) {
        case .granted(let token):
            check(answer.kind, nil, answer.testDescription)
            check(token.accessToken, "ya29.x")
            check(token.expiresInSeconds, 3599)
            check(token.refreshToken != nil, answer.body.contains("refresh_token"))
        case .refused(let refusal): check(refusal.kind, answer.kind, answer.testDescription)
        }
    }

    @Test(arguments: [
        ("9223372036854775807", TokenAnswer.expiresInSecondsMax), (#""9223372036854775807""#, 315_360_000),
        ("1e17", 315_360_000), ("100000000000000000", 315_360_000), ("-5", 0),
    ])
    func `a validity that no token has is brought within bounds`(claimed: String, taken: Int) throws {
        let body = #"{"access_token":"ya29.x","expires_in":\#(claimed)}"#
        guard case .granted(let token) = TokenOutcome.decode(status: 200, body: Array(body.utf8)) else {
            throw Failure()
        }
        check(token.expiresInSeconds, taken, claimed)
    }

    private struct Failure: Error {}

    static let people: [(body: String, display: String?)] = [
        (#"{"email":"a@b.c","name":"Ann B","given_name":"X"}"#, "Ann B"),
        (#"{"email":"a@b.c","name":"  ","given_name":"Ann","family_name":"B"}"#, "Ann B"),
        (#"{"email":"a@b.c","family_name":"B"}"#, "B"), (#"{"email":"a@b.c","name":7}"#, "a@b.c"),
        (#"{"name":"Ann"}"#, nil), ("[]", nil),
    ]

    @Test(arguments: people)
    func `a person is called by name, else by parts of it, else by address`(body: String, display: String?) throws {
        check(UserInfo(try JSONDocument(parsing: Array(body.utf8)))?.displayName, display, body)
    }
}
