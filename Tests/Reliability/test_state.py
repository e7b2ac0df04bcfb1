"""The state folder of a supervisor that is killed while it writes."""

import errno
import os
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from conftest import size
from harness.gateway import Gateway, settings
from harness.programs import Program, wait_until
from harness.wire import Closed


@pytest.fixture
def disk(tmp_path):
    """A file system of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk, left: int = 0):
    """Takes all that is free but `left` bytes."""
    path = disk / f"filler-{time.monotonic_ns()}"
    with open(path, "wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while filler.write(b"x" * size):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC
    os.truncate(path, max(0, path.stat().st_size - left))


class Writer(threading.Thread):
    """Makes one change after the other until nobody answers, and remembers what was acknowledged and what was under way."""

    def __init__(self, gateway, first: int):
        super().__init__()
        self.gateway = gateway
        self.count = first
        self.acknowledged = None
        self.pending = None

    def run(self):
        while True:
            self.count += 1
            self.pending = self.wanted(self.count)
            try:
                answer = self.change(self.pending)
            except (OSError, Closed):
                return
            assert answer.status == 200, answer
            self.acknowledged, self.pending = self.pending, None

    def check(self, gateway):
        """What is stored is what was acknowledged last, or the change after it, which may have lost its answer alone."""
        stored = self.stored(gateway)
        expected = [self.acknowledged] + ([self.pending] if self.pending is not None else [])
        assert stored in expected, (type(self).__name__, stored, expected)

    # What a kind of change does.

    def wanted(self, count: int):
        return count

    def change(self, wanted):
        raise NotImplementedError

    def stored(self, gateway):
        raise NotImplementedError


class Configuration(Writer):
    """A whole document as it was read a moment before, a patch, and the preferred account, in turn."""

    page_size, mapped, preferred = 1, None, None

    def wanted(self, count: int):
        wanted = {"page_size": self.page_size, "mapped": self.mapped, "preferred": self.preferred}
        kind = ("page_size", "mapped", "preferred")[count % 3]
        wanted[kind] = {"page_size": count, "mapped": f"model-{count}", "preferred": self.accounts[count % 2]}[kind]
        return wanted

    def change(self, wanted):
        if wanted["page_size"] != self.page_size:
            document = self.gateway.admin("GET", "/api/config").json
            document["accounts_page_size"] = wanted["page_size"]
            answer = self.gateway.admin("POST", "/api/config", {"config": document})
        elif wanted["mapped"] != self.mapped:
            mapping = {"proxy": {"custom_mapping": {"name": wanted["mapped"]}}}
            answer = self.gateway.admin("PATCH", "/api/config", mapping)
        else:
            answer = self.gateway.admin("POST", "/api/proxy/preferred-account", {"accountId": wanted["preferred"]})
        if answer.status == 200:
            vars(self).update(wanted)
        return answer

    def run(self):
        vars(self).update(self.stored(self.gateway))
        super().run()

    def stored(self, gateway):
        document = gateway.admin("GET", "/api/config").json
        return {"page_size": document.get("accounts_page_size"), "mapped": document["proxy"]["custom_mapping"].get("name"),
                "preferred": gateway.admin("GET", "/api/proxy/preferred-account").json}


class Accounts(Writer):
    """Adds one account and removes the one before it."""

    def change(self, wanted):
        answer = self.gateway.admin("POST", "/api/accounts", {"refreshToken": f"1//sandbox-number{wanted}"})
        if answer.status == 200:
            self.added.append(answer.json["id"])
        return answer

    def run(self):
        self.added = []
        super().run()

    def stored(self, gateway):
        there = {account["id"] for account in gateway.admin("GET", "/api/accounts").json["accounts"]}
        # All that were acknowledged, and at most the one that was on its way.
        assert set(self.added) <= there and len(there - set(self.added) - set(self.others)) <= 1
        return self.acknowledged


class Switches(Writer):
    """Takes an account out of AI traffic and in again, with a reason of its own each time."""

    def change(self, wanted):
        return self.gateway.admin(
            "POST", f"/api/accounts/{self.account}/toggle-proxy", {"enable": False, "reason": f"reason {wanted}"})

    def stored(self, gateway):
        reason = gateway.admin("GET", f"/api/accounts/{self.account}").json["proxy_disabled_reason"]
        return int(reason.split()[1])


class Devices(Writer):
    """Binds new device profiles."""

    def change(self, wanted):
        answer = self.gateway.admin("POST", f"/api/accounts/{self.account}/bind-device", {"mode": "generate"})
        if answer.status == 200:
            self.bound = answer.json["device_profile"]
        return answer

    def run(self):
        self.bound = None
        super().run()

    def stored(self, gateway):
        view = gateway.admin("GET", f"/api/accounts/{self.account}/device-profiles").json
        versions = [version["profile"] for version in view["history"]]
        # The last that was acknowledged is bound, or the one after it.
        assert self.bound in versions and (view["bound_profile"] == self.bound or view["bound_profile"] == versions[-1])
        return self.acknowledged


def check_database(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_was_acknowledged_survives_kills(launch):
    gateway = launch(workers=1, accounts=2)
    ids = [account["id"] for account in gateway.admin("GET", "/api/accounts").json["accounts"]]
    count = 0
    for round_number in range(size("STATE_KILLS", 8)):
        writers = [kind(gateway, count) for kind in (Configuration, Accounts, Switches, Devices)]
        for writer in writers:
            writer.account, writer.accounts = ids[0], ids
            writer.others = [a["id"] for a in gateway.admin("GET", "/api/accounts").json["accounts"]]
            writer.start()
        wait_until(lambda: all(writer.count > count + 3 for writer in writers), 30, "some writes of each kind")
        time.sleep(0.01 * (round_number % 7))
        gateway.program.send(signal.SIGKILL)
        gateway.program.wait(5)
        for writer in writers:
            writer.join(10)
        check_database(gateway.data / "state.db")
        gateway.address_file.unlink()
        gateway = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0)
        launch.gateways.append(gateway)
        for writer in writers:
            writer.check(gateway)
        count = max(writer.count for writer in writers) + 1
        added = [a["id"] for a in gateway.admin("GET", "/api/accounts").json["accounts"] if a["id"] not in ids]
        if len(added) > 300:
            assert gateway.admin("POST", "/api/accounts/bulk-delete", {"accountIds": added}).status == 200


def test_on_a_full_disk_changes_are_refused_and_requests_are_served(launch, disk):
    data = disk / "state"
    gateway = launch(workers=1, environment={"ANTIGRAVITY_DATA_DIR": str(data)})
    reserve = data / "reserve"
    assert reserve.stat().st_blocks * 512 >= 4 << 20
    config = gateway.admin("GET", "/api/config").json

    def refused(answer) -> bool:
        assert (answer.status, answer.json["code"]) == (507, "storage_full"), answer
        return True

    fill(disk)
    # More than the journal has room for.
    large = {"proxy": {"custom_mapping": {f"name-{number}-{'x' * 200}": "y" * 200 for number in range(1000)}}}
    assert refused(gateway.admin("PATCH", "/api/config", large)) and not reserve.exists()
    # The room of the reserve is taken by others, but for a little.
    fill(disk, left=128 << 10)
    for _ in range(3):
        assert refused(gateway.admin("PATCH", "/api/config", {"accounts_page_size": 5}))
    account = gateway.admin("GET", "/api/accounts").json["accounts"][0]["id"]
    for method, path, body in (
            ("POST", "/api/accounts", {"refreshToken": "1//sandbox-late"}), ("POST", "/api/config", {"config": config}),
            ("POST", f"/api/accounts/{account}/toggle-proxy", {"enable": False}),
            ("POST", f"/api/accounts/{account}/bind-device", {}), ("POST", "/api/accounts/reorder", {"accountIds": [account]}),
            ("POST", "/api/accounts/bulk-delete", {"accountIds": [account]}), ("DELETE", f"/api/accounts/{account}", None),
            ("POST", "/api/proxy/mapping", {"custom_mapping": {"a": "b"}}),
            ("POST", "/api/proxy/preferred-account", {"accountId": account}), ("POST", "/api/proxy/stop", {}),
            ("POST", "/api/proxy/monitor/toggle", {"enabled": False})):
        assert refused(gateway.admin(method, path, body)), path
    assert gateway.admin("GET", "/api/config").json == config
    assert (gateway.health["status"], gateway.health["reasons"]) == ("degraded", ["storage_full"])
    # What the gateway itself must keep has that little.
    launch.sandbox.expire_tokens("account0")
    assert gateway.chat("hello").status == 200
    launch.sandbox.script({"times": 1, "status": 401, "body": {"error": {"code": 401, "status": "UNAUTHENTICATED"}}},
                          {"method": "token", "status": 400, "body": {"error": "invalid_grant"}})
    assert gateway.chat("hello again").status == 503
    assert "account-not-stored" not in gateway.program.stderr
    check_database(data / "state.db")
    for filler in disk.glob("filler-*"):
        filler.unlink()
    assert gateway.admin("PATCH", "/api/config", large).status == 200
    assert reserve.stat().st_blocks * 512 >= 4 << 20 and gateway.health["status"] == "ok"
    assert gateway.program.stderr.count("storage-full") == gateway.program.stderr.count("storage-roomy") == 1
    assert gateway.admin("GET", "/api/accounts").json["accounts"][0]["disabled"] is True
    assert gateway.stop() == 0
    check_database(data / "state.db")


def test_small_changes_go_on_in_the_room_of_the_journal(launch, disk):
    gateway = launch(workers=1, environment={"ANTIGRAVITY_DATA_DIR": str(disk / "state")})
    fill(disk)
    for number in range(1, 40):
        answer = gateway.admin("PATCH", "/api/config", {"accounts_page_size": number})
        assert answer.status == 200, (number, answer)
    assert (disk / "state" / "reserve").exists() and gateway.health["status"] == "ok"


@pytest.mark.parametrize("has_reserve", [True, False], ids=["with the reserve", "without it"])
def test_a_start_on_a_full_disk_needs_the_reserve(launch, disk, has_reserve):
    environment = {"ANTIGRAVITY_DATA_DIR": str(disk / "state")}
    gateway = launch(workers=1, environment=environment)
    account = gateway.admin("GET", "/api/accounts").json["accounts"][0]["id"]
    gateway.program.send(signal.SIGKILL)
    gateway.program.wait(5)
    gateway.address_file.unlink()
    # As after a crash of the machine that lost what was not yet on the disk.
    (disk / "state" / "state.db-shm").unlink()
    if not has_reserve:
        (disk / "state" / "reserve").unlink()
    fill(disk)
    if has_reserve:
        gateway = Gateway(launch.sandbox, gateway.logs, workers=1, environment=environment, accounts=0)
        launch.gateways.append(gateway)
        assert [a["id"] for a in gateway.admin("GET", "/api/accounts").json["accounts"]] == [account]
        assert gateway.chat("hello").status == 200
    else:
        all_settings = {**settings(launch.sandbox, gateway.data, 1), **environment}
        program = Program("antigravity-supervisor", [], all_settings, gateway.logs)
        assert program.wait(10) == 78
        assert "no room on the disk" in program.stderr


@pytest.mark.parametrize("milliseconds", [5, 10, 20, 40])
def test_a_first_start_that_is_killed_starts_again(launch, tmp_path, milliseconds):
    base = tmp_path / "killed"
    base.mkdir()
    program = Program("antigravity-supervisor", [], settings(launch.sandbox, base / "state", 1), base)
    time.sleep(milliseconds / 1000)
    program.send(signal.SIGKILL)
    program.wait(5)
    (base / "state.address").unlink(missing_ok=True)
    gateway = Gateway(launch.sandbox, base, workers=1, accounts=1)
    launch.gateways.append(gateway)
    assert gateway.stop() == 0
    check_database(base / "state" / "state.db")


def test_on_a_full_disk_records_are_dropped_and_requests_are_served(launch, disk):
    gateway = launch(workers=1, environment={"ANTIGRAVITY_DATA_DIR": str(disk / "state")})
    assert gateway.chat("before").status == 200
    wait_until(lambda: gateway.admin("GET", "/api/logs/count").json == 1, 5, "the first record")
    fill(disk)
    # More than the journal has room for.
    large = {"model": "gemini-3-flash", "messages": "x" * 60_000}
    for _ in range(200):
        assert gateway.ai("POST", "/v1/messages", large).status == 400
        fill(disk)
    assert gateway.chat("during").status == 200
    # What is stored can be read; what could not be stored was dropped and said so.
    assert gateway.admin("GET", "/api/logs?limit=5").status in (200, 503)
    assert gateway.program.is_running and "traffic-dropped" in gateway.program.stderr
    for filler in disk.glob("filler-*"):
        filler.unlink()
    assert gateway.chat("after").status == 200
    wait_until(lambda: gateway.admin("GET", "/api/logs?filter=chat").json[0]["status"] == 200, 5, "a record again")
    assert gateway.stop() == 0
    check_database(disk / "state" / "telemetry.db")
