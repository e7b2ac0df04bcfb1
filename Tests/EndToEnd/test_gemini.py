"""Google's own form, byte by byte: paths, both stream forms, errors of every kind."""

import base64
import json

import pytest

from harness.gateway import KEY

MODEL = "gemini-3-flash"
HELLO = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}


def ask(gateway, path: str, body=None, method: str = "POST", fields: dict | None = None, key: str | None = KEY):
    return gateway.ai(method, path, HELLO if body is None else body, key=key, fields=fields)


def text_of(answer: dict) -> str:
    return "".join(part.get("text", "") for part in answer["candidates"][0]["content"]["parts"])


@pytest.mark.parametrize("path", [
    f"/v1beta/models/{MODEL}:generateContent",
    f"/v1beta/models/{MODEL}",
    f"/v1beta/models/models/{MODEL}:generateContent",
    f"/v1beta/models/models%2F{MODEL}:generateContent",
    f"/v1beta/models/{MODEL}%3AgenerateContent",
    f"/v1/models/{MODEL}:generateContent",
])
def test_the_model_stands_in_the_path(gateway, sandbox, path):
    sandbox.script({"text": ["Hello", " you"]})
    answer = ask(gateway, path)
    assert answer.status == 200, answer.body
    assert text_of(answer.json) == "Hello you"
    assert answer.field("x-mapped-model") == MODEL
    assert sandbox.bodies()[-1]["model"] == MODEL


def test_the_action_stands_behind_the_last_colon(launch, sandbox):
    gateway = launch(workers=1)
    changed = gateway.admin("GET", "/api/config").json
    changed["proxy"]["custom_mapping"] = {"team/my:model": MODEL}
    assert gateway.admin("POST", "/api/config", {"config": changed}).status == 200
    answer = ask(gateway, "/v1beta/models/team/my:model:generateContent")
    assert answer.status == 200, answer.body
    assert sandbox.bodies()[-1]["model"] == MODEL


@pytest.mark.parametrize("method, path, status, word", [
    ("POST", f"/v1beta/models/{MODEL}:explain", 404, "NOT_FOUND"),
    ("POST", f"/v1beta/models/{MODEL}:embedContent", 501, "UNIMPLEMENTED"),
    ("POST", f"/v1beta/models/{MODEL}:batchEmbedContents", 501, "UNIMPLEMENTED"),
    ("POST", f"/v1/models/{MODEL}:predict", 501, "UNIMPLEMENTED"),
    ("PUT", f"/v1beta/models/{MODEL}:generateContent", 405, "NOT_FOUND"),
    ("POST", "/v1beta/elsewhere", 404, "NOT_FOUND"),
])
def test_refusals_have_googles_form(gateway, method, path, status, word):
    answer = ask(gateway, path, method=method)
    assert answer.status == status
    assert answer.json["error"]["code"] == status and answer.json["error"]["status"] == word


def test_a_body_that_is_no_json(gateway):
    answer = ask(gateway, f"/v1beta/models/{MODEL}:generateContent", b"{")
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("path", [f"/v1beta/models/{MODEL}:generateContent", f"/v1/models/{MODEL}:generateContent"])
def test_the_key_may_come_in_every_place(gateway, path):
    assert ask(gateway, path, key=None).status == 401
    assert ask(gateway, path + "?key=wrong", key=None).json["error"]["status"] == "UNAUTHENTICATED"
    assert ask(gateway, path + f"?key={KEY}", key=None).status == 200
    assert ask(gateway, path, fields={"x-goog-api-key": KEY}, key=None).status == 200


def events_of(body: bytes) -> list[dict]:
    """The objects of an `alt=sse` stream, which holds nothing but them."""
    lines = body.decode().split("\n")
    assert all(line == "" or line.startswith("data: {") for line in lines), body
    return [json.loads(line[6:]) for line in lines if line]


def test_a_stream_of_events(gateway, sandbox):
    sandbox.script({"text": ["Hello", " \U0001F600", " you"], "pace_ms": 5})
    answer = ask(gateway, f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse")
    assert answer.field("content-type").startswith("text/event-stream")
    objects = events_of(answer.body)
    assert "".join(map(text_of, objects)) == "Hello \U0001F600 you"
    assert [obj["candidates"][0].get("finishReason") for obj in objects][-1] == "STOP"


def test_a_stream_as_one_array(gateway, sandbox):
    sandbox.script({"text": ["Hello", " you"], "pace_ms": 5})
    answer = ask(gateway, f"/v1beta/models/{MODEL}:streamGenerateContent")
    assert answer.field("content-type") == "application/json"
    objects = json.loads(answer.body)
    assert "".join(map(text_of, objects)) == "Hello you"
    assert answer.body.startswith(b"[{") and b"},\r\n{" in answer.body and answer.body.endswith(b"}]")


@pytest.mark.parametrize("form", ["?alt=sse", ""], ids=["events", "array"])
@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_stream_that_breaks_ends_with_the_error(gateway, sandbox, form, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    answer = ask(gateway, f"/v1beta/models/{MODEL}:streamGenerateContent{form}")
    assert answer.status == 200
    if form:
        head, _, bare = answer.body.rstrip(b"\n").rpartition(b"\n\n")
        objects, error = events_of(head + b"\n\n"), json.loads(bare)
    else:
        *objects, error = json.loads(answer.body)
    assert "".join(map(text_of, objects)) == "onetwo"
    assert list(error) == ["error"] and error["error"]["code"] in (502, 503)


def test_nothing_is_sent_while_the_upstream_is_silent(launch, sandbox):
    """The other dialects send signs of life; Google's SDKs take any other line for an answer."""
    gateway = launch(workers=1, environment={
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_FIRST_SECONDS": "1", "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    sandbox.script({"events": [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": "a"}]}, "index": 0}]},
        {"delay_ms": 2500, "data": {"candidates": [{
            "content": {"role": "model", "parts": [{"text": "b"}]}, "finishReason": "STOP", "index": 0}]}}]})
    answer = ask(gateway, f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse")
    assert "".join(map(text_of, events_of(answer.body))) == "ab"


def test_snake_case_is_read(gateway, sandbox):
    body = {
        "system_instruction": {"parts": [{"text": "Be brief."}]},
        "contents": [{"role": "user", "parts": [{"inline_data": {
            "mime_type": "image/png", "data": base64.urlsafe_b64encode(b"\x89PNG\xfb\xff\xfe").decode()}}]}],
        "generation_config": {"max_output_tokens": 9000, "thinking_config": {"include_thoughts": True, "thinking_budget": 99}},
    }
    assert ask(gateway, f"/v1beta/models/{MODEL}:generateContent", body).status == 200
    request = sandbox.bodies()[-1]["request"]
    assert request["systemInstruction"]["parts"] == [{"text": "Be brief."}]
    assert request["contents"][0]["parts"][0]["inlineData"]["data"] == base64.b64encode(b"\x89PNG\xfb\xff\xfe").decode()
    assert request["generationConfig"] == {
        "maxOutputTokens": 9000, "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 128}}


@pytest.mark.parametrize("path", [f"/v1beta/models/{MODEL}:countTokens", f"/v1beta/models/{MODEL}/countTokens"])
@pytest.mark.parametrize("body", [
    HELLO, {"generateContentRequest": {"model": f"models/{MODEL}", **HELLO, "systemInstruction": {"parts": [{"text": "x"}]}}}],
    ids=["contents", "request"])
def test_tokens_are_counted(gateway, sandbox, path, body):
    answer = ask(gateway, path, body)
    assert answer.status == 200, answer.body
    assert list(answer.json) == ["totalTokens"] and answer.json["totalTokens"] > 0
    assert list(sandbox.bodies("countTokens")[-1]) == ["request"]


def test_a_history_with_signatures_and_calls_is_counted_upstream(gateway, sandbox):
    signature = base64.b64encode(b"\x12" + b"s" * 60).decode()
    body = {"contents": [
        HELLO["contents"][0],
        {"role": "model", "parts": [
            {"text": "hm", "thought": True, "thoughtSignature": signature},
            {"text": "Looking.", "thoughtSignature": signature},
            {"functionCall": {"name": "look", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "look", "response": {"sky": "blue"}}}]}],
        "tools": [{"functionDeclarations": [{"name": "look"}]}]}
    assert ask(gateway, f"/v1beta/models/{MODEL}:countTokens", body).json["totalTokens"] > 0
    contents = sandbox.bodies("countTokens")[-1]["request"]["contents"]
    assert [[next(iter(part)) for part in content["parts"]] for content in contents] == [
        ["text"], ["text", "functionCall"], ["functionResponse"]]
