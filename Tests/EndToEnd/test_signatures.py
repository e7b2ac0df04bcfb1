"""Thought signatures across turns, through the real processes: clients of the OpenAI dialect drop them."""

import json
import signal
import time
import uuid

import pytest

from harness.gateway import KEY
from harness.programs import wait_until
from harness.wire import request

PATH = "/v1/chat/completions"
SKIP = "skip_thought_signature_validator"
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {
        "type": "object", "properties": {"place": {"type": "string"}}}}} for name in ("weather", "clock")
]


class Talk:
    """A conversation whose client gives back what SDKs give back: text and calls, and nothing of Google's."""

    def __init__(self, gateway, model="gemini-3-flash", **members):
        self.gateway = gateway
        self.members = {"model": model, "tools": TOOLS, **members}
        self.messages = []

    def say(self, text: str, stream=False) -> dict:
        self.messages.append({"role": "user", "content": text})
        return self.go(stream)

    def answer_calls(self, result="21 degrees", stream=False) -> dict:
        for call in self.messages[-1]["tool_calls"]:
            self.messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})
        return self.go(stream)

    def go(self, stream: bool) -> dict:
        body = {**self.members, "messages": self.messages, "stream": stream}
        answer = self.gateway.ai("POST", PATH, body)
        assert answer.status == 200, (answer.status, answer.body)
        message = gathered(answer) if stream else answer.json["choices"][0]["message"]
        kept = {"role": "assistant", "content": message.get("content")}
        if message.get("tool_calls"):
            kept["tool_calls"] = [
                {"id": call["id"], "type": "function", "function": {
                    "name": call["function"]["name"],
                    # Parsed and written anew, as most clients do.
                    "arguments": json.dumps(json.loads(call["function"]["arguments"]), indent=1)}}
                for call in message["tool_calls"]]
        self.messages.append(kept)
        return message


def gathered(answer) -> dict:
    message = {"content": "", "tool_calls": []}
    for event in answer.events[:-1]:
        for choice in event.json["choices"]:
            delta = choice["delta"]
            message["content"] += delta.get("content") or ""
            for piece in delta.get("tool_calls", []):
                if "id" in piece:
                    message["tool_calls"].append({"id": piece["id"], "function": {"name": "", "arguments": ""}})
                call = message["tool_calls"][piece["index"]]["function"]
                call["name"] += piece["function"].get("name", "")
                call["arguments"] += piece["function"].get("arguments", "")
    return message


def sent(sandbox) -> dict:
    """The inner request of the last call upstream."""
    return sandbox.bodies()[-1]["request"]


def model_parts(sandbox) -> list[dict]:
    return [part for content in sent(sandbox)["contents"] if content["role"] == "model" for part in content["parts"]]


def signatures(sandbox) -> list[str | None]:
    """The signature of each call in the history that was sent last, in order."""
    return [part.get("thoughtSignature") for part in model_parts(sandbox) if "functionCall" in part]


def is_true(signature: str | None) -> bool:
    """A signature that the upstream made; its strict rules have checked that it belongs to its part."""
    return signature is not None and signature != SKIP and len(signature) > 200


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_drops_the_signature_still_sends_it(gateway, sandbox, stream):
    talk = Talk(gateway)
    first = talk.say("sandbox: parallel-tools", stream)
    assert len(first["tool_calls"]) == 2
    talk.answer_calls(stream=stream)
    assert [is_true(s) for s in signatures(sandbox)] == [True, False]
    assert SKIP not in signatures(sandbox)


def test_the_signature_survives_the_death_of_the_worker(launch, sandbox):
    gateway = launch(workers=1)
    talk = Talk(gateway)
    talk.say("weather?", stream=True)
    (worker,) = gateway.ready_workers()
    gateway.kill(worker)
    wait_until(lambda: gateway.ready_workers() not in ([], [worker]), 10, "another worker")
    talk.answer_calls()
    assert [is_true(s) for s in signatures(sandbox)] == [True]


def test_a_worker_that_dies_with_the_calls_identifier_on_its_way_has_told_its_signature(launch, sandbox):
    """The store knows a signature before the client can know what it belongs to."""
    gateway = launch(workers=1)
    signature = model_signature(gateway)
    part = {"functionCall": {"name": "weather", "args": {"place": "Ulm"}}, "thoughtSignature": signature}
    sandbox.script({"times": 1, "end": "stall", "events": [
        {"response": {"candidates": [{"content": {"role": "model", "parts": [part]}}]}}]})
    talk = Talk(gateway)
    talk.messages.append({"role": "user", "content": "Ulm?"})
    body = {**talk.members, "messages": talk.messages, "stream": True}
    (worker,) = gateway.ready_workers()
    with gateway.connect() as connection:
        connection.send(request("POST", PATH, {"Authorization": f"Bearer {KEY}"}, body))
        connection.head()
        received = b""
        while b'"id":"call_' not in received:
            received += connection.chunk()
        gateway.kill(worker)
    identifier = received.split(b'"id":"call_')[1].split(b'"')[0].decode()
    wait_until(lambda: gateway.ready_workers() not in ([], [worker]), 10, "another worker")
    talk.messages.append({"role": "assistant", "content": None, "tool_calls": [
        {"id": f"call_{identifier}", "type": "function", "function": {
            "name": "weather", "arguments": '{"place": "Ulm"}'}}]})
    talk.answer_calls()
    assert signatures(sandbox) == [signature]


def test_every_worker_finds_what_any_of_them_has_seen(launch, sandbox):
    gateway = launch(workers=2)
    talks = [Talk(gateway) for _ in range(4)]
    for number, talk in enumerate(talks):
        talk.say(f"weather in place {number}?", stream=True)
    before = set(gateway.ready_workers())
    for worker in before:
        gateway.kill(worker)
    wait_until(lambda: len(set(gateway.ready_workers()) - before) == 2, 10, "two other workers")
    for talk in talks:
        talk.answer_calls()
        assert [is_true(s) for s in signatures(sandbox)] == [True]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_signature_survives_a_restart_of_the_gateway(launch, sandbox, end):
    gateway = launch(workers=1)
    talk = Talk(gateway)
    talk.say("weather?")
    # What waits to be written is written together, a fifth of a second after the first of it came.
    time.sleep(0.6)
    gateway.program.send(end)
    gateway.program.wait(30)
    talk.gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_DATA_DIR": str(gateway.data)})
    talk.answer_calls()
    assert [is_true(s) for s in signatures(sandbox)] == [True]


def test_a_damaged_telemetry_database_starts_empty_and_the_service_with_it(launch, sandbox):
    gateway = launch(workers=1)
    gateway.stop()
    path = gateway.data / "telemetry.db"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"no database at all" * 1000)
    again = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_DATA_DIR": str(gateway.data)})
    talk = Talk(again)
    talk.say("weather?")
    talk.answer_calls()
    assert [is_true(s) for s in signatures(sandbox)] == [True]
    assert "telemetry-lost" in again.program.stderr or "telemetry.db cannot be used" in again.program.stderr
    assert (gateway.data / "telemetry.db.lost").exists()


def test_without_the_setting_nothing_is_remembered(launch, sandbox):
    gateway = launch(workers=1)
    answer = gateway.admin("PATCH", "/api/config", {"proxy": {"experimental": {"enable_signature_cache": False}}})
    assert answer.status == 200, answer.body
    talk = Talk(gateway)
    talk.say("weather?")
    talk.answer_calls()
    assert signatures(sandbox) == [SKIP]


def test_thinking_is_put_back_in_front_of_a_call(gateway, sandbox):
    talk = Talk(gateway, "claude-sonnet-4-5-thinking")
    first = talk.say("weather?", stream=True)
    assert first["tool_calls"]
    talk.answer_calls()
    parts = model_parts(sandbox)
    assert parts[0]["thought"] is True and is_true(parts[0]["thoughtSignature"])
    assert "thinkingConfig" in sent(sandbox)["generationConfig"]
    assert all("thoughtSignature" not in part for part in parts if "functionCall" in part)


def test_the_signature_of_a_text_comes_back_in_its_session(gateway, sandbox):
    session = f"session-{uuid.uuid4()}"
    talk = Talk(gateway, session_id=session, tools=[])
    talk.say("Tell me about \u20ac and \"quotes\"", stream=True)
    talk.say("More")
    assert is_true(model_parts(sandbox)[0].get("thoughtSignature"))
    other = Talk(gateway, session_id=session + "-other", tools=[])
    other.messages = talk.messages[:2]
    other.say("More")
    assert "thoughtSignature" not in model_parts(sandbox)[0]


def test_another_family_gets_no_signature_of_this_one(gateway, sandbox):
    talk = Talk(gateway)
    talk.say("weather?")
    messages = list(talk.messages)
    talk.members["model"] = "claude-sonnet-4-5"
    talk.answer_calls()
    assert all("thoughtSignature" not in part for part in model_parts(sandbox))
    talk.messages = messages
    talk.members["model"] = "gemini-2.5-flash"
    talk.answer_calls()
    assert signatures(sandbox) == [None]


def test_a_signature_that_the_client_gives_to_another_family_is_dropped(gateway, sandbox):
    talk = Talk(gateway, "gemini-2.5-flash")
    call = talk.say("weather?")["tool_calls"][0]
    talk.messages[-1]["tool_calls"][0]["extra_content"] = call["extra_content"]
    talk.members["model"] = "gemini-3-flash"
    talk.answer_calls()
    assert signatures(sandbox) == [SKIP]


def test_conversations_with_the_same_call_identifier_do_not_mix(gateway, sandbox):
    """The upstream names its calls alike: a signature goes only to the call that it was made for."""
    def call(name: str, place: str, signature: str) -> dict:
        part = {"functionCall": {"name": name, "args": {"place": place}, "id": "call_0"}, "thoughtSignature": signature}
        return {"times": 1, "events": [
            {"response": {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}]}}]}

    true = Talk(gateway)
    true.say("weather?")
    made = model_signature(gateway)
    sandbox.script(call("weather", "Ulm", made))
    first, second = Talk(gateway), Talk(gateway)
    first.say("Ulm?")
    sandbox.script(call("weather", "Bonn", made))
    second.say("Bonn?")
    second.answer_calls()
    assert signatures(sandbox) == [made]
    first.answer_calls()
    assert signatures(sandbox) == [SKIP]


def model_signature(gateway) -> str:
    """A signature as the upstream makes it for a call of `weather`."""
    answer = gateway.ai("POST", PATH, {
        "model": "gemini-3-flash", "tools": TOOLS, "messages": [{"role": "user", "content": "weather?"}]})
    return answer.json["choices"][0]["message"]["tool_calls"][0]["extra_content"]["google"]["thought_signature"]


def test_a_refused_signature_is_left_out_once_and_forgotten(gateway, sandbox):
    talk = Talk(gateway)
    talk.say("weather?")
    messages = list(talk.messages)
    refusal = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Corrupted thought signature."}}
    sandbox.script({"times": 1, "status": 400, "body": refusal})
    talk.answer_calls()
    first, second = sandbox.bodies()[-2:]
    assert first["requestId"] != second["requestId"]
    users = [[c for c in body["request"]["contents"] if c["role"] == "user"] for body in (first, second)]
    assert users[0] == users[1]
    assert signatures(sandbox) == [SKIP]
    talk.messages = messages
    talk.answer_calls()
    assert signatures(sandbox) == [SKIP], "it is not found again"


def test_a_request_refused_twice_is_the_clients_fault(gateway, sandbox):
    talk = Talk(gateway)
    talk.say("weather?")
    refusal = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Corrupted thought signature."}}
    sandbox.script({"times": 2, "status": 400, "body": refusal})
    before = len(sandbox.bodies())
    call = talk.messages[-1]["tool_calls"][0]
    answer = gateway.ai("POST", PATH, {**talk.members, "messages": [
        *talk.messages, {"role": "tool", "tool_call_id": call["id"], "content": "x"}]})
    assert answer.status == 400 and answer.json["error"]["type"] == "invalid_request_error"
    assert len(sandbox.bodies()) - before == 2


MESSAGES = "/v1/messages"
ANTHROPIC_TOOLS = [
    {"name": "weather", "input_schema": {"type": "object", "properties": {"place": {"type": "string"}}}}]


def ask_messages(gateway, model: str, messages: list, **members) -> list[dict]:
    """Content blocks of the answer to a conversation."""
    body = {"model": model, "max_tokens": 20000, "tools": ANTHROPIC_TOOLS, "messages": messages, **members}
    answer = gateway.ai("POST", MESSAGES, body, fields={"anthropic-version": "2023-06-01"})
    assert answer.status == 200, (answer.status, answer.body)
    return answer.json["content"]


def results(blocks: list[dict]) -> dict:
    return {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": block["id"], "content": "21 degrees"}
        for block in blocks if block["type"] == "tool_use"]}


def test_a_gemini_call_keeps_its_signature_in_anthropics_blocks(gateway, sandbox):
    asked = {"role": "user", "content": "weather?"}
    blocks = ask_messages(gateway, "gemini-3-flash", [asked])
    assert all("signature" not in block for block in blocks if block["type"] == "tool_use")
    ask_messages(gateway, "gemini-3-flash", [asked, {"role": "assistant", "content": blocks}, results(blocks)])
    assert [is_true(s) for s in signatures(sandbox)] == [True]


def test_a_gemini_text_keeps_its_signature_in_anthropics_blocks(gateway, sandbox):
    asked = {"role": "user", "content": f"Tell me a story {uuid.uuid4()}"}
    blocks = ask_messages(gateway, "gemini-3-flash", [asked])
    assert [block["type"] for block in blocks if block["type"] != "thinking"] == ["text"]
    ask_messages(gateway, "gemini-3-flash", [
        asked, {"role": "assistant", "content": blocks}, {"role": "user", "content": "Go on"}])
    assert any(is_true(part.get("thoughtSignature")) for part in model_parts(sandbox) if not part.get("thought"))


@pytest.mark.parametrize("lost", ["signature", "block"])
def test_claudes_thinking_is_found_again_by_its_text_or_by_its_call(gateway, sandbox, lost):
    """Some clients keep the thinking and lose its signature, others lose both."""
    wish = {"thinking": {"type": "enabled", "budget_tokens": 4000}}
    asked = {"role": "user", "content": f"weather? {uuid.uuid4()}"}
    blocks = ask_messages(gateway, "claude-sonnet-4-5-thinking", [asked], **wish)
    assert blocks[0]["type"] == "thinking" and blocks[0]["signature"]
    kept = [{**blocks[0], "signature": ""}, *blocks[1:]] if lost == "signature" else blocks[1:]
    ask_messages(gateway, "claude-sonnet-4-5-thinking", [
        asked, {"role": "assistant", "content": kept}, results(blocks)], **wish)
    first = model_parts(sandbox)[0]
    assert first["text"] == blocks[0]["thinking"] and first["thoughtSignature"] == blocks[0]["signature"]
    assert "thinkingConfig" in sent(sandbox)["generationConfig"]


def test_thinking_that_nobody_signed_switches_thinking_off(gateway, sandbox):
    asked = {"role": "user", "content": f"weather? {uuid.uuid4()}"}
    blocks = [{"type": "thinking", "thinking": f"never said {uuid.uuid4()}", "signature": ""},
              {"type": "redacted_thinking", "data": "b3BhcXVl"},
              {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex}", "name": "weather", "input": {}}]
    ask_messages(gateway, "claude-sonnet-4-5-thinking", [
        asked, {"role": "assistant", "content": blocks}, results(blocks)],
        thinking={"type": "enabled", "budget_tokens": 4000})
    assert all("thought" not in part for part in model_parts(sandbox))
    assert "thinkingConfig" not in sent(sandbox)["generationConfig"]
