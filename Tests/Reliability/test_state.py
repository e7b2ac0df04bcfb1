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


def write_until_killed(gateway, document: dict, first: int, acknowledged: list):
    """Stores one configuration after the other, each with a number of its own, until nobody answers."""
    number = first
    while True:
        number += 1
        document["accounts_page_size"] = number
        try:
            answer = gateway.admin("POST", "/api/config", {"config": document})
        except (OSError, Closed):
            return
        assert answer.status == 200, answer
        acknowledged.append(number)


def check_database(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_was_acknowledged_survives_kills(launch):
    gateway = launch(workers=1, accounts=1)
    account = gateway.admin("GET", "/api/accounts").json["accounts"][0]["id"]
    last = 0
    for round_number in range(size("STATE_KILLS", 8)):
        document = gateway.admin("GET", "/api/config").json
        acknowledged = [last]
        writer = threading.Thread(target=write_until_killed, args=(gateway, document, last, acknowledged))
        writer.start()
        wait_until(lambda: len(acknowledged) > 2, 5, "some writes")
        time.sleep(0.01 * (round_number % 5))
        gateway.program.send(signal.SIGKILL)
        gateway.program.wait(5)
        writer.join(5)
        check_database(gateway.data / "state.db")
        gateway.address_file.unlink()
        gateway = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0)
        launch.gateways.append(gateway)
        stored = gateway.admin("GET", "/api/config").json["accounts_page_size"]
        # The one that was being written when the kill came may have been stored without an answer.
        assert acknowledged[-1] <= stored <= acknowledged[-1] + 1
        assert [a["id"] for a in gateway.admin("GET", "/api/accounts").json["accounts"]] == [account]
        last = stored


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
    assert refused(gateway.admin("POST", "/api/accounts", {"refreshToken": "1//sandbox-late"}))
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
