"""The official Google SDK against the running gateway, synchronous and asynchronous.

The same file runs with the SDK of today and with the generation before it (Tests/venv.sh makes both environments).
"""

import asyncio
import base64
import json

import pydantic
import pytest
from google import genai
from google.genai import errors, types

from harness.gateway import KEY
from harness.programs import wait_until

MODEL = "gemini-3-flash"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
WEATHER = types.Tool(function_declarations=[types.FunctionDeclaration(
    name="weather", description="Weather of a place",
    parameters=types.Schema(type="OBJECT", properties={
        "place": types.Schema(type="STRING"), "days": types.Schema(type="INTEGER")}, required=["place"]))])
MANUAL = types.AutomaticFunctionCallingConfig(disable=True)


def client_of(gateway, key: str = KEY, **options) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(
        base_url=gateway.url, timeout=30_000, retry_options=types.HttpRetryOptions(attempts=1), **options))


class Async:
    """The asynchronous client behind the synchronous one's methods, so that one test drives both.

    Each call has a loop and a client of its own: a client cannot be used in a second loop.
    """

    def __init__(self, *options, **more):
        self.make = lambda: client_of(*options, **more)

    def run(self, use):
        async def whole():
            client = self.make()
            try:
                return await use(client.aio)
            finally:
                await client.aio.aclose()
        return asyncio.run(whole())

    def generate(self, **request):
        return self.run(lambda client: client.models.generate_content(**request))

    def count(self, **request):
        return self.run(lambda client: client.models.count_tokens(**request))

    def stream(self, **request) -> list:
        async def use(client):
            return [chunk async for chunk in await client.models.generate_content_stream(**request)]
        return self.run(use)

    def talk(self, texts: list, stream: bool = False, **chat):
        """A chat: the answers to these texts, and the history afterwards."""
        async def use(client):
            talk = client.chats.create(**chat)
            answers = []
            for text in texts:
                if stream:
                    answers.append([chunk async for chunk in await talk.send_message_stream(text)])
                else:
                    answers.append(await talk.send_message(text))
            return answers, talk.get_history()
        return self.run(use)


class Sync:
    def __init__(self, *options, **more):
        self.client = client_of(*options, **more)
        self.models = self.client.models
        self.chats = self.client.chats

    def generate(self, **request):
        return self.models.generate_content(**request)

    def count(self, **request):
        return self.models.count_tokens(**request)

    def stream(self, **request) -> list:
        return list(self.models.generate_content_stream(**request))

    def talk(self, texts: list, stream: bool = False, **chat):
        talk = self.chats.create(**chat)
        if stream:
            return [list(talk.send_message_stream(text)) for text in texts], talk.get_history()
        return [talk.send_message(text) for text in texts], talk.get_history()


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def client(request, gateway):
    return request.param(gateway)


def text_of(chunks: list) -> str:
    return "".join(chunk.text or "" for chunk in chunks)


def call(name: str, signature: str | None = None, **arguments) -> dict:
    part = {"functionCall": {"name": name, "args": arguments}}
    if signature:
        part["thoughtSignature"] = signature
    return part


def event(parts: list[dict], finish: str | None = None) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": MODEL, "responseId": "r-1", "usageMetadata": {
        "promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}}


def test_a_whole_answer(client, sandbox):
    sandbox.script({"text": ["Hello", " you"]})
    answer = client.generate(model=MODEL, contents="hello")
    assert answer.text == "Hello you"
    assert len(answer.candidates[0].content.parts) == 1
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata.total_token_count == 12
    assert answer.model_version and answer.response_id


def test_a_stream(client, sandbox):
    sandbox.script({"text": ["Hello", " you", " \U0001F600"], "pace_ms": 5})
    chunks = client.stream(model=MODEL, contents="hello")
    assert text_of(chunks) == "Hello you \U0001F600"
    assert len(chunks) >= 3
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert chunks[-1].usage_metadata.total_token_count > 0


def test_the_stream_of_the_sandbox_itself(client):
    chunks = client.stream(model="models/" + MODEL, contents="Tell me about nothing in particular")
    assert "nothing in particular" in text_of(chunks)


def test_a_system_instruction_and_settings(client, sandbox):
    client.generate(model=MODEL, contents=["one", "two"], config=types.GenerateContentConfig(
        system_instruction="Be brief.", temperature=0.3, top_p=0.9, top_k=20, max_output_tokens=9000, seed=5,
        stop_sequences=["END"], safety_settings=[types.SafetySetting(
            category="HARM_CATEGORY_HATE_SPEECH", threshold="BLOCK_ONLY_HIGH")]))
    request = sandbox.bodies()[-1]["request"]
    assert request["systemInstruction"]["parts"] == [{"text": "Be brief."}]
    assert [part["text"] for part in request["contents"][0]["parts"]] == ["one", "two"]
    config = request["generationConfig"]
    assert (config["temperature"], config["topP"], config["topK"]) == (0.3, 0.9, 20)
    assert (config["maxOutputTokens"], config["seed"], config["stopSequences"]) == (9000, 5, ["END"])
    assert request["safetySettings"] == [{"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "BLOCK_ONLY_HIGH"}]


def test_a_chat_of_several_turns(client, sandbox):
    sandbox.script({"times": 1, "text": ["First", " answer"]}, {"times": 1, "text": ["Second"]}, {"text": ["Third"]})
    answers, history = client.talk(["one", "two", "three"], model=MODEL)
    assert [answer.text for answer in answers] == ["First answer", "Second", "Third"]
    assert len(history) == 6
    contents = sandbox.bodies()[-1]["request"]["contents"]
    assert [content["role"] for content in contents] == ["user", "model", "user", "model", "user"]
    assert contents[1]["parts"] == [{"text": "First answer"}]


def test_a_chat_of_streams_gives_signatures_back(client, sandbox):
    """Against the sandbox's own model, which signs its answers and refuses signatures that moved."""
    answers, _ = client.talk(["hello there", "and now?", "and then?"], stream=True, model=MODEL)
    assert all(text_of(chunks) for chunks in answers)
    contents = sandbox.bodies()[-1]["request"]["contents"]
    signed = [part for content in contents for part in content["parts"] if "thoughtSignature" in part]
    assert len(signed) == 2


def test_functions_called_by_hand(client, sandbox):
    """Two rounds of calls, then text. Signatures and parts go back as they came."""
    sandbox.script(
        {"times": 1, "events": [event([call("weather", place="Köln", days=1), call("weather", place="Bonn")], "STOP")]},
        {"times": 1, "events": [event([{"text": "One more. "}]), event([call("weather", place="Aachen")], "STOP")]},
        {"text": ["All sunny."]})
    contents = [types.Content(role="user", parts=[types.Part(text="Weather?")])]
    rounds = []
    for _ in range(5):
        answer = client.generate(model=MODEL, contents=contents, config=types.GenerateContentConfig(
            tools=[WEATHER], automatic_function_calling=MANUAL))
        if not answer.function_calls:
            break
        rounds.append([item.args["place"] for item in answer.function_calls])
        contents.append(answer.candidates[0].content)
        contents.append(types.Content(role="tool", parts=[types.Part.from_function_response(
            name=item.name, response={"sky": "sunny", "place": item.args["place"]}) for item in answer.function_calls]))
    assert rounds == [["Köln", "Bonn"], ["Aachen"]]
    assert answer.text == "All sunny."
    sent = sandbox.bodies()[-1]["request"]["contents"]
    assert [[sorted(set(part) - {"thoughtSignature"})[0] for part in content["parts"]] for content in sent] == [
        ["text"], ["functionCall"] * 2, ["functionResponse"] * 2, ["text", "functionCall"], ["functionResponse"]]


def test_functions_of_the_sandbox_are_signed_and_come_back(client, sandbox):
    """The sandbox refuses a call whose signature was lost or moved."""
    contents = [types.Content(role="user", parts=[types.Part(text="sandbox: tool=weather rounds=2")])]
    config = types.GenerateContentConfig(tools=[WEATHER], automatic_function_calling=MANUAL)
    for _ in range(4):
        chunks = client.stream(model=MODEL, contents=contents, config=config)
        calls = [item for chunk in chunks for item in chunk.function_calls or []]
        if not calls:
            break
        contents += [chunk.candidates[0].content for chunk in chunks if chunk.candidates and chunk.candidates[0].content]
        contents.append(types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(
            id=item.id, name=item.name, response={"result": "sunny"})) for item in calls]))
    assert text_of(chunks)
    models = [content for content in sandbox.bodies()[-1]["request"]["contents"] if content["role"] == "model"]
    assert len(models) == 2
    for content in models:
        first = next(part for part in content["parts"] if "functionCall" in part)
        assert first["thoughtSignature"] not in ("", "skip_thought_signature_validator")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_python_functions_are_called(client, sandbox, stream):
    """Automatic function calling: the SDK declares, calls and answers by itself."""
    asked = []

    def weather(place: str, days: int = 1) -> dict:
        """Weather of a place.

        Args:
            place: where.
            days: how many.
        """
        asked.append((place, days))
        return {"sky": "sunny"}

    sandbox.script(
        {"times": 1, "events": [event([call("weather", place="Köln", days="3")], "STOP")]},
        {"text": ["Sunny", " it is."]})
    config = types.GenerateContentConfig(tools=[weather])
    if stream:
        text = text_of(client.stream(model=MODEL, contents="Weather?", config=config))
    else:
        text = client.generate(model=MODEL, contents="Weather?", config=config).text
    assert text == "Sunny it is."
    assert asked == [("Köln", 3)], "the text for a number was not repaired"
    contents = sandbox.bodies()[-1]["request"]["contents"]
    assert contents[-1]["parts"][0]["functionResponse"]["name"] == "weather"


def test_forced_functions(client, sandbox):
    answer = client.generate(model=MODEL, contents="hello", config=types.GenerateContentConfig(
        tools=[WEATHER], automatic_function_calling=MANUAL, tool_config=types.ToolConfig(
            function_calling_config=types.FunctionCallingConfig(mode="ANY", allowed_function_names=["weather"]))))
    assert [item.name for item in answer.function_calls] == ["weather"]
    config = sandbox.bodies()[-1]["request"]["toolConfig"]["functionCallingConfig"]
    assert config == {"mode": "ANY", "allowedFunctionNames": ["weather"]}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_image_inline(client, sandbox, stream):
    sandbox.script({"text": ["A ", "pixel."]})
    question = [types.Part.from_bytes(data=PIXEL, mime_type="image/png"), "What is it?"]
    if stream:
        text = text_of(client.stream(model=MODEL, contents=question))
    else:
        text = client.generate(model=MODEL, contents=question).text
    assert text == "A pixel."
    parts = sandbox.bodies()[-1]["request"]["contents"][-1]["parts"]
    # The SDK sends URL-safe base64.
    assert base64.b64decode(parts[0]["inlineData"]["data"], validate=True) == PIXEL


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_image_in_an_answer(client, sandbox, stream):
    config = types.GenerateContentConfig(
        response_modalities=["TEXT", "IMAGE"], image_config=types.ImageConfig(aspect_ratio="4:3"))
    request = {"model": "gemini-3-pro-image", "contents": "A cat", "config": config}
    answers = client.stream(**request) if stream else [client.generate(**request)]
    images = [part.inline_data for answer in answers for part in answer.candidates[0].content.parts if part.inline_data]
    assert len(images) == 1 and images[0].mime_type == "image/png" and images[0].data.startswith(b"\x89PNG")
    assert sandbox.bodies()[-1]["request"]["generationConfig"]["imageConfig"] == {"aspectRatio": "4:3"}


@pytest.mark.parametrize("thinking, budget", [
    (types.ThinkingConfig(thinking_budget=1024, include_thoughts=True), 1024),
    (types.ThinkingConfig(thinking_level="HIGH", include_thoughts=True), 24576),
])
def test_thinking(client, sandbox, thinking, budget):
    config = types.GenerateContentConfig(thinking_config=thinking)
    answer = client.generate(model=MODEL, contents="Think", config=config)
    parts = answer.candidates[0].content.parts
    assert parts[0].thought and parts[0].text and not parts[-1].thought
    assert answer.text and parts[0].text not in answer.text
    assert sandbox.bodies()[-1]["request"]["generationConfig"]["thinkingConfig"] == {
        "includeThoughts": True, "thinkingBudget": budget}
    chunks = client.stream(model=MODEL, contents="Think", config=config)
    assert any(part.thought for chunk in chunks for part in chunk.candidates[0].content.parts or [])


class Recipe(pydantic.BaseModel):
    name: str
    minutes: int
    steps: list[str]


@pytest.mark.parametrize("schema", [Recipe, list[Recipe]], ids=["object", "list"])
def test_structured_output(client, sandbox, schema):
    one = {"name": "Soup", "minutes": 10, "steps": ["Boil"]}
    found = [one] if schema != Recipe else one
    text = json.dumps(found)
    sandbox.script({"text": [text[:9], text[9:]]})
    answer = client.generate(model=MODEL, contents="A recipe", config=types.GenerateContentConfig(
        response_mime_type="application/json", response_schema=schema))
    assert answer.parsed == ([Recipe(**one)] if schema != Recipe else Recipe(**one))
    config = sandbox.bodies()[-1]["request"]["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    sent = config["responseSchema"]
    sent = sent if schema == Recipe else sent["items"]
    assert sent["required"] == ["name", "minutes", "steps"]


def test_structured_output_of_claude_is_bare_json(client, sandbox):
    """Claude has no JSON mode: it is asked in words, and the fence around its answer is taken off."""
    sandbox.script({"text": ["```json\n", '{"name":"Soup","minutes":10,', '"steps":[]}', "\n```"]})
    answer = client.generate(model="claude-sonnet-4-5", contents="A recipe", config=types.GenerateContentConfig(
        response_mime_type="application/json", response_schema=Recipe))
    assert answer.parsed == Recipe(name="Soup", minutes=10, steps=[])


def test_search(client, sandbox):
    answer = client.generate(model=MODEL, contents="News?", config=types.GenerateContentConfig(
        tools=[types.Tool(google_search=types.GoogleSearch())]))
    assert answer.candidates[0].grounding_metadata.grounding_chunks[0].web.uri == "https://example.com/a"
    assert sandbox.bodies()[-1]["requestType"] == "web_search"


def test_claude_in_googles_form(client, sandbox):
    config = types.GenerateContentConfig(tools=[WEATHER], automatic_function_calling=MANUAL)
    contents = [types.Content(role="user", parts=[types.Part(text="sandbox: tool=weather")])]
    answer = client.generate(model="claude-sonnet-4-5-thinking", contents=contents, config=config)
    calls = answer.function_calls
    assert calls and calls[0].id
    contents.append(answer.candidates[0].content)
    contents.append(types.Content(role="user", parts=[types.Part.from_function_response(
        name=calls[0].name, response={"sky": "blue"})]))
    assert client.generate(model="claude-sonnet-4-5-thinking", contents=contents, config=config).text


def test_count_tokens(client, sandbox):
    count = client.count(model=MODEL, contents=["Hello", types.Part.from_bytes(data=PIXEL, mime_type="image/png")])
    assert count.total_tokens > 0
    asked = sandbox.bodies("countTokens")[-1]
    assert list(asked) == ["request"] and asked["request"]["model"] == f"models/{MODEL}"


def test_count_tokens_with_the_upstream_down(client, sandbox):
    sandbox.script({"times": 9, "method": "countTokens", "status": 500, "body": {"error": {
        "code": 500, "status": "INTERNAL", "message": "No."}}})
    assert client.count(model=MODEL, contents="Hello there, how are you?").total_tokens >= 5


def test_two_candidates(client, sandbox):
    sandbox.script({"times": 1, "text": ["one"]}, {"text": ["two"]})
    answer = client.generate(model=MODEL, contents="hello", config=types.GenerateContentConfig(candidate_count=2))
    # Their upstream calls run side by side: which of them the first script answers is open.
    assert sorted(candidate.content.parts[0].text for candidate in answer.candidates) == ["one", "two"]
    assert [candidate.index or 0 for candidate in answer.candidates] == [0, 1]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_errors_of_ours_are_typed(gateway, sandbox, stream):
    for kind in (Sync, Async):
        for key, model, config, code, status in [
            ("wrong", MODEL, {}, 401, "UNAUTHENTICATED"),
            (KEY, MODEL, {"cached_content": "cachedContents/x"}, 400, "UNIMPLEMENTED"),
            (KEY, MODEL, {"candidate_count": 9}, 400, "INVALID_ARGUMENT"),
        ]:
            client = kind(gateway, key)
            ask = client.stream if stream else client.generate
            with pytest.raises(errors.ClientError) as caught:
                ask(model=model, contents="hello", config=types.GenerateContentConfig(**config))
            assert (caught.value.code, caught.value.status) == (code, status)
            assert caught.value.message


@pytest.mark.parametrize("status, word, error", [
    (400, "INVALID_ARGUMENT", errors.ClientError), (404, "NOT_FOUND", errors.ClientError),
    (500, "INTERNAL", errors.ServerError),
])
def test_errors_of_the_upstream_are_typed(client, sandbox, status, word, error):
    sandbox.script({"status": status, "body": {"error": {"code": status, "status": word, "message": "No."}}})
    with pytest.raises(error):
        client.generate(model=MODEL, contents="hello")


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_stream_that_breaks_raises(client, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    with pytest.raises(errors.APIError) as caught:
        client.stream(model=MODEL, contents="hello")
    assert caught.value.code in (502, 503)


def test_a_hundred_requests_at_once(gateway, sandbox):
    """Half of them streams; every answer is whole and belongs to its question."""
    client = client_of(gateway)

    async def one(number: int) -> str:
        contents = f"question {number:03}"
        if number % 2:
            stream = await client.aio.models.generate_content_stream(model=MODEL, contents=contents)
            return "".join([chunk.text or "" async for chunk in stream])
        return (await client.aio.models.generate_content(model=MODEL, contents=contents)).text

    async def all_of_them():
        return await asyncio.gather(*(one(number) for number in range(100)))

    for number in range(100):
        sandbox.script({"contains": f"question {number:03}", "text": ["answer ", f"to {number}"], "pace_ms": 10})
    assert asyncio.run(all_of_them()) == [f"answer to {number}" for number in range(100)]


def test_a_stream_left_early_ends_the_upstream(gateway, sandbox):
    sandbox.script({"text": ["tick "], "repeat": 1000, "pace_ms": 20})
    client = client_of(gateway)
    stream = client.models.generate_content_stream(model=MODEL, contents="hello")
    assert next(stream).text
    stream.close()
    client.close()
    wait_until(lambda: sandbox.calls["open"] == 0, 4, "the upstream call to end")
