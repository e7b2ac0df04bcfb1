"""The programs of a run: the upstream, its TLS front, and the two that are compared, each on one core."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request

import bodies
import procfs

PROXY_CORE = 1
LOAD_CORE = 0


def free_port():
    """A port below the range of outgoing connections, so that none of them can take it meanwhile."""
    for port in range(18100, 30000, 7):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def pinned(core, command):
    return ["taskset", "-c", str(core % (os.cpu_count() or 1)), *command]


def await_port(port, process, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"{process.args[3]} did not start on port {port}")


class System:
    """A running program. `stop` ends it and waits."""

    def __init__(self, command, port, core, environment=None, log=None):
        self.port = port
        output = open(log, "ab") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            pinned(core, command), stdout=output, stderr=output, env=environment, stdin=subprocess.DEVNULL)

    def pids(self):
        return procfs.children(self.process.pid)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Upstream(System):
    def __init__(self, tools):
        super().__init__([f"{tools}/upstream", str(port := free_port())], port, LOAD_CORE)
        await_port(port, self.process)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)

    def pace(self, events, interval_us):
        """How the next streams run. `events` 0 means without end, `interval_us` 0 as fast as they are taken."""
        self.get(f"/control?events={events}&interval_us={interval_us}")


class Nginx(System):
    """nginx in front of an upstream. As a TLS front it listens with a certificate, as a proxy it may speak TLS upstream."""

    def __init__(self, folder, name, upstream_port, core, certificate=None, upstream_ca=None):
        port = free_port()
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder, exist_ok=True)
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w") as file:
            file.write(self.configuration(port, upstream_port, certificate, upstream_ca))
        super().__init__(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-p", self.folder, "-c", config, "-e", f"{self.folder}/error.log"],
            port, core)
        await_port(port, self.process)

    def configuration(self, port, upstream_port, certificate, upstream_ca):
        listen = f"listen 127.0.0.1:{port}{' ssl' if certificate else ''} backlog=4096;"
        if certificate:
            listen += f" ssl_certificate {certificate[0]}; ssl_certificate_key {certificate[1]};"
        scheme, verify = "http", ""
        if upstream_ca:
            scheme = "https"
            verify = (f"proxy_ssl_trusted_certificate {upstream_ca}; proxy_ssl_verify on; proxy_ssl_name localhost;"
                      " proxy_ssl_server_name on;")
        proxy = (f"proxy_pass {scheme}://upstream; proxy_http_version 1.1; proxy_set_header Connection '';"
                 f" proxy_set_header Host localhost; {verify}")
        return f"""
worker_processes 1; daemon off; pid {self.folder}/pid; worker_rlimit_nofile 20000;
events {{ worker_connections 9000; }}
http {{
    access_log off; keepalive_requests 100000000; client_max_body_size 100m; client_body_buffer_size 1m;
    client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/fastcgi;
    uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
    upstream upstream {{ server 127.0.0.1:{upstream_port}; keepalive 1024; keepalive_requests 100000000; }}
    server {{
        {listen}
        location / {{ {proxy} }}
        location /v1internal:streamGenerateContent {{ {proxy} proxy_buffering off; proxy_read_timeout 1h; }}
    }}
}}
"""


class Sandbox(System):
    """The stand-in for Google that knows many accounts."""

    def __init__(self, binaries):
        port = free_port()
        super().__init__(
            [f"{binaries}/antigravity-sandbox", "--port", str(port), "--pace", "0"], port, LOAD_CORE)
        self.url = f"http://127.0.0.1:{port}"
        await_port(port, self.process)


class Gateway(System):
    """Supervisor and one worker with one account."""

    def __init__(self, folder, binaries, google, ca_file=None, workers=1, pinned_core=PROXY_CORE, worker=None):
        """`worker` is a program that stands in the place of the workers."""
        port = free_port()
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"], "PORT": str(port), "ANTIGRAVITY_API_KEY": bodies.KEY,
            "ANTIGRAVITY_DATA_DIR": os.path.join(folder, "state"), "ANTIGRAVITY_GOOGLE_URL": google,
            "ANTIGRAVITY_OAUTH_CLIENT_ID": "bench", "ANTIGRAVITY_OAUTH_CLIENT_SECRET": "bench",
            "ANTIGRAVITY_WORKERS": str(workers), "ANTIGRAVITY_GATEWAY_SCHEDULING_MAX_INFLIGHT_PER_ACCOUNT": "0",
            "SWIFT_BACKTRACE": "enable=no",
        }
        if ca_file:
            environment["ANTIGRAVITY_GATEWAY_UPSTREAM_CA_FILE"] = ca_file
        if worker:
            environment["ANTIGRAVITY_WORKER"] = worker
        self.log = os.path.join(folder, "gateway.log")
        self.started = time.monotonic()
        super().__init__(
            [f"{binaries}/antigravity-supervisor"], port, pinned_core, environment, self.log)

    def add_account(self, refresh_token="1//bench"):
        await_port(self.port, self.process)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/accounts", data=json.dumps({"refreshToken": refresh_token}).encode(),
            headers={"Authorization": f"Bearer {bodies.KEY}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def lines(self, beginning, count, seconds=60):
        """The words of the first lines of the log that begin so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with open(self.log) as file:
                found = [line.split() for line in file if line.startswith(beginning) and line.endswith("\n")]
            if any(words[0] == beginning + "failed" for words in found):
                break
            if len(found) >= count:
                return found
            time.sleep(0.1)
        raise RuntimeError("nothing was measured; see " + self.log)

    def first_answer(self, request, seconds=10):
        """Asks until the first whole answer with status 200 has come; seconds since the start of the program."""
        deadline = self.started + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    connection.sendall(request)
                    answer = b""
                    while b'"finish_reason"' not in answer:
                        if not (piece := connection.recv(65536)):
                            break
                        answer += piece
                    if answer.startswith(b"HTTP/1.1 200"):
                        return time.monotonic() - self.started
            except OSError:
                pass
            time.sleep(0.001)
        raise RuntimeError("the gateway gave no answer; see " + os.path.join(self.folder, "gateway.log"))


def make_certificate(folder):
    """A self-signed certificate for localhost and its key."""
    certificate, key = os.path.join(folder, "localhost.pem"), os.path.join(folder, "localhost.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate,
         "-keyout", key], check=True, stderr=subprocess.DEVNULL)
    return certificate, key
