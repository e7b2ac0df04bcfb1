#!/usr/bin/env python3
"""A stand-in for cloudflared: takes the words the real one takes, tells of itself at the metrics address, writes its log lines.

It stands in a folder of its own as `cloudflared`; beside it are `mode`, a word, and `calls`, one JSON line for each start. Without a
`mode` file it behaves well. A wrong word, or an environment that the real one would obey, ends it with help and status 255.
"""

import http.server
import json
import os
import pathlib
import signal
import sys
import threading
import time

HERE = pathlib.Path(os.path.abspath(sys.argv[0])).parent
VERSION = "2026.8.2"
# Options of `tunnel` that take a value, and those that do not.
VALUES = {"--config", "--metrics", "--protocol", "--grace-period", "--url", "--output"}
FLAGS = {"--no-autoupdate"}


def setting(name: str, fallback: str = "") -> str:
    path = HERE / name
    return path.read_text().strip() if path.exists() else fallback


def usage(problem: str):
    """What the command line library of the real one does."""
    print(f"Incorrect Usage: {problem}\n\nNAME:\n   cloudflared tunnel - Use Cloudflare Tunnel", file=sys.stderr, flush=True)
    os._exit(255)


def parse(words: list[str]) -> dict[str, str]:
    found, rest = {}, list(words)
    if rest.pop(0) != "tunnel":
        usage("tunnel is missing")
    while rest and rest[0] != "run":
        word = rest.pop(0)
        if word in FLAGS:
            found[word] = ""
        elif word in VALUES and rest:
            found[word] = rest.pop(0)
        else:
            usage(f"flag provided but not defined: {word}")
    if rest:
        found["run"] = ""
        rest.pop(0)
        while rest:
            word = rest.pop(0)
            if word not in ("--token-file", "--token") or not rest:
                usage(f"flag provided but not defined: {word}")
            found[word] = rest.pop(0)
    return found


class Tunnel:
    def __init__(self, options: dict[str, str], mode: str):
        self.options = options
        self.mode = mode
        self.is_named = "run" in options
        self.number = len((HERE / "calls").read_text().splitlines())
        self.label = f"fake-tunnel-{self.number}"
        self.ready_from = time.monotonic() + {"slow-ready": 5, "never-ready": 10**6}.get(mode, 0.2)
        self.lock = threading.Lock()

    @property
    def connections(self) -> int:
        if time.monotonic() < self.ready_from or (HERE / "cut").exists():
            return 0
        return 4 if self.is_named else 1

    def log(self, level: str, text: str, **fields):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if self.mode == "address-in-json":
            line = json.dumps({"level": level, "time": now, "message": text, **fields})
        else:
            short = {"info": "INF", "error": "ERR", "debug": "DBG"}[level]
            line = f"{now} {short} {text}" + "".join(f" {name}={value}" for name, value in fields.items())
        with self.lock:
            print(line, file=sys.stderr, flush=True)

    def serve(self):
        tunnel = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                count = tunnel.connections
                answers = {
                    "/ready": (200 if count else 503, {"status": 200 if count else 503, "readyConnections": count,
                                                      "connectorId": "0c5b"}),
                    "/quicktunnel": (200, {"hostname": tunnel.hostname}),
                    "/healthcheck": (200, None),
                }
                status, document = answers.get(self.path, (404, None))
                body = json.dumps(document).encode() if document is not None else b"OK\n"
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        host, _, port = self.options["--metrics"].rpartition(":")
        try:
            server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
        except OSError as problem:
            self.log("error", f"Error opening metrics server listener: {problem}")
            os._exit(1)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()

    @property
    def hostname(self) -> str:
        """What the metrics address says: nothing for a named tunnel, and nothing where the log alone is to tell."""
        if self.is_named or self.mode in ("address-in-log", "address-in-json", "never-ready"):
            return ""
        return f"{self.label}.trycloudflare.com"

    def talk(self):
        if self.mode == "never-ready":
            self.log("error", 'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": timeout')
            return
        if self.is_named:
            ingress = {"ingress": [{"hostname": "Gateway.Example.com", "service": "http://localhost:8045"},
                                   {"service": "http_status:404"}]}
            self.log("info", "Updated to new configuration", config=json.dumps(json.dumps(ingress)), version=7)
        else:
            address = f"https://{self.label}.trycloudflare.com"
            self.log("info", "+" + "-" * 60 + "+")
            self.log("info", f"|  {address}{' ' * (56 - len(address))}  |")
            self.log("info", "+" + "-" * 60 + "+")
        while not self.connections:
            time.sleep(0.02)
        for index in range(self.connections):
            self.log("info", "Registered tunnel connection", connIndex=index, connection="c0ffee", location="fra03",
                     ip="198.51.100.7", protocol=self.options["--protocol"])

    def flood(self):
        line = "x" * 1000
        while True:
            began = time.monotonic()
            for _ in range(100):
                self.log("debug", line)
            time.sleep(max(0, 0.1 - (time.monotonic() - began)))


def main():
    if sys.argv[1:] == ["--version"]:
        if setting("mode") == "broken":
            os._exit(1)
        print(f"cloudflared version {setting('version', VERSION)} (built 2026-08-20-1012 UTC)\nsecond line")
        return
    mode = setting("mode", "ok")
    open_descriptors = [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
    with open(HERE / "calls", "a") as calls:
        token_file = sys.argv[sys.argv.index("--token-file") + 1] if "--token-file" in sys.argv else None
        json.dump({"argv": sys.argv[1:], "environment": dict(os.environ), "pid": os.getpid(), "parent": os.getppid(),
                   "session": os.getsid(0), "descriptors": sorted(open_descriptors),
                   "token": pathlib.Path(token_file).read_text() if token_file else None, "at": time.time()}, calls)
        calls.write("\n")
    options = parse(sys.argv[1:])
    obeyed = [name for name in os.environ if name == "NOTIFY_SOCKET" or name == "NO_AUTOUPDATE"
              or (name.startswith("TUNNEL_") and name != "TUNNEL_TOKEN")]
    if obeyed:
        usage(f"the environment says {obeyed}")
    config = pathlib.Path(options.get("--config", "/nonexistent"))
    if mode == "config-error" or not config.exists() or config.read_text():
        usage(f"error parsing config file {config}")
    if mode == "invalid-token":
        usage(f"Provided Tunnel token is not valid: {setting('echo')}")
    if "run" in options and "--token-file" not in options and "TUNNEL_TOKEN" not in os.environ:
        usage("\"cloudflared tunnel run\" requires the ID or name of the tunnel to run")
    tunnel = Tunnel(options, mode)
    if mode == "exit-1-at-once":
        tunnel.log("error", "failed to request quick Tunnel: 429")
        os._exit(1)

    def leave(*_):
        tunnel.log("info", "Initiating graceful shutdown due to signal terminated ...")
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN if mode == "ignore-SIGTERM" else leave)
    tunnel.serve()
    threading.Thread(target=tunnel.talk, daemon=True).start()
    if mode == "noisy":
        threading.Thread(target=tunnel.flood, daemon=True).start()
    if mode.startswith("crash-after-"):
        time.sleep(float(mode.removeprefix("crash-after-")))
        tunnel.log("error", "panic: runtime error")
        os._exit(1)
    while True:
        signal.pause()


main()
