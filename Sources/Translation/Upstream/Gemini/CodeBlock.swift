import JSON

/// Code that the model ran, and what it printed, as fenced text.
enum CodeBlock {
    static func text(_ node: JSONNode?, language: String) -> JSONString {
        guard let content = node?.text else { return JSONString("") }
        let head = "\\n```\(language)\\n"
        return JSONString(escaped: Array(head.utf8) + content.escaped + Array("\\n```\\n".utf8))
    }
}
