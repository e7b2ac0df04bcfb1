"""Media that a request names by address: what the gateway fetches, and above all what it does not."""

import base64
import socket
import threading
import time

import pytest

from harness.gateway import KEY
from harness.programs import wait_until
from harness.site import Site, redirect, send
from harness.wire import request

MODEL = "gemini-3-flash"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
PATH = "messages[0].content[1].image_url.url"


@pytest.fixture(scope="module")
def shared_fetcher(shared_sandbox, tmp_path_factory):
    from harness.gateway import Gateway
    running = Gateway(shared_sandbox, tmp_path_factory.mktemp("fetcher"), environment={
        # The address of the site, and nothing else that leads to this host.
        "ANTIGRAVITY_GATEWAY_TRANSLATION_REMOTE_MEDIA_HOSTS": "127.0.0.1",
        # Never used for media.
        "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9",
    })
    yield running
    stderr = running.program.stderr
    assert running.stop() == 0, stderr[-4000:]


@pytest.fixture
def fetcher(shared_fetcher, sandbox):
    """A gateway that may fetch from 127.0.0.1."""
    return shared_fetcher


@pytest.fixture
def site():
    running = Site()
    running.pages = {"/a.png": (PNG, "image/png"), "/a.pdf": (PDF, "application/pdf")}
    yield running
    running.stop()


def chat(*urls: str, **more) -> dict:
    return {"model": MODEL, **more, "messages": [{"role": "user", "content": [
        {"type": "text", "text": "look"}, *({"type": "image_url", "image_url": {"url": url}} for url in urls)]}]}


def sent(sandbox) -> list[tuple[str, bytes]]:
    """The inline data of the last call, type and bytes."""
    found = []
    for content in sandbox.bodies()[-1]["request"]["contents"]:
        for part in content["parts"]:
            inner = part.get("functionResponse", {}).get("parts", [])
            for data in (piece["inlineData"] for piece in [part, *inner] if "inlineData" in piece):
                found.append((data["mimeType"], base64.b64decode(data["data"])))
    return found


def refused(answer, *words: str, param: str = PATH, status: int = 400):
    assert answer.status == status, answer.body
    error = answer.json["error"]
    assert error["param"] == param and all(word in error["message"] for word in (param, *words)), error
    return error["message"]


# MARK: What is fetched


def test_media_by_address_in_every_dialect(fetcher, sandbox, site):
    picture, file = site.url("/a.png"), site.url("/a.pdf")
    both = [("image/png", PNG), ("application/pdf", PDF)]
    for path, body, expected in [
        ("/v1/chat/completions", chat(picture), both[:1]),
        ("/cursor/chat/completions", chat(picture), both[:1]),
        ("/v1/responses", {"model": MODEL, "input": [{"role": "user", "content": [
            {"type": "input_image", "image_url": picture}, {"type": "input_file", "file_url": file}]}]}, both),
        ("/v1/messages", {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": [
            {"type": "image", "source": {"type": "url", "url": picture}},
            {"type": "document", "source": {"type": "url", "url": file}}]}]}, both),
        ("/v1/images/edits", {"model": "gemini-3-pro-image", "prompt": "p", "images": [{"image_url": picture}]}, both[:1]),
    ]:
        answer = fetcher.ai("POST", path, body)
        assert answer.status == 200, (path, answer.body)
        assert sent(sandbox) == expected, path


def test_media_inside_a_tool_result(fetcher, sandbox, site):
    answer = fetcher.ai("POST", "/v1/messages", {
        "model": MODEL, "max_tokens": 100, "tools": [{"name": "look", "input_schema": {"type": "object"}}],
        "messages": [
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [
                {"type": "image", "source": {"type": "url", "url": site.url("/a.png")}}]}]}]})
    assert answer.status == 200, answer.body
    assert sent(sandbox) == [("image/png", PNG)]


def test_streams_and_choices_get_the_media_too(fetcher, sandbox, site):
    answer = fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/a.png"), site.url("/a.png"), n=3, stream=True))
    assert answer.status == 200 and answer.events[-1].data == "[DONE]"
    assert site.asked == ["/a.png"]
    assert sent(sandbox) == [("image/png", PNG)] * 2
    assert sandbox.calls["total"] == 3


def test_the_request_for_media_says_nothing_about_the_client(fetcher, sandbox, site):
    assert fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/a.png"))).status == 200
    [fields] = site.fields
    assert set(fields) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert KEY not in str(fields)


def test_a_type_that_says_nothing_is_looked_for_in_the_bytes(fetcher, sandbox, site):
    site.pages["/x"] = (PNG, "application/octet-stream")
    site.pages["/y"] = (PNG, None)
    assert fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/x"), site.url("/y"))).status == 200
    assert sent(sandbox) == [("image/png", PNG)] * 2


def test_redirects_are_followed_three_times(fetcher, sandbox, site):
    site.pages |= {
        "/1": redirect("2", 301), "/2": redirect("/deep/3", 303), "/deep/3": redirect("../a.png", 308),
        "/0": redirect(site.url("/1")), "/loop": redirect("/loop", 307)}
    assert fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/1"))).status == 200
    assert site.asked == ["/1", "/2", "/deep/3", "/a.png"]
    refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/0"))), "127.0.0.1", "more than 3 times")
    site.asked.clear()
    refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/loop"))), "more than 3 times")
    assert site.asked == ["/loop"] * 4


def test_downloads_run_side_by_side(fetcher, sandbox, site):
    gate = threading.Barrier(4, timeout=10)

    def page(handler):
        gate.wait()
        send(handler, PNG, "image/png")

    paths = [f"/slow/{number}" for number in range(4)]
    site.pages |= {path: page for path in paths}
    assert fetcher.ai("POST", "/v1/chat/completions", chat(*map(site.url, paths))).status == 200
    assert len(sent(sandbox)) == 4


# MARK: What cannot be had


@pytest.mark.parametrize("page, word", [
    (None, "status 404"), (lambda h: send(h, b"no", "text/plain", 500), "status 500"),
    (lambda h: send(h, b"", None, 204), "status 204"), ((b"<html>Sign in</html>", "text/html"), "nothing that models take"),
    ((b"<svg/>", "image/svg+xml"), "nothing that models take"), ((b"", "image/png"), "nothing that models take"),
    (lambda h: send(h, PNG, "image/png", Content_Encoding="gzip"), "nothing that models take"),
    (redirect(""), None), (redirect("file:///etc/passwd"), "cannot be fetched"),
    (redirect("gopher://127.0.0.1/x"), "cannot be fetched"), (redirect("http://"), "cannot be fetched"),
    (lambda h: h.wfile.write(b"no HTTP\r\n\r\n"), "cannot be fetched"),
], ids=["404", "500", "204", "a page", "svg", "empty", "compressed", "to itself", "to a file", "to gopher", "to nowhere", "no HTTP"])
def test_what_cannot_be_had_is_a_400_with_path_and_host(fetcher, sandbox, site, page, word):
    if page:
        site.pages["/secret/x?token=abc"] = page
    message = refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/secret/x?token=abc"))), f"127.0.0.1:{site.port}")
    assert word is None or word in message
    assert "secret" not in message and "abc" not in message and "passwd" not in message
    assert sandbox.calls["total"] == 0


def test_a_closed_port_is_a_400(fetcher, sandbox):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    refused(fetcher.ai("POST", "/v1/chat/completions", chat(f"http://127.0.0.1:{port}/a.png")), "cannot be fetched")


def endless(declared: bool):
    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/png")
        if declared:
            handler.send_header("Content-Length", str(21 << 20))
        handler.end_headers()
        for _ in range(21 * 16):
            handler.wfile.write(bytes(65536))
    return page


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "not declared"])
def test_what_is_too_large_is_not_read_to_its_end(fetcher, sandbox, site, declared):
    site.pages["/big"] = endless(declared)
    refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/big"))), "20 MiB")


def test_more_than_a_request_may_carry_is_a_413(fetcher, sandbox, site):
    site.pages |= {f"/{number}.png": (PNG + bytes(8 << 20), "image/png") for number in range(2)}
    answer = fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/0.png"), site.url("/1.png")))
    refused(answer, "15 MiB", param="messages[0].content[2].image_url.url", status=413)
    assert sandbox.calls["total"] == 0


def test_too_many_addresses_are_refused_before_any_is_asked(fetcher, sandbox, site):
    answer = fetcher.ai("POST", "/v1/chat/completions", chat(*(site.url(f"/{number}") for number in range(21))))
    refused(answer, "20 addresses", param="messages[0].content[21].image_url.url")
    assert site.asked == []


def test_a_slow_answer_is_given_up(fetcher, sandbox, site):
    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/png")
        handler.end_headers()
        for byte in PNG:
            handler.wfile.write(bytes([byte]))
            time.sleep(1)

    site.pages["/slow"] = page
    with fetcher.connect(30) as connection:
        began = time.monotonic()
        connection.send(request(
            "POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, chat(site.url("/slow"))))
        refused(connection.answer("POST", seconds=30), "15 s")
    assert 14 < time.monotonic() - began < 25


def test_one_failure_ends_the_other_downloads(fetcher, sandbox, site):
    ended = threading.Event()

    def page(handler):
        try:
            for _ in range(200):
                handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(0.05)
        except OSError:
            ended.set()

    site.pages["/slow"] = page
    began = time.monotonic()
    answer = fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/slow"), site.url("/none")))
    refused(answer, "404", param="messages[0].content[2].image_url.url")
    assert time.monotonic() - began < 8 and ended.wait(5)


def test_a_client_that_leaves_ends_the_download(fetcher, sandbox, site):
    began, ended = threading.Event(), threading.Event()

    def page(handler):
        began.set()
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            ended.set()

    site.pages["/slow"] = page
    connection = fetcher.connect()
    connection.send(request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, chat(site.url("/slow"))))
    assert began.wait(10)
    connection.close()
    assert ended.wait(2)
    wait_until(lambda: sum(w["active_requests"] for w in fetcher.status["workers"]) == 0, 5, "no open exchange")


# MARK: Where the gateway does not go


INNER = [
    "http://localhost:{port}/", "http://LOCALHOST.:{port}/", "http://127.0.0.2:{port}/", "http://127.1:{port}/",
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0x7f.1:{port}/", "http://0177.0.0.1:{port}/",
    "http://0:{port}/", "http://0.0.0.0:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/", "http://[::]:{port}/", "http://[0:0:0:0:0:0:0:1]:{port}/",
    "https://localhost:{port}/", "http://{name}:{port}/", "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://100.100.100.200/",
    "http://metadata.google.internal/", "http://[fe80::1]/", "http://224.0.0.1/", "http://255.255.255.255/",
]


@pytest.fixture
def everywhere():
    """A server on every address of this host that must not be asked, in either family."""
    connections = []
    listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) \
        if socket.has_dualstack_ipv6() else socket.create_server(("0.0.0.0", 0))

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1], connections
    listener.close()


@pytest.mark.parametrize("url", INNER)
def test_inner_addresses_are_refused_however_they_are_spelled(fetcher, sandbox, everywhere, url):
    port, connections = everywhere
    url = url.format(port=port, name=socket.gethostname())
    began = time.monotonic()
    message = refused(fetcher.ai("POST", "/v1/chat/completions", chat(url)), "cannot be fetched")
    assert time.monotonic() - began < 10
    assert "address at " in message and "latest" not in message
    assert connections == [] and sandbox.calls["total"] == 0


def test_a_redirect_to_an_inner_address_is_not_followed(fetcher, sandbox, site, everywhere):
    port, connections = everywhere
    for number, target in enumerate([f"http://localhost:{port}/x", f"//[::1]:{port}/", f"http://2130706433:{port}/",
                                     "http://169.254.169.254/latest"]):
        site.pages[f"/{number}"] = redirect(target)
        message = refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url(f"/{number}"))), "cannot be fetched")
        # The client knows only the address that it gave.
        assert f"127.0.0.1:{site.port}" in message and "localhost" not in message and "169" not in message
    assert connections == [] and sandbox.calls["total"] == 0


def test_without_the_setting_this_host_is_not_asked_at_all(gateway, sandbox, site):
    refused(gateway.ai("POST", "/v1/chat/completions", chat(site.url("/a.png"))), "cannot be fetched")
    assert site.asked == [] and sandbox.calls["total"] == 0


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "etc/passwd", "http://u:secret@127.0.0.1/", "ftp://h/a"])
def test_what_is_no_web_address_is_refused(fetcher, sandbox, url):
    answer = fetcher.ai("POST", "/v1/chat/completions", chat(url))
    message = refused(answer)
    assert "passwd" not in message and "secret" not in message


def test_the_operator_can_switch_it_off(launch, sandbox, site):
    gateway = launch(workers=1, environment={
        "ANTIGRAVITY_GATEWAY_TRANSLATION_REMOTE_MEDIA": "false",
        "ANTIGRAVITY_GATEWAY_TRANSLATION_REMOTE_MEDIA_HOSTS": "127.0.0.1"})
    refused(gateway.ai("POST", "/v1/chat/completions", chat(site.url("/a.png"))), "switched off")
    assert site.asked == []


def test_a_count_does_not_wait_for_media(fetcher, sandbox, site):
    answer = fetcher.ai("POST", "/v1/messages/count_tokens", {"model": MODEL, "messages": [{"role": "user", "content": [
        {"type": "image", "source": {"type": "url", "url": site.url("/a.png")}}]}]})
    assert answer.status == 200 and answer.json["input_tokens"] >= 258
    assert site.asked == []
