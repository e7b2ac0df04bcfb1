"""What a coding client sends in the middle of a session, in the words of three client APIs and of the upstream: the same system
text, tools, calls and results, so that a ratio compares like with like."""

CODE_LINE = "    if (buffer[i] == '\"') { return parse(next, \"value\"); }  // keep the order of the members\n"
TOOL_COUNT = 24
TURN_SIZE = 4_000


class Session:
    """`size` is that of its texts in bytes, roughly."""

    def __init__(self, size):
        self.system = "You are a careful programmer. " + CODE_LINE * 40
        self.turns = [
            (f"Please change step {number}: \"naïve\" → fast.", f"call_{number}",
             {"path": f"Sources/Parser{number}.swift", "content": CODE_LINE * 12}, CODE_LINE * 30)
            for number in range(size // TURN_SIZE)
        ]
        self.last = "Now run the tests."

    def tools(self, form):
        """Each tool as `form` makes it of name, description and schema."""
        schema = {
            "type": "object", "required": ["path", "limit"],
            "properties": {
                "path": {"type": "string", "description": "Path relative to the root"},
                "limit": {"type": "integer", "description": "Lines at most"},
                "mode": {"type": "string", "enum": ["read", "write", "append"]},
                "content": {"type": "string"},
            },
        }
        return [form(name, "Reads or writes a file of the working tree.", schema) for name in self.names]

    @property
    def names(self):
        return ["write_file", *(f"tool_{number}" for number in range(1, TOOL_COUNT))]


def chat(session, dumps):
    messages = [{"role": "system", "content": session.system}]
    for text, call, arguments, result in session.turns:
        messages += [
            {"role": "user", "content": text},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": call, "type": "function", "function": {"name": "write_file", "arguments": dumps(arguments)}}]},
            {"role": "tool", "tool_call_id": call, "content": result},
        ]
    return {
        "messages": [*messages, {"role": "user", "content": session.last}],
        "tools": session.tools(lambda name, text, schema: {
            "type": "function", "function": {"name": name, "description": text, "parameters": schema}}),
    }


def messages(session):
    found = []
    for text, call, arguments, result in session.turns:
        found += [
            {"role": "user", "content": [{"type": "text", "text": text}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": call, "name": "write_file", "input": arguments}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call, "content": result}]},
        ]
    return {
        "max_tokens": 8192,
        "system": [{"type": "text", "text": session.system, "cache_control": {"type": "ephemeral"}}],
        "messages": [*found, {"role": "user", "content": session.last}],
        "tools": session.tools(lambda name, text, schema: {"name": name, "description": text, "input_schema": schema}),
    }


def native(session):
    """Google's own form; without signatures, as a session that another model began."""
    contents = []
    for text, call, arguments, result in session.turns:
        contents += [
            {"role": "user", "parts": [{"text": text}]},
            {"role": "model", "parts": [{"functionCall": {"id": call, "name": "write_file", "args": arguments}}]},
            {"role": "user", "parts": [
                {"functionResponse": {"id": call, "name": "write_file", "response": {"result": result}}}]},
        ]
    return {
        "systemInstruction": {"parts": [{"text": session.system}]},
        "contents": [*contents, {"role": "user", "parts": [{"text": session.last}]}],
        "tools": [{"functionDeclarations": session.tools(
            lambda name, text, schema: {"name": name, "description": text, "parameters": schema})}],
    }
