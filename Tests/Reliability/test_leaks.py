"""Many requests and many deaths: as many descriptors afterwards as before, and no more memory.

ANTIGRAVITY_TEST_REQUESTS and ANTIGRAVITY_TEST_LEAK_KILLS make the run longer: 20000 and 200 are the full measure.
"""

import threading
import time

from conftest import size
from harness import procfs
from harness.gateway import KEY
from harness.programs import wait_until
from harness.wire import request

REQUESTS = size("REQUESTS", 3000)
KILLS = size("LEAK_KILLS", 20)
CLIENTS = 8
GROWTH_MAX_BYTES = 5 << 20


def ask(gateway, count: int, kept: bool = True):
    """So many chats from eight clients, every fourth streamed; each must be served."""
    failures: list[str] = []
    remaining = iter(range(count))
    lock = threading.Lock()

    def client():
        connection = None
        while True:
            with lock:
                number = next(remaining, None)
            if number is None:
                break
            try:
                connection = connection or gateway.connect(30)
                body = {"model": "gemini-3-flash", "stream": number % 4 == 0,
                        "messages": [{"role": "user", "content": f"leak {number}"}]}
                connection.send(request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body))
                answer = connection.answer()
                if answer.status != 200:
                    failures.append(f"{answer.status} {answer.body[:200]!r}")
                if not kept or answer.field("Connection") == "close":
                    connection.close()
                    connection = None
            except Exception as error:  # noqa: BLE001 - it has to show in the result, whatever it was
                failures.append(repr(error))
                connection = None
        if connection:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, (len(failures), failures[:3])


def quiet(gateway):
    """Nothing is open any more and all workers are there."""
    gateway.wait_ready()
    wait_until(lambda: all(w["active_requests"] == 0 for w in gateway.status["workers"]), 10, "no open exchange")
    time.sleep(0.5)


def count(pid: int) -> int:
    return len(procfs.descriptors(pid))


def kill(gateway):
    """The worker that has been ready for longest, long enough not to be held back as a crash loop."""
    ready = [worker for worker in gateway.status["workers"] if worker["state"] == "ready"]
    victim = min(ready, key=lambda worker: (worker["restarts"], worker["id"]))["pid"]
    time.sleep(0.6)
    gateway.kill(victim)
    wait_until(lambda: victim not in (pids := gateway.ready_workers()) and len(pids) == gateway.worker_count, 15,
               "a replacement", every=0.02)


def test_requests_leave_nothing_behind(launch, sandbox):
    sandbox.script({"text": ["a", "b"]})
    gateway = launch(workers=2)
    ask(gateway, REQUESTS // 3)
    ask(gateway, 200, kept=False)
    quiet(gateway)
    processes = [gateway.program.pid, *gateway.ready_workers()]
    before = {pid: (count(pid), procfs.resident_bytes(pid)) for pid in processes}
    ask(gateway, REQUESTS)
    ask(gateway, 200, kept=False)
    quiet(gateway)
    after = {pid: (count(pid), procfs.resident_bytes(pid)) for pid in processes}
    for pid in processes:
        # Kept upstream connections come and go: a worker may hold a few more or less.
        slack = 0 if pid == gateway.program.pid else CLIENTS
        assert after[pid][0] - before[pid][0] <= slack, procfs.descriptors(pid)
        assert after[pid][1] - before[pid][1] < GROWTH_MAX_BYTES, (before, after)


def test_deaths_leave_nothing_behind(launch, sandbox):
    sandbox.script({"text": ["a", "b"]})
    gateway = launch(workers=2)
    held = [gateway.connect() for _ in range(10)]

    def touch(round_number: int):
        for number, connection in enumerate(held):
            path = f"/v1/models?n={round_number}.{number}"
            assert connection.ask("GET", path, {"Authorization": f"Bearer {KEY}"}).status == 200

    for round_number in range(5):
        touch(round_number)
        kill(gateway)
    ask(gateway, 50)
    quiet(gateway)
    touch(-1)
    before = (count(gateway.program.pid), procfs.resident_bytes(gateway.program.pid))
    for round_number in range(KILLS):
        touch(100 + round_number)
        kill(gateway)
        ask(gateway, 10)
    quiet(gateway)
    touch(-2)
    after = (count(gateway.program.pid), procfs.resident_bytes(gateway.program.pid))
    assert after[0] == before[0], procfs.descriptors(gateway.program.pid)
    assert after[1] - before[1] < GROWTH_MAX_BYTES, (before, after)
    assert len(gateway.worker_processes()) == 2
