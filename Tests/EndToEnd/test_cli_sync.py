"""Pointing the command-line clients of a home folder at the gateway, and back: over the admin API and by the command."""

import concurrent.futures
import json
import os
import pathlib
import stat
import subprocess
import tempfile
import tomllib

import pytest

from harness.gateway import KEY
from harness.programs import folder, plain_environment

CLI = "/api/proxy/cli/"
PLACES = {
    "Claude": [".claude.json", ".claude/settings.json"],
    "Codex": [".codex/auth.json", ".codex/config.toml"],
    "Gemini": [".gemini/.env", ".gemini/settings.json"],
}
OLD = {
    ".claude.json": '{"numStartups":3}', ".claude/settings.json": '{"env":{"ANTHROPIC_MODEL":"x","MINE":"1"},"a":[1.0]}\n',
    ".codex/auth.json": '{"tokens":{}}', ".codex/config.toml": '# mine\nmodel = "m"\n\n[tui]\nx = 1\n',
    ".gemini/.env": "OTHER=1", ".gemini/settings.json": '{\n"ui": {}}',
}


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def own(launch, home):
    return launch(workers=1, accounts=0, environment={"ABV_CLI_HOME": str(home), "PATH": f"{home}/path:/usr/bin:/bin"})


def ask(gateway, what: str, app: str, **members):
    return gateway.admin("POST", CLI + what, {"appType": app, **members})


def refused(answer) -> tuple:
    assert isinstance(answer.json["error"], str)
    return answer.status, answer.json["code"]


def contents(home: pathlib.Path) -> dict:
    return {str(path.relative_to(home)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode), path.is_symlink())
            for path in home.rglob("*") if path.is_file()}


def fill(home: pathlib.Path, app: str):
    """The client's files as its user left them: private, and the last one behind a link."""
    for place in PLACES[app]:
        path = home / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(OLD[place])
        path.chmod(0o600)
    (home / "dotfiles").mkdir(exist_ok=True)
    real = home / "dotfiles" / path.name
    path.rename(real)
    path.symlink_to(real)


# Sync and restore


@pytest.mark.parametrize("app", PLACES)
@pytest.mark.parametrize("is_filled", [False, True])
def test_a_sync_and_the_way_back(own, home, app, is_filled):
    if is_filled:
        fill(home, app)
    before = contents(home)
    paths = [str(home / place) for place in PLACES[app]]
    answer = ask(own, "sync", app)
    assert answer.status == 200 and answer.json == {
        "success": True, "written": paths, "skipped": [],
        "backups": [path + ".antigravity.bak" for path in paths] if is_filled else []}
    for path in paths:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    again = ask(own, "sync", app.lower())
    assert again.json == {"success": True, "written": [], "backups": [], "skipped": []}
    assert ask(own, "sync", app, proxyUrl="http://other:1/v1/", apiKey="sk-other").json["written"] == [
        path for path in paths if not path.endswith((".claude.json", ".gemini/settings.json"))]
    back = ask(own, "restore", app)
    assert back.status == 200 and back.json == {
        "success": True, "restored": paths if is_filled else [], "removed": [] if is_filled else paths, "skipped": []}
    assert contents(home) == before


def test_the_keys_of_claude(own, home):
    fill(home, "Claude")
    assert ask(own, "sync", "Claude", apiKey="").status == 200
    settings = json.loads((home / ".claude/settings.json").read_text())
    assert settings == {"env": {"ANTHROPIC_MODEL": "x", "MINE": "1", "ANTHROPIC_BASE_URL": own.url}, "a": [1.0]}
    assert ask(own, "sync", "Claude").status == 200
    text = (home / ".claude/settings.json").read_text()
    assert json.loads(text)["env"] == {"MINE": "1", "ANTHROPIC_BASE_URL": own.url, "ANTHROPIC_API_KEY": KEY}
    assert text.startswith('{\n  "env": {\n    "MINE"') and "1.0" in text
    assert json.loads((home / ".claude.json").read_text()) == {"numStartups": 3, "hasCompletedOnboarding": True}


def test_the_keys_of_codex(own, home):
    fill(home, "Codex")
    assert ask(own, "sync", "Codex").status == 200
    text = (home / ".codex/config.toml").read_text()
    assert text.startswith('# mine\nmodel = "m"\nmodel_provider = "custom"\n\n[tui]\nx = 1\n')
    assert tomllib.loads(text)["model_providers"]["custom"] == {
        "name": "custom", "wire_api": "responses", "requires_openai_auth": True, "base_url": f"{own.url}/v1"}
    assert json.loads((home / ".codex/auth.json").read_text()) == {
        "tokens": {}, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{own.url}/v1"}


def test_the_keys_of_gemini(own, home):
    fill(home, "Gemini")
    (home / ".gemini/config.json").write_text("{}")
    assert ask(own, "sync", "Gemini", proxyUrl="https://gw.example.com/v1/").status == 200
    assert (home / ".gemini/.env").read_text() == (
        f"OTHER=1\nGOOGLE_GEMINI_BASE_URL=https://gw.example.com\nGEMINI_API_KEY={KEY}\n")
    for name, rest in (("settings.json", {"ui": {}}), ("config.json", {})):
        found = json.loads((home / ".gemini" / name).read_text())
        assert found == {**rest, "security": {"auth": {"selectedType": "gemini-api-key"}}}


def test_files_made_here_are_known_after_a_restart(launch, home):
    environment = {"ABV_CLI_HOME": str(home)}
    first = launch(workers=1, accounts=0, environment=environment)
    assert len(ask(first, "sync", "Codex").json["written"]) == 2
    first.stop()
    second = launch.again(first, environment)
    assert len(ask(second, "restore", "Codex").json["removed"]) == 2
    assert contents(home) == {}


def test_a_restore_without_backups_points_at_the_clients_own_service(own, home):
    assert ask(own, "restore", "Gemini").json == {"success": True, "restored": [], "removed": [], "skipped": []}
    (home / ".gemini").mkdir()
    (home / ".gemini/.env").write_text("GEMINI_API_KEY=mine\n")
    assert ask(own, "restore", "Gemini").json["restored"] == [str(home / ".gemini/.env")]
    assert (home / ".gemini/.env").read_text() == "GOOGLE_GEMINI_BASE_URL=https://generativelanguage.googleapis.com\n"


def test_a_dry_run_shows_and_writes_nothing(own, home):
    fill(home, "Codex")
    before = contents(home)
    answer = ask(own, "sync", "Codex", dryRun=True)
    assert answer.status == 200 and contents(home) == before
    shown = answer.json["files"]
    assert [(file["name"], file["path"]) for file in shown] == [
        ("auth.json", str(home / ".codex/auth.json")), ("config.toml", str(home / ".codex/config.toml"))]
    assert ask(own, "sync", "Codex").status == 200
    assert [file["content"] for file in shown] == [(home / place).read_text() for place in PLACES["Codex"]]


def test_the_public_address(launch, home):
    environment = {"ABV_CLI_HOME": str(home), "ANTIGRAVITY_PUBLIC_URL": "https://gw.example.com"}
    gateway = launch(workers=1, accounts=0, environment=environment)
    assert ask(gateway, "sync", "Codex", usePublicUrl=True).status == 200
    assert ask(gateway, "status", "Codex").json["current_base_url"] == "https://gw.example.com/v1"


# What is refused


@pytest.mark.parametrize("what", ["sync", "restore", "status", "config"])
@pytest.mark.parametrize("body, code, field", [
    (b"{", "invalid_json", None), (b"[]", "invalid_request", None), (b"", "invalid_request", "appType"),
    (b'{"appType":null}', "invalid_request", "appType"), (b'{"appType":1}', "invalid_request", "appType"),
    (b'{"appType":"Vim"}', "invalid_request", "appType"), (b'{"appType":""}', "invalid_request", "appType"),
])
def test_a_body_that_does_not_fit_is_refused(gateway, what, body, code, field):
    answer = gateway.admin("POST", CLI + what, body)
    assert refused(answer) == (400, code), answer.body
    assert answer.json.get("details", {}).get("field") == field


def test_a_body_of_another_type_is_refused(gateway):
    with gateway.connect() as connection:
        answer = connection.ask("POST", CLI + "sync", {
            "Authorization": f"Bearer {gateway.token}", "Content-Type": "text/plain"}, b'{"appType":"Codex"}')
    assert refused(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize("members, field", [
    ({"proxyUrl": "ftp://x"}, "proxyUrl"), ({"proxyUrl": "x"}, "proxyUrl"), ({"proxyUrl": 1}, "proxyUrl"),
    ({"proxyUrl": "http://h\"\nevil = 1"}, "proxyUrl"), ({"proxyUrl": "http://h/?a"}, "proxyUrl"),
    ({"proxyUrl": "http://" + "h" * 3000}, "proxyUrl"), ({"apiKey": 1}, "apiKey"), ({"apiKey": "a b"}, "apiKey"),
    ({"apiKey": "a\nB=1"}, "apiKey"), ({"apiKey": "ä"}, "apiKey"), ({"apiKey": "k" * 257}, "apiKey"),
    ({"dryRun": "yes"}, "dryRun"), ({"usePublicUrl": 1}, "usePublicUrl"), ({"usePublicUrl": True}, "usePublicUrl"),
])
def test_a_member_that_does_not_fit_is_named(own, home, members, field):
    answer = ask(own, "sync", "Codex", **members)
    assert refused(answer) == (400, "invalid_request") and answer.json["details"] == {"field": field}, answer.body
    assert contents(home) == {}


@pytest.mark.parametrize("place, text", [
    (".codex/config.toml", "[broken"), (".codex/config.toml", "model_providers = {}\n"), (".codex/auth.json", "{"),
    (".claude.json", "[]"), (".claude/settings.json", '{"env":[]}'), (".gemini/.env", "A=\0"),
    (".gemini/settings.json", "// comment\n{}"),
])
def test_a_file_that_is_not_understood_is_left_alone(own, home, place, text):
    app = next(app for app, places in PLACES.items() if place in places)
    (home / place).parent.mkdir(exist_ok=True)
    (home / place).write_text(text)
    answer = ask(own, "sync", app)
    assert refused(answer) == (422, "config_file_unreadable")
    assert answer.json["details"] == {"path": str(home / place)} and place in answer.json["error"]
    assert list(contents(home)) == [place] and (home / place).read_text() == text
    assert refused(ask(own, "sync", app, dryRun=True)) == (422, "config_file_unreadable")
    assert ask(own, "status", app).json["is_synced"] is False


@pytest.mark.parametrize("kind", ["folder", "fifo", "nowhere", "device"])
def test_what_is_no_plain_file_is_left_alone(own, home, kind):
    (home / ".codex").mkdir()
    path = home / ".codex/auth.json"
    {"folder": path.mkdir, "fifo": lambda: os.mkfifo(path), "nowhere": lambda: path.symlink_to("/nonexistent"),
     "device": lambda: path.symlink_to("/dev/zero")}[kind]()
    assert refused(ask(own, "sync", "Codex")) == (422, "config_file_unreadable")
    assert os.listdir(home / ".codex") == ["auth.json"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of others")
def test_owners_are_kept_and_files_of_others_stay_out_of_reach(own, home):
    for path in (home, home / ".codex"):
        path.mkdir(exist_ok=True)
        os.chown(path, 1234, 1235)
    config = home / ".codex/config.toml"
    config.write_text("")
    os.chown(config, 1234, 1299)
    assert ask(own, "sync", "Codex").status == 200
    owners = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in (home / ".codex").iterdir()}
    assert owners == {"config.toml": (1234, 1299), "config.toml.antigravity.bak": (1234, 1299), "auth.json": (1234, 1235)}
    other = home.parent / "other.json"
    other.write_text("{}")
    (home / ".claude.json").symlink_to(other)
    assert refused(ask(own, "sync", "Claude")) == (422, "config_file_unreadable")
    assert refused(ask(own, "config", "Claude")) == (422, "config_file_unreadable")
    assert other.read_text() == "{}"
    (home.parent / "folder").mkdir()
    (home / ".gemini").symlink_to(home.parent / "folder")
    assert refused(ask(own, "sync", "Gemini")) == (422, "config_file_unreadable")
    assert os.listdir(home.parent / "folder") == []


def test_without_a_home_files_are_shown_and_not_written(launch, tmp_path):
    """As in the unit, whose only home is its state folder."""
    state = tmp_path / "gateway0" / "state"
    for home in (str(state), str(tmp_path / "nonexistent")):
        gateway = launch(workers=1, accounts=0, environment={
            "ABV_CLI_HOME": home, "ANTIGRAVITY_DATA_DIR": home if home == str(state) else str(tmp_path / "other")})
        for what in ("sync", "restore", "config"):
            answer = ask(gateway, what, "Claude")
            assert refused(answer) == (503, "home_not_writable") and "drop-in" in answer.json["error"], answer.body
        shown = ask(gateway, "sync", "Codex", dryRun=True).json["files"]
        assert shown[0]["path"] == "~/.codex/auth.json" and json.loads(shown[0]["content"])["OPENAI_API_KEY"] == KEY
        status = ask(gateway, "status", "Codex").json
        assert status["is_synced"] is status["has_backup"] is False and status["current_base_url"] is None
        assert not pathlib.Path(tmp_path / "nonexistent").exists()


@pytest.mark.parametrize("app", PLACES)
def test_a_home_that_cannot_be_written(launch, app):
    """Nobody makes files there, root neither."""
    gateway = launch(workers=1, accounts=0, environment={"ABV_CLI_HOME": "/proc"})
    answer = ask(gateway, "sync", app)
    assert refused(answer) == (503, "home_not_writable") and answer.json["details"]["path"].startswith("/proc/.")
    assert ask(gateway, "restore", app).json == {"success": True, "restored": [], "removed": [], "skipped": []}


@pytest.fixture
def small_home(home):
    """On a disk of its own with room for little."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(home)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("may not mount a file system")
    yield home
    subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_full_disk_changes_nothing(small_home, own):
    fill(small_home, "Claude")
    (small_home / "filler").write_bytes(b"x" * (36 << 10))
    # Room for the backups and the first of two files.
    (small_home / ".claude.json").write_text(json.dumps({"a": "x" * 3000}))
    (small_home / ".claude/settings.json").write_text(json.dumps({"a": "x" * 9000}))
    before = contents(small_home)
    answer = ask(own, "sync", "Claude")
    assert refused(answer) == (507, "storage_full") and contents(small_home) == before, answer.body
    (small_home / "filler").unlink()
    assert ask(own, "sync", "Claude").status == 200


def test_syncs_at_the_same_time_follow_each_other(own, home):
    fill(home, "Codex")
    before = contents(home)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ask(own, "sync", "Codex", proxyUrl=f"http://h{n}"), range(24)))
    assert {answer.status for answer in answers} == {200}
    assert sum(len(answer.json["backups"]) for answer in answers) == 2
    url = json.loads((home / ".codex/auth.json").read_text())["OPENAI_BASE_URL"]
    assert ask(own, "status", "Codex").json["current_base_url"] == url
    assert ask(own, "restore", "Codex").status == 200 and contents(home) == before


# Status and content


def program(home: pathlib.Path, name: str, text: str):
    (home / "path").mkdir(exist_ok=True)
    path = home / "path" / name
    path.write_text(text)
    path.chmod(0o755)


def test_status(own, home):
    nothing = {"is_synced": False, "has_backup": False, "current_base_url": None}
    program(home, "codex", "#!/bin/sh\necho \"codex-cli 0.86.0\"\n")
    found = ask(own, "status", "codex").json
    assert found == {"installed": True, "version": "0.86.0", **nothing, "files": ["auth.json", "config.toml"]}
    fill(home, "Codex")
    ask(own, "sync", "Codex")
    found = ask(own, "status", "Codex").json
    assert found == {"installed": True, "version": "0.86.0", "is_synced": True, "has_backup": True,
                     "current_base_url": f"{own.url}/v1", "files": ["auth.json", "config.toml"]}
    assert ask(own, "status", "Codex", proxyUrl=own.url + "/v1/").json["is_synced"] is True
    assert ask(own, "status", "Codex", proxyUrl="http://other").json["is_synced"] is False
    assert refused(ask(own, "status", "Codex", proxyUrl="other")) == (400, "invalid_request")
    assert ask(own, "status", "Claude").json["files"] == [".claude.json", "settings.json"]
    assert ask(own, "status", "Gemini").json["files"] == [".env", "settings.json", "config.json"]


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nsleep 100\n", "#!/nonexistent\n", "\x00"])
def test_a_client_that_fails_has_no_version(own, home, text):
    program(home, "claude", text)
    found = ask(own, "status", "Claude").json
    assert found["installed"] is True and found["version"] is None


def test_a_client_sees_nothing_of_the_gateways_variables(own, home):
    program(home, "gemini", f"#!/bin/sh\nenv > {home}/seen\ncat >> {home}/seen\necho 1.2\n")
    assert ask(own, "status", "Gemini").json["version"] == "1.2"
    names = {line.split("=")[0] for line in (home / "seen").read_text().splitlines()}
    assert names <= {"PATH", "HOME", "PWD", "SHLVL", "_", "OLDPWD"}, names


def test_the_content_of_a_file(own, home):
    assert refused(ask(own, "config", "Gemini")) == (404, "config_file_not_found")
    ask(own, "sync", "Gemini")
    assert ask(own, "config", "Gemini").json == (home / ".gemini/.env").read_text()
    assert ask(own, "config", "gemini", fileName="settings.json").json == (home / ".gemini/settings.json").read_text()
    assert refused(ask(own, "config", "Gemini", fileName="config.json")) == (404, "config_file_not_found")
    for name in ("../.bashrc", "auth.json", ".gemini/.env", 1):
        answer = ask(own, "config", "Gemini", fileName=name)
        assert refused(answer) == (400, "invalid_request") and answer.json["details"] == {"field": "fileName"}
    (home / ".gemini/settings.json").write_bytes(b"\xff")
    assert refused(ask(own, "config", "Gemini", fileName="settings.json")) == (422, "config_file_unreadable")
    (home / ".gemini/.env").write_text("x" * ((1 << 20) + 1))
    assert refused(ask(own, "config", "Gemini")) == (422, "config_file_unreadable")


def test_no_key_gets_into_the_log(own, home):
    for app in PLACES:
        ask(own, "sync", app, apiKey="sk-very-secret")
        ask(own, "config", app)
        ask(own, "restore", app)
    log = own.program.stderr + own.program.stdout
    assert "client-synced" in log and "sk-very-secret" not in log and KEY not in log


# The command


@pytest.fixture
def place():
    """A runtime folder; the names of Unix sockets have to be short."""
    with tempfile.TemporaryDirectory(prefix="agw") as path:
        yield pathlib.Path(path)


def command(place: pathlib.Path, home: pathlib.Path, *words: str, stdin: str = "", user: int | None = None,
            **variables: str):
    environment = {**plain_environment(), "HOME": str(home), "RUNTIME_DIRECTORY": str(place),
                   "ANTIGRAVITY_DATA_DIR": str(place / "none"), **variables}
    return subprocess.run([folder() / "antigravity-supervisor", "ctl", "cli-sync", *words], env=environment, input=stdin,
                          user=user, capture_output=True, text=True, timeout=60)


# Where the command remembers which files it has made.
NOTE = ".local/state/antigravity-gateway/cli-files.json"


def test_the_command_works_in_the_callers_home(launch, sandbox, place, home, tmp_path):
    """Asks the gateway for address and key, and never touches the gateway's own home."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    gateway = launch(workers=1, accounts=0, environment={"RUNTIME_DIRECTORY": str(place), "ABV_CLI_HOME": str(theirs)})
    fill(home, "Codex")
    before = contents(home)
    assert command(place, home, "codex", "--status").returncode == 1
    shown = command(place, home, "codex", "--dry-run", "--json")
    assert json.loads(shown.stdout)["files"][0]["name"] == "auth.json" and contents(home) == before
    done = command(place, home, "codex")
    assert done.returncode == 0 and f"written {home}/.codex/config.toml\n" in done.stdout, done
    assert KEY not in done.stdout + done.stderr
    assert json.loads((home / ".codex/auth.json").read_text())["OPENAI_API_KEY"] == KEY
    status = command(place, home, "codex", "--status", "--json")
    assert status.returncode == 0 and json.loads(status.stdout)["current_base_url"] == f"{gateway.url}/v1"
    assert json.loads(command(place, home, "codex", "--json").stdout)["written"] == []
    back = command(place, home, "codex", "--restore")
    assert back.returncode == 0 and contents(home) == before, back
    assert contents(theirs) == {}


def test_the_command_needs_no_gateway_where_it_is_told_everything(place, home, tmp_path):
    key = tmp_path / "key"
    key.write_text("sk-from-file\n")
    assert command(place, home, "claude").returncode == 7
    assert command(place, home, "claude", "--url", "http://gw:1").returncode == 7
    for words, stdin, variables in (
            (["--key-file", str(key)], "", {}), (["--key-file", "-"], " sk-from-file\n", {}),
            ([], "", {"ANTIGRAVITY_API_KEY": "sk-from-file"})):
        done = command(place, home, "claude", "--url", "http://gw:1/", *words, stdin=stdin, **variables)
        assert done.returncode == 0, done
        env = json.loads((home / ".claude/settings.json").read_text())["env"]
        assert env == {"ANTHROPIC_BASE_URL": "http://gw:1", "ANTHROPIC_API_KEY": "sk-from-file"}
        assert stat.S_IMODE((home / NOTE).stat().st_mode) == 0o600
        assert command(place, home, "claude", "--restore").stdout.count("removed ") == 2
        assert set(contents(home)) == {NOTE}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_only_the_bound_folder_is_writable(place):
    """As with the drop-in: the client's folder is there, the home around it stays out of reach."""
    os.chmod(place, 0o755)
    home = place / "home"
    for path in (home, home / ".claude", home / ".codex", home / "state"):
        path.mkdir(mode=0o755)
    os.chown(home / ".claude", 65534, 65534)
    os.chown(home / "state", 65534, 65534)
    told = {"stdin": "sk-k", "user": 65534, "XDG_STATE_HOME": str(home / "state")}
    done = command(place, home, "claude", "--url", "http://gw:1", "--key-file", "-", "--json", **told)
    assert done.returncode == 0, done
    assert json.loads(done.stdout) == {
        "success": True, "written": [str(home / ".claude/settings.json")], "backups": [],
        "skipped": [{"name": ".claude.json", "reason": "its folder cannot be written"}]}
    refusal = command(place, home, "codex", "--url", "http://gw:1", "--key-file", "-", **told)
    assert refusal.returncode == 4 and "Permission denied" in refusal.stderr and os.listdir(home / ".codex") == []
    # A file of somebody else in a folder of one's own would change hands.
    theirs = home / ".claude/settings.json"
    theirs.unlink()
    theirs.write_text("{}")
    refusal = command(place, home, "claude", "--url", "http://gw:1", "--key-file", "-", **told)
    assert refusal.returncode == 4 and "belongs to another user" in refusal.stderr, refusal
    assert os.listdir(home / ".claude") == ["settings.json"] and theirs.read_text() == "{}"


def test_the_command_says_what_is_wrong(place, home, tmp_path):
    for words in ([], ["vim"], ["codex", "--what"], ["codex", "--restore", "--status"], ["codex", "--url", "x"]):
        assert command(place, home, *words).returncode == 2, words
    told = ["--url", "http://gw:1", "--key-file", "-"]
    assert command(place, home, "codex", *told, stdin="a b").returncode == 2
    assert command(place, home, "codex", *told[:3], str(tmp_path / "none")).returncode == 2
    assert command(place, tmp_path / "nonexistent", "codex", *told, stdin="k").returncode == 4
    (home / ".codex").mkdir()
    (home / ".codex/config.toml").write_text("[broken")
    done = command(place, home, "codex", *told, stdin="sk-secret-key")
    assert done.returncode == 1 and "config.toml was left as it is" in done.stderr and done.stdout == "", done
    assert "sk-secret-key" not in done.stderr and os.listdir(home / ".codex") == ["config.toml"]
