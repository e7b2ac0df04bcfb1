"""Media over https: fetched from servers whose certificate the operator's authorities vouch for, and from no others."""

import shutil

import pytest

from harness.gateway import Gateway
from harness.site import Authority, Site, redirect
from test_remote_media import PNG, chat, refused, sent

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture(scope="module")
def trusting_gateway(shared_sandbox, tmp_path_factory, authority):
    running = Gateway(shared_sandbox, tmp_path_factory.mktemp("trusting"), workers=1, environment={
        "ANTIGRAVITY_GATEWAY_TRANSLATION_REMOTE_MEDIA_HOSTS": "localhost,127.0.0.1",
        "ANTIGRAVITY_GATEWAY_UPSTREAM_CA_FILE": str(authority.certificate)})
    yield running
    stderr = running.program.stderr
    assert running.stop() == 0, stderr[-4000:]


@pytest.fixture
def fetcher(trusting_gateway, sandbox):
    return trusting_gateway


def site_of(authority: Authority, *names: str) -> Site:
    site = Site(tls=authority.server(*names))
    site.pages["/a.png"] = (PNG, "image/png")
    return site


@pytest.fixture
def site(authority):
    running = site_of(authority, "DNS:localhost")
    yield running
    running.stop()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_media_comes_over_https(fetcher, sandbox, site, stream):
    answer = fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/a.png", "localhost"), stream=stream))
    assert answer.status == 200, answer.body
    assert sent(sandbox) == [("image/png", PNG)] and site.asked == ["/a.png"]
    # The server hears the name it is known by, and nothing of the client.
    [fields] = site.fields
    assert fields["Host"] == f"localhost:{site.port}" and not {"Authorization", "Cookie", "X-Forwarded-For"} & set(fields)


def test_a_redirect_leads_from_http_to_https(fetcher, sandbox, site):
    plain = Site()
    plain.pages["/old"] = redirect(site.url("/a.png", "localhost"))
    try:
        answer = fetcher.ai("POST", "/v1/chat/completions", chat(plain.url("/old")))
    finally:
        plain.stop()
    assert answer.status == 200, answer.body
    assert sent(sandbox) == [("image/png", PNG)]


def test_a_certificate_for_another_name_is_refused(fetcher, sandbox, site):
    message = refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/a.png", "127.0.0.1"))), "cannot be fetched")
    assert "certificate" not in message
    assert site.asked == [] and sandbox.calls["total"] == 0


def test_a_certificate_of_an_unknown_authority_is_refused(fetcher, sandbox, tmp_path):
    site = site_of(Authority(tmp_path / "stranger"), "DNS:localhost")
    try:
        refused(fetcher.ai("POST", "/v1/chat/completions", chat(site.url("/a.png", "localhost"))), "cannot be fetched")
        assert site.asked == [] and sandbox.calls["total"] == 0
    finally:
        site.stop()
