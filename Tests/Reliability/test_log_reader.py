"""Whoever reads the log may fall behind or hang: lines are lost then, and nothing else."""

import contextlib
import fcntl
import os
import subprocess
import urllib.parse

from harness.gateway import ADMIN, settings
from harness.programs import folder, plain_environment, wait_until
from harness.wire import Connection

F_SETPIPE_SZ = 1031


def test_a_reader_that_hangs_costs_lines_alone(sandbox, tmp_path):
    environment = settings(sandbox, tmp_path / "state", 1)
    reader, writer = os.pipe()
    # As small as a pipe can be, so that it is soon full.
    fcntl.fcntl(reader, F_SETPIPE_SZ, 4096)
    os.set_blocking(reader, False)
    address = tmp_path / "state.address"
    program = subprocess.Popen(
        [folder() / "antigravity-supervisor"], env={**plain_environment(), **environment},
        stdin=subprocess.DEVNULL, stderr=writer)
    try:
        wait_until(address.exists, 15, "the gateway's address")
        parts = urllib.parse.urlsplit(address.read_text().strip())
        assert fcntl.fcntl(writer, fcntl.F_GETFL) & os.O_NONBLOCK == 0
        for number in range(120):
            change(parts, 15 + number % 2)
        taken = read(reader)
        assert b"supervisor" in taken
        change(parts, 20)
        rest = read(reader)
        assert b"lines-lost" in rest and b"count=" in rest, rest
        program.terminate()
        assert program.wait(20) == 0
    finally:
        program.kill()
        program.wait()
        os.close(reader)
        os.close(writer)


def change(parts, minutes: int):
    """A change of the configuration, which has a line in the log."""
    with Connection((parts.hostname, parts.port), 5) as connection:
        answer = connection.ask(
            "PATCH", "/api/config", {"Authorization": f"Bearer {ADMIN}"}, {"refresh_interval": minutes})
    assert answer.status == 200, answer


def read(reader: int) -> bytes:
    found = b""
    with contextlib.suppress(BlockingIOError):
        while block := os.read(reader, 65536):
            found += block
    return found
