"""The official SDKs against gateways whose accounts have API keys: alone, and in a pool with Code Assist accounts."""

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors, types

from harness.gateway import KEY

MODEL = "gemini-3-flash"
EMBEDDING = "gemini-embedding-001"
SCHEMA = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}


@pytest.fixture(params=["keys", "mixed", "failover"])
def pool(launch, request):
    """Only keys; both kinds; and a pool whose Code Assist account has no quota left, so that requests move."""
    gateway = launch(workers=1, accounts=0)
    if request.param != "keys":
        gateway.add_account("1//sandbox-alpha" + ("-exhausted" if request.param == "failover" else ""))
    gateway.add_key("beta")
    return gateway


def google(gateway) -> genai.Client:
    return genai.Client(api_key=KEY, http_options=types.HttpOptions(
        base_url=gateway.url, timeout=30_000, retry_options=types.HttpRetryOptions(attempts=1)))


def test_google_chats_and_streams(pool):
    client = google(pool)
    assert client.models.generate_content(model=MODEL, contents="sandbox: say Good day").text == "Good day"
    chunks = list(client.models.generate_content_stream(model=MODEL, contents="hello"))
    assert "".join(chunk.text or "" for chunk in chunks) and chunks[-1].usage_metadata.total_token_count > 0
    talk = client.chats.create(model=MODEL)
    for text in ("one", "two", "three"):
        assert talk.send_message(text).text
    thoughts = client.models.generate_content(
        model=MODEL, contents="sandbox: think",
        config=types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True)))
    assert any(part.thought for part in thoughts.candidates[0].content.parts)


def test_google_functions_are_called(pool):
    asked = []

    def weather(place: str) -> str:
        """Weather of a place."""
        asked.append(place)
        return "sunny"

    client = google(pool)
    answer = client.models.generate_content(
        model=MODEL, contents="sandbox: tool=weather rounds=2", config=types.GenerateContentConfig(tools=[weather]))
    assert answer.text and len(asked) == 2


def test_google_embeddings_and_counts(pool):
    client = google(pool)
    answer = client.models.embed_content(
        model=EMBEDDING, contents=["hello", "world", "hello"],
        config=types.EmbedContentConfig(output_dimensionality=64, task_type="SEMANTIC_SIMILARITY"))
    vectors = [one.values for one in answer.embeddings]
    assert [len(vector) for vector in vectors] == [64] * 3
    assert vectors[0] == vectors[2] != vectors[1]
    assert client.models.count_tokens(model=MODEL, contents="hello").total_tokens > 0
    with pytest.raises(errors.ClientError) as caught:
        client.models.embed_content(model="gemini-9", contents="hello")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


def test_openai_chats_streams_and_tools(pool):
    with openai.OpenAI(base_url=f"{pool.url}/v1", api_key=KEY, max_retries=0, timeout=30) as client:
        def ask(messages, **more):
            return client.chat.completions.create(model=MODEL, messages=messages, **more)

        hello = [{"role": "user", "content": "hello"}]
        assert ask(hello, reasoning_effort="low").choices[0].message.content
        chunks = list(ask(hello, stream=True, stream_options={"include_usage": True}))
        assert chunks[-1].usage.total_tokens > 0
        history = [{"role": "user", "content": "sandbox: tool=weather rounds=2"}]
        tools = [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}]
        for _ in range(2):
            message = ask(history, tools=tools).choices[0].message
            assert message.tool_calls, message
            history += [message.model_dump(exclude_none=True)]
            history += [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in message.tool_calls]
        assert ask(history, tools=tools).choices[0].message.content
        answer = client.responses.create(model=MODEL, input="hello")
        assert answer.output_text


def test_openai_makes_pictures(pool):
    with openai.OpenAI(base_url=f"{pool.url}/v1", api_key=KEY, max_retries=0, timeout=30) as client:
        answer = client.images.generate(model="gpt-image-1", prompt="a cat", size="1024x1024")
        assert answer.data[0].b64_json


def test_anthropic_messages_and_tools(pool):
    with anthropic.Anthropic(base_url=pool.url, api_key=KEY, max_retries=0, timeout=30) as client:
        history = [{"role": "user", "content": "sandbox: tool=weather rounds=2"}]
        tools = [{"name": "weather", "input_schema": SCHEMA}]
        for _ in range(2):
            with client.messages.stream(model=MODEL, max_tokens=4096, messages=history, tools=tools) as stream:
                message = stream.get_final_message()
            calls = [block for block in message.content if block.type == "tool_use"]
            assert message.stop_reason == "tool_use" and calls
            history += [{"role": "assistant", "content": message.content},
                        {"role": "user", "content": [
                            {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"} for call in calls]}]
        answer = client.messages.create(model=MODEL, max_tokens=4096, messages=history, tools=tools)
        assert answer.content[-1].text
        assert client.messages.count_tokens(model=MODEL, messages=history, tools=tools).input_tokens > 0
