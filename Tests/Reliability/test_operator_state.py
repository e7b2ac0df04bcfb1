"""What an operator does about the state: copies, copies put back, a look at what is damaged. Through the real programs."""

import contextlib
import json
import os
import pathlib
import resource
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest

from harness.gateway import Gateway, settings
from harness.programs import Program, folder, plain_environment, wait_until

CONFIGURATION = 78


@pytest.fixture
def place():
    """A runtime folder; the names of Unix sockets have to be short."""
    with tempfile.TemporaryDirectory(prefix="agw") as path:
        yield pathlib.Path(path)


def run(*words, place: pathlib.Path | str = "/nonexistent", data: pathlib.Path | str = "/nonexistent", **options):
    """The operator's command."""
    environment = {**plain_environment(), "RUNTIME_DIRECTORY": str(place), "ANTIGRAVITY_DATA_DIR": str(data)}
    return subprocess.run([folder() / "antigravity-supervisor", "ctl", *map(str, words)], env=environment,
                          capture_output=True, timeout=60, **options)


def start(sandbox, data: pathlib.Path, base: pathlib.Path, **more) -> Program:
    return Program("antigravity-supervisor", [], {**settings(sandbox, data, 1), **more}, base)


def again(launch, gateway, **options) -> Gateway:
    gateway.address_file.unlink(missing_ok=True)
    next_one = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0, **options)
    launch.gateways.append(next_one)
    return next_one


def emails(gateway) -> list[str]:
    return [account["email"] for account in gateway.admin("GET", "/api/accounts").json["accounts"]]


@contextlib.contextmanager
def opened(path):
    """A database that is closed again, with all of its journal brought in."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        yield database


def query(path, sql: str):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def damage(path: pathlib.Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[1024:] = os.urandom(len(content) - 1024)
    path.write_bytes(content)
    return bytes(content)


def files(data: pathlib.Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def test_a_copy_of_a_running_gateway_comes_back_after_everything_was_lost(launch, place, tmp_path):
    gateway = launch(workers=1, accounts=2, environment={"RUNTIME_DIRECTORY": str(place)})
    assert gateway.admin("PATCH", "/api/config", {"accounts_page_size": 41}).status == 200
    copy = tmp_path / "copy.db"
    made = run("backup", copy, place=place)
    assert (made.returncode, made.stdout) == (0, b""), made
    assert copy.stat().st_mode & 0o777 == 0o600
    assert query(copy, "PRAGMA integrity_check") == [("ok",)] and query(copy, "SELECT count(*) FROM accounts") == [(2,)]
    # What is there is not written over; the state itself would be.
    assert run("backup", copy, place=place).returncode == 1
    assert run("backup", gateway.data / "state.db", place=place).returncode == 1
    assert gateway.admin("PATCH", "/api/config", {"accounts_page_size": 42}).status == 200
    gateway.add_account("1//sandbox-later")
    # Not under a gateway that runs.
    refused = run("restore", copy, place=place, data=gateway.data)
    assert refused.returncode == 75 and b"stop it first" in refused.stderr
    assert gateway.stop() == 0

    restored = run("restore", copy, data=gateway.data)
    assert restored.returncode == 0, restored
    older = again(launch, gateway)
    assert len(emails(older)) == 2 and older.admin("GET", "/api/config").json["accounts_page_size"] == 41
    assert older.chat("hello").status == 200
    assert older.stop() == 0
    # What was replaced is the newest backup, and can be put back.
    newest = sorted((gateway.data / "backups").glob("state-*.db"))[-1]
    assert str(newest).encode() in restored.stderr
    assert run("restore", newest, data=gateway.data).returncode == 0
    newer = again(launch, gateway)
    assert len(emails(newer)) == 3 and newer.admin("GET", "/api/config").json["accounts_page_size"] == 42
    assert newer.stop() == 0

    # On another machine: an empty folder.
    other = tmp_path / "other" / "state"
    other.parent.mkdir()
    assert run("restore", copy, data=other).returncode == 0
    moved = Gateway(launch.sandbox, other.parent, workers=1, accounts=0)
    launch.gateways.append(moved)
    assert len(emails(moved)) == 2


def test_copies_that_are_made_during_changes_hold_what_was_acknowledged(launch, place, tmp_path):
    gateway = launch(workers=1, accounts=1, environment={"RUNTIME_DIRECTORY": str(place)})
    numbers = [0]
    is_over = threading.Event()

    def write():
        while not is_over.is_set():
            number = numbers[-1] + 1
            # Some more each time, so that pages come and go.
            names = {f"filler-{n}": "x" * 250 if n < number % 40 else None for n in range(40)} | {"name": f"model-{number}"}
            assert gateway.admin("PATCH", "/api/config", {"proxy": {"custom_mapping": names}}).status == 200
            numbers.append(number)

    writers = threading.Thread(target=write)
    writers.start()
    try:
        for number in range(10):
            wait_until(lambda: numbers[-1] > number * 10, 30, "changes")
            acknowledged = numbers[-1]
            copy = tmp_path / f"copy-{number}.db"
            assert run("backup", copy, place=place).returncode == 0
            assert query(copy, "PRAGMA integrity_check") == [("ok",)] and query(copy, "PRAGMA foreign_key_check") == []
            [(document,)] = query(copy, "SELECT document FROM config")
            stored = int(json.loads(document)["proxy"]["custom_mapping"]["name"].split("-")[1])
            assert acknowledged <= stored <= numbers[-1] + 1
    finally:
        is_over.set()
        writers.join(30)


def test_a_backup_that_is_due_is_made_at_the_start_and_never_the_first_one(launch):
    gateway = launch(workers=1, accounts=1)
    backups = gateway.data / "backups"
    for age, count in ((None, 0), (3600, 1), (90_000, 2)):
        assert gateway.stop() == 0
        for backup in backups.glob("*.db"):
            backup.unlink()
        if age is not None:
            (backups / f"state-{int(time.time()) - age:012}.db").write_bytes(run("backup", "-", data=gateway.data).stdout)
        gateway = again(launch, gateway)
        time.sleep(0.3)
        wait_until(lambda: len(list(backups.glob("state-*.db"))) == count, 10, f"{count} backups")


def test_a_copy_goes_to_standard_output_and_needs_no_gateway(launch, tmp_path):
    gateway = launch(workers=1, accounts=1)
    assert gateway.stop() == 0
    made = run("backup", "-", data=gateway.data)
    assert made.returncode == 0 and made.stdout.startswith(b"SQLite format 3\0"), made.stderr
    (tmp_path / "copy.db").write_bytes(made.stdout)
    assert query(tmp_path / "copy.db", "SELECT count(*) FROM accounts") == [(1,)]
    assert run("backup", "-").returncode == 1


def test_a_copy_that_is_none_changes_nothing(launch, tmp_path):
    gateway = launch(workers=1, accounts=1)
    assert gateway.stop() == 0
    good = run("backup", "-", data=gateway.data).stdout
    before = files(gateway.data)
    wrong = tmp_path / "wrong.db"
    newer = tmp_path / "newer.db"
    newer.write_bytes(good)
    with opened(newer) as database:
        database.execute("PRAGMA user_version = 99")
    orphan = tmp_path / "orphan.db"
    orphan.write_bytes(good)
    with opened(orphan) as database:
        database.execute("INSERT INTO device_versions (id, account_id, created_at, label, profile) VALUES ('v', 'x', 1, '', '')")
    for content in (b"", b"no database", good[:len(good) // 2], good[:1024] + os.urandom(len(good) - 1024),
                    newer.read_bytes(), orphan.read_bytes()):
        wrong.write_bytes(content)
        answer = run("restore", wrong, data=gateway.data)
        assert answer.returncode == 1 and b"nothing was changed" in answer.stderr, answer
        assert files(gateway.data) == before
    assert run("restore", tmp_path / "missing.db", data=gateway.data).returncode == 1
    assert files(gateway.data) == before


def test_what_root_does_stays_with_the_owner_of_the_folder(launch, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can do it for somebody else")
    gateway = launch(workers=1, accounts=1)
    assert gateway.stop() == 0
    copy = tmp_path / "copy.db"
    assert run("backup", copy, data=gateway.data).returncode == 0
    for path in [gateway.data, *gateway.data.rglob("*")]:
        os.chown(path, 65534, 65534)
    for path in [gateway.data, *gateway.data.parents]:
        if path.stat().st_uid == 0 and path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o011)
    assert run("restore", copy, data=gateway.data).returncode == 0
    assert run("doctor", data=gateway.data).returncode == 1
    assert {path.stat().st_uid for path in gateway.data.rglob("*")} == {65534}
    # Others may not.
    assert run("restore", copy, data=gateway.data, user=12345).returncode in (1, 4)


def test_doctor_looks_at_the_folder_of_a_gateway_that_does_not_run(launch, sandbox):
    gateway = launch(workers=1, accounts=1)
    assert gateway.stop() == 0

    def found() -> dict:
        answer = run("doctor", "--json", data=gateway.data)
        # That none runs is a trouble in itself.
        assert answer.returncode == 1, answer
        return {finding["subject"]: finding for finding in json.loads(answer.stdout)["findings"]}

    sound = found()
    assert sound["gateway"]["verdict"] == "trouble"
    assert {sound[subject]["verdict"] for subject in ("settings", "worker", "data-folder", "state", "telemetry")} == {"ok"}
    content = damage(gateway.data / "state.db")
    (gateway.data / "telemetry.db").write_bytes(b"no database at all" * 100)
    broken = found()
    assert (broken["state"]["verdict"], broken["telemetry"]["verdict"]) == ("trouble", "trouble")
    assert "backup" in broken["state"]["advice"]
    assert (gateway.data / "state.db").read_bytes() == content
    assert b"ANTIGRAVITY" not in run("doctor", data="/proc/none").stdout


def test_a_restored_state_is_said_in_status(launch, place):
    gateway = launch(workers=1, accounts=1, environment={"RUNTIME_DIRECTORY": str(place)})
    assert gateway.status["storage"] == {"full": False, "restored_from": None, "telemetry_emptied": False}
    assert gateway.stop() == 0
    copy = run("backup", "-", data=gateway.data).stdout
    backup = gateway.data / "backups" / "state-000000000001.db"
    backup.write_bytes(copy)
    # The newest one is damaged, so the one before it counts.
    (gateway.data / "backups" / "state-000000000002.db").write_bytes(copy[:4096] + os.urandom(4096))
    lost = damage(gateway.data / "state.db")
    damage(gateway.data / "telemetry.db")
    gateway = again(launch, gateway, environment={"RUNTIME_DIRECTORY": str(place)})
    assert gateway.status["storage"]["restored_from"] == backup.name
    wait_until(lambda: gateway.status["storage"]["telemetry_emptied"], 10, "the loss of telemetry.db")
    assert gateway.health["status"] == "ok" and gateway.chat("hello").status == 200
    found = run("doctor", place=place).stdout.decode()
    assert backup.name in found and "telemetry" in found
    [aside] = [path for path in gateway.data.glob("state.db.corrupt-*") if not path.name.endswith(("-wal", "-shm"))]
    assert aside.read_bytes() == lost and (gateway.data / "telemetry.db.lost").exists()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_state_of_every_earlier_version_starts(launch, tmp_path, version):
    data = tmp_path / "old" / "state"
    data.mkdir(parents=True, mode=0o700)
    fixtures = pathlib.Path(__file__).parents[1] / "SupervisorTests" / "Fixtures"
    for name, number in (("state", version), ("telemetry", version)):
        with opened(data / f"{name}.db") as database:
            database.executescript((fixtures / f"{name}-{number}.sql").read_text())
    gateway = Gateway(launch.sandbox, data.parent, workers=1, accounts=0)
    launch.gateways.append(gateway)
    assert emails(gateway) == ["Dev@example.com", "Home"]
    assert gateway.status["storage"] == {"full": False, "restored_from": None, "telemetry_emptied": False}
    assert len(list((data / "backups").glob("state-*.db"))) == (1 if version < 3 else 0)
    assert gateway.stop() == 0
    for name in ("state", "telemetry"):
        assert query(data / f"{name}.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_newer_state_and_another_programs_are_refused_and_left_alone(launch, sandbox, tmp_path):
    gateway = launch(workers=1, accounts=0)
    assert gateway.stop() == 0
    state = gateway.data / "state.db"
    for pragma, word in (("user_version = 99", "version 99"), ("application_id = 5", "another program")):
        with opened(state) as database:
            kept = database.execute(f"PRAGMA {pragma.split()[0]}").fetchone()[0]
            database.execute(f"PRAGMA {pragma}")
        content = state.read_bytes()
        program = start(sandbox, gateway.data, tmp_path)
        assert program.wait(10) == CONFIGURATION and word in program.stderr, program.stderr
        assert state.read_bytes() == content and not list(gateway.data.glob("*.corrupt*"))
        with opened(state) as database:
            database.execute(f"PRAGMA {pragma.split()[0]} = {kept}")


def test_a_folder_that_cannot_be_written_stops_the_start_with_a_word(launch, sandbox, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], capture_output=True).returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    try:
        (disk / "state").mkdir(mode=0o700)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        program = start(sandbox, disk / "state", tmp_path)
        assert program.wait(10) == CONFIGURATION, program.stderr
        assert "Read-only file system" in program.stderr and str(disk / "state") in program.stderr
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_limit_on_file_sizes_is_a_full_disk(launch):
    gateway = launch(workers=1)
    before = gateway.admin("GET", "/api/config").json
    journal = (gateway.data / "state.db-wal").stat().st_size
    unlimited = resource.prlimit(gateway.program.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gateway.program.pid, resource.RLIMIT_FSIZE, (max(journal, 64 << 10), unlimited[1]))
    large = {"proxy": {"custom_mapping": {f"name-{number}-{'x' * 200}": "y" * 200 for number in range(1000)}}}
    for _ in range(3):
        answer = gateway.admin("PATCH", "/api/config", large)
        assert (answer.status, answer.json["code"]) == (507, "storage_full"), answer
    assert gateway.admin("GET", "/api/config").json == before
    for number in range(5):
        assert gateway.chat(f"hello {number}").status == 200
    resource.prlimit(gateway.program.pid, resource.RLIMIT_FSIZE, unlimited)
    assert gateway.admin("PATCH", "/api/config", large).status == 200
    assert gateway.stop() == 0
    assert query(gateway.data / "state.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_refusal_that_was_not_confirmed_before_a_death_is_confirmed_after_it(launch, sandbox):
    gateway = launch(workers=1, accounts=1)
    sandbox.script({"method": "token", "status": 400, "times": 1, "body": {"error": "invalid_grant"}})
    sandbox.expire_tokens("account0")
    assert gateway.chat("hello").status in (429, 503)
    wait_until(lambda: gateway.admin("GET", "/api/accounts").json["accounts"][0]["disabled"], 10, "the refusal")
    gateway.program.process.kill()
    gateway.program.wait(5)
    # As if a minute had passed.
    with opened(gateway.data / "state.db") as database:
        database.execute("UPDATE accounts SET disabled_at = disabled_at - 60")
    gateway = again(launch, gateway)
    wait_until(lambda: not gateway.admin("GET", "/api/accounts").json["accounts"][0]["disabled"], 15, "the confirming refresh")
    assert gateway.chat("hello").status == 200
    sandbox.reset()
