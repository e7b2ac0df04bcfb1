#!/usr/bin/env bash
# The whole gateway on this machine against a stand-in for Google, with one demo account.
# Usage: demo.sh FOLDER_WITH_BINARIES   (PORT: the gateway's port; ONCE=1: end after the answer)
set -euo pipefail

bin=$1
port=${PORT:-8045}
key=sk-demo-0123456789abcdef
folder=$(mktemp -d)
sandbox= gateway=

finish() {
    trap - EXIT INT TERM
    [ -z "$gateway" ] || kill -TERM "$gateway" 2>/dev/null || true
    [ -z "$gateway" ] || wait "$gateway" 2>/dev/null || true
    [ -z "$sandbox" ] || kill -TERM "$sandbox" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 0' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { echo "$*" >&2; exit 1; }

# Waits until a command succeeds, at most 10 s, or until the process it depends on is gone.
await() { # pid, command...
    local pid=$1; shift
    for _ in $(seq 200); do
        "$@" >/dev/null 2>&1 && return 0
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

say "Starting the stand-in for Google ..."
"$bin/antigravity-sandbox" --port 0 >"$folder/sandbox.out" 2>"$folder/sandbox.err" &
sandbox=$!
await "$sandbox" grep -q 'listening on' "$folder/sandbox.out" || { cat "$folder/sandbox.err" >&2; fail "The sandbox did not start."; }
google=$(grep -o 'http://[^ ]*' "$folder/sandbox.out" | head -n 1)

say "Starting the gateway on port $port ..."
env PORT="$port" ANTIGRAVITY_API_KEY="$key" ANTIGRAVITY_DATA_DIR="$folder/state" ANTIGRAVITY_GOOGLE_URL="$google" \
    ANTIGRAVITY_OAUTH_CLIENT_ID=demo-client ANTIGRAVITY_OAUTH_CLIENT_SECRET=demo-secret \
    ANTIGRAVITY_ADDRESS_FILE="$folder/address" \
    "$bin/antigravity-supervisor" 2>"$folder/gateway.err" &
gateway=$!
await "$gateway" test -s "$folder/address" || {
    cat "$folder/gateway.err" >&2
    fail "The gateway did not start. If port $port is in use, choose another: make demo PORT=$((port + 1))"
}
base=$(<"$folder/address")

say "Adding a demo account ..."
curl -fsS -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
    -d '{"refreshToken":"1//sandbox-demo"}' "$base/api/accounts" >/dev/null || fail "The demo account was refused."

body='{"model":"gemini-3-flash","stream":true,"messages":[{"role":"user","content":"Tell me what this gateway does."}]}'
say "Asking for a streamed answer:"
curl -fsSN -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$body" \
    "$base/v1/chat/completions" | tee "$folder/answer" | while IFS= read -r line; do
    # The text of each event as it arrives; the JSON string is printed by printf %b, which knows its escapes.
    text=$(sed -nE 's/.*"delta":\{"content":"(([^"\\]|\\.)*)".*/\1/p' <<<"$line")
    [ -z "$text" ] || printf '%b' "${text//\\\"/\"}"
done
grep -q '^data: \[DONE\]' "$folder/answer" || fail "The answer did not come to its end."

say "The same request by hand:"
echo "curl -N $base/v1/chat/completions -H 'Authorization: Bearer $key' -H 'Content-Type: application/json' -d '$body'"
say "Gateway: $base   admin API: $base/api/   API key and admin token: $key"

[ -z "${ONCE:-}" ] || exit 0
echo "Ctrl-C ends it."
wait "$gateway"
