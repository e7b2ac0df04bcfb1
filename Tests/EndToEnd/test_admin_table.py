"""Every route of the admin API: which methods it takes, and that nobody enters without the token. The description that the
gateway gives of itself is held against this table."""

import pytest

from harness.description import operations
from harness.gateway import ADMIN, KEY

# Path, and what may be done there. An id stands for itself: the token is asked for before anybody looks for the object.
ROUTES = [
    ("/api/accounts", {"GET", "POST"}),
    ("/api/accounts/current", {"GET"}),
    ("/api/accounts/some-id", {"GET", "DELETE"}),
    ("/api/accounts/switch", {"POST"}),
    ("/api/accounts/refresh", {"POST"}),
    ("/api/accounts/some-id/quota", {"GET"}),
    ("/api/accounts/some-id/toggle-proxy", {"POST"}),
    ("/api/accounts/some-id/bind-device", {"POST"}),
    ("/api/accounts/bulk-delete", {"POST"}),
    ("/api/accounts/reorder", {"POST"}),
    ("/api/accounts/warmup", {"POST"}),
    ("/api/accounts/some-id/warmup", {"POST"}),
    ("/api/accounts/limits/clear", {"POST"}),
    ("/api/accounts/oauth/start", {"POST"}),
    ("/api/accounts/oauth/prepare", {"POST"}),
    ("/api/auth/url", {"GET"}),
    ("/api/accounts/oauth/status", {"GET"}),
    ("/api/accounts/oauth/complete", {"POST"}),
    ("/api/accounts/oauth/submit-code", {"POST"}),
    ("/api/accounts/oauth/cancel", {"POST"}),
    ("/api/accounts/import/db", {"POST"}),
    ("/api/accounts/import/db-custom", {"POST"}),
    ("/api/accounts/import/v1", {"POST"}),
    ("/api/accounts/import/upload", {"POST"}),
    ("/api/accounts/sync/db", {"POST"}),
    ("/api/accounts/export", {"POST"}),
    ("/api/accounts/some-id/device-profiles", {"GET"}),
    ("/api/accounts/some-id/device-versions", {"GET"}),
    ("/api/accounts/device-preview", {"POST"}),
    ("/api/accounts/some-id/bind-device-profile", {"POST"}),
    ("/api/accounts/some-id/device-versions/some-version/restore", {"POST"}),
    ("/api/accounts/some-id/device-versions/some-version", {"DELETE"}),
    ("/api/accounts/restore-original", {"POST"}),
    ("/api/config", {"GET", "POST", "PATCH"}),
    ("/api/proxy/status", {"GET"}),
    ("/api/proxy/start", {"POST"}),
    ("/api/proxy/stop", {"POST"}),
    ("/api/proxy/mapping", {"POST"}),
    ("/api/proxy/api-key/generate", {"POST"}),
    ("/api/proxy/session-bindings/clear", {"POST"}),
    ("/api/proxy/preferred-account", {"GET", "POST"}),
    ("/api/proxy/workers/restart", {"POST"}),
    ("/api/proxy/reload", {"POST"}),
    ("/api/proxy/cli/sync", {"POST"}),
    ("/api/proxy/cli/restore", {"POST"}),
    ("/api/proxy/cli/status", {"POST"}),
    ("/api/proxy/cli/config", {"POST"}),
    ("/api/proxy/cloudflared/status", {"GET"}),
    ("/api/proxy/cloudflared/start", {"POST"}),
    ("/api/proxy/cloudflared/stop", {"POST"}),
    ("/api/proxy/cloudflared/install", {"POST"}),
    ("/api/logs", {"GET"}),
    ("/api/logs/count", {"GET"}),
    ("/api/logs/stream", {"GET"}),
    ("/api/logs/some-id", {"GET"}),
    ("/api/logs/clear", {"POST"}),
    ("/api/proxy/stats", {"GET"}),
    ("/api/proxy/monitor/toggle", {"POST"}),
    ("/api/stats/token/hourly", {"GET"}),
    ("/api/stats/token/daily", {"GET"}),
    ("/api/stats/token/weekly", {"GET"}),
    ("/api/stats/token/by-account", {"GET"}),
    ("/api/stats/token/by-model", {"GET"}),
    ("/api/stats/token/summary", {"GET"}),
    ("/api/stats/token/model-trend/hourly", {"GET"}),
    ("/api/stats/token/model-trend/daily", {"GET"}),
    ("/api/stats/token/account-trend/hourly", {"GET"}),
    ("/api/stats/token/account-trend/daily", {"GET"}),
    ("/api/stats/token/clear", {"POST"}),
    ("/api/stats/hourly", {"GET"}),
    ("/api/stats/daily", {"GET"}),
    ("/api/stats/weekly", {"GET"}),
    ("/api/stats/summary", {"GET"}),
    ("/api/stats/accounts", {"GET"}),
    ("/api/stats/models", {"GET"}),
    ("/api/openapi.json", {"GET"}),
    ("/metrics", {"GET"}),
    ("/api/system/data-dir", {"GET"}),
    ("/api/system/updates/check-status", {"GET"}),
    ("/api/system/updates/settings", {"GET"}),
]
# What anybody may ask for.
OPEN = [
    ("/api/health", {"GET"}),
    ("/healthz", {"GET"}),
    ("/health", {"GET"}),
    ("/auth/callback", {"GET"}),
    ("/v1/api/event_logging", {"POST"}),
    ("/v1/api/event_logging/batch", {"POST"}),
    ("/api/event_logging/batch", {"POST"}),
    ("/", {"GET"}),
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
REFUSED = [(method, path) for path, methods in ROUTES + OPEN for method in METHODS if method not in methods]
TAKEN = [(method, path) for path, methods in ROUTES for method in sorted(methods)]
IDS = {"some-id": "{id}", "some-version": "{versionId}"}


def test_the_table_is_whole(gateway):
    described = {(method, path) for method, path, _ in operations(gateway.admin("GET", "/api/openapi.json").json)}
    listed = {
        (method, "/".join(IDS.get(step, step) for step in path.split("/")))
        for path, methods in ROUTES + OPEN for method in methods}
    assert listed == described


@pytest.mark.parametrize("method, path", TAKEN)
@pytest.mark.parametrize("token", [None, "wrong", KEY, ADMIN[:-1]])
def test_no_route_opens_without_the_admin_token(gateway, method, path, token):
    answer = gateway.admin(method, path, token=token)
    assert (answer.status, answer.json["code"]) == (401, "unauthorized"), answer
    assert answer.field("WWW-Authenticate") == 'Bearer realm="admin"'


@pytest.mark.parametrize("path, methods", OPEN)
@pytest.mark.parametrize("token", [None, "wrong"])
def test_what_is_open_asks_for_no_token(gateway, path, methods, token):
    for method in methods:
        assert gateway.admin(method, path, token=token).status == (400 if path == "/auth/callback" else 200)


@pytest.mark.parametrize("method, path", REFUSED)
def test_a_wrong_method_is_refused_with_the_right_ones(gateway, method, path):
    answer = gateway.admin(method, path)
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed"), answer
    allowed = set(answer.field("Allow").replace(" ", "").split(","))
    assert dict(ROUTES + OPEN)[path] <= allowed and method not in allowed, allowed


@pytest.mark.parametrize("path", [path for path, _ in ROUTES if path.startswith("/api/")])
def test_a_trailing_slash_makes_another_path(gateway, path):
    answer = gateway.admin("GET", path + "/")
    assert (answer.status, answer.json["code"]) == (404, "not_found"), answer


LEFT_OUT = [
    ("POST", "/api/system/open-folder"), ("POST", "/api/system/save-file"), ("GET", "/api/system/autostart/status"),
    ("POST", "/api/system/autostart/toggle"), ("GET", "/api/system/antigravity/path"),
    ("GET", "/api/system/antigravity/args"), ("POST", "/api/system/updates/check"), ("POST", "/api/system/updates/touch"),
    ("POST", "/api/system/updates/save"), ("GET", "/api/system/http-api/settings"), ("POST", "/api/zai/models/fetch"),
    ("GET", "/api/proxy/rate-limits"), ("GET", "/api/proxy/pool/config"), ("GET", "/api/security/stats"),
]


@pytest.mark.parametrize("method, path", LEFT_OUT)
def test_what_is_left_out_is_not_there(gateway, method, path):
    answer = gateway.admin(method, path)
    assert (answer.status, answer.json["code"]) == (404, "not_found"), answer
