#!/usr/bin/env bash
# Makes the two Python environments of the tests, or brings them up to date: one with today's SDKs, one with those before.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for generation in current previous; do
    folder=$root/.build/venv-$generation
    wanted=$root/Tests/Clients/requirements-$generation.txt
    stamp=$folder/.requirements
    now=$(cat "$root/Tests/requirements.txt" "$wanted")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && continue
    echo "Making the $generation test environment ..."
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    printf '%s\n' "$now" >"$stamp"
done
