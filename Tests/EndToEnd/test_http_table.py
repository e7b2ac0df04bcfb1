"""Every row of Tests/HTTPTests/Fixtures/requests.json through the running gateway.

Each row is sent to the AI face and to the admin face, alone and behind a request to the other face in the same write,
so that the row's bytes travel with the connection from one process to the other.
"""

import json
import pathlib

import pytest

from harness.gateway import ADMIN, KEY
from harness.wire import Broken, Closed, request

TABLE = json.loads((pathlib.Path(__file__).parents[1] / "HTTPTests/Fixtures/requests.json").read_text())

FACES = {
    "ai": {"get": "/v1/models", "post": "/v1/chat/completions", "key": KEY},
    "admin": {"get": "/api/proxy/status", "post": "/api/accounts", "key": ADMIN},
}
OTHER = {"ai": "admin", "admin": "ai"}
# What a server reads after a refusal before it gives up on the client (bytes); above it an answer may be lost.
LINGER_MAX = 65536


def wire_bytes(row: dict, face: dict) -> bytes:
    """A character of the fixture is one byte."""
    text = ""
    for piece in row["bytes"]:
        text += piece if isinstance(piece, str) else piece["repeat"] * piece["count"]
    text = text.replace("{get}", face["get"]).replace("{post}", face["post"])
    return text.replace("{auth}", f"Authorization: Bearer {face['key']}\r\n").encode("latin-1")


def check_served(answer, row: dict, index: int, face_name: str):
    """One answer to a request of the row that had to be understood."""
    if answer.status in row.get("anythingBut", []):
        pytest.fail(f"answered {answer.status}")
    elif "anythingBut" in row:
        return
    if row.get("posts", [False] * row["requests"])[index] and face_name == "admin":
        # The body is a chat request: that a member is missing shows that all of it was read.
        assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer
    else:
        assert 200 <= answer.status < 300, answer
    for name in row.get("wants", []):
        assert answer.field(name), f"{name} is missing in {answer.fields}"
    assert answer.field("Date"), answer.fields


def check_refused(answer, row: dict):
    assert answer.status in row["statuses"], answer
    assert answer.field("Connection") == "close", answer.fields
    assert "json" in (answer.field("Content-Type") or ""), answer.fields
    assert answer.json["error"], answer


def check_end(connection, row: dict, size: int):
    """What follows the requests that were served."""
    if row["end"] == "clean":
        return connection.expect_silence()
    wait = 0.15 if row.get("mayWait") else 5
    try:
        answer = connection.answer(seconds=wait)
    except TimeoutError:
        assert row.get("mayWait"), "neither answered nor closed"
        assert connection.buffer == b"", connection.buffer
        return None
    except (Closed, ConnectionResetError):
        assert size > LINGER_MAX, "closed without an answer"
        return None
    check_refused(answer, row)
    return connection.expect_end()


@pytest.mark.parametrize("behind", [False, True], ids=["alone", "behind"])
@pytest.mark.parametrize("face_name", FACES)
@pytest.mark.parametrize("row", TABLE, ids=[f"{row['section']}: {row['name']}" for row in TABLE])
def test_row(gateway, sandbox, row, face_name, behind):
    sandbox.script({"text": ["fine"]})
    data = wire_bytes(row, FACES[face_name])
    other = FACES[OTHER[face_name]]
    first = request("GET", other["get"], {"Authorization": f"Bearer {other['key']}"}) if behind else b""
    with gateway.connect() as connection:
        try:
            connection.send(first + data)
        except (BrokenPipeError, ConnectionResetError):
            assert len(data) > LINGER_MAX
        if behind:
            assert connection.answer().status == 200
        methods = row.get("methods", ["GET"] * row["requests"])
        for index in range(row["requests"]):
            check_served(connection.answer(methods[index]), row, index, face_name)
        check_end(connection, row, len(data))


def test_a_refused_connection_harms_nobody_else(gateway):
    """The worker that refused a request goes on serving its other connections."""
    with gateway.connect() as good, gateway.connect() as bad:
        key = {"Authorization": f"Bearer {KEY}"}
        assert good.ask("GET", "/v1/models", key).status == 200
        assert bad.ask("GET", "/v1/models", key).status == 200
        bad.send(b"GET /v1/models HTTP/1.1\r\n\r\n")
        assert bad.answer().status == 400
        bad.expect_end()
        assert good.ask("GET", "/v1/models", key).status == 200


def test_a_request_split_at_every_byte_is_served(gateway, sandbox):
    """Also across the handoff: the head may end anywhere."""
    sandbox.script({"text": ["fine"]})
    body = b'{"model":"gemini-3-flash","messages":[{"role":"user","content":"hi"}]}'
    whole = request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body)
    for offset in range(1, len(whole), 7):
        with gateway.connect() as connection:
            connection.send(whole[:offset])
            connection.send(whole[offset:])
            assert connection.answer().status == 200, offset


def test_expect_100_continue_is_answered_before_the_body(gateway, sandbox):
    sandbox.script({"text": ["fine"]})
    body = json.dumps({"model": "gemini-3-flash", "messages": [{"role": "user", "content": "hi"}]}).encode()
    fields = f"Authorization: Bearer {KEY}\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n"
    with gateway.connect() as connection:
        connection.send(f"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())
        assert connection.head().status == 100
        connection.send(body)
        assert connection.answer().status == 200


def test_a_client_of_http_1_0_gets_no_chunks(gateway, sandbox):
    sandbox.script({"text": ["a", "b"]})
    body = json.dumps({"model": "gemini-3-flash", "stream": True, "messages": [{"role": "user", "content": "hi"}]})
    with gateway.connect() as connection:
        connection.send(
            f"POST /v1/chat/completions HTTP/1.0\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = connection.answer()
        assert answer.status == 200
        assert answer.field("Transfer-Encoding") is None
        assert answer.events[-1].data == "[DONE]"


@pytest.mark.parametrize("face_name", FACES)
def test_a_body_above_the_limit_is_refused_before_it_is_read(gateway, face_name):
    face = FACES[face_name]
    size = 101 << 20 if face_name == "ai" else 9 << 20
    with gateway.connect() as connection:
        connection.send(
            f"POST {face['post']} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {face['key']}\r\n"
            f"Content-Length: {size}\r\n\r\n".encode())
        answer = connection.answer()
        assert answer.status == 413, answer
        assert answer.json["error"]


def test_a_truncated_answer_is_never_taken_for_a_whole_one(gateway):
    """The reader of this harness itself: it must not accept what it is there to find."""
    with gateway.connect() as connection:
        connection.ended = True
        for text in (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", b"HTTP/1.1 200 OK\r\n"):
            connection.buffer = text
            with pytest.raises(Broken):
                connection.answer()
