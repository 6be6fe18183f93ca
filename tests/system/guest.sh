# SPDX-License-Identifier: Apache-2.0
# Runs as root inside the booted machine: an administrator's first day with pegasusd.
set -u
failed=0
check() {  # check TEXT COMMAND...: prints one line, remembers failures
    local text=$1 out
    shift
    if out=$("$@" 2>&1); then echo "ok   $text"; else failed=$((failed + 1)); echo "FAIL $text"; printf '     %s\n' "$out" | head -20; fi
}
not() { ! "$@"; }
until_true() { local i; for i in $(seq 100); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done; "$@"; }
pid() { systemctl show -P MainPID pegasusd; }

check "the configuration as shipped is right" pegasusd --check-config
check "the service is enabled" systemctl is-enabled pegasusd
check "it is active" systemctl is-active pegasusd
check "it runs as the user pegasus" test "$(ps -o user= -p "$(pid)")" = pegasus
check "the state folder is closed to others" test "$(stat -c '%U %a' /var/lib/pegasus)" = "pegasus 700"
check "STATUS= is in words" sh -c 'systemctl show -P StatusText pegasusd | grep -q "[a-z]"'
check "pegasusctl status" pegasusctl status
check "a wallet is made with a password file" sh -c 'umask 077; echo correct-horse-battery > /root/pw; pegasusctl wallet create --password-file /root/pw >/dev/null'
check "the balance is told to root" pegasusctl wallet balance
check "a visitor may read the state" runuser -u visitor -- pegasusctl status
check "a visitor is refused the balance" not runuser -u visitor -- pegasusctl wallet balance
check "a visitor is refused a lock" not runuser -u visitor -- pegasusctl wallet lock
check "the API answers on loopback" bash -c 'exec 3<>/dev/tcp/127.0.0.1/14265'
check "introspection works" busctl --system introspect io.github.pegasusd.Pegasus1 /io/github/pegasusd/Pegasus1
check "security is 2.0 or better" sh -c 'systemd-analyze security pegasusd --no-pager | tail -1 | grep -oE "[0-9]+\.[0-9]+" | awk "{exit !(\$1 <= 2.0)}"'
check "the unit verifies" systemd-analyze verify --man=no pegasusd.service

# What the sandbox must let through: sources of readings, certificates and keys below /etc/pegasus, both families of addresses.
printf 'value\n1.5\n2.5\n' > /etc/pegasus/readings.csv
cat > /etc/pegasus/pegasusd.yaml.d/40-sandbox.yaml <<'Y'
ledger: {api: {listen: ["0.0.0.0:14265", "[::]:14265", "[::1]:14265"]}}
sensors:
  machine: {type: system, interval: 1s}
  mtu: {type: sysfs, interval: 1s, path: /sys/class/net/lo/mtu, quantity: mtu, unit: By}
  recording: {type: replay, interval: 1s, file: /etc/pegasus/readings.csv, quantity: level, unit: m}
Y
check "a restart with sensors and addresses" systemctl restart pegasusd
check "the state of the machine is read" sh -c 'pegasusctl --json sensor read machine | grep -q load1 && pegasusctl --json sensor read machine | grep -q network_sent'
check "a file of the kernel is read" sh -c 'pegasusctl --json sensor read mtu | grep -q 65536'
check "a recording is read" sh -c 'pegasusctl --json sensor read recording | grep -qE "[12].5"'
for address in 127.0.0.1 ::1; do check "the API answers at $address" bash -c "exec 3<>/dev/tcp/$address/14265"; done
mkdir -p /etc/systemd/system/pegasusd.service.d
printf '[Service]\nRestrictAddressFamilies=\nRestrictAddressFamilies=AF_UNIX AF_INET\n' > /etc/systemd/system/pegasusd.service.d/no-ipv6.conf
sed -i 's/, "\[::1\]:14265"//' /etc/pegasus/pegasusd.yaml.d/40-sandbox.yaml
systemctl daemon-reload
check "a kernel without IPv6 is enough for [::]" systemctl restart pegasusd
check "and then the API answers by IPv4" bash -c 'exec 3<>/dev/tcp/127.0.0.1/14265'
rm -r /etc/systemd/system/pegasusd.service.d /etc/pegasus/pegasusd.yaml.d/40-sandbox.yaml /etc/pegasus/readings.csv
systemctl daemon-reload
check "and back" systemctl restart pegasusd

echo 'market: {poll-interval: soon}' > /etc/pegasus/pegasusd.yaml.d/50-bad.yaml
before=$(pid)
check "a bad reload fails" not systemctl reload pegasusd
check "a bad reload leaves the daemon as it was" test "$(pid)" = "$before" -a "$(systemctl is-active pegasusd)" = active
check "the journal says where the error is" sh -c 'journalctl -u pegasusd --no-pager | grep -q "50-bad.yaml:1:"'
rm /etc/pegasus/pegasusd.yaml.d/50-bad.yaml
check "a good reload" systemctl reload pegasusd
mv /etc/pegasus/pegasusd.yaml /root/
check "a reload without the main file fails" not systemctl reload pegasusd
mv /root/pegasusd.yaml /etc/pegasus/

kill -KILL "$(pid)"
check "after kill -9 systemd starts it again" until_true pegasusctl status
check "the wallet is still there" sh -c 'pegasusctl --json wallet status | grep -q "\"locked\""'
check "a stop is clean" sh -c 'systemctl stop pegasusd && test "$(systemctl show -P Result pegasusd)" = success'
check "D-Bus starts it again" until_true pegasusctl status
systemctl stop pegasusd
echo 'unknown-key: 1' > /etc/pegasus/pegasusd.yaml.d/50-bad.yaml
check "a wrong configuration refuses to start, with status 78" sh -c 'systemctl start pegasusd; test "$(systemctl show -P ExecMainStatus pegasusd)" = 78'
check "pegasusctl says at once why" sh -c 'timeout 5 pegasusctl status 2>&1 | grep "unknown key .unknown-key" | grep -q "journalctl -u pegasusd"'
rm /etc/pegasus/pegasusd.yaml.d/50-bad.yaml
echo "$failed failed"
exit $((failed > 0))
