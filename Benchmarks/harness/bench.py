#!/usr/bin/env python3
"""Measures the gateway against nginx `proxy_pass` in the same run, one core for each, in front of the same upstream.

Prints the table of ratios with what must be reached and what is the goal, and compares with `results.json`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bodies
import coding
import procfs
import systems
from lines import LINES
from scenarios import Scenarios, Target

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.join(os.path.dirname(HERE), "results.json")


def main():
    options = parse()
    folder = tempfile.mkdtemp(prefix="bench-")
    running = []
    try:
        figures = {}
        for tls in [False, True] if options.tls == "both" else [options.tls == "only"]:
            figures["tls" if tls else "clear"] = Run(options, os.path.join(folder, str(tls)), running).measure(tls)
        figures["clear" if "clear" in figures else "tls"].update(micro_figures(options.tools))
        recorded = read_recorded()
        missed = [line for kind in figures for line in print_table(kind, figures[kind], recorded.get(kind, {}))]
        if options.record:
            record(figures)
        if missed and options.strict:
            sys.exit("below what must be reached: " + ", ".join(missed))
    finally:
        for system in reversed(running):
            system.stop()
        shutil.rmtree(folder, ignore_errors=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", required=True, help="folder with the gateway's programs")
    parser.add_argument("--tools", required=True, help="folder with client, upstream")
    parser.add_argument("--quick", action="store_true", help="shorter windows, one repetition")
    parser.add_argument("--tls", choices=["no", "only", "both"], default="both", help="TLS to the upstream")
    parser.add_argument("--only", help="lines to measure, by key, separated by commas")
    parser.add_argument("--record", action="store_true", help="write results.json")
    parser.add_argument("--strict", action="store_true", help="fail when something that must be reached is not")
    return parser.parse_args()


class Run:
    """One upstream, one nginx, one gateway, and every line measured on them."""

    def __init__(self, options, folder, running):
        self.options, self.folder, self.running = options, folder, running
        os.makedirs(folder)
        self.scenarios = Scenarios(options.tools, folder, options.quick)
        self.repetitions = 1 if options.quick else 3

    def start(self, system):
        self.running.append(system)
        return system

    def measure(self, tls):
        upstream = self.start(systems.Upstream(self.options.tools))
        google, ca_file, proxied_port = f"http://127.0.0.1:{upstream.port}", None, upstream.port
        if tls:
            certificate = systems.make_certificate(self.folder)
            front = self.start(systems.Nginx(self.folder, "front", upstream.port, systems.LOAD_CORE, certificate))
            google, ca_file, proxied_port = f"https://localhost:{front.port}", certificate[0], front.port
        nginx = self.start(systems.Nginx(self.folder, "nginx", proxied_port, systems.PROXY_CORE, upstream_ca=ca_file))
        self.new_gateway = lambda name, workers=1: self.start(
            systems.Gateway(os.path.join(self.folder, name), self.options.binaries, google, ca_file, workers))
        upstream.pace(1, 0)
        gateway = self.new_gateway("gateway")
        gateway.add_account()
        gateway.first_answer(bodies.gateway_request(bodies.Question(), False))

        self.targets = [
            Target("gateway", gateway.port, gateway.pids, bodies.gateway_request, upstream),
            Target("nginx", nginx.port, nginx.pids, bodies.upstream_request, upstream),
        ]
        self.direct = Target("direct", upstream.port, upstream.pids, bodies.upstream_request, upstream)
        figures = self.lines(tls)
        for system in reversed(self.running):
            system.stop()
        self.running.clear()
        return figures

    def lines(self, tls):
        small, large = bodies.Question(), bodies.Question(text=bodies.large_text(200_000))
        session = coding.Session(200_000)

        def coding_client(dialect):
            question = bodies.Question(session=session, dialect=dialect)
            return lambda: self.throughput(lambda t: self.scenarios.requests(t, "keep", question, 16))

        measured = {
            "small": lambda: self.throughput(lambda t: self.scenarios.requests(t, "keep", small, 64)),
            "renew": lambda: self.throughput(lambda t: self.scenarios.requests(t, "renew", small, 64)),
            "large": lambda: self.throughput(lambda t: self.scenarios.requests(t, "keep", large, 16)),
            "coding-chat": coding_client("chat"),
            "coding-messages": coding_client("messages"),
            "coding-native": coding_client("native"),
            "paced100": lambda: self.cost(lambda t: self.scenarios.paced(t, 100, 20_000)),
            "paced1000": lambda: self.cost(lambda t: self.scenarios.paced(t, 1000, 200_000)),
            "paced-responses": lambda: self.cost(
                lambda t: self.scenarios.paced(t, 100, 20_000, bodies.Question(dialect="responses"))),
            "firehose": lambda: self.throughput(self.scenarios.firehose),
            "firehose-messages": lambda: self.throughput(
                lambda t: self.scenarios.firehose(t, bodies.Question(dialect="messages"))),
            "first": self.first_event,
            "idle": self.idle,
            "cold": self.cold_start,
            "lease": self.leases,
        }
        if tls:
            del measured["lease"]  # nothing of it goes upstream
        wanted = self.options.only.split(",") if self.options.only else list(measured)
        figures = {}
        for key, measure in measured.items():
            if key in wanted:
                print(f"measuring {key} ...", file=sys.stderr)
                figures[key] = measure()
        if "paced1000" in figures and figures["paced1000"]["gateway"]["stream_kib"] is not None:
            both = figures["paced1000"]
            figures["stream"] = {"value": both["gateway"]["stream_kib"], "nginx": {"stream_kib": both["nginx"]["stream_kib"]}}
        return figures

    def alternate(self, measure):
        """Gateway and nginx in turns; of each the repetition that took least CPU, that is, was least disturbed."""
        best = {}
        for _ in range(self.repetitions):
            for target in self.targets:
                found = measure(target)
                if target.name not in best or found["cpu_us"] < best[target.name]["cpu_us"]:
                    # Memory grows with the first streams and stays: the first repetition tells what they take.
                    if target.name in best and best[target.name].get("stream_kib") is not None:
                        found["stream_kib"] = max(found["stream_kib"], best[target.name]["stream_kib"])
                    best[target.name] = found
        return best

    def throughput(self, measure):
        best = self.alternate(measure)
        return {"value": best["nginx"]["cpu_us"] / best["gateway"]["cpu_us"], **best}

    def cost(self, measure):
        best = self.alternate(measure)
        return {"value": best["gateway"]["cpu_us"] / best["nginx"]["cpu_us"], **best}

    def first_event(self):
        found = {target.name: [] for target in [self.direct, *self.targets]}
        for _ in range(self.repetitions):
            for target in [self.direct, *self.targets]:
                found[target.name].append(self.scenarios.first_event(target, 100))
        best = {name: min(rows, key=lambda row: row["p50_us"]) for name, rows in found.items()}
        added = {name: max(row["p50_us"] - best["direct"]["p50_us"], 1.0) for name, row in best.items()}
        return {"value": added["gateway"] / added["nginx"], **best}

    def idle(self):
        self.direct.upstream.pace(1, 0)
        gateway = self.new_gateway("idle", workers=2)
        gateway.add_account()
        gateway.first_answer(bodies.gateway_request(bodies.Question(), False))
        time.sleep(2)
        total = procfs.pss_bytes(gateway.pids())
        gateway.stop()
        return {"value": None if total is None else total / 1e6}

    def cold_start(self):
        """With an account stored by an earlier run; from the start of the program to the end of a whole answer."""
        self.direct.upstream.pace(1, 0)
        request = bodies.gateway_request(bodies.Question(), False)
        first = self.new_gateway("cold")
        first.add_account()
        first.stop()
        times = []
        for _ in range(3 if self.options.quick else 7):
            gateway = self.new_gateway("cold")
            times.append(gateway.first_answer(request) * 1000)
            gateway.stop()
        return {"value": statistics.median(times), "gateway": {"least_ms": min(times), "most_ms": max(times)}}

    def leases(self):
        """From asking for a lease to having it, over the channel of a real supervisor: 200 accounts, 20,000 conversations."""
        sandbox = self.start(systems.Sandbox(self.options.binaries))
        folder = os.path.join(self.folder, "leases")
        first = self.start(systems.Gateway(folder, self.options.binaries, sandbox.url))
        for number in range(200):
            first.add_account(f"1//sandbox-account{number}")
        first.stop()
        program = os.path.join(os.path.dirname(self.options.tools), "release", "LeaseBenchmark")
        gateway = self.start(systems.Gateway(folder, self.options.binaries, sandbox.url, worker=program))
        found = gateway.lines("lease.", 2)
        gateway.stop()
        sandbox.stop()
        rows = {words[0].removeprefix("lease."): dict(zip(words[1::2], map(float, words[2::2]))) for words in found}
        return {"value": rows["one"]["p99"], "gateway": {
            f"{name}_{part}_us": value for name, row in rows.items() for part, value in row.items()}}


def micro_figures(tools):
    """The lines that are measured within one process."""
    program = os.path.join(os.path.dirname(tools), "release", "MicroBenchmarks")
    output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    print(output, end="")
    found = {words[0]: float(words[1]) for words in map(str.split, output.splitlines())}
    names = {"index": "json.index.request", "schedule-known": "schedule.known", "schedule-new": "schedule.new",
             "schedule-crowded": "schedule.crowded"}
    return {key: {"value": found[name]} for key, name in names.items()}


def print_table(kind, figures, recorded):
    """Prints one table; the names of the lines that miss what they must reach."""
    tls = kind == "tls"
    missed = []
    print(f"\n{'TLS to the upstream' if tls else 'Clear text to the upstream':46} {'now':>9} {'must':>7} {'goal':>7} {'was':>9}")
    for line in LINES:
        value = figures.get(line.key, {}).get("value")
        if value is None:
            continue
        must, goal = line.limits(tls)
        verdict = "" if must is None else "goal" if line.meets(value, goal) else "ok" if line.meets(value, must) else "MISSED"
        if verdict == "MISSED":
            missed.append(line.name)
        was = recorded.get(line.key, {}).get("value")
        change = ""
        if was:
            factor = value / was if line.more_is_better else was / value
            change = " worse than recorded" if factor < 0.75 else " better than recorded" if factor > 1.33 else ""
        print(f"{line.name:46} {value:9.2f} {limit(must)} {limit(goal)} {'' if was is None else f'{was:9.2f}':>9} {line.unit:5}{verdict}{change}")
        for name in ("gateway", "nginx", "direct"):
            if figures[line.key].get(name):
                numbers = ", ".join(f"{key} {number:.1f}" for key, number in figures[line.key][name].items() if number is not None)
                print(f"    {name:8} {numbers}")
    return missed


def limit(value):
    return f"{'-' if value is None else format(value, 'g'):>7}"


def read_recorded():
    if not os.path.exists(RESULTS):
        return {}
    with open(RESULTS) as file:
        return json.load(file)


def record(figures):
    merged = read_recorded()
    for kind, lines in figures.items():
        merged.setdefault(kind, {}).update(lines)
    rounded = json.loads(json.dumps(merged), parse_float=lambda text: round(float(text), 2))
    with open(RESULTS, "w") as file:
        json.dump(rounded, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
