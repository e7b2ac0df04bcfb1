#!/usr/bin/env bash
# Installs what is missing of the Debian packages that a goal needs. Usage: prerequisites.sh build|test|bench
# Asks for more rights (sudo) only when something is missing and we are not root.
set -euo pipefail

need_build=(libcurl4-openssl-dev libsqlite3-dev libsystemd-dev pkg-config make curl ca-certificates)
need_test=("${need_build[@]}" python3 python3-venv nginx-light openssl systemd)
need_bench=("${need_test[@]}" gcc libc6-dev)

case "${1:-build}" in
    build) needed=("${need_build[@]}") ;;
    test) needed=("${need_test[@]}") ;;
    bench) needed=("${need_bench[@]}") ;;
    *) echo "usage: $0 build|test|bench" >&2; exit 2 ;;
esac

if ! command -v swift >/dev/null; then
    echo "A Swift 6.3 toolchain is needed (https://www.swift.org/install/linux/); 'swift' was not found in PATH." >&2
    exit 1
fi

missing=()
for package in "${needed[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
# Any build of nginx will do for the TLS tests.
if command -v nginx >/dev/null; then missing=("${missing[@]/nginx-light/}"); fi
missing=(${missing[@]+"${missing[@]}"})
wanted=()
for package in ${missing[@]+"${missing[@]}"}; do [ -n "$package" ] && wanted+=("$package"); done
[ ${#wanted[@]} -eq 0 ] && exit 0

echo "Installing: ${wanted[*]}"
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo: install these packages, then try again." >&2; exit 1; }
    root=(sudo)
fi
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
