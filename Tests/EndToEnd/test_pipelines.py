"""Random conversations on one connection: whatever comes in whatever pieces, each answer belongs to its request.

Requests for both faces are mixed, so that the connection and the bytes already read move to and fro between the
processes all the time.
"""

import json
import random
import socket
import threading
import time

import pytest

from conftest import size
from harness.gateway import ADMIN, KEY
from harness.wire import request

REQUESTS = size("PIPELINE_REQUESTS", 60)
BEARER = {"Authorization": f"Bearer {KEY}"}
TOKEN = {"Authorization": f"Bearer {ADMIN}"}


def chunked(data: bytes, dice: random.Random) -> bytes:
    """A body in chunks of random size, with extensions and trailers here and there."""
    out = b""
    while data:
        count = dice.randint(1, max(1, len(data)))
        out += b"%x" % count + dice.choice([b"", b";a", b";a=b", b';a="b"']) + b"\r\n" + data[:count] + b"\r\n"
        data = data[count:]
    return out + b"0\r\n" + dice.choice([b"", b"X-Trailer: 1\r\n"]) + b"\r\n"


def with_body(path: str, fields: dict, body: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.5:
        return request("POST", path, {**fields, "Content-Type": "application/json"}, body)
    head = request("POST", path, {**fields, "Content-Type": "application/json", "Transfer-Encoding": "chunked"})
    return head + chunked(body, dice)


def chat(dice: random.Random, number: int):
    text = f"unique {number} " + "x" * dice.choice([0, 10, 2000, 70_000])
    body = json.dumps({"model": "gemini-3-flash", "messages": [{"role": "user", "content": text}]}).encode()

    def check(answer):
        assert answer.status == 200, answer
        assert f"unique {number} " in answer.json["choices"][0]["message"]["content"]
    return with_body("/v1/chat/completions", BEARER, body, dice), "POST", check


def stream(dice: random.Random, number: int):
    message = {"role": "user", "content": f"unique {number} of a stream"}
    body = json.dumps({"model": "gemini-3-flash", "stream": True, "messages": [message]}).encode()

    def check(answer):
        assert answer.status == 200 and answer.events[-1].data == "[DONE]", answer
        chunks = [event.json for event in answer.events[:-1]]
        assert f"unique {number} of" in "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks)
    return with_body("/v1/chat/completions", BEARER, body, dice), "POST", check


def bad_chat(dice: random.Random, number: int):
    body = json.dumps({"model": "gemini-3-flash", "messages": [{"role": f"boss{number}", "content": "x"}]}).encode()

    def check(answer):
        assert answer.status == 400 and answer.json["error"]["param"] == "messages[0].role", answer
    return with_body("/v1/chat/completions", BEARER, body, dice), "POST", check


def no_account(dice: random.Random, number: int):
    def check(answer):
        assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer
    body = json.dumps({"number": number, "padding": "y" * dice.choice([0, 5000])}).encode()
    return with_body("/api/accounts", TOKEN, body, dice), "POST", check


def simple(method: str, path: str, fields: dict, status: int, member: str | None):
    def make(_dice: random.Random, number: int):
        def check(answer):
            assert answer.status == status, answer
            assert member is None or member in answer.json, answer
        return request(method, f"{path}?n={number}", fields), method, check
    return make


KINDS = [
    chat, chat, stream, stream, bad_chat, no_account,
    simple("GET", "/v1/models", BEARER, 200, "data"), simple("HEAD", "/v1/models", BEARER, 200, None),
    simple("GET", "/v1/models", {}, 401, "error"), simple("GET", "/v1/nothing", BEARER, 404, "error"),
    simple("DELETE", "/v1/chat/completions", BEARER, 405, "error"), simple("OPTIONS", "/v1/models", {}, 204, None),
    simple("GET", "/api/proxy/status", TOKEN, 200, "workers"), simple("HEAD", "/api/accounts", TOKEN, 200, None),
    simple("GET", "/api/accounts", {}, 401, "code"), simple("GET", "/api/nothing", TOKEN, 404, "code"),
    simple("PUT", "/api/accounts", TOKEN, 405, "code"), simple("GET", "/healthz", {}, 200, "status"),
]


def send_in_pieces(connection, data: bytes, dice: random.Random):
    while data:
        count = dice.choice([1, 2, 7, 100, 1000, 16_384, 200_000])
        connection.send(data[:count])
        data = data[count:]
        if dice.random() < 0.02:
            time.sleep(0.002)


@pytest.mark.parametrize("seed", range(1, size("PIPELINE_SEEDS", 8) + 1))
def test_a_random_conversation(gateway, seed):
    dice = random.Random(seed)
    made = [dice.choice(KINDS)(dice, seed * 10_000 + number) for number in range(REQUESTS)]
    with gateway.connect(60) as connection:
        # The sender does not wait for answers, so that requests pile up in every place on the way.
        data = b"".join(piece for piece, _, _ in made)
        sender = threading.Thread(target=send_in_pieces, args=(connection, data, random.Random(-seed)), daemon=True)
        sender.start()
        for index, (_, method, check) in enumerate(made):
            try:
                check(connection.answer(method))
            except Exception as error:
                raise AssertionError(f"request {index} of {REQUESTS}: {made[index][0][:200]!r}") from error
        sender.join(5)
        connection.expect_silence()


def test_a_client_that_ends_its_side_gets_the_answers_that_wait_and_the_gateway_lives_on(gateway):
    """Six requests and the end of the client's side in one piece, to a connection that waits: the last is for the other face."""
    for _ in range(3):
        with gateway.connect() as connection:
            time.sleep(0.1)
            connection.send(request("GET", "/nothing") * 5 + request("GET", "/v1/models", BEARER))
            connection.socket.shutdown(socket.SHUT_WR)
            assert [connection.answer().status for _ in range(5)] == [404] * 5
    with gateway.connect() as connection:
        assert connection.ask("GET", "/healthz").status == 200
        assert connection.ask("GET", "/api/health", TOKEN).status == 200
