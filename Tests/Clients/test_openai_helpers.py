"""What the OpenAI SDK offers beyond plain calls: typed answers, the stream helper, custom tools, search, pictures, `n`, the
legacy form. Chat at its own path and at Cursor's."""

import base64
import json

import openai
import pydantic
import pytest

from harness.gateway import KEY

MODEL = "gemini-3-flash"
HELLO = [{"role": "user", "content": "hello"}]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(params=["/v1", "/cursor"])
def client(request, gateway):
    return openai.OpenAI(base_url=gateway.url + request.param, api_key=KEY, max_retries=0, timeout=30)


class Place(pydantic.BaseModel):
    name: str
    population: int


class Weather(pydantic.BaseModel):
    """Weather of a place"""
    place: str
    days: int = 1


def parts(*found: dict, finish: str | None = None, **more) -> dict:
    candidate = {"content": {"role": "model", "parts": list(found)}, **more}
    if finish:
        candidate["finishReason"] = finish
    return {"response": {"candidates": [candidate], "usageMetadata": {
        "promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}}}


@pytest.mark.parametrize("model", [MODEL, "gemini-2.5-flash", "claude-sonnet-4-5"])
@pytest.mark.parametrize("tools", [[], [Weather]], ids=["alone", "beside tools"])
def test_an_answer_is_parsed(client, sandbox, model, tools):
    """JSON mode where the model has it, words where not, also with the fence that models put around it."""
    text = '{"name": "Köln", "population": 1084831}'
    fenced = model.startswith("claude") or (tools and model.startswith("gemini-2"))
    sandbox.script({"text": ["```json\n", text, "\n```"] if fenced else [text[:9], text[9:]]})
    more = {"tools": [openai.pydantic_function_tool(tool) for tool in tools]} if tools else {}
    answer = client.chat.completions.parse(model=model, messages=HELLO, response_format=Place, **more)
    assert answer.choices[0].message.parsed == Place(name="Köln", population=1084831)
    config = sandbox.bodies()[-1]["request"].get("generationConfig", {})
    assert ("responseSchema" in config) == (not fenced)


def test_the_arguments_of_a_call_are_parsed(client, sandbox):
    sandbox.script({"events": [parts({"functionCall": {"name": "Weather", "args": {"place": "Bonn", "days": "2"}}}, finish="STOP")]})
    answer = client.chat.completions.parse(model=MODEL, messages=HELLO, tools=[openai.pydantic_function_tool(Weather)])
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.parsed_arguments == Weather(place="Bonn", days=2)
    assert answer.choices[0].finish_reason == "tool_calls"


def test_the_stream_helper_follows_text_and_calls(client, sandbox):
    call = {"functionCall": {"name": "Weather", "args": {"place": "Bonn", "days": 1}}}
    sandbox.script({"events": [parts({"text": "Let me "}), parts({"text": "see."}), parts(call, call, finish="STOP")]})
    with client.chat.completions.stream(
            model=MODEL, messages=HELLO, tools=[openai.pydantic_function_tool(Weather)],
            stream_options={"include_usage": True}) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    kinds = [event.type for event in events]
    assert kinds.count("tool_calls.function.arguments.done") == 2
    assert "content.done" in kinds
    message = final.choices[0].message
    assert message.content == "Let me see." and len({call.id for call in message.tool_calls}) == 2
    assert [call.function.parsed_arguments.place for call in message.tool_calls] == ["Bonn", "Bonn"]
    assert final.usage.total_tokens == 15


def test_the_stream_helper_parses_a_typed_answer(client, sandbox):
    sandbox.script({"text": ['{"name": "A",', ' "population"', ': 1}']})
    with client.chat.completions.stream(model=MODEL, messages=HELLO, response_format=Place) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.parsed == Place(name="A", population=1)


def test_a_custom_tool_in_a_loop(client, sandbox):
    patch = '*** Begin Patch\n"a"\n*** End Patch'
    sandbox.script(
        {"times": 1, "events": [parts({"functionCall": {"name": "apply_patch", "args": {"input": patch}}}, finish="STOP")]},
        {"text": ["Done."]})
    tools = [{"type": "custom", "custom": {"name": "apply_patch", "description": "Applies a patch"}}]
    messages = [*HELLO]
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=tools)
    call = answer.choices[0].message.tool_calls[0]
    assert (call.type, call.custom.name, call.custom.input) == ("custom", "apply_patch", patch)
    messages += [answer.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "ok"}]
    assert client.chat.completions.create(model=MODEL, messages=messages, tools=tools).choices[0].message.content == "Done."
    contents = sandbox.bodies()[-1]["request"]["contents"]
    assert contents[1]["parts"][-1]["functionCall"]["args"] == {"input": patch}
    assert contents[2]["parts"][0]["functionResponse"]["response"] == {"result": "ok"}


GROUNDING = {"webSearchQueries": ["q"], "groundingChunks": [{"web": {"uri": "https://example.org", "title": "Example"}}],
             "groundingSupports": [{"segment": {"startIndex": 3, "endIndex": 9}, "groundingChunkIndices": [0]}]}


def test_a_search_cites_its_sources(client, sandbox):
    sandbox.script({"events": [parts({"text": "é "}), parts({"text": "search."}, finish="STOP", groundingMetadata=GROUNDING)]})
    answer = client.chat.completions.create(model="gpt-4o-online", messages=HELLO).choices[0].message
    cited = answer.annotations[0].url_citation
    assert (answer.content[cited.start_index:cited.end_index], cited.url) == ("search", "https://example.org")
    chunks = list(client.chat.completions.create(model="gpt-4o-online", messages=HELLO, stream=True))
    found = [chunk.choices[0].delta.annotations for chunk in chunks if getattr(chunk.choices[0].delta, "annotations", None)]
    assert len(found) == 1 and found[0][0]["url_citation"]["url"] == "https://example.org"
    assert chunks[-2].choices[0].delta.annotations and chunks[-1].choices[0].finish_reason == "stop"
    assert sandbox.bodies()[-1]["request"]["tools"] == [{"googleSearch": {}}]


def test_a_picture_in_an_answer(client, sandbox):
    sandbox.script({"events": [parts({"text": "Here:"}, {"inlineData": {"mimeType": "image/png", "data": PIXEL}}, finish="STOP")]})
    body = {"model": "gemini-3-pro-image", "messages": [{"role": "user", "content": "draw"}]}
    message = client.chat.completions.create(**body, modalities=["text", "image"]).choices[0].message
    assert f"![image](data:image/png;base64,{PIXEL})" in message.content
    assert message.images[0]["image_url"]["url"] == f"data:image/png;base64,{PIXEL}"
    chunks = list(client.chat.completions.create(**body, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == message.content and text.count(PIXEL) == 1
    # What the gateway wrote comes back as a picture, not as text.
    messages = [*body["messages"], {"role": "assistant", "content": text}, {"role": "user", "content": "again"}]
    assert client.chat.completions.create(model="gemini-3-pro-image", messages=messages).choices
    sent = sandbox.bodies()[-1]["request"]["contents"]
    assert any(part.get("inlineData", {}).get("data") == PIXEL for part in sent[1]["parts"])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_three_answers_side_by_side(client, sandbox, stream):
    words = ["one", "two", "three"]
    sandbox.script(*({"times": 1, "text": [word], "delay_ms": 100} for word in words))
    body = {"model": MODEL, "messages": HELLO, "n": 3}
    if stream:
        texts = {0: "", 1: "", 2: ""}
        finishes = []
        usages = []
        for chunk in client.chat.completions.create(**body, stream=True, stream_options={"include_usage": True}):
            usages += [chunk.usage] if chunk.usage else []
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
                finishes += [choice.index] if choice.finish_reason else []
        assert sorted(finishes) == [0, 1, 2]
        [usage] = usages
    else:
        answer = client.chat.completions.create(**body)
        texts = {choice.index: choice.message.content for choice in answer.choices}
        usage = answer.usage
    # Which call gets which script is chance.
    assert sorted(texts) == [0, 1, 2] and sorted(texts.values()) == sorted(words)
    assert usage.prompt_tokens > 0 and usage.completion_tokens % 3 == 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_legacy_functions(client, sandbox):
    sandbox.script(
        {"times": 1, "events": [parts({"functionCall": {"name": "weather", "args": {"place": "Bonn"}}}, finish="STOP")]},
        {"text": ["Sunny."]})
    functions = [{"name": "weather", "parameters": {"type": "object", "properties": {"place": {"type": "string"}}}}]
    messages = [*HELLO]
    answer = client.chat.completions.create(model=MODEL, messages=messages, functions=functions)
    message = answer.choices[0].message
    assert answer.choices[0].finish_reason == "function_call" and message.tool_calls is None
    assert json.loads(message.function_call.arguments) == {"place": "Bonn"}
    messages += [message, {"role": "function", "name": "weather", "content": "sun"}]
    assert client.chat.completions.create(model=MODEL, messages=messages, functions=functions).choices[0].message.content == "Sunny."


@pytest.mark.parametrize("body, budget", [
    ({"reasoning_effort": "low"}, 1024), ({"reasoning_effort": "none"}, 0),
    ({"extra_body": {"extra_body": {"google": {"thinking_config": {"thinking_budget": 2000, "include_thoughts": True}}}}}, 2000),
    ({"extra_body": {"thinking": {"type": "enabled", "budget_tokens": 3000}}}, 3000),
    ({"extra_body": {"thinking": {"type": "disabled"}}}, 0),
    ({"extra_body": {"reasoning": {"max_tokens": 1500}}}, 1500), ({"extra_body": {"reasoning": {"enabled": False}}}, 0),
])
def test_every_way_to_ask_for_thinking(client, sandbox, body, budget):
    assert client.chat.completions.create(model="gemini-2.5-flash", messages=HELLO, **body).choices
    assert sandbox.bodies()[-1]["request"]["generationConfig"]["thinkingConfig"]["thinkingBudget"] == budget


def test_sound_and_files_are_inline(client, sandbox):
    data = base64.b64encode(b"RIFF....WAVE").decode()
    pdf = base64.b64encode(b"%PDF-1.4").decode()
    assert client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": [
        {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{pdf}"}}]}]).choices
    sent = [part["inlineData"] for part in sandbox.bodies()[-1]["request"]["contents"][-1]["parts"]]
    assert sent == [{"mimeType": "audio/wav", "data": data}, {"mimeType": "application/pdf", "data": pdf}]
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model=MODEL, messages=HELLO, modalities=["text", "audio"])
