import JSON

/// What a coding client sends after an hour: long instructions, dozens of tools with deep schemas, and every call so far.
/// Made by rule, the same in each run.
enum CodexSession {
    static func body(model: String, tools: Int, exchanges: Int) -> JSONValue {
        [
            "model": .string(model), "instructions": .string(instructions), "input": .array(input(exchanges)),
            "tools": .array((0..<tools).map(tool)), "tool_choice": "auto", "parallel_tool_calls": true,
            "reasoning": ["effort": "medium", "summary": "auto"], "store": false, "stream": true,
            "include": ["reasoning.encrypted_content"], "prompt_cache_key": "0199-0000-7000",
        ]
    }

    private static let instructions = String(
        repeating: "You are a coding agent. Keep to the user's style; run the tests.\n", count: 120)

    private static func tool(_ number: Int) -> JSONValue {
        if number == 0 {
            return [
                "type": "custom", "name": "apply_patch", "description": "Edits files.",
                "format": ["type": "grammar", "syntax": "lark", "definition": "start: begin hunk+ end"],
            ]
        }
        let name = number % 4 == 0 ? "mcp__server_\(number)__do.it" : "tool_\(number)"
        return [
            "type": "function", "name": .string(name), "strict": .bool(number % 2 == 0),
            "description": .string(String(repeating: "What tool \(number) is good for. ", count: 8)),
            "parameters": [
                "type": "object", "additionalProperties": false, "required": ["path", "options"],
                "properties": [
                    "path": ["type": "string", "description": "Where", "format": "uri"],
                    "command": ["type": "array", "items": ["type": "string"], "minItems": 1],
                    "limit": ["type": ["integer", "null"], "minimum": 1, "default": 10],
                    "options": [
                        "type": "object", "additionalProperties": false,
                        "properties": [
                            "mode": ["type": "string", "enum": ["fast", "slow"]],
                            "default": ["anyOf": [["type": "string"], ["type": "null"]]],
                            "next": ["$ref": "#/$defs/next"],
                        ],
                    ],
                ],
                "$defs": ["next": ["type": "object", "properties": ["title": ["type": "string"]]]],
            ],
        ]
    }

    /// Each exchange: a question, reasoning, two calls side by side, their outputs in the other order, an answer.
    private static func input(_ exchanges: Int) -> [JSONValue] {
        (0..<exchanges).flatMap { number -> [JSONValue] in
            let seal = "g1:" + String(repeating: "S", count: 200)
            return [
                message("user", "input_text", "Question \(number): why does “it” fail?"),
                [
                    "type": "reasoning", "id": .string("rs_\(number)"),
                    "summary": [["type": "summary_text", "text": .string("Looking at \(number).")]],
                    "encrypted_content": .string(seal),
                ],
                [
                    "type": "function_call", "id": .string("fc_\(number)"), "call_id": .string("call_\(number)a"),
                    "name": "tool_1", "arguments": .string(#"{"path":"/src/\#(number)","options":{}}"#),
                ],
                [
                    "type": "custom_tool_call", "call_id": .string("call_\(number)b"), "name": "apply_patch",
                    "input": .string("*** Begin Patch\n" + String(repeating: "+ line\n", count: 12) + "*** End Patch"),
                ],
                output("custom_tool_call_output", "call_\(number)b", "Done!"),
                output("function_call_output", "call_\(number)a", String(repeating: "out\tput\n", count: 60)),
                message("assistant", "output_text", "Because of \(number)."),
            ]
        } + [message("user", "input_text", "And now?")]
    }

    private static func message(_ role: String, _ type: String, _ text: String) -> JSONValue {
        [
            "type": "message", "role": .string(role),
            "content": [["type": .string(type), "text": .string(text)]],
        ]
    }

    private static func output(_ type: String, _ id: String, _ text: String) -> JSONValue {
        ["type": .string(type), "call_id": .string(id), "output": .string(text)]
    }
}
