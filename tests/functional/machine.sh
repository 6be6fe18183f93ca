#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# machine.sh FOLDER: inside private-bus.sh, lays out what an installed gateway has: the programs on the PATH, /etc/pegasus, and
# stand-ins for sudo and systemctl, which a container without systemd lacks. Says "ready" and stays until it is ended.
set -eu
work=$1
mkdir -p "$work/bin" /etc/pegasus/pegasusd.yaml.d
cp "$PEGASUS_BUILD/daemon/pegasusd" "$PEGASUS_BUILD/cli/pegasusctl" "$work/bin/"
cp "$SOURCE/config/pegasusd.yaml" /etc/pegasus/
install -d -o pegasus -g pegasus -m 700 "$work/state"
printf '192.0.2.1 seller\n192.0.2.2 buyer\n' >>/etc/hosts
cat >"$work/bin/sudo" <<'S'
#!/bin/sh
exec "$@"
S
cat >"$work/bin/systemctl" <<S
#!/bin/bash
# The words of systemctl that the README uses.
start() {
    setsid setpriv --reuid=pegasus --regid=pegasus --init-groups pegasusd --config /etc/pegasus/pegasusd.yaml --state-dir "$work/state" </dev/null >>"$work/log" 2>&1 &
    echo \$! >"$work/pid"
    for i in \$(seq 200); do pegasusctl status >/dev/null 2>&1 && exit 0; sleep 0.1; done
    tail -5 "$work/log" >&2; exit 1
}
stop() {
    [ ! -f "$work/pid" ] || { kill "\$(cat "$work/pid")" && while kill -0 "\$(cat "$work/pid")"; do sleep 0.1; done; } 2>/dev/null
    rm -f "$work/pid"
}
case "\$*" in
    "start pegasusd" | "enable --now pegasusd") start ;;
    "stop pegasusd") stop ;;
    "restart pegasusd") stop; start ;;
    "reload pegasusd") kill -HUP "\$(cat "$work/pid")"; sleep 1 ;;
    *) echo "systemctl \$*: not here" >&2; exit 64 ;;
esac
S
chmod 755 "$work/bin/sudo" "$work/bin/systemctl"
PATH="$work/bin:$PATH" systemctl start pegasusd
echo "ready $DBUS_SYSTEM_BUS_ADDRESS"
read -r _ || true
