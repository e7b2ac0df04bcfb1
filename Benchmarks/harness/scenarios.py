"""The scenarios. Each measures one target (gateway, nginx or the upstream itself) and gives plain numbers."""

import json
import os
import subprocess
import time

import bodies
import procfs
import systems


class Target:
    """Something to send requests to."""

    def __init__(self, name, port, pids, make_request, upstream):
        self.name, self.port, self.pids, self.make_request, self.upstream = name, port, pids, make_request, upstream


class Scenarios:
    def __init__(self, tools, folder, quick):
        self.client = f"{tools}/client"
        self.folder = folder
        self.seconds = 1.0 if quick else 2.5
        self.rounds = 3 if quick else 8
        self.pour_events = 60_000 if quick else 200_000

    def load(self, target, mode, question, stream, connections, amount, while_open=None):
        """Runs the client; its numbers, with the target's CPU seconds between "begin" and "end"."""
        path = os.path.join(self.folder, f"{target.name}.http")
        with open(path, "wb") as file:
            file.write(target.make_request(question, stream))
        command = [self.client, mode, "127.0.0.1", str(target.port), path, str(connections), str(amount)]
        client = subprocess.Popen(
            systems.pinned(systems.LOAD_CORE, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        client.stdout.readline()
        pids = target.pids()
        before = procfs.cpu_seconds(pids)
        client.stdout.readline()
        after = procfs.cpu_seconds(pids)
        result = json.loads(client.stdout.readline())
        if while_open:
            result["while_open"] = while_open(pids)
        client.stdin.close()
        client.wait(30)
        if result["failed"]:
            raise RuntimeError(f"{target.name}: {result['failed']} of {mode} failed")
        result["cpu"] = after - before
        return result

    def requests(self, target, mode, question, connections):
        # The gateway asks for a stream also when its client wants none: here one that leaves in one piece.
        target.upstream.pace(1, 0)
        result = self.load(target, mode, question, False, connections, self.seconds)
        return {"cpu_us": result["cpu"] / max(result["answered"], 1) * 1e6, "per_second": result["answered"] / result["seconds"],
                "p50_us": result["first"]["p50_us"], "p99_us": result["first"]["p99_us"]}

    def paced(self, target, streams, interval_us, question=bodies.Question()):
        """Endless streams; CPU for each event, and memory for each stream while all of them are open."""
        target.upstream.pace(0, interval_us)
        idle = procfs.pss_bytes(target.pids())
        result = self.load(target, "hold", question, True, streams, self.seconds, procfs.pss_bytes)
        open_bytes = result["while_open"]
        settle(target.upstream)
        return {"cpu_us": result["cpu"] / max(result["events"], 1) * 1e6, "events": result["events"],
                "age_p50_us": result["event"]["p50_us"], "age_p99_us": result["event"]["p99_us"],
                "stream_kib": None if idle is None or open_bytes is None else (open_bytes - idle) / streams / 1024}

    def firehose(self, target, question=bodies.Question()):
        target.upstream.pace(self.pour_events, 0)
        result = self.load(target, "pour", question, True, 1, 1)
        return {"cpu_us": result["cpu"] / max(result["events"], 1) * 1e6, "per_second": result["events"] / result["seconds"]}

    def first_event(self, target, streams):
        """Streams begin 2 ms apart on kept connections, each while most of the others run; time until its first event."""
        target.upstream.pace(10, 20_000)
        result = self.load(target, "rounds", bodies.Question(), True, streams, self.rounds)
        return {"mean_us": result["first"]["mean_us"], "p50_us": result["first"]["p50_us"], "p99_us": result["first"]["p99_us"]}


def settle(upstream):
    """Waits until the cancelled streams have left the upstream."""
    for _ in range(200):
        before = upstream.get("/stats")["events"]
        time.sleep(0.05)
        if upstream.get("/stats")["events"] == before:
            return
