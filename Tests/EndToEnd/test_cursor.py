"""The Cursor endpoint through the real programs: displays of thinking, what rules them, and mixed bodies."""

import json

import pytest

from harness.gateway import KEY, settings
from harness.programs import Program

PATH = "/cursor/chat/completions"
BODY = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": "hi"}]}
THINKS = [{"response": {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hm.", "thought": True}]}}]}},
          {"response": {"candidates": [{"content": {"role": "model", "parts": [{"text": "42"}]}, "finishReason": "STOP"}]}}]
SHOWN = {"hide": "42", "think_tags": "<think>\nHm.\n</think>\n\n42", "inline": "Hm.42", "raw": "42"}
SHOWN_WHOLE = {**SHOWN, "inline": "Hm.\n\n42"}


def contents(gateway, path=PATH, body=BODY) -> tuple[str, str]:
    """The content of a streamed and of a whole answer."""
    stream = gateway.ai("POST", path, {**body, "stream": True})
    assert stream.status == 200, stream
    events = stream.events
    assert events[-1].data == "[DONE]"
    chunks = [event.json for event in events[:-1]]
    whole = gateway.ai("POST", path, body)
    assert whole.status == 200, whole
    for answer in (stream, whole):
        assert answer.field("X-Cursor-Payload-Kind") in ("openai_chat", "anthropic_like", "responses_like")
    return ("".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"]),
            whole.json["choices"][0]["message"]["content"])


@pytest.mark.parametrize("path", [PATH, "/cursor/v1/chat/completions"])
def test_thinking_is_in_tags_by_default(gateway, sandbox, path):
    sandbox.script({"events": THINKS})
    assert contents(gateway, path) == (SHOWN["think_tags"], SHOWN_WHOLE["think_tags"])


@pytest.mark.parametrize("environment, config, display", [
    (None, None, "think_tags"), ("off", None, "hide"), (" Native ", None, "raw"), ("on", None, "inline"),
    ("cursor", None, "think_tags"), ("off", "raw", "raw"), ("raw", "think-tags", "think_tags"), ("inline", "hide", "hide"),
])
def test_configuration_goes_before_environment(launch, sandbox, environment, config, display):
    sandbox.script({"events": THINKS})
    gateway = launch(workers=1, environment={"ANTI_CURSOR_REASONING_MODE": environment} if environment else {})
    if config:
        changed = gateway.admin("PATCH", "/api/config", {"proxy": {"cursor_reasoning_mode": config}})
        assert changed.status == 200, changed
    assert contents(gateway) == (SHOWN[display], SHOWN_WHOLE[display])
    answer = gateway.ai("POST", PATH, BODY).json
    assert ("reasoning_content" in answer["choices"][0]["message"]) == (display == "raw")


def test_a_change_counts_for_the_next_request(launch, sandbox):
    sandbox.script({"events": THINKS})
    gateway = launch(workers=1)
    for display in ("hide", "inline", "think_tags", "raw"):
        assert gateway.admin("PATCH", "/api/config", {"proxy": {"cursor_reasoning_mode": display}}).status == 200
        assert contents(gateway) == (SHOWN[display], SHOWN_WHOLE[display])
    assert gateway.admin("PATCH", "/api/config", {"proxy": {"cursor_reasoning_mode": None}}).status == 200
    assert contents(gateway)[0] == SHOWN["think_tags"]


def test_an_unknown_mode_stops_the_start(sandbox, tmp_path):
    environment = {**settings(sandbox, tmp_path / "state"), "ANTI_CURSOR_REASONING_MODE": "sometimes"}
    program = Program("antigravity-supervisor", [], environment, tmp_path)
    assert program.wait(10) == 78
    assert "ANTI_CURSOR_REASONING_MODE" in program.stderr


def test_thinking_that_is_not_shown_is_no_sign_of_life(launch, sandbox):
    """The client hears comments while the model thinks unseen, though events of the upstream keep coming."""
    sandbox.script({"events": [THINKS[0]] * 12 + THINKS[1:], "pace_ms": 250})
    gateway = launch(workers=1, environment={
        "ANTI_CURSOR_REASONING_MODE": "hide", "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    answer = gateway.ai("POST", PATH, {**BODY, "stream": True})
    assert answer.status == 200
    assert answer.body.count(b": ping") >= 2
    assert b"Hm." not in answer.body and answer.body.rstrip().endswith(b"data: [DONE]")


def test_other_endpoints_keep_their_form(gateway, sandbox):
    sandbox.script({"events": THINKS})
    message = gateway.ai("POST", "/v1/chat/completions", BODY).json["choices"][0]["message"]
    assert (message["content"], message["reasoning_content"]) == ("42", "Hm.")


def test_what_was_shown_comes_back_without_the_thinking(gateway, sandbox):
    sandbox.script({"events": THINKS})
    shown = contents(gateway)[0]
    messages = [*BODY["messages"], {"role": "assistant", "content": shown}, {"role": "user", "content": "sure?"}]
    assert gateway.ai("POST", PATH, {**BODY, "messages": messages}).status == 200
    sent = sandbox.bodies()[-1]["request"]["contents"]
    assert [part.get("text") for part in sent[1]["parts"]] == ["42"]
    assert "think>" not in json.dumps(sent)


@pytest.mark.parametrize("body", [{"model": "gemini-3-flash"}, {"model": "gemini-3-flash", "messages": []}, [], {}])
def test_errors_are_openai_errors(gateway, body):
    answer = gateway.ai("POST", PATH, body)
    assert answer.status == 400 and answer.json["error"]["type"] == "invalid_request_error"
    assert gateway.ai("POST", PATH, BODY, key="wrong").json["error"]["code"] == "invalid_api_key"


CALL = {"functionCall": {"name": "read_file", "args": {"path": "a.swift"}}}
CALLS = [{"response": {"candidates": [{"content": {"role": "model", "parts": [{"text": "I read.", "thought": True}, CALL]},
                                       "finishReason": "STOP"}]}}]
SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
BLOCKS = [{"role": "system", "content": "You edit code."}, {"role": "user", "content": "Look"},
          {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "read_file", "input": {"path": "b"}}]},
          {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True, "content": "gone"}]}]
MIXED = [
    ("anthropic_like", {"messages": BLOCKS, "tools": [{"type": "function", "function": {"name": "read_file", "parameters": SCHEMA}}]}),
    ("anthropic_like", {"system": "You edit.", "messages": [{"role": "user", "content": "Look"}], "max_tokens": 9000,
                        "tools": [{"name": "read_file", "input_schema": SCHEMA}], "thinking": {"type": "enabled", "budget_tokens": 2048}}),
    ("responses_like", {"instructions": "You edit.", "input": "Look",
                        "tools": [{"type": "function", "name": "read_file", "parameters": SCHEMA}]}),
    ("openai_chat", {"messages": BLOCKS[:2], "tools": [{"name": "read_file", "parameters": SCHEMA}]}),
]


@pytest.mark.parametrize("kind, body", MIXED, ids=[f"{index} {kind}" for index, (kind, _) in enumerate(MIXED)])
@pytest.mark.parametrize("model", ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-5"])
def test_every_kind_of_body_is_answered_as_a_chat(gateway, sandbox, kind, body, model):
    sandbox.script({"events": CALLS})
    whole = gateway.ai("POST", PATH, {**body, "model": model})
    assert whole.status == 200 and whole.field("X-Cursor-Payload-Kind") == kind, whole
    choice = whole.json["choices"][0]
    assert choice["finish_reason"] == "tool_calls" and choice["message"]["content"] == "<think>\nI read.\n</think>"
    call = choice["message"]["tool_calls"][0]
    assert (call["function"]["name"], json.loads(call["function"]["arguments"])) == ("read_file", {"path": "a.swift"})
    stream = gateway.ai("POST", PATH, {**body, "model": model, "stream": True, "stream_options": {"include_usage": True}})
    assert stream.status == 200 and stream.field("X-Cursor-Payload-Kind") == kind
    chunks = [event.json for event in stream.events[:-1]]
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] >= 0
    shown = [c["choices"][0]["delta"] for c in chunks if c["choices"]]
    places = [index for index, delta in enumerate(shown) if "tool_calls" in delta]
    assert "".join(delta.get("content") or "" for delta in shown[:places[0]]) == "<think>\nI read.\n</think>\n\n"
    assert all("reasoning_content" not in delta for delta in shown)
