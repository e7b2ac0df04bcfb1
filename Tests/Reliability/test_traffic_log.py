"""The traffic log under load, and when the supervisor is killed."""

import json
import signal
import sqlite3
import threading
import time

from conftest import size
from harness import procfs
from harness.gateway import KEY, Gateway
from harness.metrics import parse
from harness.programs import wait_until
from harness.wire import request


def count(gateway) -> int:
    return gateway.admin("GET", "/api/logs/count").json


def dropped(gateway) -> tuple[int, int]:
    """Records that the supervisor could not store, and records that workers could not hand over."""
    families = parse(gateway.admin("GET", "/metrics").body.decode())
    by_workers = sum(families["antigravity_records_dropped_total"].values())
    return int(sum(families["antigravity_traffic_records_dropped_total"].values())), int(by_workers)


def test_a_database_that_is_held_delays_nobody_and_what_is_lost_is_counted(launch):
    gateway = launch(workers=1)
    assert gateway.chat("hello").status == 200
    wait_until(lambda: count(gateway) == 1, 5, "the first record")
    slowest = 0.0
    total = 1
    with sqlite3.connect(gateway.data / "telemetry.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        # The supervisor waits five seconds for a lock, and others may wait before the log does.
        until = time.monotonic() + 14
        while time.monotonic() < until:
            began = time.monotonic()
            assert gateway.chat("hello").status == 200
            slowest = max(slowest, time.monotonic() - began)
            total += 1
            time.sleep(0.02)
        assert gateway.health["status"] == "ok"
        holder.execute("COMMIT")
    assert slowest < 3, slowest
    wait_until(lambda: dropped(gateway)[0] > 0, 10, "records that were given up")
    wait_until(lambda: count(gateway) + sum(dropped(gateway)) == total, 10, "every record stored or counted")
    assert gateway.admin("GET", "/api/proxy/stats").json["dropped_records"] == dropped(gateway)[0]
    assert "traffic-dropped" in gateway.program.stderr
    assert gateway.chat("hello").status == 200
    wait_until(lambda: count(gateway) + sum(dropped(gateway)) == total + 1, 10, "a record again")


def test_what_was_shown_survives_a_kill_and_counts_once(launch):
    gateway = launch(workers=1)
    shown = set()
    for round_number in range(3):
        for _ in range(5):
            assert gateway.chat("hello").status == 200
        wait_until(lambda: count(gateway) >= len(shown) + 5, 5, "the records")
        shown = {record["id"] for record in gateway.admin("GET", "/api/logs?limit=1000").json}
        requests = gateway.admin("GET", "/api/stats/token/summary").json["total_requests"]
        # One more, which may be lost: it was not shown.
        assert gateway.chat("late").status == 200
        gateway.program.send(signal.SIGKILL)
        gateway.program.wait(5)
        with sqlite3.connect(f"file:{gateway.data}/telemetry.db?mode=ro", uri=True) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        gateway.address_file.unlink()
        gateway = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0)
        launch.gateways.append(gateway)
        after = {record["id"] for record in gateway.admin("GET", "/api/logs?limit=1000").json}
        assert shown <= after and len(after) <= len(shown) + 1
        kept = gateway.admin("GET", "/api/stats/token/summary").json["total_requests"]
        assert requests <= kept <= requests + 1
        shown = after


def test_records_stay_and_memory_is_bounded_however_much_comes(launch):
    total = size("TRAFFIC_REQUESTS", 4000)
    # So many a second; 0: as many as the machine takes.
    rate = size("TRAFFIC_RATE", 0)
    environment = {"ANTIGRAVITY_GATEWAY_LOGGING_BODIES": "all"}
    gateway = launch(workers=2, environment=environment)
    body = json.dumps({"model": "gemini-3-flash", "messages": "x" * 30_000}).encode()
    head = request("POST", "/v1/messages", {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}, body)
    before = procfs.resident_bytes(gateway.program.pid)
    largest = before
    served = []
    began = time.monotonic()

    def ask(share: int):
        done = 0
        while done < share:
            with gateway.connect() as connection:
                for _ in range(min(500, share - done)):
                    if rate:
                        time.sleep(max(0.0, began + done * 8 / rate - time.monotonic()))
                    connection.send(head)
                    assert connection.answer().status == 400
                    done += 1
        served.append(done)

    threads = [threading.Thread(target=ask, args=(total // 8,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        threads[0].join(0.1)
        largest = max(largest, procfs.resident_bytes(gateway.program.pid))
    assert sum(served) == total
    seconds = time.monotonic() - began
    print(f"{total} requests in {seconds:.1f} s: {total / seconds:.0f} a second")
    # Some may have gone on their way, but none by the thousand, and none without being counted.
    wait_until(lambda: count(gateway) >= total * 0.99, 20, "the records")
    wait_until(lambda: count(gateway) + sum(dropped(gateway)) == total, 10, "every record stored or counted")
    with sqlite3.connect(f"file:{gateway.data}/telemetry.db?mode=ro", uri=True) as database:
        kept, = database.execute("SELECT bytes FROM request_body_total").fetchone()
    assert 0 < kept
    assert largest - before < 96 << 20, (before, largest)
