"""HTTP/1.1 as bytes on a socket. Answers are read strictly: what a client could misunderstand is an error here."""

import contextlib
import dataclasses
import json
import re
import select
import socket
import time


class Closed(Exception):
    """The connection ended before the first byte of an answer."""


class Broken(Exception):
    """The connection ended, or went wrong, within an answer."""

    def __init__(self, why: str, received: bytes = b""):
        super().__init__(f"{why}: {received[-300:]!r}")
        self.received = received


@dataclasses.dataclass
class Answer:
    status: int
    fields: list[tuple[str, str]]
    body: bytes = b""

    def field(self, name: str) -> str | None:
        found = [value for key, value in self.fields if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} occurs {len(found)} times"
        return found[0] if found else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self) -> list["Event"]:
        return list(events_of(self.body))


@dataclasses.dataclass
class Event:
    name: str | None
    data: str

    @property
    def json(self):
        return json.loads(self.data)


def events_of(text: bytes):
    """The server-sent events of a whole stream; comments are passed over."""
    for block in text.replace(b"\r\n", b"\n").split(b"\n\n"):
        name, data = None, []
        for line in block.decode().split("\n"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
        if data:
            yield Event(name, "\n".join(data))


def request(method: str, target: str, fields: dict[str, str] | None = None, body: bytes | dict | None = None) -> bytes:
    """The bytes of one request; a dict becomes JSON."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    if isinstance(body, dict | list):
        body = json.dumps(body).encode()
        lines.append("Content-Type: application/json")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


class Connection:
    """One client connection."""

    def __init__(self, address: tuple[str, int], seconds: float = 15):
        self.socket = socket.create_connection(address, seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds = seconds
        self.buffer = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data: bytes):
        self.socket.sendall(data)

    def ask(self, method: str, target: str, fields=None, body=None) -> Answer:
        """Asks and reads the answer. The gateway may refuse a request before all of it is sent and then end the connection; what it
        has said until then can still be read."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send(request(method, target, fields, body))
        return self.answer(method)

    def answer(self, method: str = "GET", seconds: float | None = None) -> Answer:
        """Reads one whole answer. 1xx are passed over."""
        deadline = time.monotonic() + (seconds or self.seconds)
        while True:
            answer = self.head(deadline)
            if answer.status >= 200:
                break
        self._read_body(answer, method, deadline)
        return answer

    def head(self, deadline: float | None = None) -> Answer:
        """Reads one head; the body stays unread."""
        deadline = deadline or time.monotonic() + self.seconds
        while b"\r\n\r\n" not in self.buffer:
            if not self._fill(deadline):
                if self.buffer:
                    raise Broken("the connection ended within a head", self.buffer)
                raise Closed()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) [^\r\n]*", line)
        if not match:
            raise Broken("this is no status line", head)
        fields = []
        for text in rest:
            name, colon, value = text.partition(":")
            if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
                raise Broken("this is no field", text.encode("latin-1"))
            fields.append((name, value.strip(" \t")))
        return Answer(int(match[1]), fields)

    def chunk(self, deadline: float | None = None) -> bytes:
        """Reads the next chunk of a chunked body; empty for the last one."""
        deadline = deadline or time.monotonic() + self.seconds
        size = self._line(deadline)
        if not re.fullmatch(rb"[0-9a-fA-F]+", size):
            raise Broken("this is no chunk size", size)
        data = self._take(int(size, 16), deadline)
        if self._take(2, deadline) != b"\r\n":
            raise Broken("a chunk does not end where it says", data)
        return data

    def expect_silence(self, seconds: float = 0.03):
        """Nothing more may come now; the connection may be open or closed."""
        assert self.buffer == b"", f"stray bytes: {self.buffer[:200]!r}"
        if select.select([self.socket], [], [], seconds)[0]:
            try:
                stray = self.socket.recv(4096)
            except ConnectionResetError:
                stray = b""
            assert stray == b"", f"stray bytes: {stray[:200]!r}"
            self.ended = True

    def expect_end(self, seconds: float = 5):
        """The server closes the connection and sends nothing more."""
        deadline = time.monotonic() + seconds
        while self._fill(deadline):
            pass
        assert self.buffer == b"", f"stray bytes before the end: {self.buffer[:200]!r}"

    def _read_body(self, answer: Answer, method: str, deadline: float):
        length = answer.field("Content-Length")
        coding = answer.field("Transfer-Encoding")
        assert not (length and coding), "an answer has a length and a coding"
        if method == "HEAD" or answer.status in (204, 304):
            return
        pieces: list[bytes] = []
        try:
            if coding:
                assert coding == "chunked", coding
                while data := self.chunk(deadline):
                    pieces.append(data)
                answer.body = b"".join(pieces)
            elif length is not None:
                answer.body = self._take(int(length), deadline)
            else:
                while self._fill(deadline):
                    pass
                answer.body, self.buffer = self.buffer, b""
        except Broken as broken:
            raise Broken(str(broken), b"".join(pieces) + broken.received) from None

    def _line(self, deadline: float) -> bytes:
        while b"\r\n" not in self.buffer:
            if not self._fill(deadline):
                raise Broken("the connection ended within a line", self.buffer)
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def _take(self, count: int, deadline: float) -> bytes:
        while len(self.buffer) < count:
            if not self._fill(deadline):
                raise Broken("the connection ended within a body", self.buffer)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def _fill(self, deadline: float) -> bool:
        """More bytes; False at the end of the connection. TimeoutError when the deadline has passed."""
        if self.ended:
            return False
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.socket], [], [], left)[0]:
            raise TimeoutError(f"no answer in time; so far {self.buffer[-300:]!r}")
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            if not self.buffer:
                raise
            data = b""
        self.ended = not data
        self.buffer += data
        return bool(data)
