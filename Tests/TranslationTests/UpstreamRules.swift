import JSON
import Testing

/// What Google refuses in a generation request, as far as one body shows it.
struct UpstreamRules {
    struct Violation: Error, CustomStringConvertible {
        var description: String
    }

    private static let envelope: Set<String> = ["project", "requestId", "model", "userAgent", "requestType", "request"]
    private static let inner: Set<String> = [
        "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings", "sessionId",
    ]
    private static let config: Set<String> = [
        "temperature", "topP", "topK", "maxOutputTokens", "stopSequences", "seed", "responseMimeType", "responseSchema",
        "thinkingConfig", "imageConfig", "responseModalities", "mediaResolution", "speechConfig", "audioTimestamp",
    ]
    private static let payloads = [
        "text", "inlineData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult",
    ]
    private static let partExtras = ["thought", "thoughtSignature", "videoMetadata", "mediaResolution"]

    let isClaude: Bool

    func check(_ body: JSONValue) throws {
        try names(body, Self.envelope, "envelope")
        guard let request = body["request"] else { throw Violation(description: "no request") }
        try names(request, Self.inner, "request")
        guard body["project"] != "", body["model"]?.string?.isEmpty == false else {
            throw Violation(description: "empty project or model")
        }
        guard let contents = request["contents"]?.array, !contents.isEmpty else {
            throw Violation(description: "no contents")
        }
        for (index, content) in contents.enumerated() {
            try check(content, after: index > 0 ? contents[index - 1] : nil)
        }
        guard contents.first?["role"] == "user", contents.last?["role"] == "user" else {
            throw Violation(description: "first or last is not the user's")
        }
        try checkTools(request)
        try checkConfig(request["generationConfig"])
        if isClaude, request["safetySettings"] != nil { throw Violation(description: "safety settings for Claude") }
    }

    private func check(_ content: JSONValue, after previous: JSONValue?) throws {
        guard let parts = content["parts"]?.array, !parts.isEmpty else {
            throw Violation(description: "content without parts")
        }
        guard content["role"] == "user" || content["role"] == "model", content["role"] != previous?["role"] else {
            throw Violation(description: "roles do not alternate")
        }
        for part in parts {
            guard Self.payloads.filter({ part[$0] != nil }).count == 1 else {
                throw Violation(description: "part without one payload: \(part)")
            }
            try names(part, Set(Self.payloads + Self.partExtras), "part")
            if let data = part["inlineData"], data["mimeType"]?.string?.isEmpty != false || data["data"]?.string == nil
            {
                throw Violation(description: "inlineData")
            }
            if isClaude, part["functionCall"] != nil, part["thoughtSignature"] != nil {
                throw Violation(description: "signed Claude call")
            }
            if isClaude, let text = part["text"]?.string, part["thought"] == nil, text.allSatisfy(\.isWhitespace) {
                throw Violation(description: "blank text for Claude")
            }
            if part["functionCall"] != nil, part["functionCall"]?["args"]?.object == nil {
                throw Violation(description: "args are no object")
            }
            if let response = part["functionResponse"], response["response"]?.object == nil {
                throw Violation(description: "response is no object")
            }
        }
        let answers = parts.compactMap { $0["functionResponse"] }
        let calls = previous?["parts"]?.array?.compactMap { $0["functionCall"] } ?? []
        guard answers.count == calls.count,
            zip(answers, calls).allSatisfy({ $0["id"] == $1["id"] && $0["name"] == $1["name"] }),
            parts.prefix(answers.count).allSatisfy({ $0["functionResponse"] != nil })
        else { throw Violation(description: "responses do not match the calls before them") }
        if content["role"] == "model", let first = parts.firstIndex(where: { $0["functionCall"] != nil }),
            parts[first...].contains(where: { $0["functionCall"] == nil })
        {
            throw Violation(description: "something behind a call")
        }
    }

    private func checkTools(_ request: JSONValue) throws {
        let tools = request["tools"]?.array ?? []
        let declarations = tools.flatMap { $0["functionDeclarations"]?.array ?? [] }
        let names = declarations.compactMap { $0["name"]?.string }
        guard Set(names).count == declarations.count else { throw Violation(description: "names not unique") }
        guard names.allSatisfy({ $0.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_-]{0,63}/#) != nil }) else {
            throw Violation(description: "bad name in \(names)")
        }
        if tools.contains(where: { $0["googleSearch"] != nil }), !declarations.isEmpty {
            throw Violation(description: "search beside functions")
        }
        for declaration in declarations {
            guard declaration["parameters"]?["type"] == "object" else {
                throw Violation(description: "parameters are no object")
            }
            try SchemaRules(isClaude: isClaude).check(declaration["parameters"] ?? .null)
        }
        if let allowed = request["toolConfig"]?["functionCallingConfig"]?["allowedFunctionNames"]?.array {
            guard allowed.allSatisfy({ names.contains($0.string ?? "") }) else {
                throw Violation(description: "allowed name not declared")
            }
        }
        if request["toolConfig"] != nil, declarations.isEmpty {
            throw Violation(description: "toolConfig without tools")
        }
    }

    private func checkConfig(_ config: JSONValue?) throws {
        guard let config else { return }
        try names(config, Self.config, "generationConfig")
        if let limit = config["maxOutputTokens"]?.int {
            guard (1...(isClaude ? 64000 : 65535)).contains(limit) else {
                throw Violation(description: "limit \(limit)")
            }
            if let budget = config["thinkingConfig"]?["thinkingBudget"]?.int, budget >= limit {
                throw Violation(description: "budget above limit")
            }
        }
        if let budget = config["thinkingConfig"]?["thinkingBudget"]?.int {
            guard isClaude ? (1024...64000).contains(budget) : (-1...24576).contains(budget) else {
                throw Violation(description: "budget \(budget)")
            }
        }
    }

    private func names(_ value: JSONValue, _ known: Set<String>, _ place: String) throws {
        for member in value.object?.members ?? [] where !known.contains(member.name) {
            throw Violation(description: "unknown name \(member.name) in \(place)")
        }
    }
}

/// The small schema dialect.
struct SchemaRules {
    let isClaude: Bool

    func check(_ schema: JSONValue, depth: Int = 0) throws {
        guard let object = schema.object else {
            throw UpstreamRules.Violation(description: "schema is no object: \(schema)")
        }
        var known: Set<String> = ["type", "description", "properties", "required", "items", "enum"]
        if !isClaude { known.formUnion(["nullable", "title"]) }
        for member in object.members where !known.contains(member.name) {
            throw UpstreamRules.Violation(description: "schema member \(member.name)")
        }
        guard Set(object.members.map(\.name)).count == object.count else {
            throw UpstreamRules.Violation(description: "member twice")
        }
        let types = ["object", "array", "string", "integer", "number", "boolean"]
        guard let type = object["type"]?.string, types.contains(type) else {
            throw UpstreamRules.Violation(description: "no type")
        }
        guard depth <= 26 else { throw UpstreamRules.Violation(description: "too deep") }
        if let properties = object["properties"] {
            guard type == "object", let list = properties.object else {
                throw UpstreamRules.Violation(description: "properties")
            }
            let names = list.members.map(\.name)
            guard Set(names).count == names.count else { throw UpstreamRules.Violation(description: "property twice") }
            let required = object["required"]?.array?.compactMap(\.string) ?? []
            guard Set(required).count == required.count, required.allSatisfy(names.contains) else {
                throw UpstreamRules.Violation(description: "required")
            }
            for member in list.members { try check(member.value, depth: depth + 1) }
        }
        if isClaude, type == "object", object["properties"]?.object?.isEmpty != false {
            throw UpstreamRules.Violation(description: "empty object for Claude")
        }
        if type == "array" {
            guard let items = object["items"] else { throw UpstreamRules.Violation(description: "no items") }
            try check(items, depth: depth + 1)
        } else if object["items"] != nil {
            throw UpstreamRules.Violation(description: "items of no array")
        }
        if let values = object["enum"]?.array {
            guard type == "string", !values.isEmpty, values.allSatisfy({ $0.string?.isEmpty == false }) else {
                throw UpstreamRules.Violation(description: "enum")
            }
        }
    }
}
