"""Random requests to every route of the admin API, by its own description, right ones and wrong ones: whatever comes, the answer
is one that is described, with a status, a code and a shape of its operation, and no fault of the gateway."""

import os

import hypothesis
import pytest
import schemathesis
from schemathesis.specs.openapi import checks

from conftest import size
from harness.description import closed
from harness.gateway import ADMIN, Gateway

# Requests of each operation and kind. As many as somebody asks for are random; else they are the same in every run.
EXAMPLES = size("PROPERTY_EXAMPLES", 12)
IS_RANDOM = "ANTIGRAVITY_TEST_PROPERTY_EXAMPLES" in os.environ
# A body that would never end, and workers that are replaced each time.
LEFT_OUT = {"/api/logs/stream"}
SLOW = {"/api/proxy/workers/restart": 2, "/api/proxy/reload": 2}
CHECKS = [
    checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@pytest.fixture(scope="module")
def own(shared_sandbox, tmp_path_factory):
    base = tmp_path_factory.mktemp("properties")
    home = base / "home"
    home.mkdir()
    environment = {
        "ANTIGRAVITY_CLI_HOME": str(home),
        # Whatever stands in the configuration, no program is run and nobody outside is asked for one.
        "ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(base / "no-cloudflared"),
        "ANTIGRAVITY_GATEWAY_TUNNEL_RELEASES": shared_sandbox.url}
    running = Gateway(shared_sandbox, base, workers=1, accounts=2, environment=environment)
    yield running
    stderr = running.program.stderr
    assert running.stop() == 0, stderr[-4000:]
    shared_sandbox.reset()
    assert "admin-call-failed" not in stderr, stderr[-4000:]


def waits(case) -> bool:
    """Whether the answer would wait for a browser."""
    body = case.body if isinstance(case.body, dict) else {}
    wished = {str((case.query or {}).get("wait")).lower(), str(body.get("wait")).lower()}
    if case.path == "/api/accounts/oauth/start":
        return bool(wished & {"true", "1"})
    return case.path == "/api/accounts/oauth/complete" and body.get("code") in (None, "")


@pytest.fixture(scope="module")
def api(own):
    return schemathesis.openapi.from_dict(closed(own.admin("GET", "/api/openapi.json").json))


def examples(path: str) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=SLOW.get(path, EXAMPLES), deadline=None, derandomize=not IS_RANDOM, database=None,
        phases=[hypothesis.Phase.generate], suppress_health_check=list(hypothesis.HealthCheck))


def known(own, path: str) -> str | None:
    """The id of something that is there, for the first id in a path."""
    if "{id}" not in path:
        return None
    if path.startswith("/api/logs/"):
        own.chat()
        return next(iter(own.admin("GET", "/api/logs").json), {}).get("id")
    accounts = own.admin("GET", "/api/accounts").json["accounts"]
    return accounts[0]["id"] if accounts else own.add_account("1//sandbox-account0")["id"]


def can_be_wrong(operation) -> bool:
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_one_that_is_described(own, api, subtests, mode):
    succeeded = set()
    for result in api.get_all_operations():
        operation = result.ok()
        name = f"{operation.method.upper()} {operation.path}"
        if operation.path in LEFT_OUT or mode.is_negative and not can_be_wrong(operation):
            continue

        @examples(operation.path)
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode), is_known=hypothesis.strategies.booleans())
        def ask(case, is_known):
            hypothesis.assume(not waits(case))
            if is_known and (found := known(own, operation.path)):
                case.path_parameters["id"] = found
            answer = case.call(base_url=own.url, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=30)
            case.validate_response(answer, checks=CHECKS)
            assert answer.status_code != 500, answer.text
            if answer.status_code < 300:
                succeeded.add(name)

        with subtests.test(name):
            ask()
    assert own.status["workers"]
    if mode.is_positive:
        assert len(succeeded) > 60, sorted(succeeded)
