#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# private-bus.sh COMMAND... : a dbus-daemon that acts as the *system* bus and a real polkitd, with the project's own bus policy, polkit
# actions, polkit rules and users, in a mount namespace of their own: nothing on the machine changes. Returns COMMAND's exit
# status; /etc is a copy there, which COMMAND may change. POLKITD_PID is polkitd's. Needs root (polkitd becomes user polkitd).
# env: SOURCE=the project  PEGASUS_BUILD=its build folder  SYSUSERS=more users, as in sysusers.d (optional)
set -eu
if [ "${PB_INNER:-}" != 1 ]; then PB_INNER=1 exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@"; fi
D=$(mktemp -d); chmod 755 "$D"
trap 'rm -rf --one-file-system "$D" 2>/dev/null || true' EXIT
cp -a /etc "$D/etc"; mount --bind "$D/etc" /etc
mkdir -p "$D/actions" "$D/rules.d" "$D/system.d" /etc/polkit-1/rules.d
A=/usr/share/polkit-1/actions; cp "$A"/*.policy "$D/actions/" 2>/dev/null || true
cp "$SOURCE/dbus/io.github.pegasusd.Pegasus1.policy" "$D/actions/"; mount --bind "$D/actions" "$A"
cp "$SOURCE/dbus/pegasusd.rules" "$D/rules.d/60-pegasusd.rules"; mount --bind "$D/rules.d" /usr/share/polkit-1/rules.d
chown -R polkitd /etc/polkit-1/rules.d
cp "$SOURCE/dbus/io.github.pegasusd.Pegasus1.conf" /usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf "$D/system.d/"
systemd-sysusers "$PEGASUS_BUILD/systemd/pegasus.sysusers" ${SYSUSERS:-} >"$D/sysusers.log" 2>&1 || { cat "$D/sysusers.log"; exit 1; }
cat > "$D/bus.conf" <<B
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=$D/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
<allow send_destination="org.freedesktop.DBus"/></policy>
<policy user="root"><allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/></policy>
<includedir>$D/system.d</includedir></busconfig>
B
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$D/bus
dbus-daemon --config-file="$D/bus.conf" --nofork --nopidfile 2>"$D/bus.log" &
for i in $(seq 100); do [ -S "$D/bus" ] && break; sleep 0.02; done
/usr/lib/polkit-1/polkitd --no-debug >"$D/polkitd.log" 2>&1 &
export POLKITD_PID=$!
for i in $(seq 100); do busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status org.freedesktop.PolicyKit1 >/dev/null 2>&1 && break; sleep 0.05; done
rc=0; "$@" || rc=$?
[ "$rc" = 0 ] || tail -5 "$D/polkitd.log"
exit $rc
