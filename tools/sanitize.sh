#!/usr/bin/env bash
# The pure rooms and the loop under a sanitizer. Usage: sanitize.sh address|thread
set -euo pipefail
case "$1" in address | thread) ;; *) echo "SANITIZE=address or SANITIZE=thread" >&2; exit 2 ;; esac
# The test runner itself leaks; what a room leaks, the leak tests of the real programs find.
export ASAN_OPTIONS=detect_leaks=0
swift test --no-parallel --sanitize="$1" --scratch-path ".build-$1" \
    --filter '^(JSON|HTTP|Digest|Scheduling|APIErrors|GoogleAPI|Translation|Platform|Transport|IPC)Tests'
