"""A web server on this host, plain or with TLS, and an authority for its certificates."""

import contextlib
import http.server
import pathlib
import ssl
import subprocess
import threading


class Site:
    """A web server on this host. Pages are bytes with a type, or functions that write the answer."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None):
        self.pages: dict = {}
        self.asked: list[str] = []
        self.fields: list[dict] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(self.path)
                site.fields.append(dict(self.headers))
                page = site.pages.get(self.path)
                with contextlib.suppress(OSError):
                    if page is None:
                        self.send_error(404)
                    elif callable(page):
                        page(self)
                    else:
                        send(self, *page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.scheme = "https" if tls else "http"
        if tls:
            # The handshake is the business of the connection's own thread.
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def send(handler, body: bytes, kind: str | None, status: int = 200, **fields):
    handler.send_response(status)
    if kind:
        handler.send_header("Content-Type", kind)
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def redirect(location: str, status: int = 302):
    return lambda handler: send(handler, b"", None, status, Location=location)


class Authority:
    """Signs certificates that are valid for two days."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir()
        self.certificate = folder / "authority.pem"
        self._make("authority", "-subj", "/CN=Authority of a test")

    def server(self, *names: str) -> ssl.SSLContext:
        """What a server needs that goes by these names (`DNS:localhost`, `IP:127.0.0.1`)."""
        self._make("server", "-subj", "/CN=server", "-addext", f"subjectAltName={','.join(names)}",
                   "-CA", str(self.certificate), "-CAkey", str(self.folder / "authority.key"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        return context

    def _make(self, name: str, *more: str):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-keyout", str(self.folder / f"{name}.key"), "-out", str(self.folder / f"{name}.pem"), *more],
            check=True, capture_output=True)
