#!/usr/bin/env bash
# Makes the Python environments of the tests, or brings them up to date: one with today's SDKs, one with those before, and one
# for the properties of the admin API.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
make_environment() { # name, requirements
    local folder=$root/.build/venv-$1 stamp now
    stamp=$folder/.requirements
    now=$(cat "$root/Tests/requirements.txt" "$2")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return
    echo "Making the $1 test environment ..."
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$2"
    printf '%s\n' "$now" >"$stamp"
}
make_environment current "$root/Tests/Clients/requirements-current.txt"
make_environment previous "$root/Tests/Clients/requirements-previous.txt"
make_environment properties "$root/Tests/Properties/requirements.txt"
