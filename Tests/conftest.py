"""Fixtures of every Python test: one sandbox and one gateway for the session, and a launcher for tests that break theirs."""

import os
import pathlib

import pytest

from harness.gateway import Gateway
from harness.sandbox import Sandbox


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory) -> pathlib.Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="session")
def shared_sandbox(session_folder):
    running = Sandbox(session_folder)
    yield running
    running.stop()


@pytest.fixture
def sandbox(shared_sandbox):
    """The session's sandbox without scripts and counters; nothing that it rejects may have been sent by the test."""
    shared_sandbox.reset()
    yield shared_sandbox
    rejected = shared_sandbox.rejected
    assert rejected == [], rejected


@pytest.fixture(scope="session")
def shared_gateway(shared_sandbox, session_folder):
    running = Gateway(shared_sandbox, session_folder)
    yield running
    stderr = running.program.stderr
    assert running.stop() == 0, stderr[-4000:]


@pytest.fixture
def gateway(shared_gateway, sandbox):
    """The session's gateway with two workers and one account."""
    assert shared_gateway.program.is_running, shared_gateway.program.stderr[-4000:]
    shared_gateway.forgive()
    sandbox.reset()
    return shared_gateway


class Launcher:
    """Starts further gateways, each in a folder of its own."""

    def __init__(self, sandbox: Sandbox, base: pathlib.Path):
        self.sandbox = sandbox
        self.base = base
        self.gateways: list[Gateway] = []

    def __call__(self, **options) -> Gateway:
        base = self.base / f"gateway{len(self.gateways)}"
        base.mkdir()
        gateway = Gateway(self.sandbox, base, **options)
        self.gateways.append(gateway)
        return gateway

    def again(self, gateway: Gateway, environment: dict | None = None) -> Gateway:
        """Another process on the data folder of one that has ended."""
        environment = {"ANTIGRAVITY_DATA_DIR": str(gateway.data), **(environment or {})}
        next_one = self(workers=1, accounts=0, environment=environment)
        next_one.data = gateway.data
        return next_one


@pytest.fixture
def launch(sandbox, tmp_path):
    """A launcher; what still runs at the end of the test is stopped."""
    launcher = Launcher(sandbox, tmp_path)
    yield launcher
    for gateway in launcher.gateways:
        gateway.end()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of what the programs have written."""
    outcome = yield
    report = outcome.get_result()
    if report.when != "call" or not report.failed:
        return
    gateways = [value for value in item.funcargs.values() if isinstance(value, Gateway)]
    for launcher in (value for value in item.funcargs.values() if isinstance(value, Launcher)):
        gateways += launcher.gateways
    for gateway in dict.fromkeys(gateways):
        report.sections.append((f"supervisor {gateway.program.pid}", gateway.program.stderr[-3000:]))


def size(name: str, fallback: int) -> int:
    """A figure of a test that an environment variable makes larger: ANTIGRAVITY_TEST_<NAME>."""
    return int(os.environ.get(f"ANTIGRAVITY_TEST_{name}", fallback))
