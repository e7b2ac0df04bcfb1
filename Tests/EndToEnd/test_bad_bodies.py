"""Bodies that nobody can serve, at every endpoint that takes one: refused in the client's dialect with the member that is wrong,
before anybody is asked, and nothing stays open afterwards."""

import json

import pytest

from harness import procfs
from harness.gateway import KEY
from harness.programs import wait_until
from harness.wire import Closed, request

MIB = 1 << 20
BODY_MAX = 100 * MIB
MODEL = "gemini-3-flash"
TURN = {"role": "user", "content": "hi"}
CHAT = {"model": MODEL, "messages": [TURN]}
NATIVE = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
TEXT, EDIT, SPEECH = "/v1/completions", "/v1/images/edits", "/v1/audio/transcriptions"
GENERATE = f"/v1beta/models/{MODEL}:generateContent"
STREAM = f"/v1beta/models/{MODEL}:streamGenerateContent"
COUNT = f"/v1beta/models/{MODEL}:countTokens"

#: Every endpoint that reads a body, whose errors it gives, and a body that it serves; none where it takes only forms.
ENDPOINTS = {
    "/v1/chat/completions": ("openai", CHAT),
    TEXT: ("openai", {"model": MODEL, "prompt": "hi"}),
    "/v1/responses": ("openai", {"model": MODEL, "input": "hi"}),
    "/v1/images/generations": ("openai", {"prompt": "A lamp"}),
    EDIT: ("openai", {"prompt": "A lamp", "image": "data:image/png;base64,iVBORw0KGgoA"}),
    SPEECH: ("openai", None),
    "/cursor/chat/completions": ("openai", CHAT),
    "/cursor/v1/chat/completions": ("openai", CHAT),
    "/v1/models/detect": ("openai", {"model": MODEL}),
    "/v1/messages": ("anthropic", {**CHAT, "max_tokens": 9}),
    "/v1/messages/count_tokens": ("anthropic", CHAT),
    GENERATE: ("gemini", NATIVE),
    f"/v1/models/{MODEL}:generateContent": ("gemini", NATIVE),
    STREAM: ("gemini", NATIVE),
    f"{STREAM}?alt=sse": ("gemini", NATIVE),
    COUNT: ("gemini", NATIVE),
}


def deep(opening: bytes, closing: bytes) -> bytes:
    return b'{"x":' + opening * 600 + b"1" + closing * 600 + b"}"


#: Texts that are no body of any dialect: name, text, status, the member in which the fault stands.
TEXTS = [
    ("nothing", b"", 400, None),
    ("blanks", b" \r\n", 400, None),
    ("a word", b"hello", 400, None),
    ("cut", b'{"model":', 400, "model"),
    ("cut in a string", b'{"model":"gem', 400, "model"),
    ("an array", b"[]", 400, None),
    ("a string", b'"hi"', 400, None),
    ("a number", b"7", 400, None),
    ("null", b"null", 400, None),
    ("two values", b"{}{}", 400, None),
    ("a comma too many", b'{"a":[1,]}', 400, "a[1]"),
    ("no number", b'{"a":NaN}', 400, "a"),
    ("a control character", b'{"a":"\x01"}', 400, "a"),
    ("a byte order mark", b"\xef\xbb\xbf{}", 400, None),
    ("UTF-16", '{"a":1}'.encode("utf-16"), 400, None),
    ("no UTF-8", b'{"a":{"b":["c","\xff"]}}', 400, "a.b[1]"),
    ("half a character", b'{"a":"\xf0\x9f\x98"}', 400, "a"),
    ("half of a pair in UTF-8", b'{"a":"\xed\xa0\xbd"}', 400, "a"),
    ("deep arrays", deep(b"[", b"]"), 400, "x[0][0]"),
    ("deep objects", deep(b'{"a":', b"}"), 400, "x.a.a"),
    ("four million values", b'{"x":[' + b"0," * 3_999_998 + b"0]}", 413, None),
    ("a name of a megabyte", b'{"' + b"k" * MIB + b'":}', 400, "kkkkkkkk"),
]


def check(answer, dialect: str, status: int, member: str | None):
    """An error in the dialect's envelope, that names the member where there is one."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.field("Content-Type") == "application/json"
    assert len(answer.body) < 8192, len(answer.body)
    error = answer.json["error"]
    assert error["message"] and "Error" not in error["message"] and ".swift" not in error["message"]
    if dialect == "openai":
        assert list(answer.json) == ["error"] and list(error) == ["message", "type", "param", "code"]
        assert error["type"] == "invalid_request_error"
        assert error["code"] == ("request_too_large" if status == 413 else None), error
        assert (member in error["param"]) if member else error["param"] is None, error
        return
    if dialect == "anthropic":
        assert list(answer.json) == ["type", "error", "request_id"] and answer.json["type"] == "error"
        assert error["type"] == ("request_too_large" if status == 413 else "invalid_request_error")
    else:
        assert list(answer.json) == ["error"]
        assert error["code"] == status and error["status"] in ("INVALID_ARGUMENT", "UNIMPLEMENTED")
    assert member is None or member in error["message"], error


def descriptors(gateway) -> int:
    """Of all workers. Some are connections to the upstream, which come and go."""
    return sum(len(procfs.descriptors(pid)) for pid in gateway.ready_workers())


def fields(type: str = "application/json") -> dict:
    return {"Authorization": f"Bearer {KEY}", "Content-Type": type}


@pytest.mark.parametrize("path", ENDPOINTS)
def test_what_is_no_body_is_refused_and_the_connection_goes_on(gateway, sandbox, path):
    dialect, good = ENDPOINTS[path]
    with gateway.connect(60) as connection:
        for name, text, status, member in TEXTS:
            answer = connection.ask("POST", path, fields(), text)
            try:
                check(answer, dialect, status, member)
            except (AssertionError, KeyError, TypeError) as error:
                raise AssertionError(f"{name}: {error}") from error
        assert sandbox.calls["total"] == 0
        if good is not None:
            assert connection.ask("POST", path, fields(), good).status == 200


def chat(**members) -> dict:
    return {**CHAT, **members}


def turn(content, role="user") -> dict:
    return {"model": MODEL, "messages": [{"role": role, "content": content}]}


def native(*parts, **members) -> dict:
    return {"contents": [{"role": "user", "parts": list(parts)}], **members}


HUGE = 10**30
FILE = "file:///etc/passwd"
MESSAGES, RESPONSES = "/v1/messages", "/v1/responses"

#: Bodies of the right kind with one wrong member: path, body, the member.
MEMBERS = [
    *[(path, body, member) for path in ("/v1/chat/completions", "/cursor/chat/completions", MESSAGES) for body, member in [
        ({"messages": [TURN]}, "model"),
        (chat(model=7), "model"),
        (chat(model="m" * 5000), "model"),
        (chat(model="m" * MIB), "model"),
        (chat(messages="hi"), "messages"),
        (chat(messages=[]), "messages"),
        (chat(messages=["hi"]), "messages[0]"),
        (turn("hi", role="boss"), "messages[0].role"),
        (turn("hi", role=7), "messages[0].role"),
        (turn("hi", role="r" * MIB), "messages[0].role"),
        (turn(7), "messages[0].content"),
        (turn([7]), "messages[0].content[0]"),
        (turn([{"type": "text", "text": {}}]), "messages[0].content[0].text"),
        (turn([{"type": "image_url", "image_url": {"url": FILE}}]), "messages[0].content[0]"),
        (chat(tools={}), "tools"),
        (chat(temperature="hot"), "temperature"),
        (chat(max_tokens=HUGE), "max_tokens"),
        (chat(max_tokens=-1), "max_tokens"),
        (chat(stream="yes"), "stream"),
    ]],
    ("/v1/chat/completions", chat(n=HUGE), "n"),
    ("/v1/chat/completions", chat(stop=7), "stop"),
    ("/v1/chat/completions", chat(tool_choice={"type": "function", "function": {"name": "nobody"}}), "tool_choice"),
    (MESSAGES, chat(system=7), "system"),
    (MESSAGES, chat(thinking={"type": "enabled", "budget_tokens": "much"}), "thinking"),
    (MESSAGES, chat(tool_choice={"type": "tool", "name": "nobody"}), "tool_choice"),
    (MESSAGES, turn([{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "!"}}]),
     "messages[0].content[0].source"),
    ("/v1/messages/count_tokens", {"messages": [TURN]}, "model"),
    ("/v1/messages/count_tokens", chat(messages={}), "messages"),
    ("/v1/messages/count_tokens", turn(7), "messages[0].content"),
    (TEXT, {"prompt": "hi"}, "model"),
    (TEXT, {"model": MODEL}, "prompt"),
    (TEXT, {"model": MODEL, "prompt": {}}, "prompt"),
    (TEXT, {"model": MODEL, "prompt": [1, 2, 3]}, "prompt"),
    (TEXT, {"model": MODEL, "prompt": ["a", 7]}, "prompt"),
    (TEXT, {"model": MODEL, "prompt": ["a"] * 33}, "prompt"),
    (TEXT, {"model": MODEL, "prompt": "a", "n": 0}, "n"),
    (RESPONSES, {"input": "hi"}, "model"),
    (RESPONSES, {"model": MODEL}, "input"),
    (RESPONSES, {"model": MODEL, "input": 7}, "input"),
    (RESPONSES, {"model": MODEL, "input": [7]}, "input[0]"),
    (RESPONSES, {"model": MODEL, "input": [{"role": "boss", "content": "hi"}]}, "input[0].role"),
    (RESPONSES, {"model": MODEL, "input": [{"role": "user", "content": 7}]}, "input[0].content"),
    (RESPONSES, {"model": MODEL, "input": [{"type": "function_call", "call_id": "a"}]}, "input[0]"),
    (RESPONSES, {"model": MODEL, "input": "hi", "tools": 7}, "tools"),
    (RESPONSES, {"model": MODEL, "input": "hi", "max_output_tokens": "many"}, "max_output_tokens"),
    (RESPONSES, {"model": MODEL, "input": "hi", "text": 7}, "text"),
    ("/cursor/chat/completions", {"model": MODEL}, "messages"),
    ("/cursor/chat/completions", {"model": MODEL, "input": 7}, "input"),
    ("/v1/images/generations", {}, "prompt"),
    ("/v1/images/generations", {"prompt": 7}, "prompt"),
    ("/v1/images/generations", {"prompt": "a", "n": 11}, "n"),
    ("/v1/images/generations", {"prompt": "a", "n": HUGE}, "n"),
    ("/v1/images/generations", {"prompt": "a", "response_format": "png"}, "response_format"),
    ("/v1/images/generations", {"prompt": "a", "model": "m" * 5000}, "model"),
    (EDIT, {"prompt": "a"}, "image"),
    (EDIT, {"prompt": "a", "image": FILE}, "image"),
    (EDIT, {"prompt": "a", "image": 7}, "image"),
    ("/v1/models/detect", {}, "model"),
    ("/v1/models/detect", {"model": 7}, "model"),
    ("/v1/models/detect", {"model": "m" * 5000}, "model"),
    *[(path, body, member) for path in (GENERATE, STREAM, COUNT) for body, member in [
        ({}, "contents"),
        ({"contents": 7}, "contents"),
        ({"contents": [7]}, "contents[0]"),
        ({"contents": [{"role": "user", "parts": 7}]}, "contents[0].parts"),
        (native(7), "contents[0].parts[0]"),
        (native({"text": 7}), "contents[0].parts[0].text"),
        (native({"inlineData": {"mimeType": "image/png", "data": "!"}}), "contents[0].parts[0].inlineData"),
        (native({"functionCall": {}}), "contents[0].parts[0].functionCall"),
        (native({"text": "a"}, systemInstruction=7), "systemInstruction"),
        (native({"text": "a"}, generationConfig=7), "generationConfig"),
        (native({"text": "a"}, generationConfig={"temperature": "hot"}), "generationConfig.temperature"),
        (native({"text": "a"}, generationConfig={"maxOutputTokens": HUGE}), "generationConfig.maxOutputTokens"),
        (native({"text": "a"}, tools=7), "tools"),
        (native({"text": "a"}, cachedContent="cachedContents/a"), "cachedContent"),
    ]],
    *[(path, native({"fileData": {"fileUri": FILE}}), "contents[0].parts[0].fileData") for path in (GENERATE, STREAM)],
]


@pytest.mark.parametrize("path, body, member", MEMBERS, ids=lambda value: str(value)[:60] if value else "")
def test_a_wrong_member_is_named(gateway, sandbox, path, body, member):
    with gateway.connect() as connection:
        answer = connection.ask("POST", path, fields(), body)
        check(answer, ENDPOINTS[path][0], 400, member)
        assert FILE not in answer.body.decode()
        assert sandbox.calls["total"] == 0
        good = ENDPOINTS[path][1]
        assert connection.ask("POST", path, fields(), good).status == 200


@pytest.mark.parametrize("path", [path for path in ENDPOINTS if ENDPOINTS[path][1] and path != "/v1/models/detect"])
def test_half_of_a_pair_is_text_like_any_other(gateway, sandbox, path):
    """Clients cut texts between the halves of a pair. JSON allows what they write then, and the conversation goes on."""
    body = json.dumps(ENDPOINTS[path][1]).replace('"hi"', r'"cut \ud83d"').replace("A lamp", r"cut \ud83d").encode()
    assert rb"\ud83d" in body
    answer = gateway.ai("POST", path, body, fields={"Content-Type": "application/json"})
    assert answer.status == 200, answer.body
    assert answer.body.decode("utf-8")


def test_a_body_of_exactly_the_most_values_is_read(gateway, sandbox):
    """One value less than what is too many: the model is what is missed."""
    answer = gateway.ai("POST", "/v1/chat/completions", b'{"x":[' + b"0," * 3_999_996 + b"0]}")
    check(answer, "openai", 400, "model")


def too_much(gateway, path: str, chunk: int | None):
    """Sends one byte more than a body may have, whole or in chunks of this size; the answer and whether the server stopped
    reading."""
    size = BODY_MAX + 1
    framing = {"Transfer-Encoding": "chunked"} if chunk else {"Content-Length": str(size)}
    with gateway.connect(120) as connection:
        connection.send(request("POST", path, {**fields(), **framing}))
        if chunk is None:
            return connection.answer()
        head, block = b"%x\r\n" % chunk, b"0" * chunk + b"\r\n"
        try:
            for _ in range(size // chunk + 1):
                connection.send(head + block)
            connection.send(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # It may answer and close before it has everything.
        return connection.answer()


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_body_that_says_it_is_too_large_is_refused_unread(gateway, sandbox, path):
    check(too_much(gateway, path, None), ENDPOINTS[path][0], 413, None)
    assert sandbox.calls["total"] == 0


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", GENERATE, EDIT])
def test_chunks_without_end_are_refused_in_bounded_memory(launch, sandbox, path):
    gateway = launch(workers=1)
    (worker,) = gateway.ready_workers()
    held, before = procfs.resident_bytes(worker), descriptors(gateway)
    try:
        check(too_much(gateway, path, MIB), ENDPOINTS[path][0], 413, None)
    except (ConnectionResetError, Closed):
        pytest.fail("the refusal was lost")
    peak = procfs.peak_resident_bytes(worker) - held
    assert peak < 192 * MIB, f"{peak / MIB:.0f} MiB"
    assert gateway.chat().status == 200
    assert gateway.ready_workers() == [worker]
    wait_until(lambda: descriptors(gateway) <= before + 4, 10, f"as many descriptors as before, {before}")
    wait_until(lambda: procfs.resident_bytes(worker) - held < 32 * MIB, 20, "the memory of the refused body to be given back")


def test_bad_bodies_of_many_clients_leave_nothing_behind(gateway, sandbox):
    """Each on a connection of its own, which the client does not close in good order."""
    gateway.chat()
    before = descriptors(gateway)
    left = []
    for path in ENDPOINTS:
        for _, text, *_ in TEXTS[:16]:
            connection = gateway.connect()
            connection.send(request("POST", path, fields(), text))
            left.append(connection)
    for connection in left:
        assert connection.answer().status == 400
        connection.close()
    wait_until(lambda: descriptors(gateway) <= before + 4, 10, f"as many descriptors as before, {before}")
    assert gateway.chat().status == 200
