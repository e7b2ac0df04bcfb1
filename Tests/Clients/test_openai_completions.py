"""Legacy completions through the official OpenAI SDK, synchronous and asynchronous, of today and of the generation before."""

import openai
import pytest
from openai.types import Completion

from openai_sdk import clients

MODEL = "gemini-3-flash"
client = clients("completions")


def scripted(sandbox):
    for word in ("first", "second", "third"):
        sandbox.script({"contains": word, "text": ["answer", f" to {word}"], "pace_ms": 2, "usage": {
            "promptTokenCount": 10, "candidatesTokenCount": 3, "totalTokenCount": 13}})


def checked(answer) -> Completion:
    Completion.model_validate(answer.to_dict(mode="json"))
    return answer


def test_one_prompt(client, sandbox):
    scripted(sandbox)
    answer = checked(client.create(model=MODEL, prompt="the first", max_tokens=5000, suffix="end", best_of=1))
    assert answer.choices[0].text == "answer to first" and answer.choices[0].finish_reason == "stop"
    assert answer.id.startswith("cmpl-") and answer.object == "text_completion" and answer.model == MODEL
    assert answer.usage.total_tokens == 13


def test_several_prompts_are_conversations_of_their_own(client, sandbox):
    scripted(sandbox)
    answer = checked(client.create(model=MODEL, prompt=["the first", "the second", "the third"], n=2, echo=True))
    assert [(c.index, c.text) for c in answer.choices] == [
        (index, f"the {word}answer to {word}")
        for index, word in enumerate(["first", "first", "second", "second", "third", "third"])]
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (30, 18)
    bodies = sandbox.bodies()
    assert len(bodies) == 6 and all(len(body["request"]["contents"]) == 1 for body in bodies)


@pytest.mark.parametrize("with_usage", [False, True])
def test_several_prompts_in_a_stream(client, sandbox, with_usage):
    scripted(sandbox)
    more = {"stream_options": {"include_usage": True}} if with_usage else {}
    chunks = client.stream(model=MODEL, prompt=["the first", "the second"], **more)
    texts: dict[int, str] = {}
    finishes: dict[int, list] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            texts[choice.index] = texts.get(choice.index, "") + choice.text
            finishes.setdefault(choice.index, []).extend([choice.finish_reason] if choice.finish_reason else [])
    assert texts == {0: "answer to first", 1: "answer to second"}
    assert finishes == {0: ["stop"], 1: ["stop"]}
    assert len({chunk.id for chunk in chunks}) == 1
    if with_usage:
        assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 26
    assert all(chunk.usage is None for chunk in (chunks[:-1] if with_usage else chunks))


def test_thinking_is_not_shown(client, sandbox):
    sandbox.script({"events": [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": "42"}]},
                         "finishReason": "MAX_TOKENS"}]}]})
    answer = client.create(model=MODEL, prompt="why")
    assert (answer.choices[0].text, answer.choices[0].finish_reason) == ("42", "length")


@pytest.mark.parametrize("prompt", [[1, 2, 3], [[1, 2], [3]], [], "", ["x"] * 33])
def test_what_is_no_text_is_refused(client, sandbox, prompt):
    with pytest.raises(openai.BadRequestError) as caught:
        client.create(model=MODEL, prompt=prompt)
    assert caught.value.param.startswith("prompt")
    assert sandbox.bodies("streamGenerateContent") == []


def test_a_stream_that_breaks_raises(client, sandbox):
    sandbox.script({"text": ["one", "two"], "end": "cut", "pace_ms": 20})
    with pytest.raises(openai.APIError):
        client.stream(model=MODEL, prompt="hello")
