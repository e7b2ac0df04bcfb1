"""Images and transcriptions as a client without an SDK sees them: forms byte by byte, sizes, and what goes upstream."""

import base64
import json

import pytest

from harness import procfs
from harness.gateway import KEY
from harness.wire import request

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
EDITS, SPEECH = "/v1/images/edits", "/v1/audio/transcriptions"
MIB = 1 << 20


def form(*parts: tuple, boundary: str = "b") -> bytes:
    """Parts are (name, content) or (name, content, file name)."""
    body = b""
    for name, content, *file in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if file:
            head += f'; filename="{file[0]}"'
        body += head.encode() + b"\r\n\r\n" + (content if isinstance(content, bytes) else content.encode()) + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def send(gateway, path: str, body: bytes, type: str = "multipart/form-data; boundary=b", seconds: float = 30):
    with gateway.connect(seconds) as connection:
        return connection.ask("POST", path, {"Authorization": f"Bearer {KEY}", "Content-Type": type}, body)


EDIT = form(("prompt", "Greener"), ("image", PNG, "a.png"))


def test_an_edit_from_a_form(gateway, sandbox):
    answer = send(gateway, EDITS, b"preamble\r\n" + EDIT + b"epilogue", 'multipart/form-data; charset=utf-8; boundary="b"')
    assert answer.status == 200, answer.body
    body = answer.json
    assert list(body) == ["created", "data", "background", "output_format", "quality", "size", "usage"]
    assert answer.field("X-Mapped-Model") == "gemini-3-pro-image"
    assert base64.b64decode(sandbox.bodies()[-1]["request"]["contents"][0]["parts"][1]["inlineData"]["data"]) == PNG


@pytest.mark.parametrize("path, whole", [
    (EDITS, EDIT), (SPEECH, form(("model", "whisper-1"), ("file", b"RIFF\r\n--\r\n" * 20, "a.wav")))])
def test_a_form_that_was_cut_is_refused_on_a_connection_that_goes_on(gateway, sandbox, path, whole):
    closing = whole.rindex(b"--b--") + len(b"--b--")
    fields = {"Authorization": f"Bearer {KEY}", "Content-Type": "multipart/form-data; boundary=b"}
    with gateway.connect() as connection:
        for end in [*range(0, closing, 3), closing - 1]:
            answer = connection.ask("POST", path, fields, whole[:end])
            assert answer.status == 400, (end, answer.body)
            assert answer.json["error"]["type"] == "invalid_request_error"
        assert sandbox.calls["total"] == 0
        assert connection.ask("POST", path, fields, whole[:closing]).status == 200


@pytest.mark.parametrize("type, body, says", [
    ("multipart/form-data", EDIT, "boundary"), ("multipart/form-data; boundary=c", EDIT, "boundary"),
    ("application/json", EDIT, ""), ("multipart/mixed; boundary=b", EDIT, ""), ("multipart/form-data; boundary=b", b"{}", ""),
    ("multipart/form-data; boundary=b", form(*[(f"f{n}", "x") for n in range(200)]), "too many parts"),
])
def test_a_body_that_is_not_what_it_says_is_refused(gateway, sandbox, type, body, says):
    answer = send(gateway, EDITS, body, type)
    assert answer.status in (400, 413), answer
    assert says in answer.json["error"]["message"]
    assert sandbox.calls["total"] == 0


@pytest.mark.parametrize("path, body, status, param", [
    (EDITS, form(("prompt", "a")), 400, "image"), (EDITS, form(("image", PNG, "a.png")), 400, "prompt"),
    (EDITS, form(("prompt", "a"), ("image", PNG, "a.png"), ("n", "1.5")), 400, "n"),
    (EDITS, form(("prompt", "a"), ("image[]", b"GIF", "a.gif")), 400, "image[]"),
    (SPEECH, form(("model", "whisper-1")), 400, "file"), (SPEECH, form(("file", b"x", "a.xyz")), 400, "file"),
    (SPEECH, form(("file", b"\0" * (15 * MIB + 1), "a.mp3")), 413, "file"),
])
def test_a_bad_form_is_refused_with_the_name_of_the_member(gateway, sandbox, path, body, status, param):
    answer = send(gateway, path, body)
    assert (answer.status, answer.json["error"]["param"]) == (status, param), answer.body
    assert sandbox.calls["total"] == 0


def test_images_from_a_form_and_edits_from_json(gateway, sandbox):
    """Either body is read at either path."""
    answer = send(gateway, "/v1/images/generations", form(("prompt", "A lamp"), ("size", "21:9"), ("image_size", "2k")))
    assert answer.status == 200, answer.body
    assert sandbox.bodies()[-1]["request"]["generationConfig"]["imageConfig"] == {"aspectRatio": "21:9", "imageSize": "2K"}
    url = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    answer = gateway.ai("POST", EDITS, {"prompt": "Greener", "images": [{"image_url": url}], "mask": url, "response_format": "url"})
    assert answer.status == 200 and answer.json["data"][0]["url"].startswith("data:image/png;base64,"), answer.body
    assert gateway.ai("POST", SPEECH, {"file": url}).status == 400


def test_an_image_model_in_a_chat(gateway, sandbox):
    answer = gateway.chat(
        "A lamp", model="gemini-3-pro-image-4k-16x9", modalities=["text", "image"],
        tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}])
    assert answer.status == 200, answer.body
    assert "![image](data:image/png;base64," in answer.json["choices"][0]["message"]["content"]
    sent = sandbox.bodies()[-1]
    assert (sent["requestType"], sent["model"]) == ("image_gen", "gemini-3-pro-image")
    assert sent["request"]["generationConfig"] == {
        "responseModalities": ["TEXT", "IMAGE"], "imageConfig": {"aspectRatio": "16:9", "imageSize": "4K"}}
    assert not {"tools", "systemInstruction", "sessionId"} & set(sent["request"])


def test_a_stream_of_images_is_kept_alive(launch, sandbox):
    gateway = launch(workers=1, environment={
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_FIRST_SECONDS": "1",
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    sandbox.script({"delay_ms": 2500, "events": [{"response": {"candidates": [{"content": {"role": "model", "parts": [
        {"inlineData": {"mimeType": "image/webp", "data": "UklGRgAA"}}]}, "finishReason": "STOP"}]}}]})
    answer = gateway.ai("POST", "/v1/images/generations", {"prompt": "A lamp", "stream": True})
    assert answer.status == 200 and answer.body.count(b": ping\n\n") >= 1
    (event,) = answer.events
    assert event.name == event.json["type"] == "image_generation.completed"
    assert (event.json["b64_json"], event.json["output_format"]) == ("UklGRgAA", "webp")


def test_a_transcript_streams_as_it_comes(gateway, sandbox):
    sandbox.script({"text": ["Good", " morning", "."], "pace_ms": 50})
    body = form(("file", b"RIFF", "a.wav"), ("stream", "true"))
    answer = send(gateway, SPEECH, body)
    assert answer.status == 200 and answer.field("Content-Type").startswith("text/event-stream")
    assert [event.json["type"] for event in answer.events] == ["transcript.text.delta"] * 3 + ["transcript.text.done"]
    assert answer.events[-1].json == {"type": "transcript.text.done", "text": "Good morning."}
    assert b"[DONE]" not in answer.body


@pytest.mark.parametrize("end", ["cut", "error"])
def test_a_transcript_that_breaks_never_looks_finished(gateway, sandbox, end):
    sandbox.script({"text": ["Good", " morning"], "end": end, "pace_ms": 20})
    answer = send(gateway, SPEECH, form(("file", b"RIFF", "a.wav"), ("stream", "true")))
    assert answer.events[-1].data == "[DONE]" and "error" in answer.events[-2].json
    assert "transcript.text.done" not in answer.body.decode()


@pytest.mark.parametrize("type, word", [("text/plain; charset=utf-8", "text"), ("text/plain; charset=utf-8", "srt"),
                                        ("text/vtt; charset=utf-8", "vtt"), ("application/json", "json")])
def test_a_transcript_has_the_type_of_its_form(gateway, sandbox, type, word):
    sandbox.script({"text": ["Grüße"]})
    answer = send(gateway, SPEECH, form(("file", b"RIFF", "a.wav"), ("response_format", word)))
    assert answer.status == 200 and answer.field("Content-Type") == type
    assert "Grüße" in answer.body.decode()


def test_a_blocked_recording_is_told(gateway, sandbox):
    sandbox.script({"events": [{"response": {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}}]})
    answer = send(gateway, SPEECH, form(("file", b"RIFF", "a.wav")))
    assert (answer.status, answer.json["error"]["code"]) == (400, "content_policy_violation")


@pytest.mark.parametrize("path, parts, status, most", [
    # Refused for its size without having been copied; the connection's buffer may double once while the body comes in.
    (EDITS, [("prompt", "a"), ("image", b"\0" * (60 * MIB), "a.png")], 400, 150),
    (EDITS, [("prompt", "a"), ("image", PNG + b"\0" * (60 * MIB), "a.png")], 413, 150),
    # Served: the body, its base64, and the request on its way.
    (SPEECH, [("file", b"\0" * (15 * MIB), "a.mp3"), ("padding", b"\0" * (45 * MIB))], 200, 250),
], ids=["no image", "too large", "served"])
def test_a_form_of_sixty_megabytes_is_held_once(launch, sandbox, path, parts, status, most):
    gateway = launch(workers=1)
    sandbox.script({"text": ["Long."]})
    (worker,) = gateway.ready_workers()
    before = procfs.peak_resident_bytes(worker)
    answer = send(gateway, path, form(*parts), seconds=90)
    assert answer.status == status, answer.body
    assert procfs.peak_resident_bytes(worker) - before < most * MIB


def test_a_form_in_chunks(gateway, sandbox):
    whole = request("POST", EDITS, {
        "Authorization": f"Bearer {KEY}", "Content-Type": "multipart/form-data; boundary=b",
        "Transfer-Encoding": "chunked"})
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(EDIT[at:at + 7]), EDIT[at:at + 7]) for at in range(0, len(EDIT), 7))
    with gateway.connect() as connection:
        connection.send(whole + chunks + b"0\r\n\r\n")
        answer = connection.answer()
    assert answer.status == 200 and len(json.loads(answer.body)["data"]) == 1
