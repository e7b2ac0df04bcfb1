import HTTP
import Testing

/// Addresses as people and servers write them, and references found at an address.
@Suite struct URLReferenceTests {
    /// RFC 3986 section 5.4, what of it has an `http` address; its base is `http://a/b/c/d;p?q`.
    static let references: [(reference: String, meant: String?)] = [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"), (";x", "http://a/b/c/;x"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"),
        ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"),
        ("g/../h", "http://a/b/c/h"),
        ("g?y/../x", "http://a/b/c/g?y/../x"), ("HTTPS://g:81/x", "https://g:81/x"),
        ("grün x", "http://a/b/c/gr%C3%BCn%20x"),
        ("g:h", nil), ("file:///etc/passwd", nil), ("ftp://g/", nil), ("gopher://g/", nil), ("http:g", nil),
        ("//u:p@g/", nil), ("//", nil), ("http://[::1", nil), ("javascript:alert(1)", nil),
    ]

    @Test(arguments: references)
    func `a reference is resolved against its base`(row: (reference: String, meant: String?)) throws {
        let base = try #require(HTTPURL("http://a/b/c/d;p?q"))
        #expect(base.resolving(row.reference)?.text == row.meant, "\(row.reference)")
    }

    static let written: [(text: String, meant: String?)] = [
        ("HTTP://Host.Example/Path", "http://Host.Example/Path"), ("https://h/ä?ö=ü", "https://h/%C3%A4?%C3%B6=%C3%BC"),
        ("https://h?a b", "https://h/?a%20b"), ("http://[::ffff:127.0.0.1]:80/", "http://[::ffff:127.0.0.1]:80/"),
        ("http://2130706433/", "http://2130706433/"), ("http://0x7f.1/", "http://0x7f.1/"),
        ("http://ä.example/", nil), ("http://h ost/", nil), ("http://u@h/", nil), ("file:///etc/passwd", nil),
        ("/etc/passwd", nil), ("", nil), ("http://", nil), ("http://h\r\nX: y/", nil), ("http://h:99999/", nil),
        ("https://h/a\r\nHost: b", nil),
    ]

    @Test(arguments: written)
    func `an address is put right behind its host, and nowhere else`(row: (text: String, meant: String?)) {
        #expect(HTTPURL(repairing: row.text)?.text == row.meant, "\(row.text)")
    }
}
