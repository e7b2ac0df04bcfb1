import JSON

/// What a coding client sends in the middle of a long session: system text, tool schemas, turns with source code, tool
/// calls whose arguments are JSON inside a string, tool results.
enum CodingRequest {
    static func make(sizeBytes: Int) -> [UInt8] {
        var writer = JSONWriter(reserving: sizeBytes + 4096)
        writer.beginObject()
        writer.field("model", "gemini-3-pro")
        writer.field("stream", true)
        writer.field("temperature", 0.2 as JSONValue)
        writer.field("tools", tools)
        writer.name("messages")
        writer.beginArray()
        writer.value(["role": "system", "content": .string("You are a careful programmer. " + source(lines: 60))])
        var turn = 0
        while writer.bytes.count < sizeBytes {
            turn += 1
            appendTurn(turn, to: &writer)
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    static func withImage(sizeBytes: Int) -> [UInt8] {
        let data = String(repeating: "iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAB/", count: sizeBytes / 40)
        let url = JSONValue.string("data:image/png;base64," + data)
        let part: JSONValue = ["type": "image_url", "image_url": ["url": url]]
        let value: JSONValue = ["model": "gemini-3-pro", "messages": [["role": "user", "content": [part]]]]
        return value.serialized
    }

    /// What a translator does with most of a body: looks at two members of each message and copies the rest.
    static func rewrite(_ request: [UInt8]) throws -> [UInt8] {
        let document = try JSONDocument(parsing: request)
        var writer = JSONWriter(reserving: request.count + 1024)
        writer.beginArray()
        if let messages = document.root["messages"] {
            for message in messages.elements {
                writer.beginObject()
                writer.field("role", literal: message["role"]?.equals("assistant") == true ? "model" : "user")
                if let content = message["content"] { writer.field("parts", content) }
                if let calls = message["tool_calls"] { writer.field("calls", calls) }
                writer.endObject()
            }
        }
        writer.endArray()
        return writer.bytes
    }

    private static func appendTurn(_ turn: Int, to writer: inout JSONWriter) {
        let arguments: JSONValue = [
            "path": .string("Sources/Parser\(turn).swift"), "content": .string(source(lines: 20)),
        ]
        let call: JSONValue = [
            "id": .string("call_\(turn)"), "type": "function",
            "function": [
                "name": "write_file", "arguments": .string(String(decoding: arguments.serialized, as: UTF8.self)),
            ],
        ]
        writer.value(["role": "user", "content": .string("Please change step \(turn): \"naïve\" → fast, très vite.")])
        writer.value(["role": "assistant", "content": .null, "tool_calls": [call]])
        writer.value(["role": "tool", "tool_call_id": .string("call_\(turn)"), "content": .string(source(lines: 40))])
    }

    private static func source(lines: Int) -> String {
        (0..<lines).map { line in
            switch line % 4 {
            case 0: "    if (buffer[\(line)] == '\"') { return parse(next, \"value \(line)\"); }\n"
            case 1: "\tfor (let i = 0; i < items.length; i++) { total += items[i].price * items[i].quantity; }\n"
            case 2: "    // Keep the order of the members: the cache of the server depends on the exact bytes.\n"
            default: "\n"
            }
        }.joined()
    }

    private static let tools: JSONValue = .array(
        (0..<20).map { number in
            [
                "type": "function",
                "function": [
                    "name": .string("tool_\(number)"), "description": "Reads or writes a file of the working tree.",
                    "parameters": [
                        "type": "object", "required": ["path", "limit"],
                        "properties": [
                            "path": ["type": "string", "description": "Path relative to the root"],
                            "limit": ["type": "integer", "minimum": 1, "maximum": 2000],
                            "mode": ["type": "string", "enum": ["read", "write", "append"]],
                        ],
                    ],
                ],
            ]
        })
}
