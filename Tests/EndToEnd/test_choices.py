"""Answers side by side: the upstream calls of one request overlap, each fails and is tried again on its own, and all end with it."""

import json
import time

import pytest

from harness.gateway import KEY
from harness.programs import wait_until
from harness.wire import request

MODEL = "gemini-3-flash"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
REFUSED = {"status": 400, "body": {"error": {"code": 400, "message": "That cannot be said.", "status": "INVALID_ARGUMENT"}}}
IMAGES = "/v1/images/generations"
CHAT = "/v1/chat/completions"


def chat(**more) -> dict:
    return {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], **more}


def image(prompt: str, **more) -> dict:
    return {"model": "gemini-3-pro-image", "prompt": prompt, **more}


def picture(**more) -> dict:
    return {"events": [{"candidates": [{
        "content": {"role": "model", "parts": [{"inlineData": {"mimeType": "image/png", "data": PIXEL}}]},
        "finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 11, "totalTokenCount": 18}}],
        **more}


def ask(gateway, path: str, body: dict):
    connection = gateway.connect()
    connection.send(request("POST", path, {"Authorization": f"Bearer {KEY}"}, body))
    return connection


def open_calls(sandbox, count: int):
    wait_until(lambda: sandbox.calls["open"] == count, 10, f"{count} upstream calls at once")


@pytest.mark.parametrize("path, body", [
    (CHAT, chat(n=8)), (CHAT, chat(n=8, stream=True)), ("/cursor/chat/completions", chat(n=8)),
    ("/v1/completions", {"model": MODEL, "prompt": ["a", "b", "c", "d"], "n": 2}),
    ("/v1/completions", {"model": MODEL, "prompt": ["a", "b", "c", "d"], "n": 2, "stream": True}),
    ("/v1beta/models/gemini-3-flash:generateContent",
     {"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "generationConfig": {"candidateCount": 8}}),
], ids=["chat", "chat stream", "cursor", "prompts", "prompts stream", "gemini"])
def test_all_calls_of_a_request_are_open_at_once(gateway, sandbox, path, body):
    sandbox.script({"delay_ms": 4000, "text": ["late"]})
    with ask(gateway, path, body) as connection:
        open_calls(sandbox, 8)
        answer = connection.answer("POST", seconds=30)
    assert answer.status == 200 and answer.body.count(b"late") == 8
    assert sandbox.calls["total"] == 8


def test_four_images_are_drawn_at_once_and_the_rest_follow(gateway, sandbox):
    sandbox.script(picture(delay_ms=1500))
    with ask(gateway, IMAGES, image("a lamp", n=10)) as connection:
        most = 0
        while sandbox.calls["total"] < 10:
            most = max(most, sandbox.calls["open"])
            time.sleep(0.02)
        answer = connection.answer("POST", seconds=30)
    assert answer.status == 200 and len(answer.json["data"]) == 10
    assert most == 4


def test_chunks_of_a_stream_interleave(gateway, sandbox):
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 4, "totalTokenCount": 14}
    sandbox.script({"text": ["x"], "repeat": 20, "pace_ms": 50, "usage": usage})
    with ask(gateway, CHAT, chat(n=3, stream=True, stream_options={"include_usage": True})) as connection:
        events = [e.data for e in connection.answer("POST", seconds=30).events]
    assert events.pop() == "[DONE]"
    chunks = [json.loads(event) for event in events]
    assert chunks[-1]["choices"] == []
    assert [chunks[-1]["usage"][name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")] == [10, 12, 22]
    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    choices = [chunk["choices"][0] for chunk in chunks[:-1]]
    for index in range(3):
        own = [choice for choice in choices if choice["index"] == index]
        assert "".join(choice["delta"].get("content") or "" for choice in own) == "x" * 20
        assert own[0]["delta"]["role"] == "assistant"
        assert [choice["finish_reason"] for choice in own if choice["finish_reason"]] == ["stop"]
    order = [choice["index"] for choice in choices if choice["delta"].get("content")]
    assert sum(a != b for a, b in zip(order, order[1:])) > 5, order


def test_usage_of_a_whole_answer_counts_the_prompt_once(gateway, sandbox):
    sandbox.script({"text": ["x"], "usage": {"promptTokenCount": 10, "candidatesTokenCount": 4, "totalTokenCount": 14}})
    usage = gateway.ai("POST", CHAT, chat(n=3)).json["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (10, 12, 22)


# MARK: Failures


@pytest.fixture
def two_accounts(launch):
    """What comes to nothing is tried again with another account."""
    return launch(workers=1, accounts=2)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_one_failure_before_content_is_the_answer_and_ends_the_others(gateway, sandbox, stream):
    sandbox.script({"times": 1, "delay_ms": 500, **REFUSED}, {"delay_ms": 20_000, "text": ["late"]})
    began = time.monotonic()
    answer = gateway.ai("POST", CHAT, chat(n=3, stream=stream))
    assert time.monotonic() - began < 10
    assert answer.status == 400 and "That cannot be said." in answer.json["error"]["message"]
    wait_until(lambda: sandbox.calls["open"] == 0, 2, "the other calls to end")
    assert sandbox.calls["cancelled"] == 2
    sandbox.reset()
    assert gateway.chat("again").status == 200


def test_one_failure_after_content_is_an_error_event(gateway, sandbox):
    sandbox.script({"times": 2, "text": ["one"], "end": "stall"}, {"delay_ms": 1500, **REFUSED})
    with ask(gateway, CHAT, chat(n=3, stream=True)) as connection:
        answer = connection.answer("POST", seconds=10)
    events = [e.data for e in answer.events]
    assert answer.status == 200
    assert any("That cannot be said." in event for event in events)
    assert not any('"finish_reason":"stop"' in event for event in events)
    wait_until(lambda: sandbox.calls["open"] == 0, 2, "the other calls to end")
    assert sandbox.calls["cancelled"] == 2


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_choice_is_tried_again_although_another_has_content(two_accounts, sandbox, stream):
    """Commit is per choice: what fails without content is tried again, and no text comes twice."""
    broken = {"times": 1, "delay_ms": 700, "events": [], "end": "clean"}
    sandbox.script(
        {"times": 1, "text": ["a", "b", "c", "d"], "pace_ms": 500}, broken, {"text": ["second"]})
    answer = two_accounts.ai("POST", CHAT, chat(n=2, stream=stream))
    assert answer.status == 200, answer.body
    if stream:
        texts = {0: "", 1: ""}
        for event in answer.events:
            if event.data == "[DONE]":
                continue
            for choice in json.loads(event.data)["choices"]:
                texts[choice["index"]] += choice["delta"].get("content") or ""
        assert sorted(texts.values()) == ["abcd", "second"]
    else:
        assert sorted(c["message"]["content"] for c in answer.json["choices"]) == ["abcd", "second"]
    assert len(sandbox.bodies("streamGenerateContent")) == 3


def test_a_second_attempt_repeats_nothing_of_the_first(two_accounts, sandbox):
    """A whole answer may be tried again after content; what the first attempt said is forgotten, for its choice alone."""
    sandbox.script(
        {"times": 1, "text": ["good"]}, {"times": 1, "text": ["lost"], "end": "cut", "delay_ms": 300}, {"text": ["kept"]})
    answer = two_accounts.ai("POST", CHAT, chat(n=2))
    assert sorted(c["message"]["content"] for c in answer.json["choices"]) == ["good", "kept"]


# MARK: Lost images


def test_lost_images_are_left_out(gateway, sandbox):
    sandbox.script({"times": 1, **REFUSED}, picture())
    answer = gateway.ai("POST", IMAGES, image("a lamp", n=3))
    assert answer.status == 200 and [data["b64_json"] for data in answer.json["data"]] == [PIXEL, PIXEL]
    assert answer.json["usage"]["output_tokens"] == 22
    assert sandbox.calls["total"] == 3


def test_an_image_lost_early_does_not_hurt_the_later_ones(gateway, sandbox):
    sandbox.script({"times": 1, **REFUSED}, picture(delay_ms=400))
    answer = gateway.ai("POST", IMAGES, image("a lamp", n=7, stream=True))
    assert answer.status == 200 and answer.body.count(PIXEL.encode()) == 6


def test_all_images_lost_is_an_error(gateway, sandbox):
    sandbox.script(REFUSED)
    answer = gateway.ai("POST", IMAGES, image("a lamp", n=6))
    assert answer.status == 400 and "That cannot be said." in answer.json["error"]["message"]
    assert sandbox.calls["total"] == 6


# MARK: The end


@pytest.mark.parametrize("path, body", [
    (CHAT, chat(n=4)), (CHAT, chat(n=4, stream=True)), (IMAGES, image("a lamp", n=4)),
], ids=["whole", "stream", "images"])
def test_a_client_that_leaves_ends_every_call(gateway, sandbox, path, body):
    sandbox.script({"delay_ms": 20_000, "text": ["late"]})
    connection = ask(gateway, path, body)
    open_calls(sandbox, 4)
    left = time.monotonic()
    connection.close()
    wait_until(lambda: sandbox.calls["open"] == 0, 5, "the upstream calls to end")
    assert time.monotonic() - left < 1
    assert sandbox.calls["cancelled"] == 4
    assert gateway.ai("GET", "/v1/models").status == 200


def test_images_that_wait_for_their_turn_are_never_asked_for_once_the_client_is_gone(gateway, sandbox):
    sandbox.script({"delay_ms": 20_000, "text": ["late"]})
    connection = ask(gateway, IMAGES, image("a lamp", n=10))
    open_calls(sandbox, 4)
    connection.close()
    wait_until(lambda: sandbox.calls["open"] == 0, 5, "the upstream calls to end")
    time.sleep(0.3)
    assert sandbox.calls["total"] == 4


def test_nothing_of_many_side_by_side_stays_behind(gateway, sandbox):
    sandbox.script({"delay_ms": 300, "text": ["late"]})
    for number in range(10):
        connection = ask(gateway, CHAT, chat(n=5, stream=number % 2 == 0))
        time.sleep(0.05 * (number % 5))
        connection.close()
    wait_until(lambda: sandbox.calls["open"] == 0, 10, "all upstream calls to end")
    wait_until(lambda: sum(w["active_requests"] for w in gateway.status["workers"]) == 0, 5, "no open exchange")
