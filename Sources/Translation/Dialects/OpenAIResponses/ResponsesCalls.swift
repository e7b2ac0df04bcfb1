import APIErrors
import JSON

/// Items that are calls or results of calls: every kind of tool becomes a function for the hub.
enum ResponsesCalls {
    /// Nil if items of this kind are no calls.
    static func call(_ item: JSONNode, kind: String) throws(APIFailure) -> ToolCall? {
        let name: String
        let arguments: RawJSON
        switch kind {
        case "function_call":
            name = try self.name(item)
            arguments = ArgumentsReader.read(item["arguments"])
        case "custom_tool_call":
            name = try self.name(item)
            arguments = ArgumentsReader.wrapped("input", item["input"]?.string ?? "")
        case "local_shell_call":
            name = ShapedTools.localShellName
            arguments = try members(item, "action", without: "type")
        case "shell_call":
            name = "shell"
            arguments = try members(item, "action")
        case "apply_patch_call":
            name = "apply_patch"
            arguments = try members(item, "operation")
        default: return nil
        }
        return ToolCall(id: item.word("call_id") ?? item.word("id") ?? "", name: name, arguments: arguments)
    }

    /// Nil if items of this kind are no results of calls that the hub knows.
    static func result(
        _ item: JSONNode, kind: String, facts: ResponsesInputFacts
    ) throws(APIFailure) -> ToolResult? {
        switch kind {
        case "function_call_output", "custom_tool_call_output", "local_shell_call_output", "shell_call_output",
            "apply_patch_call_output":
            break
        default: return nil
        }
        let callID = item.word("call_id") ?? item.word("id").map { facts.callIDs[$0] ?? $0 } ?? ""
        var result = ToolResult(callID: callID, output: .text(JSONString(escaped: [])))
        try ToolOutputReader.read(item["output"], takesPart: false, into: &result)
        result.isError = kind == "apply_patch_call_output" && item.word("status") == "failed"
        return result
    }

    private static func name(_ item: JSONNode) throws(APIFailure) -> String {
        guard let node = item.given("name") else { throw RequestReading.refuse(item, "has no name") }
        guard let name = node.string, !name.isEmpty else { throw RequestReading.refuse(node, "must be a name") }
        guard let namespace = item.word("namespace"), !namespace.isEmpty else { return name }
        return ToolDeclaration.Place(namespace: namespace, name: name).joined
    }

    private static func members(
        _ item: JSONNode, _ member: StaticString, without left: StaticString? = nil
    ) throws(APIFailure) -> RawJSON {
        guard let object = try RequestReading.object(item, member) else { return .emptyObject }
        guard let left, object[left] != nil else { return RawJSON(object) }
        var writer = JSONWriter()
        writer.beginObject()
        for member in object.members where !member.name.equals(left) {
            writer.name(member.name.string ?? "")
            writer.node(member.value)
        }
        writer.endObject()
        return RawJSON(bytes: writer.bytes)
    }
}
