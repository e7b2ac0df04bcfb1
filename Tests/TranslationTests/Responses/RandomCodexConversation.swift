import JSON

/// A conversation of items: messages, sealed reasoning, calls of several kinds, outputs in any order, now and then none.
struct RandomCodexConversation {
    private var items: [JSONValue] = []
    private var calls = 0

    mutating func addExchange(_ random: inout Seeded) {
        if !items.isEmpty { addAssistant(&random) }
        if random.chance(80) || items.last?["type"]?.string?.hasSuffix("_output") != true {
            items.append([
                "type": "message", "role": "user",
                "content": [["type": "input_text", "text": .string("Q: " + text(&random))]],
            ])
        }
    }

    func body(model: String) -> JSONValue {
        [
            "model": .string(model), "instructions": "You code.", "input": .array(items),
            "tools": [
                ["type": "function", "name": "look.at", "parameters": ["type": "object"]],
                ["type": "custom", "name": "patch"], ["type": "local_shell"],
            ],
        ]
    }

    private mutating func addAssistant(_ random: inout Seeded) {
        let count = random.chance(60) ? 1 + random.below(3) : 0
        if random.chance(40) { addReasoning(&random) }
        if count == 0 || random.chance(50) {
            items.append([
                "type": "message", "role": "assistant",
                "content": [["type": "output_text", "text": .string("A: " + text(&random))]],
            ])
        }
        if count > 0, random.chance(40) { addReasoning(&random) }
        var outputs: [JSONValue] = []
        for index in 0..<count {
            // Some clients count from zero in each turn.
            let id = random.chance(50) ? "call_\(index)" : "call_x\(calls)"
            calls += 1
            let (call, output) = pair(id, &random)
            items.append(call)
            if random.chance(90) { outputs.append(output) }
            if random.chance(10), let early = outputs.popLast() { items.append(early) }
        }
        items += outputs.shuffled(using: &random)
    }

    private mutating func addReasoning(_ random: inout Seeded) {
        let double = "RX" + String(repeating: "NpZ25hdHVyZTAw", count: 5) + "MA=="
        let sealed = random.pick([
            "g1:" + String(repeating: "S", count: 64), "g1:" + double, "gAAAA" + String(repeating: "x", count: 60),
        ])
        items.append([
            "type": "reasoning", "id": .string("rs_\(items.count)"),
            "summary": random.chance(70) ? [["type": "summary_text", "text": "I think."]] : [],
            "encrypted_content": random.chance(90) ? .string(sealed) : .null,
        ])
    }

    private func pair(_ id: String, _ random: inout Seeded) -> (call: JSONValue, output: JSONValue) {
        let kind = random.pick(["function_call", "custom_tool_call", "local_shell_call"])
        var call: JSONValue = ["type": .string(kind), "call_id": .string(id)]
        switch kind {
        case "function_call":
            call["name"] = random.chance(80) ? "look.at" : "gone"
            call["arguments"] = .string(#"{"n":\#(calls)}"#)
        case "custom_tool_call":
            call["name"] = "patch"
            call["input"] = .string(text(&random))
        default: call["action"] = ["type": "exec", "command": ["ls"]]
        }
        let output: JSONValue = [
            "type": .string(kind + "_output"), "call_id": .string(id), "output": .string(text(&random)),
        ]
        return (call, output)
    }

    private func text(_ random: inout Seeded) -> String {
        random.pick(["Hello", "", "  indented\n", "“quoted” \"text\"", "(no content)", " ", "é👋", "a\u{1}b", "C:\\n"])
    }
}
