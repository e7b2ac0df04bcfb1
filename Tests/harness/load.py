"""Load of many kinds at once, which writes down how every single request ended."""

import collections
import contextlib
import dataclasses
import random
import threading
import time

from .gateway import ADMIN, KEY, Gateway
from .wire import Broken, Closed, request

# How a request may end.
SERVED = "served"
# A whole 503 with Retry-After in the form of the dialect, nothing of an answer before it.
REFUSED = "refused with 503"
# A stream that ended with the error event and its last chunk.
ERROR_EVENT = "ended with the error event"
# A stream or a whole answer that ended without its last byte: nobody takes it for finished.
CUT = "cut"
# The connection ended without a byte of an answer.
UNANSWERED = "unanswered"
# Looks finished and is not, or anything else that must never be.
WRONG = "wrong"


@dataclasses.dataclass
class Ending:
    kind: str
    how: str
    at: float
    detail: str = ""


class Load:
    """Threads with a connection each; `kinds` says how many of which.

    - `stream`: streamed chats on a kept connection, one after the other
    - `whole`: chats in one piece on a kept connection
    - `fresh`: chats in one piece, each on a connection of its own
    - `idle`: a kept connection that is silent nearly all the time
    - `admin`: admin calls, kept and fresh
    """

    def __init__(self, gateway: Gateway, **kinds: int):
        self.gateway = gateway
        self.endings: list[Ending] = []
        self.idle_lost = 0
        self.admin_slowest = 0.0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._number = 0
        self._threads = [
            threading.Thread(target=self._guard, args=(kind,), daemon=True) for kind, n in kinds.items() for _ in range(n)]

    @contextlib.contextmanager
    def running(self):
        """The load runs within the block; at its end every request is finished."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(60)
            alive = [thread for thread in self._threads if thread.is_alive()]
        assert not alive, f"{len(alive)} requests never ended"

    @property
    def summary(self) -> dict[str, int]:
        return dict(collections.Counter(f"{ending.kind}: {ending.how}" for ending in self.endings))

    def only(self, *hows: str, kinds: tuple[str, ...] | None = None):
        """Fails unless every request of these kinds ended in one of these ways."""
        bad = [e for e in self.endings if e.how not in hows and (kinds is None or e.kind in kinds)]
        assert not bad, (self.summary, bad[:5])

    def count(self, how: str, kind: str | None = None) -> int:
        return sum(e.how == how and (kind is None or e.kind == kind) for e in self.endings)

    def _guard(self, kind: str):
        try:
            getattr(self, f"_{kind}")()
        except Exception as error:  # noqa: BLE001 - whatever it was, it has to show in the result
            self._note(kind, WRONG, repr(error))

    def _note(self, kind: str, how: str, detail: str = ""):
        with self._lock:
            self.endings.append(Ending(kind, how, time.monotonic(), detail))

    def _next(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def _chat(self, stream: bool, text: str) -> bytes:
        """Every request is another one: equal ones that saw two deaths would be refused as poisoned."""
        body = {"model": "gemini-3-flash", "stream": stream,
                "messages": [{"role": "user", "content": f"{text} {self._next()}"}]}
        return request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body)

    def _kept(self, kind: str, stream: bool, text: str):
        connection = None
        while not self._stop.is_set():
            connection = connection or self.gateway.connect(40)
            how, detail, again = judge(connection, self._chat(stream, text), stream)
            self._note(kind, how, detail)
            if not again:
                connection.close()
                connection = None
        if connection:
            connection.close()

    def _stream(self):
        self._kept("stream", True, "load stream")

    def _whole(self):
        self._kept("whole", False, "load whole")

    def _fresh(self):
        while not self._stop.is_set():
            with self.gateway.connect(40) as connection:
                how, detail, _ = judge(connection, self._chat(False, "load fresh"), False)
            self._note("fresh", how, detail)

    def _idle(self):
        connection = None
        while True:
            connection = connection or self.gateway.connect(40)
            ending = self._stop.is_set()
            how, detail, again = judge(connection, self._models(), False)
            self._note("idle", how, detail)
            if not again:
                connection.close()
                connection = None
            if ending:
                break
            self._stop.wait(random.uniform(0.8, 2.0))
        if connection:
            connection.close()

    def _models(self) -> bytes:
        return request("GET", f"/v1/models?n={self._next()}", {"Authorization": f"Bearer {KEY}"})

    def _admin(self):
        token = {"Authorization": f"Bearer {ADMIN}"}
        with self.gateway.connect(40) as kept:
            while not self._stop.is_set():
                began = time.monotonic()
                assert kept.ask("GET", "/api/proxy/status", token).status == 200
                with self.gateway.connect(40) as fresh:
                    assert fresh.ask("GET", "/api/accounts", token).status == 200
                self.admin_slowest = max(self.admin_slowest, time.monotonic() - began)
                self._note("admin", SERVED)
                self._stop.wait(0.05)


def judge(connection, data: bytes, stream: bool) -> tuple[str, str, bool]:
    """Sends one request and says how it ended, with details, and whether the connection may be used again."""
    try:
        connection.send(data)
        answer = connection.answer()
    except (Closed, ConnectionResetError, BrokenPipeError) as error:
        return UNANSWERED, repr(error), False
    except Broken as broken:
        looks_finished = b"[DONE]" in broken.received or b'"finish_reason":"stop"' in broken.received
        return (WRONG if looks_finished else CUT), str(broken)[-200:], False
    except TimeoutError as error:
        return WRONG, repr(error), False
    again = answer.field("Connection") != "close" and not connection.ended
    if answer.status == 503:
        complete = answer.field("Retry-After") and answer.json["error"]["code"].startswith("gateway_")
        return (REFUSED if complete else WRONG), answer.body.decode()[:200], again
    if answer.status != 200:
        return WRONG, f"{answer.status} {answer.body[:200]!r}", again
    if not stream:
        return SERVED, "", again if answer.json else False
    events = answer.events
    if not events or events[-1].data != "[DONE]":
        return WRONG, f"a whole body without its end: {answer.body[-200:]!r}", again
    finished = any('"finish_reason":"' in event.data for event in events)
    failed = len(events) > 1 and '"error"' in events[-2].data
    if finished and not failed:
        return SERVED, "", again
    # The connection ends behind the error event; its head, sent long before, could not say so.
    return (ERROR_EVENT if failed and not finished else WRONG), answer.body[-300:].decode(), False


def script(sandbox):
    """What the load's requests are answered with: streams of a second, whole answers after a little while."""
    sandbox.script(
        {"contains": "load stream", "text": ["word "] * 40, "pace_ms": 25},
        {"contains": "load whole", "text": ["answer"], "delay_ms": 120},
        {"contains": "load fresh", "text": ["answer"], "delay_ms": 20},
    )
