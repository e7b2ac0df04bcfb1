"""The state folder of a supervisor that is killed while it writes."""

import signal
import sqlite3
import threading
import time

import pytest

from conftest import size
from harness.gateway import Gateway, settings
from harness.programs import Program, wait_until
from harness.wire import Closed


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
