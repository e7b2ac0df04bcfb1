import JSON

/// A coding client's chat request in the words of other APIs: the same texts, tools, calls and results.
enum CodingTurns {
    static func messages(_ chat: JSONValue) -> JSONValue {
        let turns = turns(of: chat).map { turn -> JSONValue in
            switch turn {
            case .user(let text): ["role": "user", "content": [["type": "text", "text": text]]]
            case .call(let id, let name, let input):
                ["role": "assistant", "content": [["type": "tool_use", "id": id, "name": name, "input": input]]]
            case .result(let id, let text):
                ["role": "user", "content": [["type": "tool_result", "tool_use_id": id, "content": text]]]
            }
        }
        let tools = functions(of: chat).map { function -> JSONValue in
            ["name": function.name, "description": function.text, "input_schema": function.schema]
        }
        return [
            "model": "gemini-3-flash", "max_tokens": 8192, "stream": true, "system": system(of: chat),
            "messages": .array(turns), "tools": .array(tools),
        ]
    }

    static func responses(_ chat: JSONValue) -> JSONValue {
        let items = turns(of: chat).map { turn -> JSONValue in
            switch turn {
            case .user(let text): ["role": "user", "content": [["type": "input_text", "text": text]]]
            case .call(let id, let name, let input):
                [
                    "type": "function_call", "call_id": id, "name": name,
                    "arguments": .string(String(decoding: input.serialized, as: UTF8.self)),
                ]
            case .result(let id, let text): ["type": "function_call_output", "call_id": id, "output": text]
            }
        }
        let tools = functions(of: chat).map { function -> JSONValue in
            [
                "type": "function", "name": function.name, "description": function.text, "parameters": function.schema,
            ]
        }
        return [
            "model": "gemini-3-flash", "stream": true, "instructions": system(of: chat), "input": .array(items),
            "tools": .array(tools),
        ]
    }

    static func native(_ chat: JSONValue) -> JSONValue {
        var lastName: JSONValue = ""
        let contents = turns(of: chat).map { turn -> JSONValue in
            switch turn {
            case .user(let text): return ["role": "user", "parts": [["text": text]]]
            case .call(let id, let name, let input):
                lastName = name
                return ["role": "model", "parts": [["functionCall": ["id": id, "name": name, "args": input]]]]
            case .result(let id, let text):
                let response: JSONValue = ["id": id, "name": lastName, "response": ["result": text]]
                return ["role": "user", "parts": [["functionResponse": response]]]
            }
        }
        let tools = functions(of: chat).map { function -> JSONValue in
            ["name": function.name, "description": function.text, "parameters": function.schema]
        }
        return [
            "systemInstruction": ["parts": [["text": system(of: chat)]]], "contents": .array(contents),
            "tools": [["functionDeclarations": .array(tools)]],
        ]
    }

    private enum Turn {
        case user(JSONValue)
        case call(id: JSONValue, name: JSONValue, input: JSONValue)
        case result(id: JSONValue, text: JSONValue)
    }

    private static func turns(of chat: JSONValue) -> [Turn] {
        (chat["messages"]?.array ?? []).compactMap { message in
            if let call = message["tool_calls"]?.array?.first, let id = call["id"], let function = call["function"],
                let name = function["name"], let arguments = function["arguments"]?.string,
                let input = try? JSONValue(parsing: Array(arguments.utf8))  // made by `CodingRequest`, so it is JSON
            {
                return .call(id: id, name: name, input: input)
            }
            guard let content = message["content"], message["role"] != "system" else { return nil }
            return message["tool_call_id"].map { .result(id: $0, text: content) } ?? .user(content)
        }
    }

    private static func functions(of chat: JSONValue) -> [(name: JSONValue, text: JSONValue, schema: JSONValue)] {
        (chat["tools"]?.array ?? []).compactMap { $0["function"] }.map {
            ($0["name"] ?? .null, $0["description"] ?? .null, $0["parameters"] ?? .null)
        }
    }

    private static func system(of chat: JSONValue) -> JSONValue { chat["messages"]?.array?.first?["content"] ?? "" }
}
