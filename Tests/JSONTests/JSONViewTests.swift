import JSON
import Testing

/// A walk sees what `JSONNode` sees.
@Suite struct JSONViewTests {
    private static let text = #"""
        {"name":"a\"b","\u006eame":"later","":1,"list":[true,false,null,-1,12345678901234567890,1e2,[],{}],
        "name2":{"nam":0},"nameX":"na"}
        """#

    @Test func `members and elements come in order, with what they hold`() throws {
        let document = try JSONDocument(parsing: Array(Self.text.utf8))
        document.walk { root in Self.compare(root, document.root) }
    }

    private static func compare(_ view: JSONView, _ node: JSONNode) {
        #expect(view.node.offset == node.offset)
        #expect(view.isObject == (node.kind == .object))
        #expect(view.isArray == (node.kind == .array))
        #expect(view.isString == (node.kind == .string))
        #expect(view.isNull == node.isNull)
        #expect(view.bool == node.bool)
        #expect(view.int == node.int)
        #expect(view.string == node.text)
        let elements = view.elements.map(\.self)
        #expect(elements.count == (node.kind == .array ? node.count : 0))
        for (view, node) in zip(elements, node.elements) { compare(view, node) }
        let members = view.members.map(\.self)
        #expect(members.count == (node.kind == .object ? node.count : 0))
        for (view, node) in zip(members, node.members) {
            compare(view.name, node.name)
            compare(view.value, node.value)
        }
    }

    @Test func `a name is told by what it means, whole and however it is spelled`() throws {
        let document = try JSONDocument(parsing: Array(Self.text.utf8))
        let names = document.walk { root in
            root.members.map { name, _ -> String in
                switch name {
                case "nam": "a beginning"
                case "name": "name"
                case "": "empty"
                case "name2", "list": "either"
                default: "other"
                }
            }
        }
        #expect(names == ["name", "name", "empty", "either", "either", "other"])
    }

    @Test(arguments: [
        (#""STOP""#, true), (#""\u0053TOP""#, true), (#""STOPS""#, false), ("[1234]", false), ("123456", false),
    ])
    func `only a string equals a text`(text: String, isEqual: Bool) throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        #expect(document.walk { "STOP" ~= $0 } == isEqual)
    }

    @Test(arguments: [
        ("0", 0), ("7", 7), ("999999999999999999", 999_999_999_999_999_999),
        ("1000000000000000000", 1_000_000_000_000_000_000), ("9223372036854775807", Int.max), ("-5", -5), ("2e1", 20),
    ])
    func `whole numbers of every length are read`(text: String, value: Int) throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        #expect(document.walk { $0.int } == value)
        #expect(document.root.int == value)
    }
}
