"""The official SDKs asking for models: each reads its own form and pages through it."""

import anthropic
import openai
import pytest
from google import genai

from harness.gateway import KEY

MODEL = "gemini-3-flash"


def openai_client(gateway, **more):
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=0, **more)


def names(gateway) -> list[str]:
    return [model.id for model in openai_client(gateway).models.list()]


def test_openai(gateway):
    listed = names(gateway)
    assert MODEL in listed and listed == sorted(listed)
    one = openai_client(gateway).models.retrieve(MODEL)
    assert (one.id, one.object) == (MODEL, "model") and one.created and one.owned_by
    with pytest.raises(openai.NotFoundError) as caught:
        openai_client(gateway).models.retrieve("nobody")
    assert caught.value.code == "model_not_found"


def test_openai_at_the_cursor_endpoint(gateway):
    client = openai.OpenAI(base_url=f"{gateway.url}/cursor/v1", api_key=KEY, max_retries=0)
    assert [model.id for model in client.models.list()] == names(gateway)


def test_anthropic(gateway):
    client = anthropic.Anthropic(base_url=gateway.url, api_key=KEY, max_retries=0)
    assert [model.id for model in client.models.list(limit=7)] == names(gateway)
    one = client.models.retrieve(MODEL)
    assert (one.id, one.type) == (MODEL, "model") and one.display_name and one.created_at.year == 2024
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("nobody")


def test_google(gateway):
    client = genai.Client(api_key=KEY, http_options={"base_url": gateway.url})
    assert [model.name for model in client.models.list()] == [f"models/{name}" for name in names(gateway)]
    assert [model.name for model in client.models.list(config={"page_size": 7})] == [
        f"models/{name}" for name in names(gateway)]
    one = client.models.get(model=MODEL)
    assert one.name == f"models/{MODEL}" and one.input_token_limit == 1048576 and one.output_token_limit >= 65535
    with pytest.raises(genai.errors.ClientError) as caught:
        client.models.get(model="nobody")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")
