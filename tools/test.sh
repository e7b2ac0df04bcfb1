#!/usr/bin/env bash
# Every test: the Swift ones of the rooms, then the real programs end to end. What cannot run here is reported as skipped.
set -euo pipefail

say() { printf '\n== %s\n' "$*"; }

say "Rooms (swift test)"
swift test

say "Building the programs"
swift build -c release --static-swift-stdlib

say "Programs end to end (pytest)"
Tests/venv.sh
export ANTIGRAVITY_TEST_BIN=$PWD/.build/release
.build/venv-current/bin/python -m pytest -q Tests/EndToEnd Tests/Reliability Tests/Clients
.build/venv-previous/bin/python -m pytest -q Tests/Clients
