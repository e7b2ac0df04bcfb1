"""Rules that hold whatever the client speaks, asked in each dialect through the running gateway."""

import json

import pytest

MODEL = "gemini-3-flash"
TURN = {"role": "user", "content": "hi"}
CHAT = {"model": MODEL, "messages": [TURN]}
NATIVE = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}

#: Path, body, and where an answer says how it ended.
DIALECTS = {
    "chat": ("/v1/chat/completions", CHAT, lambda a: a["choices"][0]["finish_reason"]),
    "completions": ("/v1/completions", {"model": MODEL, "prompt": "hi"}, lambda a: a["choices"][0]["finish_reason"]),
    "responses": ("/v1/responses", {"model": MODEL, "input": "hi"}, lambda a: a["status"]),
    "cursor": ("/cursor/chat/completions", CHAT, lambda a: a["choices"][0]["finish_reason"]),
    "messages": ("/v1/messages", {**CHAT, "max_tokens": 64}, lambda a: a["stop_reason"]),
    "gemini": (f"/v1beta/models/{MODEL}:generateContent", NATIVE, lambda a: a["candidates"][0]["finishReason"]),
}
every_dialect = pytest.mark.parametrize("name", DIALECTS)


def ask(gateway, name: str, **members):
    path, body, _ = DIALECTS[name]
    return gateway.ai("POST", path, {**body, **members})


def kind(name: str, error: dict):
    """The word by which SDKs tell errors apart."""
    return {"messages": lambda: error["type"], "gemini": lambda: error["status"]}.get(name, lambda: error["code"])()


def limited(delay: str) -> dict:
    return {"status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]}}}


@every_dialect
def test_the_wait_for_the_soonest_account_is_said_in_whole_seconds(launch, sandbox, name):
    """Of two accounts the one that is free again first counts, its wait rounded up."""
    sandbox.script({**limited("40s"), "times": 1}, limited("12.3s"))
    gateway = launch(workers=1, accounts=2)
    answer = ask(gateway, name)
    assert (answer.status, answer.field("Retry-After")) == (429, "13"), (answer.body, answer.fields)
    word = kind(name, answer.json["error"])
    assert word == {"messages": "rate_limit_error", "gemini": "RESOURCE_EXHAUSTED"}.get(name, "gateway_all_accounts_limited")


@every_dialect
def test_a_malformed_call_is_tried_once_more_and_then_ends_empty(gateway, sandbox, name):
    event = {"response": {"candidates": [{"content": {"role": "model"}, "finishReason": "MALFORMED_FUNCTION_CALL"}]}}
    sandbox.script({"events": [event]})
    answer = ask(gateway, name)
    assert answer.status == 200, answer.body
    assert DIALECTS[name][2](answer.json) in ("stop", "completed", "end_turn", "MALFORMED_FUNCTION_CALL")
    assert len(sandbox.bodies()) == 2
    if name == "gemini":
        return
    stream = ask(gateway, name, stream=True)
    assert stream.status == 200 and len(sandbox.bodies()) == 4, stream.body
    assert "MALFORMED" not in stream.body.decode() and "error" not in [event.name for event in stream.events]
    last = {"messages": '{"type":"message_stop"}'}.get(name, "[DONE]")
    assert last in stream.events[-1].data or name == "responses" and stream.events[-1].name == "response.completed"


@every_dialect
def test_a_whole_answer_that_breaks_is_tried_again_and_repeats_nothing(launch, sandbox, name):
    """Nothing has gone to the client yet: another attempt answers, and what the first one said is forgotten."""
    sandbox.script({"times": 1, "text": ["lost"], "end": "cut"}, {"text": ["kept"]})
    answer = ask(launch(workers=1, accounts=2), name)
    assert answer.status == 200, answer.body
    found = strings(answer.json)
    assert "kept" in found and not any("lost" in text for text in found), found


@every_dialect
def test_forbidden_accounts_are_never_the_clients_fault(launch, sandbox, name):
    """A client that hears 401 or 403 logs its user out."""
    sandbox.script({"status": 403, "body": {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "No."}}})
    answer = ask(launch(workers=1, accounts=2), name)
    assert answer.status == 503, answer.body
    assert kind(name, answer.json["error"]) == {"messages": "api_error", "gemini": "UNAVAILABLE"}.get(
        name, "gateway_accounts_unusable")


@every_dialect
def test_what_was_not_asked_for_is_not_sent(gateway, sandbox, name):
    assert ask(gateway, name).status == 200
    config = sandbox.bodies()[-1]["request"].get("generationConfig", {})
    assert not {"temperature", "topP", "topK", "stopSequences", "seed", "candidateCount"} & config.keys(), config


@every_dialect
def test_text_beyond_ascii_arrives_as_it_was_sent_and_returns_as_it_came(gateway, sandbox, name):
    """Both ways, with quotes of every kind."""
    text = "“It’s” ‘5′’ «👩🏽‍🚀🇩🇪» … — \u2028 é e\u0301"
    sandbox.script({"text": [text[:5], text[5:]]})
    path, body, _ = DIALECTS[name]
    asked = json.loads(json.dumps(body).replace('"hi"', json.dumps(text)))
    answer = gateway.ai("POST", path, asked)
    assert sandbox.bodies()[-1]["request"]["contents"][0]["parts"][0]["text"] == text
    assert text in strings(answer.json), answer.body


def strings(value) -> list[str]:
    if isinstance(value, dict):
        return [found for member in value.values() for found in strings(member)]
    if isinstance(value, list):
        return [found for element in value for found in strings(element)]
    return [value] if isinstance(value, str) else []


@every_dialect
def test_a_wrong_key_is_told_in_the_dialect_of_the_path(gateway, name):
    path, body, _ = DIALECTS[name]
    answer = gateway.ai("POST", path, body, key="wrong")
    assert answer.status == 401
    assert kind(name, answer.json["error"]) == {"messages": "authentication_error", "gemini": "UNAUTHENTICATED"}.get(
        name, "invalid_api_key")


LATE = {  # what the upstream says after content: the word for it in each dialect
    "limit": ({"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"}]},
        {"messages": "rate_limit_error", "gemini": "RESOURCE_EXHAUSTED", "responses": "rate_limit_exceeded"},
        "gateway_all_accounts_limited"),
    "overload": ({"code": 503, "status": "UNAVAILABLE", "message": "The model is overloaded."},
                 {"messages": "overloaded_error", "gemini": "UNAVAILABLE", "responses": "server_is_overloaded"},
                 "upstream_overloaded"),
}


@every_dialect
@pytest.mark.parametrize("cause", LATE)
def test_an_error_within_a_stream_says_what_the_upstream_says(gateway, sandbox, name, cause):
    error, words, word = LATE[cause]
    sandbox.script({"events": [
        {"response": {"candidates": [{"content": {"role": "model", "parts": [{"text": "one"}]}}]}}, {"error": error}]})
    if name == "gemini":
        answer = gateway.ai("POST", f"/v1beta/models/{MODEL}:streamGenerateContent", NATIVE)
        found = json.loads(answer.body)[-1]["error"]
    else:
        answer = ask(gateway, name, stream=True)
        failed = [e.json for e in answer.events if e.data != "[DONE]" and '"error":{' in e.data][-1]
        found = (failed.get("response") or failed)["error"]
    assert answer.status == 200 and "one" in answer.body.decode()
    assert kind(name, found) == words.get(name, word), found
    if cause == "limit" and name == "responses":
        assert "try again in 13" in found["message"], found
