#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# private-bus.sh SCRIPT : private dbus-daemon acting as the *system* bus (real policy file of the project) + real polkitd with the
# project's action and rules, in a private mount namespace (nothing on the host changes). Returns SCRIPT's exit code.
# env: CONF=dbus policy .conf  ACTION=.policy  RULES=.rules (optional). Needs root (polkitd switches to user polkitd).
set -eu
if [ "${PB_INNER:-}" != 1 ]; then PB_INNER=1 exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@"; fi
D=$(mktemp -d); chmod 755 "$D"
A=/usr/share/polkit-1/actions; mkdir -p "$D/actions" "$D/rules.d" "$D/system.d"
cp "$A"/*.policy "$D/actions/" 2>/dev/null || true; cp "$ACTION" "$D/actions/"; mount --bind "$D/actions" "$A"
[ -n "${RULES:-}" ] && cp "$RULES" "$D/rules.d/"; chown polkitd "$D/rules.d" 2>/dev/null || true; mount --bind "$D/rules.d" /etc/polkit-1/rules.d
cp "$CONF" "$D/system.d/"; cp /usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf "$D/system.d/"
cat > "$D/bus.conf" <<X
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=$D/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
<allow send_destination="org.freedesktop.DBus"/></policy>
<policy user="root"><allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/></policy>
<includedir>$D/system.d</includedir></busconfig>
X
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$D/bus
dbus-daemon --config-file="$D/bus.conf" --nofork --nopidfile & B=$!
for i in $(seq 50); do [ -S "$D/bus" ] && break; sleep 0.02; done
/usr/lib/polkit-1/polkitd --no-debug >"$D/polkitd.log" 2>&1 &
for i in $(seq 100); do busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status org.freedesktop.PolicyKit1 >/dev/null 2>&1 && break; sleep 0.05; done
rc=0; bash "$1" || rc=$?; cat "$D/polkitd.log" | tail -3; rm -rf "$D/bus"; exit $rc
