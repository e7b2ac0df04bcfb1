"""Accounts with an API key: what goes to the public Gemini API, alone and in a pool with Code Assist accounts."""

import json
import pathlib
import sqlite3

import pytest

from harness import procfs
from harness.programs import wait_until

MODEL = "gemini-3-flash"
PUBLIC = "gemini-3-flash-preview"
EMBEDDING = "gemini-embedding-001"
GENERATION = ("streamGenerateContent", "generateContent")
HELLO = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}}}


@pytest.fixture
def keys(launch):
    """A gateway whose only account has an API key."""
    gateway = launch(workers=1, accounts=0)
    gateway.add_key("home")
    return gateway


def calls(sandbox, *methods: str) -> list[dict]:
    return [call for call in sandbox.calls["calls"] if call["method"] in (methods or GENERATION)]


def messages(gateway, **members):
    return gateway.ai("POST", "/v1/messages", {
        "model": MODEL, "max_tokens": 9000, "messages": [{"role": "user", "content": "hello"}], **members})


def test_a_chat_goes_bare_to_the_public_api(keys, sandbox):
    sandbox.script({"text": ["Hel", "lo"]})
    for stream in (False, True):
        answer = keys.chat("hi", stream=stream, reasoning_effort="medium")
        assert answer.status == 200, answer.body
        assert answer.field("X-Mapped-Model") == PUBLIC
        call = calls(sandbox)[-1]
        assert (call["account"], call["model"], call["method"]) == ("home", PUBLIC, "streamGenerateContent")
        body = call["body"]
        assert set(body) <= {"contents", "generationConfig", "safetySettings"}, body
        assert body["generationConfig"]["thinkingConfig"] == {"includeThoughts": True, "thinkingLevel": "medium"}
    assert keys.chat("hi").json["choices"][0]["message"]["content"] == "Hello"
    assert keys.chat("hi").json["model"] == MODEL


def test_messages_and_googles_own_form(keys, sandbox):
    sandbox.script({"text": ["Hello"]})
    answer = messages(keys, thinking={"type": "enabled", "budget_tokens": 2000})
    assert answer.status == 200 and answer.json["content"][-1]["text"] == "Hello", answer.body
    assert calls(sandbox)[-1]["body"]["generationConfig"]["thinkingConfig"]["thinkingLevel"] == "medium"
    answer = keys.ai("POST", f"/v1beta/models/{MODEL}:generateContent", HELLO)
    assert answer.status == 200 and answer.json["modelVersion"] == PUBLIC, answer.body
    events = keys.ai("POST", f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse", HELLO).events
    assert events and all("response" not in event.json for event in events)


@pytest.mark.parametrize("model, public, level", [
    ("gemini-3-pro-high", "gemini-3-pro-preview", "high"), ("gemini-3-pro-low", "gemini-3-pro-preview", "low"),
    ("gemini-3-pro-preview", "gemini-3-pro-preview", "high"), ("gemini-2.5-flash", "gemini-2.5-flash", None),
    ("gpt-4o", "gemini-2.5-flash", None)])
def test_models_go_by_their_public_names(keys, sandbox, model, public, level):
    assert keys.chat("hi", model=model).status == 200
    call = calls(sandbox)[-1]
    assert call["model"] == public
    assert call["body"].get("generationConfig", {}).get("thinkingConfig", {}).get("thinkingLevel") == level


def test_the_operator_maps_models(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    gateway.add_key("home")
    change = {"gateway": {"upstream": {"public_models": {MODEL: "gemini-2.5-pro(1024)"}}}}
    assert gateway.admin("PATCH", "/api/config", change).status == 200
    assert gateway.chat("hi", reasoning_effort=None).status == 200
    call = calls(sandbox)[-1]
    assert call["model"] == "gemini-2.5-pro"
    assert call["body"]["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 1024


def test_models_of_others_are_not_found(keys, sandbox):
    answer = keys.chat("hi", model="claude-sonnet-4-5")
    assert answer.status == 404 and answer.json["error"]["code"] == "model_not_found", answer.body
    assert messages(keys, model="claude-opus-4-5-thinking").json["error"]["type"] == "not_found_error"
    # A model that only Google could know.
    assert keys.chat("hi", model="gemini-9-flash").status == 404
    assert calls(sandbox)[-1]["status"] == 404 and len(calls(sandbox)) == 1
    # The other models of the account go on.
    assert keys.chat("hi").status == 200


def test_tokens_are_counted(keys, sandbox):
    body = {"model": MODEL, "system": "Be brief.", "messages": [{"role": "user", "content": "hello"}],
            "tools": [{"name": "look", "input_schema": {"type": "object", "properties": {}}}]}
    sandbox.script({"method": "countTokens", "status": 200, "body": {"totalTokens": 4711}})
    assert keys.ai("POST", "/v1/messages/count_tokens", body).json == {"input_tokens": 4711}
    sent = calls(sandbox, "countTokens")[-1]
    assert sent["model"] == PUBLIC and sent["account"] == "home"
    assert sent["body"]["generateContentRequest"]["model"] == f"models/{PUBLIC}"
    answer = keys.ai("POST", f"/v1beta/models/{MODEL}:countTokens", HELLO)
    assert answer.json == {"totalTokens": 4711}


def embedding(text: str, **members) -> dict:
    return {"model": f"models/{EMBEDDING}", "content": {"parts": [{"text": text}]}, **members}


def test_embeddings_pass_through(keys, sandbox):
    body = embedding("hello", outputDimensionality=8, taskType="RETRIEVAL_QUERY")
    answer = keys.ai("POST", f"/v1beta/models/{EMBEDDING}:embedContent", body)
    assert answer.status == 200, answer.body
    assert answer.field("Content-Type") == "application/json"
    assert len(answer.json["embedding"]["values"]) == 8
    assert calls(sandbox, "embedContent")[-1]["body"] == body
    requests = [embedding(str(number)) for number in range(100)]
    answer = keys.ai("POST", f"/v1beta/models/{EMBEDDING}:batchEmbedContents", {"requests": requests})
    assert answer.status == 200, answer.body
    assert [len(one["values"]) for one in answer.json["embeddings"]] == [3072] * 100
    assert len(answer.body) > 1024 * 1024


@pytest.mark.parametrize("path, body, status, word", [
    (f"{EMBEDDING}:embedContent", b"{", 400, "INVALID_ARGUMENT"),
    (f"{EMBEDDING}:embedContent", b"[]", 400, "INVALID_ARGUMENT"),
    ("m" * 600 + ":embedContent", {"content": {"parts": [{"text": "x"}]}}, 400, "INVALID_ARGUMENT"),
    ("gemini-9:embedContent", {"content": {"parts": [{"text": "x"}]}}, 404, "NOT_FOUND"),
    ("claude-sonnet-4-5:embedContent", {"content": {"parts": [{"text": "x"}]}}, 404, "NOT_FOUND"),
])
def test_refusals_of_embeddings_have_googles_form(keys, path, body, status, word):
    answer = keys.ai("POST", f"/v1beta/models/{path}", body)
    assert answer.status == status and answer.json["error"]["status"] == word, answer.body


def test_googles_refusal_of_an_embedding_comes_back(keys, sandbox):
    said = {"error": {"code": 400, "message": "Too many cats.", "status": "INVALID_ARGUMENT"}}
    sandbox.script({"method": "embedContent", "status": 400, "body": said})
    answer = keys.ai("POST", f"/v1beta/models/{EMBEDDING}:embedContent", embedding("cats"))
    assert answer.status == 400 and answer.json["error"]["message"] == "Too many cats.", answer.body


def test_without_an_account_of_any_kind_embeddings_do_not_exist(launch):
    gateway = launch(workers=1, accounts=0)
    answer = gateway.ai("POST", f"/v1beta/models/{EMBEDDING}:embedContent", embedding("x"))
    assert answer.status == 501 and "embedContent" in answer.json["error"]["message"], answer.body


def test_cached_contents_and_files_reach_the_api_that_keeps_them(keys, sandbox):
    part = {"fileData": {"mimeType": "video/mp4", "fileUri": "https://files.example/v"}}
    body = {"contents": [{"role": "user", "parts": [part, {"text": "what"}]}], "cachedContent": "cachedContents/x"}
    answer = keys.ai("POST", f"/v1beta/models/{MODEL}:generateContent", body)
    assert answer.status == 200, answer.body
    sent = calls(sandbox)[-1]["body"]
    assert sent["cachedContent"] == "cachedContents/x" and sent["contents"][0]["parts"][0] == part


# Both kinds in one pool.


@pytest.mark.parametrize("code_assist, key, server", [
    ("x-exhausted", "good", "good"), ("good", "x-exhausted", "good"),
    ("x-forbidden", "good", "good"), ("good", "x-forbidden", "good"),
    ("x-capacity", "good", "good"), ("good", "x-unauthorized", "good")])
def test_a_request_moves_from_one_kind_to_the_other(launch, sandbox, code_assist, key, server):
    gateway = launch(workers=1, accounts=0)
    gateway.add_account(f"1//sandbox-{code_assist}")
    gateway.add_key(key)
    for number in range(6):
        for stream in (False, True):
            answer = gateway.chat(f"question {number} {stream}", stream=stream)
            assert answer.status == 200, answer.body
    served = [call for call in calls(sandbox) if call["status"] == 200]
    assert len(served) >= 12
    assert {call["account"] for call in served} == {server}


def test_both_kinds_serve_and_each_body_fits_its_api(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    gateway.add_account("1//sandbox-alpha")
    gateway.add_key("beta")
    # Otherwise an account of a known tier comes first.
    assert gateway.admin("PATCH", "/api/config", {"proxy": {"scheduling": {"mode": "PerformanceFirst"}}}).status == 200
    for number in range(10):
        assert gateway.chat(f"question {number}").status == 200
    by_account = {}
    for call in calls(sandbox):
        by_account.setdefault(call["account"], []).append(call["body"])
    assert set(by_account) == {"alpha", "beta"}
    assert all("request" in body for body in by_account["alpha"])
    assert all("request" not in body and "project" not in body for body in by_account["beta"])


def test_claude_goes_to_code_assist_and_embeddings_to_the_key(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    gateway.add_account("1//sandbox-alpha")
    gateway.add_key("beta")
    for number in range(4):
        assert gateway.chat(f"q{number}", model="claude-sonnet-4-5").status == 200
        answer = gateway.ai("POST", f"/v1beta/models/{EMBEDDING}:embedContent", embedding(f"q{number}"))
        assert answer.status == 200
    assert {call["account"] for call in calls(sandbox)} == {"alpha"}
    assert {call["account"] for call in calls(sandbox, "embedContent")} == {"beta"}


def test_a_tool_loop_goes_on_with_an_account_of_the_other_kind(launch, sandbox):
    """Signatures of a family are good for both APIs, so nothing is lost on the way."""
    gateway = launch(workers=1, accounts=0)
    gateway.add_account("1//sandbox-alpha")
    history = [{"role": "user", "content": "sandbox: tool"}]
    first = gateway.chat(messages=history, tools=[TOOL], tool_choice="required")
    assert first.status == 200, first.body
    message = first.json["choices"][0]["message"]
    call = message["tool_calls"][0]
    gateway.add_key("beta")
    sandbox.script({"account": "alpha", "status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "used up", "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "QUOTA_EXHAUSTED"}]}}})
    history += [message, {"role": "tool", "tool_call_id": call["id"], "content": "rain"}]
    second = gateway.chat(messages=history, tools=[TOOL])
    assert second.status == 200, second.body
    served = calls(sandbox)[-1]
    assert served["account"] == "beta"
    sent = [part for content in served["body"]["contents"] for part in content["parts"] if "functionCall" in part]
    assert sent[0]["thoughtSignature"] != "skip_thought_signature_validator"


# A key that Google refuses, and where a key must never be.


def accounts(gateway) -> list[dict]:
    return gateway.admin("GET", "/api/accounts").json["accounts"]


def restore(sandbox, name: str, revoked: bool):
    sandbox._call("POST", "/sandbox/account", {"name": name, "revoked": revoked})


def test_a_refused_key_disables_its_account(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    gateway.add_key("gone")
    gateway.add_key("good")
    restore(sandbox, "gone", revoked=True)
    for number in range(4):
        assert gateway.chat(f"question {number}").status == 200
    dead = wait_until(lambda: [one for one in accounts(gateway) if one["disabled"]], 5, "the account is disabled")
    assert [one["email"] for one in dead] == ["key gone"]
    assert dead[0]["disabled_reason"].startswith("api_key_invalid: "), dead
    assert dead[0]["state"] == "NEEDS_REAUTH"
    restore(sandbox, "good", revoked=True)
    answer = gateway.chat("last")
    assert answer.status == 503 and answer.json["error"]["code"] == "gateway_accounts_unusable", answer.body
    before = len(calls(sandbox))
    assert gateway.chat("nobody is asked").status == 503
    assert len(calls(sandbox)) == before
    restore(sandbox, "good", revoked=False)
    restore(sandbox, "gone", revoked=False)
    # The same key again, once Google takes it.
    assert gateway.add_key("gone")["disabled"] is False
    assert gateway.chat("back").status == 200


def test_a_key_that_google_refuses_is_not_added(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    for key in ("sandbox-key-x-revoked", "sandbox-key-x-keyforbidden", "nonsense"):
        answer = gateway.admin("POST", "/api/accounts", {"apiKey": key, "label": "x"})
        assert answer.status == 400 and key not in answer.body.decode(), answer.body
    assert accounts(gateway) == []


@pytest.mark.parametrize("key", ["a b", "a\r\nX-Other: b", "sandbox-key-\u00e4", "a\tb", "x" * 257, "", 7])
def test_a_key_that_no_field_could_carry_is_refused(launch, sandbox, key):
    gateway = launch(workers=1, accounts=0)
    answer = gateway.admin("POST", "/api/accounts", {"apiKey": key, "label": "x"})
    assert answer.status == 400 and answer.json["code"] == "invalid_request", answer.body
    assert accounts(gateway) == [] and sandbox.calls["total"] == 0


def test_a_key_is_nowhere_but_in_its_field(launch, sandbox, tmp_path):
    secret = "very-secret-key-4711"
    gateway = launch(workers=1, accounts=0, environment={
        "ANTIGRAVITY_GATEWAY_LOGGING_EXPOSE_ACCOUNT_HEADER": "true"})
    added = gateway.add_key(secret)
    key = f"sandbox-key-{secret}"
    seen = [json.dumps(added)]

    def ask(method: str, path: str, body=None, admin: bool = False):
        answer = gateway.admin(method, path, body) if admin else gateway.ai(method, path, body)
        seen.append(answer.body.decode() + str(answer.fields))
        return answer

    echo = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": f"no such thing, key {key} or {key}."}}
    sandbox.script({"contains": "echo", "status": 400, "body": echo},
                   {"method": "embedContent", "status": 400, "body": echo})
    ask("POST", "/v1/chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": "hello"}]})
    answer = ask("POST", "/v1/chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": "echo"}]})
    assert answer.status == 400 and "no such thing" in answer.json["error"]["message"]
    ask("POST", f"/v1beta/models/{MODEL}:generateContent", HELLO)
    ask("POST", f"/v1beta/models/{EMBEDDING}:embedContent", embedding("x"))
    for path in ("/api/accounts", "/api/accounts/current", "/api/config", "/api/proxy/status", "/api/health"):
        ask("GET", path, admin=True)
    restore(sandbox, secret, revoked=True)
    ask("POST", "/v1/chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": "refused"}]})
    wait_until(lambda: accounts(gateway)[0]["disabled"], 5, "the account is disabled")
    ask("GET", "/api/accounts", admin=True)
    restore(sandbox, secret, revoked=False)
    for pid in [gateway.program.pid, *procfs.children(gateway.program.pid)]:
        seen.append(procfs.command(pid))
        seen.append(pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
                    if pid == gateway.program.pid else "")
    seen += [gateway.program.stderr, gateway.program.stdout]
    assert all(key not in text for text in seen), [text for text in seen if key in text]
    # It is kept where it belongs.
    with sqlite3.connect(f"file:{gateway.data}/state.db?mode=ro", uri=True) as database:
        assert key in str(database.execute("SELECT * FROM accounts").fetchall())
