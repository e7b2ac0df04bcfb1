"""What `make install` puts in place, and whether systemd understands it."""

import pathlib
import shutil
import stat
import subprocess

import pytest

from harness.programs import ROOT, folder, plain_environment

ANALYZE = shutil.which("systemd-analyze")
# Tenths: what is left is what a proxy of the internet cannot do without, such as its network.
EXPOSURE_MAX = 11

PROGRAMS = {f"lib/antigravity-gateway/antigravity-{name}" for name in ("supervisor", "worker", "sandbox")}
UNITS = {f"lib/systemd/system/antigravity-gateway.{kind}" for kind in ("socket", "service")}
OTHERS = {"lib/sysusers.d/antigravity-gateway.conf"}
MANUAL = "share/man/man1/antigravity-gateway.1"
COMPLETION = "share/bash-completion/completions/antigravity-gateway"
COMMAND = "bin/antigravity-gateway"


def make(goal: str, root: pathlib.Path, prefix: str):
    """The goal with the programs under test instead of a build of its own."""
    subprocess.run(
        ["make", "-s", "-o", "build", goal, f"BIN={folder()}", f"DESTDIR={root}", f"PREFIX={prefix}"],
        cwd=ROOT, env=plain_environment(), check=True, stdout=subprocess.DEVNULL, umask=0o077)


def files(root: pathlib.Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_symlink() or not path.is_dir()}


@pytest.mark.parametrize("prefix", ["/usr", "/opt/gateway"])
def test_install_and_uninstall(tmp_path, prefix):
    """With a caller's mask that would close everything; what others have put beside it stays."""
    base = tmp_path / prefix[1:]
    make("install", tmp_path, prefix)
    assert files(base) == PROGRAMS | UNITS | OTHERS | {MANUAL, COMPLETION, COMMAND}
    for path in base.rglob("*"):
        if path.is_symlink():
            continue
        name = str(path.relative_to(base))
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() or name in PROGRAMS else 0o644), name
    assert (base / COMMAND).readlink() == pathlib.Path(f"{prefix}/lib/antigravity-gateway/antigravity-supervisor")
    started = [line for line in (base / "lib/systemd/system/antigravity-gateway.service").read_text().splitlines()
               if line.startswith("ExecStart=")]
    assert started == [f"ExecStart={prefix}/lib/antigravity-gateway/antigravity-supervisor"]
    make("install", tmp_path, prefix)
    neighbour = base / "lib/systemd/system/other.service"
    neighbour.write_text("")
    page = base / "share/man/man1/other.1"
    page.write_text("")
    make("uninstall", tmp_path, prefix)
    assert files(base) == {"lib/systemd/system/other.service", "share/man/man1/other.1"}
    assert not (base / "lib/antigravity-gateway").exists()


def test_the_installed_page_and_completion_are_those_of_the_command(tmp_path):
    make("install", tmp_path, "/usr")
    installed = [(tmp_path / "usr" / name).read_text() for name in (MANUAL, COMPLETION)]
    printed = [subprocess.run([folder() / "antigravity-supervisor", "ctl", option], env=plain_environment(),
                              capture_output=True, text=True, check=True).stdout
               for option in ("--print-manual-page", "--print-completion")]
    assert installed == printed
    assert installed[0].startswith(".TH ANTIGRAVITY-GATEWAY 1\n") and "cli\\-sync" in installed[0]
    completed = subprocess.run(
        ["bash", "--norc", "-c", 'source "$1"; complete -p antigravity-gateway', "bash", tmp_path / "usr" / COMPLETION],
        capture_output=True, text=True)
    assert completed.returncode == 0 and "cli-sync" in completed.stdout, completed


@pytest.fixture
def units(tmp_path) -> list[str]:
    """The installed units, with a program that is really there."""
    make("install", tmp_path, "/usr")
    found = []
    for name in sorted(UNITS):
        unit = tmp_path / "usr" / name
        unit.write_text(unit.read_text().replace("=/usr/lib/", f"={tmp_path}/usr/lib/"))
        found.append(str(unit))
    return found


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_units(units):
    """Every key and value: it warns about what it does not know, and says nothing else."""
    ran = subprocess.run([ANALYZE, "verify", "--man=no", *units], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), ran


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("drop_in", [None, "cli-sync.conf.example"])
def test_the_service_stays_confined(units, drop_in):
    service = next(unit for unit in units if unit.endswith(".service"))
    if drop_in:
        with open(service, "a") as unit:
            unit.write((ROOT / "deploy/systemd" / drop_in).read_text())
    ran = subprocess.run(
        [ANALYZE, "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", service],
        capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
