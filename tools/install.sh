#!/usr/bin/env bash
# Puts the programs, the systemd units, the manual page and the shell completion in place, or takes them away again. State and settings are never touched.
# Usage: install.sh FOLDER_WITH_BINARIES DESTDIR PREFIX | install.sh --remove DESTDIR PREFIX
set -euo pipefail

what=$1 root=$2 prefix=$3
programs=(antigravity-supervisor antigravity-worker antigravity-sandbox)
units=(antigravity-gateway.socket antigravity-gateway.service)
library=$root$prefix/lib/antigravity-gateway
unit_folder=$root$prefix/lib/systemd/system
users=$root$prefix/lib/sysusers.d/antigravity-gateway.conf
manual=$root$prefix/share/man/man1/antigravity-gateway.1
completion=$root$prefix/share/bash-completion/completions/antigravity-gateway

if [ "$what" = --remove ]; then
    [ -n "$root" ] || systemctl disable --now "${units[@]}" 2>/dev/null || true
    for program in "${programs[@]}"; do rm -f "$library/$program"; done
    for unit in "${units[@]}"; do rm -f "$unit_folder/$unit"; done
    rm -f "$users" "$manual" "$completion" "$root$prefix/bin/antigravity-gateway"
    rmdir "$library" 2>/dev/null || true
    [ -n "$root" ] || systemctl daemon-reload 2>/dev/null || true
    echo "Removed. State stays in /var/lib/antigravity-gateway, settings in /etc/antigravity-gateway."
    exit 0
fi

install -d "$library" "$unit_folder" "$(dirname "$users")" "$(dirname "$manual")" "$(dirname "$completion")" "$root$prefix/bin"
for program in "${programs[@]}"; do install -m 755 "$what/$program" "$library/$program"; done
for unit in "${units[@]}"; do
    # The units name the programs where PREFIX puts them.
    sed "s|/usr/lib/antigravity-gateway/|$prefix/lib/antigravity-gateway/|" "deploy/systemd/$unit" >"$unit_folder/$unit"
    chmod 644 "$unit_folder/$unit"
done
install -m 644 deploy/systemd/sysusers.conf "$users"
# The command prints them itself, from its table of verbs.
"$what/antigravity-supervisor" ctl --print-manual-page | install -m 644 /dev/stdin "$manual"
"$what/antigravity-supervisor" ctl --print-completion | install -m 644 /dev/stdin "$completion"
ln -sf "$prefix/lib/antigravity-gateway/antigravity-supervisor" "$root$prefix/bin/antigravity-gateway"
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
    systemd-sysusers "$users"
    systemctl daemon-reload
fi
echo "Installed. Start it with: systemctl enable --now antigravity-gateway.socket antigravity-gateway.service"
