#!/usr/bin/env bash
# Builds what measures, then measures. Usage: run.sh FOLDER_WITH_BINARIES [options of harness/bench.py, such as --quick]
set -euo pipefail

bin=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
tools=$(dirname "$here")/.build/bench
mkdir -p "$tools"
for program in upstream client; do
    cc -O2 -Wall -Wextra -o "$tools/$program" "$here/load/$program.c"
done
for program in MicroBenchmarks LeaseBenchmark; do
    ANTIGRAVITY_BENCHMARKS=1 swift build -c release --static-swift-stdlib --product $program >/dev/null
done
exec python3 "$here/harness/bench.py" --binaries "$bin" --tools "$tools" "$@"
