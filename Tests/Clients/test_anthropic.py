"""The official Anthropic SDK against the running gateway, synchronous and asynchronous.

The same file runs with the SDK of today and with the generation before it (Tests/venv.sh makes both environments).
"""

import asyncio
import base64
import json

import anthropic
import pydantic
import pytest

from harness.gateway import KEY
from harness.programs import wait_until

MODEL = "gemini-3-flash"
CLAUDE = "claude-sonnet-4-5-thinking"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n").decode()
HELLO = [{"role": "user", "content": "hello"}]
WEATHER = {"name": "weather", "description": "Weather of a place", "input_schema": {
    "type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["place"], "additionalProperties": False}}
SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}
THINK = {"type": "enabled", "budget_tokens": 2048}


def options(gateway, **more) -> dict:
    return {"base_url": gateway.url, "api_key": KEY, "max_retries": 0, "timeout": 30, **more}


class Sync:
    def __init__(self, **settings):
        self.client = anthropic.Anthropic(**settings)

    def create(self, **body):
        return self.client.messages.create(**{"model": MODEL, "max_tokens": 4096, **body})

    def events(self, **body) -> list:
        return list(self.create(stream=True, **body))

    def stream(self, **body):
        """The texts as the helper gives them, its events, and the message it puts together."""
        body = {"model": MODEL, "max_tokens": 4096, **body}
        with self.client.messages.stream(**body) as stream:
            events = list(stream)
            final = stream.get_final_message()
        with self.client.messages.stream(**body) as stream:
            texts = list(stream.text_stream)
        return texts, events, final

    def count(self, **body):
        return self.client.messages.count_tokens(**{"model": MODEL, **body})


class Async:
    """The asynchronous client behind the synchronous one's methods, so that one test drives both."""

    def __init__(self, **settings):
        self.settings = settings

    def run(self, use):
        async def whole():
            async with anthropic.AsyncAnthropic(**self.settings) as client:
                return await use(client)
        return asyncio.run(whole())

    def create(self, **body):
        return self.run(lambda client: client.messages.create(**{"model": MODEL, "max_tokens": 4096, **body}))

    def events(self, **body) -> list:
        async def use(client):
            stream = await client.messages.create(**{"model": MODEL, "max_tokens": 4096, "stream": True, **body})
            return [event async for event in stream]
        return self.run(use)

    def stream(self, **body):
        body = {"model": MODEL, "max_tokens": 4096, **body}

        async def use(client):
            async with client.messages.stream(**body) as stream:
                events = [event async for event in stream]
                final = await stream.get_final_message()
            async with client.messages.stream(**body) as stream:
                texts = [text async for text in stream.text_stream]
            return texts, events, final
        return self.run(use)

    def count(self, **body):
        return self.run(lambda client: client.messages.count_tokens(**{"model": MODEL, **body}))


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def client(request, gateway):
    return request.param(**options(gateway))


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def make(request, gateway):
    """Makes a client with other options."""
    return lambda **more: request.param(**options(gateway, **more))


def text_of(message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def envelope(parts: list[dict], finish: str | None = None, **candidate) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}, **candidate}
    if finish:
        candidate["finishReason"] = finish
    return {"response": {"candidates": [candidate], "usageMetadata": {
        "promptTokenCount": 10, "cachedContentTokenCount": 4, "candidatesTokenCount": 5, "totalTokenCount": 15}}}


def call(name: str, **arguments) -> dict:
    return {"functionCall": {"name": name, "args": arguments}}


# Text.


def test_a_whole_answer(client, sandbox):
    sandbox.script({"events": [envelope([{"text": "Hello"}]), envelope([{"text": " you"}], "STOP")]})
    message = client.create(messages=HELLO, system="Be brief.")
    assert [(block.type, block.text) for block in message.content] == [("text", "Hello you")]
    assert (message.type, message.role, message.model) == ("message", "assistant", MODEL)
    assert (message.stop_reason, message.stop_sequence) == ("end_turn", None)
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (6, 4, 5)
    assert usage.service_tier == "standard"
    assert message.id.startswith("msg_") and message._request_id


def test_a_stream_of_raw_events(client, sandbox):
    sandbox.script({"text": ["Hello", " you", " \U0001F600"], "pace_ms": 5})
    events = client.events(messages=HELLO)
    assert [event.type for event in events] == [
        "message_start", "content_block_start", *["content_block_delta"] * 3, "content_block_stop", "message_delta",
        "message_stop"]
    assert "".join(e.delta.text for e in events if e.type == "content_block_delta") == "Hello you \U0001F600"
    assert events[-2].delta.stop_reason == "end_turn" and events[-2].usage.output_tokens == 3


def test_the_stream_helper(client, sandbox):
    sandbox.script({"text": ["Hello", " you", " \U0001F600"], "pace_ms": 5})
    texts, events, final = client.stream(messages=HELLO)
    assert texts == ["Hello", " you", " \U0001F600"]
    assert [event.text for event in events if event.type == "text"] == texts
    assert text_of(final) == "Hello you \U0001F600"
    assert (final.stop_reason, final.usage.output_tokens) == ("end_turn", 3)


def test_an_answer_of_nothing_but_a_limit(client, sandbox):
    sandbox.script({"events": [envelope([], "MAX_TOKENS")]})
    assert client.create(messages=HELLO).content == []
    _, _, final = client.stream(messages=HELLO)
    assert final.stop_reason == "max_tokens" and text_of(final) == ""


def test_a_blocked_prompt_is_a_refusal(client, sandbox):
    sandbox.script({"events": [{"response": {"promptFeedback": {"blockReason": "SAFETY"}}}]})
    message = client.create(messages=HELLO)
    assert (message.stop_reason, message.content) == ("refusal", [])
    _, _, final = client.stream(messages=HELLO)
    assert final.stop_reason == "refusal"


# Thinking and tools.


def blocks(message) -> list[dict]:
    """The assistant's turn as a client gives it back."""
    return [block.model_dump(exclude_none=True) for block in message.content]


def answer_calls(messages: list, message):
    messages.append({"role": "assistant", "content": blocks(message)})
    messages.append({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": block.id, "content": [{"type": "text", "text": f"sunny in {block.input}"}]}
        for block in message.content if block.type == "tool_use"]})


def ask(client, streams: bool, **body):
    return client.stream(**body)[2] if streams else client.create(**body)


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("model", [MODEL, CLAUDE, "gemini-3-pro-high"])
def test_tools_in_a_loop_with_thinking(client, sandbox, model, streams):
    """Several rounds of calls, each given back with its thinking: the sandbox refuses a lost or misplaced signature."""
    messages = [{"role": "user", "content": "sandbox: think=6 parallel-tools=2 rounds=3"}]
    rounds = 0
    for _ in range(6):
        message = ask(client, streams, model=model, max_tokens=8000, thinking=THINK, tools=[WEATHER], messages=messages)
        if message.stop_reason != "tool_use":
            break
        rounds += 1
        kinds = [block.type for block in message.content]
        assert kinds[0] == "thinking" and message.content[0].thinking
        assert kinds[-2:] == ["tool_use", "tool_use"]
        assert len({block.id for block in message.content if block.type == "tool_use"}) == 2
        if model == CLAUDE:
            assert len(message.content[0].signature) > 50
        answer_calls(messages, message)
    assert rounds == 3 and message.stop_reason == "end_turn" and text_of(message)


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
def test_a_loop_that_lost_its_thinking_goes_on(client, sandbox, streams):
    messages = [{"role": "user", "content": "sandbox: think=6 tool rounds=2"}]
    for _ in range(4):
        message = ask(client, streams, model=CLAUDE, max_tokens=8000, thinking=THINK, tools=[WEATHER], messages=messages)
        if message.stop_reason != "tool_use":
            break
        message.content = [block for block in message.content if block.type != "thinking"]
        answer_calls(messages, message)
    assert message.stop_reason == "end_turn"


def test_thinking_that_nobody_asked_for_is_not_shown(client, sandbox):
    message = client.create(model="gemini-3-pro-high", messages=[{"role": "user", "content": "sandbox: think=5 say Hi"}])
    assert [block.type for block in message.content] == ["text"]


def test_calls_come_whole_and_only_one_if_only_one_is_wished(client, sandbox):
    sandbox.script({"events": [envelope([{"text": "Both."}, call("weather", place="Köln", days=1), call("weather")], "STOP")]})
    message = client.create(messages=HELLO, tools=[WEATHER])
    assert [block.input for block in message.content if block.type == "tool_use"] == [{"place": "Köln", "days": 1}, {}]
    _, events, final = client.stream(messages=HELLO, tools=[WEATHER])
    assert [block.input for block in final.content if block.type == "tool_use"] == [{"place": "Köln", "days": 1}, {}]
    assert [json.loads(e.partial_json) for e in events if e.type == "input_json"][0] == {"place": "Köln", "days": 1}
    one = client.create(messages=HELLO, tools=[WEATHER], tool_choice={"type": "auto", "disable_parallel_tool_use": True})
    assert len([block for block in one.content if block.type == "tool_use"]) == 1


def test_a_forced_tool(client, sandbox):
    message = client.create(messages=HELLO, tools=[WEATHER], tool_choice={"type": "tool", "name": "weather"})
    assert message.stop_reason == "tool_use"
    assert sandbox.bodies()[-1]["request"]["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"] == ["weather"]


def test_an_error_of_a_tool_and_a_picture_as_its_result(client, sandbox):
    picture = {"type": "image", "source": {
        "type": "base64", "media_type": "image/png", "data": base64.b64encode(PIXEL).decode()}}
    messages = [*HELLO, {"role": "assistant", "content": [
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"place": "a"}},
        {"type": "tool_use", "id": "toolu_2", "name": "weather", "input": {"place": "b"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": "See:"}, picture]},
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "no such place", "is_error": True}]}]
    assert text_of(client.create(messages=messages, tools=[WEATHER]))
    first, second = [p["functionResponse"] for p in sandbox.bodies()[-1]["request"]["contents"][-1]["parts"]]
    assert first["response"] == {"error": "no such place"} and second["response"] == {"result": "See:"}
    assert base64.b64decode(second["parts"][0]["inlineData"]["data"]) == PIXEL


# Other content.


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
def test_pictures_and_documents(client, sandbox, streams):
    data = base64.b64encode(PIXEL).decode()
    assert text_of(ask(client, streams, messages=[{"role": "user", "content": [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}},
        {"type": "document", "title": "Notes", "source": {"type": "text", "media_type": "text/plain", "data": "A\nB"}},
        {"type": "text", "text": "Compare."}]}]))
    parts = sandbox.bodies()[-1]["request"]["contents"][-1]["parts"]
    assert base64.b64decode(parts[0]["inlineData"]["data"]) == PIXEL
    assert parts[1]["inlineData"] == {"mimeType": "application/pdf", "data": PDF}
    assert [part.get("text") for part in parts[2:]] == ["Notes\nA\nB", "Compare."]


def test_a_picture_by_file_url_is_refused_and_never_read(client, sandbox):
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.create(messages=[{"role": "user", "content": [
            {"type": "image", "source": {"type": "url", "url": "file:///etc/passwd"}}]}])
    assert "messages[0].content[0].source.url" in caught.value.body["error"]["message"]
    assert sandbox.bodies() == []


def test_structured_output_is_asked_for_upstream(client, sandbox):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
    sandbox.script({"text": ['{"a":', " 1}"]})
    message = client.create(messages=HELLO, extra_body={"output_config": {
        "format": {"type": "json_schema", "schema": schema}}})
    assert json.loads(text_of(message)) == {"a": 1}
    config = sandbox.bodies()[-1]["request"]["generationConfig"]
    assert config["responseMimeType"] == "application/json" and config["responseSchema"]["required"] == ["a"]


def test_an_answer_parsed_into_a_type(gateway, sandbox):
    class Answer(pydantic.BaseModel):
        a: int

    sandbox.script({"text": ['{"a":', " 1}"]})
    parsed = anthropic.Anthropic(**options(gateway)).messages.parse(
        model=MODEL, max_tokens=99, messages=HELLO, output_format=Answer)
    assert parsed.parsed_output == Answer(a=1)
    assert sandbox.bodies()[-1]["request"]["generationConfig"]["responseSchema"]["required"] == ["a"]


def test_the_tool_runner(gateway, sandbox):
    @anthropic.beta_tool
    def weather(place: str) -> str:
        """Weather of a place.

        Args:
            place: where
        """
        return f"sunny in {place}"

    runner = anthropic.Anthropic(**options(gateway)).beta.messages.tool_runner(
        model=MODEL, max_tokens=999, tools=[weather], messages=[{"role": "user", "content": "sandbox: tool rounds=2"}])
    assert [message.stop_reason for message in runner] == ["tool_use", "tool_use", "end_turn"]


def test_a_web_search(client, sandbox):
    text = "Grüße aus Köln. Nichts sonst."
    start, end = (len(part.encode()) for part in ("Grüße aus ", "Grüße aus Köln."))
    sandbox.script({"events": [envelope([{"text": text[:8]}]), envelope([{"text": text[8:]}]), envelope(
        [], "STOP", groundingMetadata={
            "webSearchQueries": ["köln"], "groundingChunks": [{"web": {"uri": "https://example.org/k", "title": "K"}}],
            "groundingSupports": [{"segment": {"startIndex": start, "endIndex": end}, "groundingChunkIndices": [0]}]})]})
    for message in (client.create(model=CLAUDE, messages=HELLO, tools=[SEARCH]),
                    client.stream(model=CLAUDE, messages=HELLO, tools=[SEARCH])[2]):
        search, found, *rest = message.content
        assert (search.type, search.name, search.input) == ("server_tool_use", "web_search", {"query": "köln"})
        assert found.tool_use_id == search.id
        assert [(page.url, page.title) for page in found.content] == [("https://example.org/k", "K")]
        assert [block.text for block in rest] == ["Grüße aus ", "Köln.", " Nichts sonst."]
        assert [c.cited_text for c in rest[1].citations] == ["Köln."] and not rest[0].citations
        assert message.usage.server_tool_use.web_search_requests == 1
        assert (message.stop_reason, message.model) == ("end_turn", CLAUDE)
        # The client gives the whole turn back.
        sandbox_messages = [*HELLO, {"role": "assistant", "content": blocks(message)}, {"role": "user", "content": "More"}]
        assert text_of(client.create(messages=sandbox_messages))
    assert sandbox.bodies()[0]["requestType"] == "web_search"


# Counting.


def test_tokens_are_counted_upstream(client, sandbox):
    sandbox.script({"method": "countTokens", "body": {"totalTokens": 4711}})
    count = client.count(messages=HELLO, system="S", tools=[WEATHER], thinking=THINK)
    assert count.input_tokens == 4711
    body = sandbox.bodies("countTokens")[-1]
    assert list(body) == ["request"] and body["request"]["model"] == f"models/{MODEL}"


def test_the_beta_interface(gateway, sandbox):
    """Its requests go to the same paths with `?beta=true` and beta headers."""
    beta = anthropic.Anthropic(**options(gateway)).beta.messages
    message = beta.create(model=MODEL, max_tokens=100, messages=HELLO, betas=["context-management-2025-06-27"])
    assert text_of(message)
    assert beta.count_tokens(model=MODEL, messages=HELLO).input_tokens > 0


# Errors.


@pytest.mark.parametrize("more, body, error, status, kind", [
    ({"api_key": "wrong"}, {"messages": HELLO}, anthropic.AuthenticationError, 401, "authentication_error"),
    ({}, {"messages": [{"role": "boss", "content": "x"}]}, anthropic.BadRequestError, 400, "invalid_request_error"),
    ({}, {"messages": []}, anthropic.BadRequestError, 400, "invalid_request_error"),
    ({}, {"messages": HELLO, "tool_choice": {"type": "tool", "name": "x"}}, anthropic.BadRequestError, 400,
     "invalid_request_error"),
])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_errors_of_ours_are_typed(make, sandbox, more, body, error, status, kind, stream):
    client = make(**more)
    with pytest.raises(error) as caught:
        client.events(**body) if stream else client.create(**body)
    assert caught.value.status_code == status and caught.value.request_id
    envelope = caught.value.body
    assert (envelope["type"], envelope["error"]["type"]) == ("error", kind)
    assert envelope["request_id"] == caught.value.request_id


@pytest.mark.parametrize("rule, status, kind", [
    ({"status": 400, "body": {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Bad."}}}, 400,
     "invalid_request_error"),
    ({"status": 404, "body": {"error": {"code": 404, "status": "NOT_FOUND", "message": "No."}}}, 404, "not_found_error"),
    ({"status": 500, "body": {"error": {"code": 500, "status": "INTERNAL", "message": "Oops."}}}, 502, "api_error"),
    ({"status": 503, "body": {"error": {"code": 503, "status": "UNAVAILABLE", "message": "Full."}}}, 529,
     "overloaded_error"),
])
def test_errors_of_the_upstream_are_typed(client, sandbox, rule, status, kind):
    sandbox.script(rule)
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.create(messages=HELLO)
    assert (caught.value.status_code, caught.value.body["error"]["type"]) == (status, kind)


def test_a_limit_is_a_rate_limit_error(launch, sandbox):
    sandbox.script({"status": 429, "body": {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down.", "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "40s"},
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]}}})
    gateway = launch(workers=1)
    for kind in (Sync, Async):
        with pytest.raises(anthropic.RateLimitError) as caught:
            kind(**options(gateway)).create(messages=HELLO)
        assert int(caught.value.response.headers["retry-after"]) >= 1


@pytest.mark.parametrize("account", ["forbidden", "unauthorized"])
def test_a_refused_account_never_logs_the_client_out(launch, sandbox, account):
    gateway = launch(workers=1, accounts=0)
    gateway.add_account(f"1//sandbox-{account}-one")
    with pytest.raises(anthropic.APIStatusError) as caught:
        Sync(**options(gateway)).create(messages=HELLO)
    assert caught.value.status_code == 503 and caught.value.body["error"]["type"] == "api_error"


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_stream_that_breaks_raises(client, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    with pytest.raises(anthropic.APIError):
        client.events(messages=HELLO)
    with pytest.raises(anthropic.APIError):
        client.stream(messages=HELLO)


@pytest.mark.parametrize("status, requests", [(503, 3), (400, 1)])
def test_the_sdk_retries_what_it_may(gateway, sandbox, status, requests):
    """An upstream that is overloaded is told with a status that the SDK tries again by itself, a bad request is not."""
    sandbox.script({"status": status, "body": {"error": {"code": status, "message": "No."}}})
    seen = []
    http = anthropic.DefaultHttpxClient(event_hooks={"request": [seen.append]})
    with pytest.raises(anthropic.APIStatusError):
        Sync(**options(gateway, max_retries=2, http_client=http, timeout=60)).create(messages=HELLO)
    assert len(seen) == requests


# Time.


def test_silence_is_bridged_by_pings(launch, sandbox):
    """Before the first content a comment, afterwards ping events; the SDK hears neither."""
    gateway = launch(workers=1, environment={
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_FIRST_SECONDS": "1",
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    sandbox.script({"events": [
        {"data": envelope([{"text": "one"}]), "delay_ms": 2500}, {"data": envelope([{"text": " two"}], "STOP"), "delay_ms": 2500}]})
    raw = gateway.ai("POST", "/v1/messages", {"model": MODEL, "max_tokens": 9, "stream": True, "messages": HELLO}).body
    text = raw.decode()
    before, after = text.split("event: message_start", 1)
    assert before.count(": ping\n\n") >= 1 and "event:" not in before
    assert after.count('event: ping\ndata: {"type":"ping"}\n\n') >= 1 and ": ping\n\n" not in after.replace("event: ping", "")
    for kind in (Sync, Async):
        events = kind(**options(gateway)).events(messages=HELLO)
        assert "".join(e.delta.text for e in events if e.type == "content_block_delta") == "one two"


def test_a_search_that_is_held_back_is_bridged_by_pings(launch, sandbox):
    gateway = launch(workers=1, environment={"ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    sandbox.script({"text": ["word "], "repeat": 30, "pace_ms": 100})
    raw = gateway.ai("POST", "/v1/messages", {
        "model": MODEL, "max_tokens": 99, "stream": True, "messages": HELLO, "tools": [SEARCH]}).body
    text = raw.decode()
    assert text.startswith("event: message_start") and text.count("event: ping") >= 1
    assert text.count("text_delta") == 1


def test_a_stream_left_early_ends_the_upstream(gateway, sandbox):
    sandbox.script({"text": ["tick "], "repeat": 1000, "pace_ms": 20})
    client = anthropic.Anthropic(**options(gateway))
    with client.messages.stream(model=MODEL, max_tokens=99, messages=HELLO) as stream:
        for _ in stream.text_stream:
            break
    wait_until(lambda: sandbox.calls["open"] == 0, 2, "the upstream call to end")
