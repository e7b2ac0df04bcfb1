"""The traffic log and the statistics of the program before, taken over while the supervisor is killed again and again."""

import contextlib
import json
import signal
import sqlite3
import time

from harness.gateway import Gateway
from harness.programs import wait_until

REQUESTS = 20_000
USES = 10_000


def make(home):
    """The data folder of that program, with as much in it as some months leave."""
    folder = home / ".antigravity_tools"
    folder.mkdir(parents=True)
    (folder / "gui_config.json").write_text(json.dumps({"language": "en", "proxy": {}}))
    (folder / "accounts.json").write_text('{"version":"2.0","accounts":[]}')
    now = int(time.time())
    with contextlib.closing(sqlite3.connect(folder / "proxy_logs.db")) as database, database:
        database.execute("CREATE TABLE request_logs (id TEXT PRIMARY KEY, timestamp INTEGER, method TEXT, url TEXT, status INTEGER,"
                         "duration INTEGER, model TEXT, account_email TEXT, error TEXT, request_body TEXT, response_body TEXT)")
        database.executemany(
            "INSERT INTO request_logs VALUES (?, ?, 'POST', '/v1/messages?key=secret', 200, 5, 'm', 'a@x', NULL, ?, ?)",
            ((f"old-{n}", (now - n) * 1000, "x" * 500, "y" * 500) for n in range(REQUESTS)))
    with contextlib.closing(sqlite3.connect(folder / "token_stats.db")) as database, database:
        database.execute("CREATE TABLE token_usage (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER, account_email TEXT,"
                         "model TEXT, input_tokens INTEGER, output_tokens INTEGER, total_tokens INTEGER)")
        database.executemany("INSERT INTO token_usage VALUES (NULL, ?, 'a@x', 'm', 2, 1, 3)", ((now - n,) for n in range(USES)))
        database.execute("CREATE TABLE token_stats_hourly (hour_bucket TEXT, account_email TEXT, total_input_tokens INTEGER,"
                         "total_output_tokens INTEGER, total_tokens INTEGER, request_count INTEGER,"
                         "PRIMARY KEY (hour_bucket, account_email))")
        database.execute("INSERT INTO token_stats_hourly SELECT strftime('%Y-%m-%d %H:00', timestamp, 'unixepoch'), account_email,"
                         "sum(input_tokens), sum(output_tokens), sum(total_tokens), count(*) FROM token_usage GROUP BY 1, 2")
    return folder


def stored(gateway) -> int:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{gateway.data}/telemetry.db?mode=ro", uri=True)) as database, database:
            return database.execute("SELECT (SELECT count(*) FROM request_logs) + (SELECT count(*) FROM token_usage)").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def test_everything_comes_once_however_often_the_process_dies(launch, tmp_path):
    folder = make(tmp_path / "home")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    environment = {"ANTIGRAVITY_CLI_HOME": str(tmp_path / "home")}
    gateway = launch(workers=1, accounts=0, environment=environment)
    for part in range(1, 5):
        # Nobody waits for it: the gateway answers from the first moment.
        assert gateway.health["status"] == "ok"
        wait_until(lambda: stored(gateway) >= part * (REQUESTS + USES) // 8, 60, "a part of it")
        gateway.program.send(signal.SIGKILL)
        gateway.program.wait(5)
        gateway.address_file.unlink()
        gateway = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0, environment=environment)
        launch.gateways.append(gateway)
    wait_until(lambda: "original-traffic-taken-over" in gateway.program.stderr, 90, "the end of it")
    assert gateway.admin("GET", "/api/logs/count").json == REQUESTS
    summary = gateway.admin("GET", "/api/stats/token/summary?hours=100").json
    assert (summary["total_tokens"], summary["total_requests"]) == (USES * 3, USES)
    models = gateway.admin("GET", "/api/stats/token/by-model?hours=100").json
    assert [(model["model"], model["total_tokens"], model["request_count"]) for model in models] == [("m", USES * 3, USES)]
    record = gateway.admin("GET", "/api/logs?limit=1").json[0]
    assert record["url"] == "/v1/messages?key=***"
    detail = gateway.admin("GET", f"/api/logs/{record['id']}").json
    assert detail["request_body"] is None and detail["response_body"] is None
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    # Another start looks at nothing.
    assert gateway.stop() == 0
    gateway.address_file.unlink()
    gateway = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0, environment=environment)
    launch.gateways.append(gateway)
    assert gateway.admin("GET", "/api/logs/count").json == REQUESTS
    assert "taken-over" not in gateway.program.stderr
