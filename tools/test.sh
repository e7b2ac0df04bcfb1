#!/usr/bin/env bash
# Every test: the Swift ones of the rooms, then the real programs end to end. What cannot run here is reported as skipped.
set -euo pipefail

say() { printf '\n== %s\n' "$*"; }

say "Building the tests"
swift build --build-tests

say "Pure rooms (swift test)"
swift test --skip-build --skip '^(Platform|Transport|IPC|Worker|Supervisor|Sandbox)Tests'

# One after the other: they share one event loop, and some of them look at the clock.
say "Rooms on the event loop (swift test)"
swift test --skip-build --no-parallel --filter '^(Platform|Transport|IPC|Worker|Supervisor|Sandbox)Tests'

say "Building the programs"
swift build -c release --static-swift-stdlib

say "Programs end to end (pytest)"
Tests/venv.sh
export ANTIGRAVITY_TEST_BIN=$PWD/.build/release
.build/venv-current/bin/python -m pytest -q Tests/EndToEnd Tests/Reliability Tests/Clients

say "Properties of the admin API (pytest)"
.build/venv-properties/bin/python -m pytest -q Tests/Properties

say "Clients of the generation before (pytest)"
.build/venv-previous/bin/python -m pytest -q Tests/Clients
