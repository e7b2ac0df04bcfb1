"""Messages and token counts through the real processes, byte by byte."""

import json
import time

import pytest

HELLO = {"model": "gemini-3-flash", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
FIELDS = {"anthropic-version": "2023-06-01", "anthropic-beta": "a,b", "x-stainless-lang": "js"}


def count(gateway, body=None, **more):
    return gateway.ai("POST", "/v1/messages/count_tokens?beta=true", body or HELLO, fields=FIELDS, **more)


def test_both_paths_take_the_key_in_either_header(gateway, sandbox):
    for path in ("/v1/messages", "/v1/messages?beta=true", "/v1/messages/count_tokens"):
        for fields in ({"x-api-key": "sk-test-0123456789abcdef"}, {"Authorization": "Bearer sk-test-0123456789abcdef"}):
            answer = gateway.ai("POST", path, HELLO, key=None, fields=fields)
            assert answer.status == 200, answer.body
        refused = gateway.ai("POST", path, HELLO, key="wrong")
        assert (refused.status, refused.json["type"], refused.json["error"]["type"]) == (401, "error", "authentication_error")
        assert gateway.ai("GET", path).status == 405


def test_a_body_that_is_no_json_is_refused_in_the_dialect(gateway, sandbox):
    for path in ("/v1/messages", "/v1/messages/count_tokens"):
        answer = gateway.ai("POST", path, b"{nothing")
        assert (answer.status, answer.json["error"]["type"]) == (400, "invalid_request_error")


def test_nothing_of_the_account_is_in_an_error(gateway, sandbox):
    sandbox.script({"status": 400, "body": {"error": {
        "code": 400, "status": "INVALID_ARGUMENT", "message": "Bad sandbox-project-account0 thing."}}})
    answer = gateway.ai("POST", "/v1/messages", HELLO)
    assert answer.status == 400 and "sandbox-project" not in answer.body.decode()


def test_a_count_that_the_upstream_answers(gateway, sandbox):
    sandbox.script({"method": "countTokens", "body": {"totalTokens": 321}})
    answer = count(gateway)
    assert (answer.status, answer.json) == (200, {"input_tokens": 321})


@pytest.mark.parametrize("rule", [
    {"status": 500, "body": {"error": {"code": 500, "message": "no"}}},
    {"status": 401, "body": {"error": {"code": 401, "message": "no"}}},
    {"status": 429, "body": {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "no"}}},
    {"status": 400, "body": {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "no"}}},
    {"body": {}}, {"body": "no json"}, {"body": {"totalTokens": 0}}, {"drop": True},
])
def test_a_count_that_the_upstream_does_not_answer_is_estimated(launch, sandbox, rule):
    gateway = launch(workers=1)
    sandbox.script({"method": "countTokens", **rule})
    answer = count(gateway)
    assert (answer.status, answer.json) == (200, {"input_tokens": 2})
    # The trouble of counting is not held against the account.
    if rule.get("status") in (500, 400, None):
        assert gateway.ai("POST", "/v1/messages", HELLO).status == 200


def test_without_any_account_tokens_are_estimated(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    answer = count(gateway)
    assert (answer.status, answer.json) == (200, {"input_tokens": 2})


def test_an_upstream_that_is_slow_to_count_is_not_waited_for(launch, sandbox):
    gateway = launch(workers=1, environment={"ANTIGRAVITY_GATEWAY_SCHEDULING_COUNT_TIMEOUT": "1"})
    sandbox.script({"method": "countTokens", "delay_ms": 20_000, "body": {"totalTokens": 1}})
    began = time.monotonic()
    answer = count(gateway)
    assert (answer.status, answer.json) == (200, {"input_tokens": 2})
    assert time.monotonic() - began < 15


def test_a_server_that_counts_contents_alone_is_asked_again_without_the_rest(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    gateway.add_account("1//sandbox-plaincount-one")
    body = {**HELLO, "system": "Be brief.", "tools": [{"name": "look", "input_schema": {"type": "object"}}]}
    answer = count(gateway, body)
    assert answer.status == 200 and answer.json["input_tokens"] > 20
    first, second = sandbox.bodies("countTokens")
    assert "systemInstruction" in first["request"] and "tools" in first["request"]
    assert list(second["request"]) == ["model", "contents"]


def test_a_refused_count_body_names_the_member(gateway, sandbox):
    answer = count(gateway, {"model": "gemini-3-flash", "messages": [{"role": "user", "content": 7}]})
    assert answer.status == 400 and "messages[0].content" in answer.json["error"]["message"]


def test_a_conversation_of_counts_thoughts_and_pictures_breaks_no_rule(gateway, sandbox):
    """What generations may hold is more than what counts may: the sandbox refuses the difference."""
    messages = [*HELLO["messages"], {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "Hm", "signature": "R" * 80}, {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "t", "name": "look", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]}]
    for model in ("gemini-3-flash", "claude-sonnet-4-5-thinking", "gemini-2.5-flash"):
        answer = count(gateway, {"model": model, "messages": messages, "thinking": {"type": "adaptive"},
                                 "tools": [{"name": "look", "input_schema": {"type": "object"}}]})
        assert answer.status == 200 and answer.json["input_tokens"] > 0


def warmup(gateway, stream: bool):
    return gateway.ai("POST", "/v1/messages", {
        "model": "claude-sonnet-4-5", "max_tokens": 9, "stream": stream,
        "messages": [{"role": "user", "content": "Warmup"}]})


def test_a_warmup_is_answered_on_the_spot_where_that_is_wished(launch, sandbox):
    gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_GATEWAY_TRANSLATION_ANSWER_WARMUP": "true"})
    whole = warmup(gateway, False)
    assert (whole.status, whole.field("X-Warmup-Intercepted")) == (200, "true")
    assert [block["text"] for block in whole.json["content"]] == ["OK"] and whole.json["stop_reason"] == "end_turn"
    stream = warmup(gateway, True)
    assert (stream.status, stream.field("X-Warmup-Intercepted")) == (200, "true")
    assert [event.name for event in stream.events][-1] == "message_stop"
    # Without the setting it is a request like any other.
    assert warmup(launch(workers=1, accounts=0), False).status == 503


def test_a_background_task_goes_to_its_own_model_and_answers_as_the_client_s(launch, sandbox):
    gateway = launch(workers=1, environment={"ANTIGRAVITY_GATEWAY_TRANSLATION_BACKGROUND_MARKERS": "word title"})
    body = {**HELLO, "model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": "Write a 5 word title"}]}
    answer = gateway.ai("POST", "/v1/messages", body)
    assert (answer.status, answer.json["model"]) == (200, "claude-sonnet-4-5")
    assert sandbox.bodies()[-1]["model"] == "gemini-2.5-flash"


def coding_client_body(model: str) -> dict:
    """What a coding client sends after a while: many tools, a long system text, files read, marks for a cache."""
    mark = {"cache_control": {"type": "ephemeral"}}
    tools = [{"name": f"mcp__server{number % 5}__tool_{number}", "description": f"Does thing {number}. " * 20,
              "input_schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
                  "file_path": {"type": "string", "minLength": 1}, "limit": {"type": ["integer", "null"], "minimum": 0},
                  "edits": {"type": "array", "items": {"$ref": "#/$defs/edit"}}, "mode": {"enum": ["a", "b", None]}},
                  "$defs": {"edit": {"type": "object", "properties": {"old": {"type": "string"}}}},
                  "required": ["file_path"], "additionalProperties": False}} for number in range(50)]
    messages = []
    for turn in range(30):
        code = "".join(f"    let value{line} = try reader.next(\"field {line}\")  // für später\n" for line in range(60))
        messages += [
            {"role": "user", "content": [{"type": "text", "text": f"Read file {turn}."}]},
            {"role": "assistant", "content": [
                {"type": "text", "text": "I read it."},
                {"type": "tool_use", "id": f"toolu_{turn}", "name": tools[turn]["name"], "input": {"file_path": f"/{turn}"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": f"toolu_{turn}", "content": code, **mark}]}]
    tools[-1].update(mark)
    return {"model": model, "max_tokens": 32000, "stream": True, "tools": tools, "messages": messages,
            "system": [{"type": "text", "text": "x-anthropic-billing-header: cch=1;"},
                       {"type": "text", "text": "Keep to the style around you. " * 400, **mark}],
            "metadata": {"user_id": "user_0a_account__session_0f3a-9"}}


@pytest.mark.parametrize("model", ["gemini-3-flash", "claude-sonnet-4-5-thinking", "gemini-2.5-flash"])
def test_a_long_session_of_a_coding_client_breaks_no_rule(gateway, sandbox, model):
    body = coding_client_body(model)
    assert 100_000 < len(json.dumps(body)) < 400_000
    answer = gateway.ai("POST", "/v1/messages?beta=true", body, fields=FIELDS)
    assert answer.status == 200 and answer.events[-1].name == "message_stop"
    sent = json.dumps(sandbox.bodies()[-1])
    assert "cache_control" not in sent and "billing-header" not in sent and "session_0f3a" not in sent
    assert count(gateway, body).json["input_tokens"] > 10_000
