"""Images and transcriptions through the official OpenAI SDK, synchronous and asynchronous."""

import base64
import io

import openai
import pytest

from openai_sdk import Sync, clients, options

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
JPEG = bytes.fromhex("ffd8ffe000104a464946000101") + b"\r\n--\r\n" + b"\0" * 64
SPEECH = b"ID3\4\0" + b"\r\n--boundary\r\n" * 10
RESULT = base64.b64encode(PNG).decode()
client = clients()


def envelope(parts: list[dict], finish: str | None = None) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    return {"response": {"candidates": [candidate], "usageMetadata": {
        "promptTokenCount": 270, "candidatesTokenCount": 1290, "totalTokenCount": 1560,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 12}, {"modality": "IMAGE", "tokenCount": 258}]}}}


def picture(data: str = RESULT, mime: str = "image/png", **more) -> dict:
    return {"inlineData": {"mimeType": mime, "data": data}, **more}


def test_an_image(client, sandbox):
    sandbox.script({"events": [envelope([{"text": "A quiet lamp."}]), envelope([picture()], "STOP")]})
    answer = client.call("images.generate", model="gpt-image-1", prompt="A lamp")
    assert [base64.b64decode(image.b64_json) for image in answer.data] == [PNG]
    assert answer.data[0].revised_prompt == "A quiet lamp." and answer.data[0].url is None
    assert answer.created > 0 and answer.output_format == "png"
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (270, 1290, 1560)
    assert (answer.usage.input_tokens_details.text_tokens, answer.usage.input_tokens_details.image_tokens) == (12, 258)
    sent = sandbox.bodies()[-1]
    assert (sent["requestType"], sent["model"]) == ("image_gen", "gemini-3-pro-image")
    assert sent["request"]["generationConfig"] == {"imageConfig": {"aspectRatio": "1:1"}}


def test_an_image_by_url(client, sandbox):
    sandbox.script({"events": [envelope([picture(mime="image/jpeg")], "STOP")]})
    answer = client.call("images.generate", model="dall-e-3", prompt="A lamp", response_format="url")
    assert answer.data[0].url == f"data:image/jpeg;base64,{RESULT}" and answer.data[0].b64_json is None
    assert answer.output_format == "jpeg"


@pytest.mark.parametrize("size, quality, config", [
    ("1920x1080", "hd", {"aspectRatio": "16:9", "imageSize": "4K"}),
    ("1024x1536", "medium", {"aspectRatio": "2:3", "imageSize": "2K"}),
    ("auto", "auto", {"aspectRatio": "1:1"}),
])
def test_sizes_go_upstream(client, sandbox, size, quality, config):
    answer = client.call("images.generate", model="gpt-image-1", prompt="A lamp", size=size, quality=quality)
    assert len(answer.data) == 1 and (answer.size, answer.quality) == (size, quality)
    assert sandbox.bodies()[-1]["request"]["generationConfig"]["imageConfig"] == config


def test_three_images_are_three_calls(client, sandbox):
    answer = client.call("images.generate", model="gemini-3-pro-image", prompt="A lamp", n=3)
    assert len(answer.data) == 3 and all(base64.b64decode(image.b64_json) for image in answer.data)
    assert sandbox.calls["total"] == 3
    assert len({body["requestId"] for body in sandbox.bodies()}) == 3


def test_an_image_that_fails_is_left_out(client, sandbox):
    refusal = {"status": 400, "body": {"error": {"code": 400, "message": "Not that.", "status": "INVALID_ARGUMENT"}}}
    sandbox.script({"times": 1, **refusal}, {"times": 2, "events": [envelope([picture()], "STOP")]}, refusal)
    answer = client.call("images.generate", model="gemini-3-pro-image", prompt="A lamp", n=3)
    assert [image.b64_json for image in answer.data] == [RESULT, RESULT]
    with pytest.raises(openai.BadRequestError) as error:
        client.call("images.generate", model="gemini-3-pro-image", prompt="A lamp", n=3)
    assert "Not that." in error.value.message


def test_drafts_are_no_results(client, sandbox):
    draft = base64.b64encode(b"a draft").decode()
    sandbox.script({"events": [
        envelope([picture(draft, thought=True)]), envelope([picture(RESULT, thoughtSignature="AAAA")], "STOP")]})
    answer = client.call("images.generate", model="gemini-3-pro-image", prompt="A lamp")
    assert [image.b64_json for image in answer.data] == [RESULT]


def test_an_edit_with_two_files_and_a_mask(client, sandbox):
    client.call(
        "images.edit", model="gpt-image-1", prompt="Make it greener\n  “please”",
        image=[("one.jpg", JPEG, "image/jpeg"), ("two.jpg", JPEG, "image/jpeg")], mask=("mask.png", PNG, "image/png"))
    parts = sandbox.bodies()[-1]["request"]["contents"][0]["parts"]
    assert parts[0] == {"text": "Make it greener\n  “please”"}
    media = [part["inlineData"] for part in parts if "inlineData" in part]
    assert [m["mimeType"] for m in media] == ["image/jpeg", "image/jpeg", "image/png"]
    assert [base64.b64decode(m["data"]) for m in media] == [JPEG, JPEG, PNG]
    assert "transparent" in parts[-2]["text"]
    assert "imageConfig" not in sandbox.bodies()[-1]["request"].get("generationConfig", {})


def test_an_edit_with_one_file(client, sandbox):
    answer = client.call("images.edit", model="gpt-image-1", prompt="Greener", image=io.BytesIO(PNG), n=2, size="800x600")
    assert len(answer.data) == 2
    config = sandbox.bodies()[-1]["request"]["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "4:3"}


@pytest.mark.parametrize("path, more, kind", [
    ("images.generate", {}, "image_generation.completed"),
    ("images.edit", {"image": ("a.png", PNG, "image/png")}, "image_edit.completed")])
def test_a_stream_of_images(client, sandbox, path, more, kind):
    events = client.call(path, model="gpt-image-1", prompt="A lamp", stream=True, **more)
    assert [event.type for event in events] == [kind]
    assert base64.b64decode(events[0].b64_json) and events[0].usage.total_tokens > 0


def test_an_image_that_was_blocked_is_a_bad_request(client, sandbox):
    sandbox.script({"events": [envelope([], "IMAGE_SAFETY")]})
    with pytest.raises(openai.BadRequestError) as caught:
        client.call("images.generate", model="gpt-image-1", prompt="A lamp")
    assert caught.value.code == "content_policy_violation"
    assert sandbox.calls["total"] == 1


def test_words_instead_of_an_image_are_tried_once_more(launch, sandbox):
    """On another account, as every answer that comes to nothing."""
    sandbox.script({"times": 1, "events": [envelope([{"text": "Which lamp?"}], "STOP")]})
    client = Sync(**options(launch(workers=1, accounts=2)))
    answer = client.call("images.generate", model="gpt-image-1", prompt="A lamp")
    assert len(answer.data) == 1 and answer.data[0].revised_prompt != "Which lamp?"
    assert len(sandbox.bodies("streamGenerateContent")) == 2


@pytest.mark.parametrize("events", [[envelope([{"text": "Which lamp?"}], "STOP")], [envelope([], "NO_IMAGE")]])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_no_image_at_all_is_told(client, sandbox, events, stream):
    sandbox.script({"events": events})
    with pytest.raises(openai.InternalServerError) as caught:
        client.call("images.generate", model="gpt-image-1", prompt="A lamp", stream=stream)
    assert (caught.value.status_code, caught.value.code) == (502, "no_image_generated")
    assert caught.value.response.headers["x-should-retry"] == "false"


def test_no_image_is_not_tried_a_third_time(launch, sandbox):
    sandbox.script({"events": [envelope([{"text": "Which lamp?"}], "STOP")]})
    client = Sync(**options(launch(workers=1, accounts=4), max_retries=2))
    with pytest.raises(openai.InternalServerError) as caught:
        client.call("images.generate", model="gpt-image-1", prompt="A lamp")
    assert caught.value.code == "no_image_generated"
    assert len(sandbox.bodies("streamGenerateContent")) == 2


@pytest.mark.parametrize("path, body, param", [
    ("images.generate", {"prompt": ""}, "prompt"), ("images.generate", {"prompt": "a", "n": 11}, "n"),
    ("images.generate", {"prompt": "a", "model": "gemini-3-flash"}, "model"),
    ("images.edit", {"prompt": "a", "image": ("a.png", b"", "image/png")}, "image"),
    ("images.edit", {"prompt": "a", "image": ("a.svg", b"<svg/>", "image/svg+xml")}, "image"),
])
def test_bad_requests_for_images_name_the_member(client, sandbox, path, body, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.call(path, **body)
    assert caught.value.param == param and caught.value.type == "invalid_request_error"


def test_a_transcription(client, sandbox):
    sandbox.script({"text": [" Good", " morning.\n"]})
    answer = client.call(
        "audio.transcriptions.create", model="whisper-1", file=("talk.ogg", SPEECH), language="en", prompt="Müller")
    assert answer.text == "Good morning."
    sent = sandbox.bodies()[-1]
    assert (sent["requestType"], sent["model"]) == ("agent", "gemini-2.5-flash")
    parts = sent["request"]["contents"][0]["parts"]
    assert parts[-1]["inlineData"]["mimeType"] == "audio/ogg"
    assert base64.b64decode(parts[-1]["inlineData"]["data"]) == SPEECH
    assert "en" in parts[0]["text"] and "Müller" in parts[1]["text"]
    assert sent["request"]["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 0


def test_a_transcription_as_text_and_verbose(client, sandbox):
    sandbox.script({"text": ["Good \"morning\".\n"]})
    file = ("talk.wav", SPEECH)
    text = client.call("audio.transcriptions.create", model="whisper-1", file=file, response_format="text")
    assert text == "Good \"morning\"."
    verbose = client.call(
        "audio.transcriptions.create", model="whisper-1", file=file, response_format="verbose_json", language="de",
        timestamp_granularities=["segment", "word"])
    assert (verbose.text, verbose.language, verbose.segments) == ("Good \"morning\".", "de", [])
    assert float(verbose.duration) == 0


def test_subtitles(client, sandbox):
    file = ("talk.m4a", SPEECH)
    sandbox.script({"text": ["00:00:00.500 --> 00:00:02.000 Good", " morning.\n00:00:02.000 --> 01:00:03.250 Bye.\n"]})
    srt = client.call("audio.transcriptions.create", model="whisper-1", file=file, response_format="srt")
    assert srt == ("1\n00:00:00,500 --> 00:00:02,000\nGood morning.\n\n"
                   "2\n00:00:02,000 --> 01:00:03,250\nBye.\n")
    vtt = client.call("audio.transcriptions.create", model="whisper-1", file=file, response_format="vtt")
    assert vtt == ("WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nGood morning.\n"
                   "\n00:00:02.000 --> 01:00:03.250\nBye.\n")


def test_a_stream_of_a_transcript(client, sandbox):
    sandbox.script({"text": [" Good", " morning", ".\n"]})
    events = client.call("audio.transcriptions.create", model="gpt-4o-transcribe", file=("a.webm", SPEECH), stream=True)
    assert [event.type for event in events] == ["transcript.text.delta"] * 3 + ["transcript.text.done"]
    assert "".join(event.delta for event in events[:-1]) == events[-1].text == "Good morning."


@pytest.mark.parametrize("file, more, status, param", [
    (("a.xyz", SPEECH), {}, 400, "file"), (("a.mp3", b""), {}, 400, "file"),
    (("a.ogg", b"\0" * (16 << 20)), {}, 413, "file"),
    (("a.mp3", SPEECH), {"response_format": "diarized_json"}, 400, "response_format"),
    (("a.mp3", SPEECH), {"response_format": "srt", "stream": True}, 400, "stream"),
    (("a.mp3", SPEECH), {"temperature": "warm"}, 400, "temperature"),
])
def test_bad_recordings_name_the_member(client, sandbox, file, more, status, param):
    with pytest.raises(openai.APIStatusError) as caught:
        client.call("audio.transcriptions.create", model="whisper-1", file=file, **more)
    assert (caught.value.status_code, caught.value.param) == (status, param)
    assert sandbox.calls["total"] == 0


def test_a_recording_of_the_largest_size(client, sandbox):
    sandbox.script({"text": ["Long."]})
    answer = client.call("audio.transcriptions.create", model="whisper-1", file=("a.flac", b"\0" * (15 << 20)))
    assert answer.text == "Long."
