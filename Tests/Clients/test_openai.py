"""The official OpenAI SDK against the running gateway, synchronous and asynchronous.

The same file runs with the SDK of today and with the generation before it (Tests/venv.sh makes both environments).
"""

import asyncio
import base64
import json

import openai
import pytest

from harness.programs import wait_until
from openai_sdk import KINDS, Async, Sync, clients, options

MODEL = "gemini-3-flash"
CHAT = "chat.completions"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
HELLO = [{"role": "user", "content": "hello"}]
client = clients(CHAT)
WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "Weather of a place",
    "parameters": {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}},
                   "required": ["place"], "additionalProperties": False}}}


@pytest.fixture(**KINDS)
def make(request, gateway):
    """Makes a client with other options."""
    return lambda **more: request.param(CHAT, **options(gateway, **more))


def text_of(chunks: list) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_models(client):
    models = client.models()
    assert MODEL in [model.id for model in models]


def test_a_whole_answer(client, sandbox):
    sandbox.script({"text": ["Hello", " you"]})
    answer = client.create(model=MODEL, messages=HELLO)
    choice = answer.choices[0]
    assert (choice.message.content, choice.finish_reason, answer.model) == ("Hello you", "stop", MODEL)
    assert choice.message.tool_calls is None and choice.message.refusal is None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.prompt_tokens_details.cached_tokens is not None


def test_a_stream(client, sandbox):
    sandbox.script({"text": ["Hello", " you", " \U0001F600"], "pace_ms": 5})
    chunks = client.stream(model=MODEL, messages=HELLO, stream_options={"include_usage": True})
    assert text_of(chunks) == "Hello you \U0001F600"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


def call(name: str, **arguments) -> dict:
    return {"functionCall": {"name": name, "args": arguments}}


def envelope(parts: list[dict], finish: str | None = None) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    return {"response": {"candidates": [candidate], "usageMetadata": {
        "promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}}}


def scripted_tool_rounds(sandbox):
    """Two rounds of calls, then text: the model asks for two places at once, then for one more."""
    sandbox.script(
        {"times": 1, "events": [envelope([call("weather", place="Köln", days=1), call("weather", place="Bonn")], "STOP")]},
        {"times": 1, "events": [envelope([{"text": "One more. "}]), envelope([call("weather", place="Aachen")], "STOP")]},
        {"text": ["All sunny."]})


def answer_calls(messages: list, calls: list):
    """Appends the assistant's turn and a result for each call."""
    messages.append({"role": "assistant", "content": None, "tool_calls": [
        {"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}} for c in calls]})
    for c in calls:
        place = json.loads(c["arguments"])["place"]
        messages.append({"role": "tool", "tool_call_id": c["id"], "content": json.dumps({"place": place, "sky": "sunny"})})


def test_tools_in_a_loop(client, sandbox):
    scripted_tool_rounds(sandbox)
    messages = [*HELLO]
    rounds = []
    for _ in range(5):
        answer = client.create(model=MODEL, messages=messages, tools=[WEATHER])
        message = answer.choices[0].message
        if not message.tool_calls:
            break
        assert answer.choices[0].finish_reason == "tool_calls"
        calls = [{"id": c.id, "name": c.function.name, "arguments": c.function.arguments} for c in message.tool_calls]
        rounds.append([json.loads(c["arguments"])["place"] for c in calls])
        answer_calls(messages, calls)
    assert rounds == [["Köln", "Bonn"], ["Aachen"]]
    assert message.content == "All sunny."


def test_tools_in_a_loop_of_streams(client, sandbox):
    scripted_tool_rounds(sandbox)
    messages = [*HELLO]
    rounds = []
    for _ in range(5):
        chunks = client.stream(model=MODEL, messages=messages, tools=[WEATHER])
        calls: dict[int, dict] = {}
        for chunk in chunks:
            for piece in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
                held = calls.setdefault(piece.index, {"id": "", "name": "", "arguments": ""})
                held["id"] += piece.id or ""
                held["name"] += piece.function.name or ""
                held["arguments"] += piece.function.arguments or ""
        if not calls:
            break
        rounds.append([json.loads(calls[index]["arguments"])["place"] for index in sorted(calls)])
        answer_calls(messages, [calls[index] for index in sorted(calls)])
    assert rounds == [["Köln", "Bonn"], ["Aachen"]]
    assert text_of(chunks) == "All sunny."


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_image_by_data_url(client, sandbox, stream):
    url = f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"
    sandbox.script({"text": ["A ", "pixel."]})
    body = {"model": MODEL, "messages": [{"role": "user", "content": [
        {"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]}]}
    text = text_of(client.stream(**body)) if stream else client.create(**body).choices[0].message.content
    assert text == "A pixel."
    parts = sandbox.bodies()[-1]["request"]["contents"][-1]["parts"]
    assert base64.b64decode(parts[1]["inlineData"]["data"]) == PIXEL


def test_a_picture_in_a_stream(client, sandbox):
    """It comes once and whole, in a chunk of its own between the texts around it."""
    data = base64.b64encode(PIXEL).decode()
    sandbox.script({"events": [
        envelope([{"text": "Here:"}]), envelope([{"inlineData": {"mimeType": "image/png", "data": data}}]),
        envelope([{"text": "Like it?"}], "STOP")]})
    chunks = client.stream(model="gemini-3-pro-image", messages=HELLO)
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]
    assert [data in piece for piece in pieces] == [False, True, False]
    assert f"![image](data:image/png;base64,{data})" in pieces[1]
    assert pieces[0] == "Here:" and pieces[2].strip() == "Like it?"
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_structured_output_is_asked_for_upstream(client, sandbox):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
    sandbox.script({"text": ['{"a":', " 1}"]})
    answer = client.create(model=MODEL, messages=HELLO, response_format={
        "type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}})
    assert json.loads(answer.choices[0].message.content) == {"a": 1}
    config = sandbox.bodies()[-1]["request"]["generationConfig"]
    assert config["responseMimeType"] == "application/json"


@pytest.mark.parametrize("more, body, error, status", [
    ({"api_key": "wrong"}, {"messages": HELLO}, openai.AuthenticationError, 401),
    ({}, {"messages": [{"role": "boss", "content": "x"}]}, openai.BadRequestError, 400),
    ({}, {"messages": []}, openai.BadRequestError, 400),
])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_errors_of_ours_are_typed(make, sandbox, more, body, error, status, stream):
    client = make(**more)
    with pytest.raises(error) as caught:
        client.stream(model=MODEL, **body) if stream else client.create(model=MODEL, **body)
    assert caught.value.status_code == status
    assert caught.value.request_id
    assert caught.value.body["message"] and caught.value.body["type"] == "invalid_request_error"


@pytest.mark.parametrize("rule, error", [
    ({"status": 400, "body": {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Bad."}}},
     openai.BadRequestError),
    ({"status": 404, "body": {"error": {"code": 404, "status": "NOT_FOUND", "message": "No."}}}, openai.NotFoundError),
    ({"status": 500, "body": {"error": {"code": 500, "status": "INTERNAL", "message": "Oops."}}},
     openai.InternalServerError),
])
def test_errors_of_the_upstream_are_typed(client, sandbox, rule, error):
    sandbox.script(rule)
    with pytest.raises(error):
        client.create(model=MODEL, messages=HELLO)


def test_a_limit_is_a_rate_limit_error(launch, sandbox):
    sandbox.script({"status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "40s"},
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]}}})
    gateway = launch(workers=1)
    for kind in (Sync, Async):
        with pytest.raises(openai.RateLimitError) as caught:
            kind(CHAT, **options(gateway)).create(model=MODEL, messages=HELLO)
        assert int(caught.value.response.headers["retry-after"]) >= 1


def test_an_unknown_path_is_not_found(gateway):
    client = openai.OpenAI(**options(gateway))
    with pytest.raises(openai.NotFoundError):
        client.get("/nothing", cast_to=object)


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_stream_that_breaks_raises(client, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    with pytest.raises(openai.APIError):
        client.stream(model=MODEL, messages=HELLO)


def test_the_sdk_retries_what_it_may(make, sandbox):
    """An overloaded upstream is told with a status that the SDK tries again by itself."""
    overloaded = {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded."}
    sandbox.script({"times": 20, "status": 503, "body": {"error": overloaded}})
    with pytest.raises(openai.InternalServerError) as caught:
        make().create(model=MODEL, messages=HELLO)
    assert caught.value.status_code == 503
    assert caught.value.response.headers.get("x-should-retry") != "false"


def test_two_hundred_requests_at_once(gateway, sandbox):
    """Half of them streams; every answer is whole and belongs to its question."""
    async def one(client, number: int):
        messages = [{"role": "user", "content": f"question {number:03}"}]
        if number % 2:
            stream = await client.chat.completions.create(model=MODEL, messages=messages, stream=True)
            chunks = [chunk async for chunk in stream]
            assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
            return text_of(chunks)
        answer = await client.chat.completions.create(model=MODEL, messages=messages)
        assert answer.choices[0].finish_reason == "stop"
        return answer.choices[0].message.content

    async def all_of_them():
        async with openai.AsyncOpenAI(**options(gateway, timeout=60)) as client:
            return await asyncio.gather(*(one(client, number) for number in range(200)))

    for number in range(200):
        sandbox.script({"contains": f"question {number:03}", "text": ["answer ", f"to {number}"], "pace_ms": 10})
    assert asyncio.run(all_of_them()) == [f"answer to {number}" for number in range(200)]


def test_a_stream_left_early_ends_the_upstream(gateway, sandbox):
    sandbox.script({"text": ["tick "], "repeat": 1000, "pace_ms": 20})
    client = openai.OpenAI(**options(gateway))
    with client.chat.completions.create(model=MODEL, messages=HELLO, stream=True) as stream:
        for chunk in stream:
            if chunk.choices[0].delta.content:
                break
    wait_until(lambda: sandbox.calls["open"] == 0, 2, "the upstream call to end")
