"""The built programs, and one running program with what it has written."""

import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def folder() -> pathlib.Path:
    """Where the programs are: ANTIGRAVITY_TEST_BIN, else the release build, else the debug build."""
    named = os.environ.get("ANTIGRAVITY_TEST_BIN")
    if named:
        return pathlib.Path(named).resolve()
    for build in ("release", "debug"):
        candidate = ROOT / ".build" / build
        if (candidate / "antigravity-supervisor").exists():
            return candidate
    raise FileNotFoundError("no built programs: run `make build`, or set ANTIGRAVITY_TEST_BIN")


def plain_environment() -> dict[str, str]:
    """The environment a program gets: nothing of ours, no proxy, no settings of whoever runs the tests."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS")
    return {name: os.environ[name] for name in keep if name in os.environ}


def wait_until(condition, seconds: float, what: str, every: float = 0.01):
    """The first true value of `condition()`; an AssertionError that says what was waited for after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(every)


class Program:
    """One process; its output goes to files, so that no full pipe can stop it."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], logs: pathlib.Path, **options):
        """`name` is one of ours, or the absolute path of another program. `options` are those of Popen."""
        self.name = pathlib.Path(name).name
        executable = name if "/" in name else str(folder() / name)
        name = self.name
        self.stdout_path = logs / f"{name}.out"
        self.stderr_path = logs / f"{name}.err"
        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                [executable, *arguments], env={**plain_environment(), **environment},
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, **options,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def stdout(self) -> str:
        return self.stdout_path.read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.stderr_path.read_text(errors="replace")

    def send(self, number: int):
        if self.is_running:
            self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """Its exit status; the process is killed and the test fails if it does not end in time."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.name} did not end within {seconds} s\n{self.stderr[-2000:]}") from None

    def stop(self, seconds: float = 10) -> int:
        """SIGTERM and the exit status."""
        self.send(signal.SIGTERM)
        return self.wait(seconds)
