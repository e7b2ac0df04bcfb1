"""The Responses API through the official OpenAI SDK, synchronous and asynchronous, of today and of the generation before.

Every event and every response is checked against the SDK's own types, strictly: the SDK itself forgives much.
"""

import base64
import json
import typing

import openai
import pydantic
import pytest
from openai.types import responses as types

from openai_sdk import clients, options

MODEL = "gemini-3-flash"
CLAUDE = "claude-sonnet-4-5-thinking"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
WEATHER = {"type": "function", "name": "weather", "description": "Weather of a place", "strict": True, "parameters": {
    "type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["place", "days"], "additionalProperties": False}}
EVENT = pydantic.TypeAdapter(types.ResponseStreamEvent)
client = clients("responses")


class Sky(pydantic.BaseModel):
    place: str
    sunny: bool


def checked(response) -> types.Response:
    """The response, valid by the letter of the SDK's types."""
    types.Response.model_validate(response.to_dict(mode="json"))
    return response


def ended(events: list) -> types.Response:
    """The response at the end of a stream whose events are all valid."""
    for event in events:
        EVENT.validate_python(event.to_dict(mode="json"))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    done = [event.item.to_dict() for event in events if event.type == "response.output_item.done"]
    assert [item.to_dict() for item in events[-1].response.output] == done
    return checked(events[-1].response)



def call(name: str, **arguments) -> dict:
    return {"functionCall": {"name": name, "args": arguments}}


def envelope(parts: list[dict], finish: str | None = None) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    return {"response": {"candidates": [candidate], "usageMetadata": {
        "promptTokenCount": 10, "cachedContentTokenCount": 4, "candidatesTokenCount": 5, "thoughtsTokenCount": 2,
        "totalTokenCount": 17}}}


def test_a_whole_answer(client, sandbox):
    sandbox.script({"text": ["Hello", " you"]})
    answer = checked(client.create(model=MODEL, input="hello", instructions="You are kind.", metadata={"a": "b"},
                                   temperature=0.5, max_output_tokens=8000))
    assert answer.output_text == "Hello you" and answer.status == "completed" and answer.model == MODEL
    assert (answer.instructions, answer.metadata, answer.temperature) == ("You are kind.", {"a": "b"}, 0.5)
    assert answer.max_output_tokens == 8000 and answer.error is None and answer.incomplete_details is None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    request = sandbox.bodies()[-1]["request"]
    assert request["systemInstruction"]["parts"] == [{"text": "You are kind."}]


def test_a_stream(client, sandbox):
    sandbox.script({"text": ["Hello", " you", " \U0001F600"], "pace_ms": 5})
    events = client.stream(model=MODEL, input="hello")
    answer = ended(events)
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert deltas == ["Hello", " you", " \U0001F600"] and answer.output_text == "Hello you \U0001F600"
    assert answer.usage.total_tokens > 0


def test_the_stream_helper_makes_the_response(client, sandbox):
    sandbox.script({"events": [
        envelope([{"text": "Let me see.", "thought": True}]), envelope([{"text": "It is "}]),
        envelope([{"text": "sunny."}]), envelope([call("weather", place="Köln", days=1)], "STOP")]})
    events, final = client.helper(model=MODEL, input="weather?", tools=[WEATHER])
    kinds = [event.type for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"] and kinds[-1] == "response.completed"
    assert [item.type for item in final.output] == ["reasoning", "message", "function_call"]
    assert final.output[0].summary[0].text == "Let me see." and final.output_text == "It is sunny."
    assert final.output[2].parsed_arguments == {"place": "Köln", "days": 1}
    assert final.usage.output_tokens_details.reasoning_tokens == 2
    assert final.usage.input_tokens_details.cached_tokens == 4


def test_structured_output_is_parsed(client, sandbox):
    sandbox.script({"text": ['{"place":"Köln",', '"sunny":true}']})
    answer = client.parse(model=MODEL, input="weather?", text_format=Sky)
    assert answer.output_parsed == Sky(place="Köln", sunny=True)
    config = sandbox.bodies()[-1]["request"]["generationConfig"]
    assert config["responseMimeType"] == "application/json" and "sunny" in config["responseSchema"]["properties"]
    _, final = client.helper(model=MODEL, input="weather?", text_format=Sky)
    assert final.output_parsed == Sky(place="Köln", sunny=True)


def turn(client, as_stream: bool, **body) -> types.Response:
    return ended(client.stream(**body)) if as_stream else checked(client.create(**body))


@pytest.mark.parametrize("as_stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("model", [MODEL, CLAUDE])
def test_functions_in_a_loop(client, sandbox, model, as_stream):
    """The output goes back as it came. Nothing is scripted: the sandbox signs what it says, and refuses a signature that is
    missing or stands in another place."""
    history: list = [{"role": "user", "content": "sandbox: parallel-tools=2 rounds=3 think=5"}]
    body = {"model": model, "tools": [WEATHER], "reasoning": {"effort": "high"}, "store": False,
            "include": ["reasoning.encrypted_content"], "prompt_cache_key": f"loop-{model}-{as_stream}"}
    rounds = 0
    for _ in range(6):
        answer = turn(client, as_stream, input=history, **body)
        history += [item.to_dict(exclude_none=True) for item in answer.output]
        calls = [item for item in answer.output if item.type == "function_call"]
        if not calls:
            break
        rounds += 1
        assert len(calls) == 2 and len({item.call_id for item in calls}) == 2
        sealed = [item.encrypted_content for item in answer.output if item.type == "reasoning"]
        assert any(text and text.startswith("g1:") for text in sealed)
        for item in reversed(calls):
            assert "place" in json.loads(item.arguments)
            history.append({"type": "function_call_output", "call_id": item.call_id, "output": '{"sky":"sunny"}'})
    assert rounds == 3 and "weather says" in answer.output_text
    bodies = sandbox.bodies()
    assert len(bodies) == 4
    signatures = [[p.get("thoughtSignature") for p in content["parts"] if "functionCall" in p]
                  for content in bodies[-1]["request"]["contents"] if content["role"] == "model"]
    if model == MODEL:
        assert all(first and "skip" not in first and second is None for first, second in signatures)
    else:
        thoughts = [content["parts"][0] for content in bodies[-1]["request"]["contents"] if content["role"] == "model"]
        assert all(thought.get("thought") and thought["thoughtSignature"] for thought in thoughts)


@pytest.mark.parametrize("as_stream", [False, True], ids=["whole", "stream"])
def test_custom_tools(client, sandbox, as_stream):
    patch = "*** Begin Patch\n+\u201cx\u201d\n*** End Patch"
    sandbox.script({"times": 1, "events": [envelope([call("apply_patch", input=patch)], "STOP")]}, {"text": ["Done."]})
    tool = {"type": "custom", "name": "apply_patch", "description": "Edits files.",
            "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}
    answer = turn(client, as_stream, model=MODEL, input="patch", tools=[tool])
    (item,) = [item for item in answer.output if item.type == "custom_tool_call"]
    assert (item.name, item.input) == ("apply_patch", patch)
    answer = turn(client, as_stream, model=MODEL, tools=[tool], input=[
        {"role": "user", "content": "patch"}, *[item.to_dict() for item in answer.output],
        {"type": "custom_tool_call_output", "call_id": item.call_id, "output": "ok"}])
    assert answer.output_text == "Done."
    contents = sandbox.bodies()[-1]["request"]["contents"]
    assert contents[1]["parts"][-1]["functionCall"]["args"] == {"input": patch}
    assert contents[2]["parts"][0]["functionResponse"]["response"] == {"result": "ok"}


def test_the_local_shell(client, sandbox):
    sandbox.script({"times": 1, "events": [envelope([call("local_shell", command=["ls", "-l"])], "STOP")]},
                   {"text": ["Two files."]})
    answer = turn(client, True, model=MODEL, input="list", tools=[{"type": "local_shell"}])
    (item,) = answer.output
    assert item.type == "local_shell_call" and item.action.command == ["ls", "-l"] and item.action.env == {}
    answer = client.create(model=MODEL, tools=[{"type": "local_shell"}], input=[
        {"role": "user", "content": "list"}, item.to_dict(),
        {"type": "local_shell_call_output", "id": item.id, "output": "a b"}])
    assert answer.output_text == "Two files."


@pytest.mark.parametrize("as_stream", [False, True], ids=["whole", "stream"])
def test_images_and_files(client, sandbox, as_stream):
    sandbox.script({"text": ["A pixel."]})
    answer = turn(client, as_stream, model=MODEL, input=[{"role": "user", "content": [
        {"type": "input_text", "text": "What is it?"},
        {"type": "input_image", "detail": "auto",
         "image_url": f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"},
        {"type": "input_file", "filename": "a.pdf",
         "file_data": f"data:application/pdf;base64,{base64.b64encode(b'%PDF-1.4').decode()}"}]}])
    assert answer.output_text == "A pixel."
    parts = sandbox.bodies()[-1]["request"]["contents"][-1]["parts"]
    assert base64.b64decode(parts[1]["inlineData"]["data"]) == PIXEL
    assert parts[2]["inlineData"]["mimeType"] == "application/pdf"


def test_pictures_in_outputs_of_tools(client, sandbox):
    client.create(model=MODEL, tools=[WEATHER], input=[
        {"role": "user", "content": "weather"},
        {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": [
            {"type": "input_text", "text": "see"},
            {"type": "input_image", "image_url": f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"}]}])
    response = sandbox.bodies()[-1]["request"]["contents"][-1]["parts"][0]["functionResponse"]
    assert response["response"] == {"result": "see"} and len(response["parts"]) == 1


def test_a_search_and_its_citations(client, sandbox):
    events = client.stream(model=MODEL, input="sandbox: search say Cologne lies on the Rhine", tools=[
        {"type": "web_search"}])
    answer = ended(events)
    assert [item.type for item in answer.output] == ["web_search_call", "message"]
    for note in answer.output[1].content[0].annotations:
        assert 0 <= note.start_index < note.end_index <= len(answer.output_text) and note.url


@pytest.mark.parametrize("as_stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("finish, reason", [("MAX_TOKENS", "max_output_tokens"), ("SAFETY", "content_filter")])
def test_a_cut_answer_is_incomplete(client, sandbox, finish, reason, as_stream):
    sandbox.script({"events": [envelope([{"text": "Once"}], finish)]})
    answer = turn(client, as_stream, model=MODEL, input="tell")
    assert answer.status == "incomplete" and answer.incomplete_details.reason == reason
    assert answer.output_text == "Once"


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_stream_that_breaks_is_failed(client, sandbox, end):
    sandbox.script({"text": ["one", "two"], "end": end, "pace_ms": 20})
    events = client.stream(model=MODEL, input="hello")
    assert events[-1].type == "response.failed" and events[-1].response.status == "failed"
    assert events[-1].response.error.code and events[-1].response.error.message
    assert events[-1].response.usage is None
    assert not any(event.type == "response.completed" for event in events)


@pytest.mark.parametrize("more, body, error, code", [
    ({"api_key": "wrong"}, {"input": "x"}, openai.AuthenticationError, "invalid_api_key"),
    ({}, {"input": [{"role": "boss", "content": "x"}]}, openai.BadRequestError, None),
    ({}, {"input": []}, openai.BadRequestError, None),
    ({}, {"input": "x", "previous_response_id": "resp_1"}, openai.BadRequestError, "previous_response_not_found"),
    ({}, {"input": "x", "background": True}, openai.BadRequestError, "unsupported"),
    ({}, {"input": [{"type": "item_reference", "id": "rs_1"}]}, openai.NotFoundError, None),
])
@pytest.mark.parametrize("as_stream", [False, True], ids=["whole", "stream"])
def test_errors_of_ours_are_typed(gateway, sandbox, more, body, error, code, as_stream):
    client = openai.OpenAI(**options(gateway, **more))
    with pytest.raises(error) as caught:
        client.responses.create(model=MODEL, stream=as_stream, **body)
    assert caught.value.code == code and caught.value.request_id and caught.value.body["message"]
    assert sandbox.bodies("streamGenerateContent") == []


def test_an_overloaded_upstream_is_an_error_before_the_stream(client, sandbox):
    sandbox.script({"times": 20, "status": 503, "body": {"error": {
        "code": 503, "status": "UNAVAILABLE", "message": "Overloaded."}}})
    with pytest.raises(openai.InternalServerError):
        client.stream(model=MODEL, input="hello")


def test_the_types_of_the_sdk_are_strict_here():
    """The check of these tests would notice a member that is missing."""
    with pytest.raises(pydantic.ValidationError):
        EVENT.validate_python({"type": "response.output_text.delta", "sequence_number": 1, "delta": "x"})
    assert typing.get_args(types.ResponseStreamEvent)
