import GoogleAPI
import Testing

@Suite struct ClientTextTests {
    static let rows: [(text: String, redacted: String)] = [
        (
            "Unknown name \"strict\" at 'request.tools[0]': Cannot find field.",
            "Unknown name \"strict\" at 'request.tools[0]': Cannot find field."
        ),
        ("Invalid project resource name projects/", "Invalid project resource name projects/"),
        ("Permission denied on resource project some-proj-1.", "Permission denied on resource project [project]."),
        ("API has not been used in project 123456 before", "API has not been used in project [project] before"),
        ("Project 'plainword' not found", "Project '[project]' not found"),
        ("consumer 'projects/abc-1/locations/global'", "consumer 'projects/[project]/locations/global'"),
        ("consumer 'project_number:998877'", "consumer 'project_number:[project]'"),
        ("user jane.doe@example.com, sorry", "user [e-mail], sorry"),
        ("see https://console.cloud.google.com/x?project=a.", "see [link]."),
        ("token ya29.a0AfH6 expired", "token [secret] expired"),
        ("Bearer abcdef", "Bearer [secret]"),
        ("refresh 1//0gAbC", "refresh [secret]"),
        ("key AIzaSyA1", "key [secret]"),
        ("blob AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEf==", "blob [secret]"),
        (
            "function get_current_weather_for_a_very_long_place_name_2 unknown",
            "function get_current_weather_for_a_very_long_place_name_2 unknown"
        ),
        ("line\none\ttwo\u{1b}[0m", "line one two [0m"),
        ("mine is Hidden-Thing here", "mine is [hidden] here"),
    ]

    @Test(arguments: rows)
    func `nothing that names an account, a project or a secret reaches a client`(text: String, redacted: String) {
        check(ClientText.redact(text, hiding: ["hidden-thing", ""]), redacted, text)
    }

    @Test func `long texts are cut between characters`() {
        let cut = ClientText.redact(String(repeating: "äöü ", count: 5000))
        check(cut.utf8.count <= ClientText.lengthMaxBytes && cut.utf8.count > ClientText.lengthMaxBytes - 8, true)
        check(ClientText.redact(String(repeating: "x", count: 50_000)).utf8.count, ClientText.lengthMaxBytes)
    }

    static let links: [(text: String, isAccepted: Bool)] = [
        ("https://accounts.google.com/signin?x=1#y", true), ("https://google.com", true),
        ("https://SUPPORT.google.com/a", true), ("http://accounts.google.com/", false),
        ("https://accounts.google.com.evil.example/", false), ("https://evilgoogle.com/", false),
        ("https://user@accounts.google.com/", false), ("https://accounts.google.com:8443/", false),
        ("https://evil.example\\.google.com/", false), ("https://evil.example?.google.com/", false),
        ("https://.google.com/", false), ("https://a.google.com/\"><script>", false), ("javascript:alert(1)", false),
        ("https://accounts.google.com/ x", false), ("", false),
    ]

    @Test(arguments: links)
    func `only https pages of Google are shown as links`(text: String, isAccepted: Bool) {
        check(GoogleLink.accept(text), isAccepted ? text : nil, text)
    }
}
