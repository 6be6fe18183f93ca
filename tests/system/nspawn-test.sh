#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# nspawn-test.sh ROOTFS_DIR SCRIPT [--bind HOST:GUEST]... : boots real systemd (PID 1, dbus, polkit) in a container from a
# throw-away overlay of ROOTFS_DIR, runs SCRIPT (bash, root) inside, prints its output, returns its exit code.
# PERSIST=dir keeps the writable layer in dir between calls.  Seconds, no VM, no host systemd; no GPIO/I2C (see vmlib.py).
set -u
ROOT=$(realpath "$1") SCRIPT=$2; shift 2
W=$(mktemp -d); U=${PERSIST:-$W/up}; mkdir -p "$U"/{u,w} "$W/m"
BINDS=(); while [ $# -gt 0 ]; do case $1 in --bind) BINDS+=("--bind-ro=$2"); shift 2;; *) echo "bad arg $1" >&2; exit 2;; esac; done
mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$U/u,workdir=$U/w" "$W/m" || exit 2
NAME=t$$
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -q -D "$W/m" -M "$NAME" --register=no --keep-unit --private-network \
  --kill-signal=SIGRTMIN+3 --console=read-only "${BINDS[@]}" ${NSPAWN_ARGS:-} -b systemd.show_status=1 >"$W/console.log" 2>&1 </dev/null &
P=$!; L=
cleanup() { [ -n "$L" ] && kill -RTMIN+4 "$L" 2>/dev/null; for i in $(seq 100); do kill -0 $P 2>/dev/null || break; sleep 0.1; done
  kill -KILL $P 2>/dev/null; wait $P 2>/dev/null; umount "$W/m" 2>/dev/null || umount -l "$W/m"; rm -rf --one-file-system "$W"
  rmdir "/run/systemd/nspawn/propagate/$NAME" 2>/dev/null; }
trap cleanup EXIT
in_c() { nsenter -t "$L" -m -p -u -i -n -C -r -w -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root "$@"; }
S=; for i in $(seq 300); do
  # the container's PID 1 is the child of nspawn that sees itself as pid 1 of a nested namespace
  L=; for c in $(pgrep -P $P); do [ "$(awk '/^NSpid/{print $NF}' /proc/$c/status 2>/dev/null)" = 1 ] && L=$c; done
  [ -n "$L" ] && S=$(in_c systemctl is-system-running 2>/dev/null) && break
  [ "$S" = degraded ] && break
  kill -0 $P 2>/dev/null || { echo "container died:"; tail -20 "$W/console.log"; exit 125; }; sleep 0.1; done
[ "$S" = running ] || { echo "systemd: $S"; in_c systemctl --failed --no-pager; }
in_c timeout -k 5 "${TIMEOUT:-300}" bash -s <"$SCRIPT"; exit $?
