#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# polkit_test.sh BUILD: the bus policy and a real polkitd decide over root and a visitor, on a private bus in a mount
# namespace. Needs root; 77 (skipped) without.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
[ "$(id -u)" = 0 ] && unshare --mount --pid --fork true 2>/dev/null || { echo "needs root and namespaces"; exit 77; }
[ -x /usr/lib/polkit-1/polkitd ] && id polkitd >/dev/null 2>&1 && command -v busctl >/dev/null || { echo "needs polkitd and busctl"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
install -m 755 "$build/cli/pegasusctl" "$work/"
cat >"$work/50-test.rules" <<'X'
polkit.addRule(function(action, subject) {
    if (action.id == "io.github.pegasusd.Pegasus1.read-private" && subject.user == "games") return polkit.Result.YES;
});
X
cat >"$work/inside" <<X
set -u
failed=0
as() { setpriv --reuid="\$1" --regid="\$(id -g "\$1")" --clear-groups "$work/pegasusctl" "\${@:2}" >"$work/out" 2>&1; }
check() { if [ "\$2" = "\$3" ]; then echo "ok   \$1"; else failed=1; echo "FAIL \$1: status \$2, expected \$3"; cat "$work/out"; fi; }
printf 'ledger: {api: {enabled: false}}\n' >"$work/pegasusd.yaml"
"$build/daemon/pegasusd" --config "$work/pegasusd.yaml" --state-dir "$work/state" 2>"$work/log" & daemon=\$!
for i in \$(seq 100); do as root status && break; sleep 0.1; done
as root status; check "root reads the state" \$? 0
echo password-for-a-test >"$work/password"; chmod 600 "$work/password"
as root wallet create --password-file "$work/password"; check "root makes the wallet" \$? 0
as nobody status; check "a visitor reads the state" \$? 0
as nobody wallet balance; check "a visitor is refused the balance" \$? 4
as nobody wallet lock; check "a visitor is refused the lock" \$? 4
as games wallet balance; check "a rule of polkit lets a user read" \$? 0
as games wallet lock; check "and nothing else" \$? 4
as root wallet lock; check "root locks" \$? 0
kill \$daemon; wait \$daemon; check "the daemon stops cleanly" \$? 0
exit \$failed
X
CONF=$here/../../dbus/io.github.pegasusd.Pegasus1.conf ACTION=$here/../../dbus/io.github.pegasusd.Pegasus1.policy RULES=$work/50-test.rules \
    "$here/../system/private-bus.sh" "$work/inside"
