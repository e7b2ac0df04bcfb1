"""POST /v1/responses and /v1/completions, as a client without an SDK sees them: Codex above all."""

import json
import time

import pytest

from harness.wire import events_of, request
from harness.gateway import KEY

PATH = "/v1/responses"
MODEL = "gemini-3-flash"
SHELL = {"type": "function", "name": "shell", "description": "Runs a command", "strict": False, "parameters": {
    "type": "object", "properties": {"command": {"type": "array", "items": {"type": "string"}},
                                     "workdir": {"type": "string"}}, "required": ["command"]}}


def codex(items: list, **members) -> dict:
    """A body as Codex sends it."""
    return {"model": MODEL, "instructions": "You are a coding agent.", "input": items, "tools": [SHELL, {
        "type": "custom", "name": "apply_patch", "description": "Edits files.",
        "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}],
        "tool_choice": "auto", "parallel_tool_calls": False, "reasoning": {"effort": "medium", "summary": "auto"},
        "store": False, "stream": True, "include": ["reasoning.encrypted_content"], "prompt_cache_key": "0199-codex",
        **members}


def user(text: str) -> dict:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def envelope(parts: list[dict], finish: str | None = None, usage: dict | None = None) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    response = {"candidates": [candidate]}
    if usage:
        response["usageMetadata"] = usage
    return {"response": response}


def stream(answer) -> list[dict]:
    """The events of a stream, checked for what holds for every one."""
    assert answer.status == 200, (answer.status, answer.body)
    assert answer.field("Content-Type").startswith("text/event-stream")
    assert b"[DONE]" not in answer.body
    events = answer.events
    for number, event in enumerate(events):
        assert event.json["type"] == event.name and event.json["sequence_number"] == number
    return [event.json for event in events]


def test_codex_asks_calls_and_goes_on(gateway, sandbox):
    """The events are exactly those of the API, every identifier is the same wherever it stands, and the next turn, with the
    items as they came, is one that the upstream takes."""
    fields = {"originator": "codex_cli_rs", "session_id": "0199-codex", "User-Agent": "codex_cli_rs/0.1"}
    answer = gateway.ai("POST", PATH, codex([user("sandbox: tool=shell think=3")]), fields=fields)
    events = stream(answer)
    kinds = [event["type"].removeprefix("response.") for event in events]
    thoughts = kinds.count("reasoning_summary_text.delta")
    texts = kinds.count("output_text.delta")
    assert kinds == [
        "created", "in_progress",
        "output_item.added", "reasoning_summary_part.added", *["reasoning_summary_text.delta"] * thoughts,
        "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
        "output_item.added", "content_part.added", *["output_text.delta"] * texts, "output_text.done",
        "content_part.done", "output_item.done",
        "output_item.added", "output_item.done",
        "output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
        "completed"]
    response = events[-1]["response"]
    assert response["status"] == "completed" and response["usage"]["total_tokens"] > 0
    assert response["instructions"] == "You are a coding agent." and response["tools"][0] == SHELL
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert response["output"] == done
    assert [item["type"] for item in done] == ["reasoning", "message", "reasoning", "function_call"]
    for index, item in enumerate(done):
        about = [event for event in events if event.get("output_index") == index]
        assert {event.get("item_id") or event["item"]["id"] for event in about} == {item["id"]}
    call = done[3]
    (added,) = [e["item"] for e in events if e["type"] == "response.output_item.added" and e["output_index"] == 3]
    assert (added["call_id"], added["name"], added["arguments"]) == (call["call_id"], "shell", "")
    assert done[2]["summary"] == [] and done[2]["encrypted_content"].startswith("g1:")

    history = [user("sandbox: tool=shell think=3"), *done,
               {"type": "function_call_output", "call_id": call["call_id"], "output": "a.txt"}]
    events = stream(gateway.ai("POST", PATH, codex(history), fields=fields))
    assert events[-1]["type"] == "response.completed"
    contents = sandbox.bodies()[-1]["request"]["contents"]
    assert [content["role"] for content in contents] == ["user", "model", "user"]
    sent = contents[1]["parts"][-1]
    assert sent["functionCall"]["id"] == call["call_id"]
    assert "g1:" + sent["thoughtSignature"] == done[2]["encrypted_content"]
    assert contents[2]["parts"][0]["functionResponse"]["response"] == {"result": "a.txt"}
    sessions = {body["request"].get("sessionId") for body in sandbox.bodies()}
    assert len(sessions) == 1 and None not in sessions


def test_a_custom_tool_in_a_stream(gateway, sandbox):
    sandbox.script({"events": [envelope([{"functionCall": {"name": "apply_patch", "args": {"input": "*** Begin"}}}], "STOP")]})
    events = stream(gateway.ai("POST", PATH, codex([user("patch")])))
    assert [event["type"].removeprefix("response.") for event in events] == [
        "created", "in_progress", "output_item.added", "custom_tool_call_input.delta", "custom_tool_call_input.done",
        "output_item.done", "completed"]
    assert events[3]["delta"] == events[4]["input"] == "*** Begin"


@pytest.mark.parametrize("end", ["cut", "reset", "error"])
def test_a_broken_stream_fails_and_ends(gateway, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    events = stream(gateway.ai("POST", PATH, codex([user("hello")])))
    assert [event["type"] for event in events[-3:]] == [
        "response.output_text.delta", "response.output_text.delta", "response.failed"]
    response = events[-1]["response"]
    assert response["status"] == "failed" and response["usage"] is None and response["output"] == []
    assert response["error"]["code"] in ("server_error", "server_is_overloaded") and response["error"]["message"]
    assert "error" not in events[-1]


def test_a_limit_before_the_stream_is_a_status(launch, sandbox):
    sandbox.script({"status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "40s"},
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]}}})
    answer = launch(workers=1).ai("POST", PATH, codex([user("hello")]))
    assert answer.status == 429 and answer.json["error"]["type"] == "rate_limit_error"
    assert int(answer.field("Retry-After")) >= 1


def test_signs_of_life_are_comments(launch, sandbox):
    gateway = launch(workers=1, environment={
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_FIRST_SECONDS": "1",
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    sandbox.script({"delay_ms": 2500, "text": ["late"]})
    answer = gateway.ai("POST", PATH, codex([user("hello")]))
    assert answer.body.startswith(b": ping\n\n")
    assert stream(answer)[-1]["response"]["output"][0]["content"][0]["text"] == "late"
    sandbox.script({"times": 5, "delay_ms": 2500, "text": ["late"]})
    answer = gateway.ai("POST", "/v1/completions", {"model": MODEL, "prompt": "hello", "stream": True})
    assert b": ping\n\n" in answer.body and answer.events[-1].data == "[DONE]"


def test_neighbours_bodies_are_read_where_clients_send_them(gateway, sandbox):
    """The form of the answer follows the path, except that the legacy path answers in the form of the body."""
    sandbox.script({"text": ["Hello"]})
    as_response = {"model": MODEL, "input": [user("hi")], "instructions": "Be kind."}
    as_chat = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
    for path, body, form in [
        ("/v1/completions", {"model": MODEL, "prompt": "hi"}, "text_completion"),
        ("/v1/completions", as_response, "response"),
        ("/v1/completions", {"model": MODEL, "instructions": "Say hi."}, "response"),
        ("/v1/completions", as_chat, "chat.completion"),
        ("/v1/chat/completions", as_response, "chat.completion"),
        ("/v1/chat/completions", {**as_chat, "input": "other"}, "chat.completion"),
        ("/v1/responses", as_response, "response"),
    ]:
        answer = gateway.ai("POST", path, body)
        assert answer.status == 200, (path, answer.body)
        assert answer.json["object"] == form, (path, body)
    request = sandbox.bodies()[4]["request"]
    assert request["systemInstruction"]["parts"] == [{"text": "Be kind."}]
    assert sandbox.bodies()[5]["request"]["contents"][0]["parts"] == [{"text": "hi"}]


def test_a_response_body_is_answered_as_a_chat_with_its_calls(gateway, sandbox):
    sandbox.script({"events": [envelope([{"functionCall": {"name": "shell", "args": {"command": ["ls"]}}}], "STOP", {
        "promptTokenCount": 10, "candidatesTokenCount": 3, "totalTokenCount": 13})]})
    body = codex([user("list")], stream_options={"include_usage": True})
    answer = gateway.ai("POST", "/v1/chat/completions", body)
    chunks = [event.json for event in answer.events if event.data != "[DONE]"]
    pieces = [piece for chunk in chunks if chunk["choices"]
              for piece in chunk["choices"][0]["delta"].get("tool_calls", [])]
    assert pieces[0]["function"]["name"] == "shell"
    assert json.loads("".join(piece["function"]["arguments"] for piece in pieces)) == {"command": ["ls"]}
    assert chunks[-1]["usage"]["total_tokens"] == 13


def test_a_codex_sized_body_is_served(gateway, sandbox):
    """About 150 KB with 40 tools, through the strict rules."""
    tools = [{**SHELL, "name": f"tool_{number}", "description": "What it does. " * 40} for number in range(40)]
    history = []
    for number in range(60):
        history += [user(f"question {number} " + "x" * 400),
                    {"type": "function_call", "call_id": f"call_{number}", "name": f"tool_{number % 40}",
                     "arguments": json.dumps({"command": ["cat", "a" * 200]})},
                    {"type": "function_call_output", "call_id": f"call_{number}", "output": "line\n" * 150},
                    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done."}]}]
    body = codex([*history, user("go on")], tools=tools)
    assert 120_000 < len(json.dumps(body)) < 200_000
    sandbox.script({"text": ["Going", " on."]})
    events = stream(gateway.ai("POST", PATH, body))
    assert events[-1]["response"]["tools"] == tools
    assert len(sandbox.bodies()[-1]["request"]["tools"][0]["functionDeclarations"]) == 40


def test_a_stream_reaches_the_client_event_by_event(gateway, sandbox):
    """The first text is there long before the last."""
    sandbox.script({"text": ["one", "two", "three"], "pace_ms": 300})
    body = json.dumps(codex([user("hello")])).encode()
    with gateway.connect() as connection:
        began = time.monotonic()
        connection.send(request("POST", PATH, {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}, body))
        assert connection.head().status == 200
        received = b""
        first = None
        while chunk := connection.chunk():
            received += chunk
            if first is None and b"output_text.delta" in received:
                first = time.monotonic() - began
        whole = time.monotonic() - began
    assert first is not None and whole - first > 0.3
    assert [event.json["type"] for event in events_of(received)][-1] == "response.completed"
