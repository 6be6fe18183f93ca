# SPDX-License-Identifier: Apache-2.0
# Runs as root inside the machine with simulated devices: one line for each check.
set -u
failed=0 passed=0
check() {  # check TEXT COMMAND...: prints one line, remembers failures
    local text=$1 out
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)); echo "ok   $text"; else failed=$((failed + 1)); echo "FAIL $text"; printf '     %s\n' "$out" | head -20; fi
}
not() { ! "$@"; }
until_true() { local end=$((SECONDS + 45)); while [ $SECONDS -lt $end ]; do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done; "$@"; }
state() { test "$(pegasusctl --json sensor list | python3 -c 'import json,sys; print({r["Id"]: r["State"] for r in json.load(sys.stdin)}[sys.argv[1]])' "$1")" = "$2"; }
# value SENSOR QUANTITY EXPRESSION: of the reading r
value() {
    pegasusctl --json sensor read "$1" | python3 -c '
import json, sys
rows = {r["quantity"]: r for r in json.load(sys.stdin)}
r = rows[sys.argv[1]]
ok = eval(sys.argv[2])
if not ok: print(r)
sys.exit(not ok)' "$2" "$3"
}
problem() { pegasusctl --json sensor list | grep -q "$1"; }
say() { echo "$*" > /root/control; }
config() { cat > /etc/pegasus/pegasusd.yaml.d/10-devices.yaml; }

config <<X
ledger: {minimum-weight-magnitude: 1, embedded: {milestone-interval: 1s}}
gateway: {name: hill, latitude: 45.07, longitude: 7.69}
sensors:
  garden: {type: bme280, bus: i2c-sim, interval: 1s, derived: [dew_point], channels: {temperature: {jump: 0}}}
  cold: {type: mcp9808, bus: i2c-sim, interval: 1s}
  room: {type: sht3x, bus: i2c-sim, interval: 1s}
  light: {type: bh1750, bus: i2c-sim, interval: 1s}
  air: {type: scd4x, bus: i2c-sim, interval: 5s}
  rain: {type: pulse, line: RAIN, quantity: rain, unit: mm, factor: 0.25, debounce: 2ms, interval: 1s, window: 5s, save-every: 1s}
  door: {type: level, line: DOOR, quantity: open, interval: 1h}
  dust: {type: pmsx003, port: /dev/ttyS1, interval: 1s}
X
check "the configuration is right" pegasusd --check-config
rmmod i2c_dev 2>/dev/null
check "the daemon starts without any of its devices" systemctl start pegasusd
check "and says which are missing" until_true state garden failing
check "a bus that comes after the start" sh -c 'modprobe i2c-sim && modprobe i2c-dev && udevadm settle'
(setsid python3 /root/chips.py /root/control >/root/chips.log 2>&1 &)
until_true test -p /root/control
for each in garden cold room light air; do check "$each heals by itself" until_true state $each working; done

check "bme280: temperature" value garden temperature 'r["value"] == 25.08 and r["unit"] == "Cel" and r["quality"] == "good"'
check "bme280: pressure" value garden pressure 'r["value"] == 1006.53'
check "bme280: humidity" value garden humidity '20 < r["value"] < 80'
check "bme280: dew point" value garden dew_point '0 < r["value"] < 25'
check "mcp9808" value cold temperature 'abs(r["value"] - 21.0625) < 0.01'
check "sht3x" value room temperature 'abs(r["value"] - 21.5) < 0.01'
check "bh1750" value light illuminance 'abs(r["value"] - 320) < 1'
check "scd4x" until_true value air co2 'r["value"] == 612'
check "the serial number is known" sh -c 'pegasusctl sensor show room | grep -q "305419896"'
say set 0x76 celsius 0.0
check "another value is another reading" until_true value garden temperature 'r["value"] < 2'
say set 0x76 celsius 25.08

say set 0x44 crc 1
check "a wrong checksum is no reading" until_true value room temperature '"value" not in r and r["reason"].startswith("failed CRC")'
say set 0x44 crc 0
check "and heals" until_true value room temperature 'r["quality"] == "good"'
say nack 0x76 1000
check "no acknowledge is told" until_true problem 'no chip answers at 0x76'
say nack 0x76 0
check "and heals" until_true state garden working
pid=$(pgrep -f chips.py | head -1)
kill -STOP "$pid"
check "a bus that hangs is told" until_true problem 'is stuck'
check "and holds nothing else up" timeout 5 pegasusctl status
kill -CONT "$pid"
check "and heals" until_true state light working

bus=$(i2cdetect -l | awk '/i2c-sim/{print $1}')
echo sht3x 0x44 > /sys/bus/i2c/devices/"$bus"/new_device
echo bh1750 0x23 > /sys/bus/i2c/devices/"$bus"/new_device
udevadm settle; sleep 3
check "a kernel driver has the chip" test -e /sys/bus/i2c/devices/"${bus#i2c-}"-0044/driver
check "sht3x by the kernel: the same" value room temperature 'abs(r["value"] - 21.5) < 0.01 and r["unit"] == "Cel"'
check "sht3x by the kernel: humidity" value room humidity 'abs(r["value"] - 45) < 0.01'
check "bh1750 by the kernel: the same" value light illuminance 'abs(r["value"] - 320) < 1'
check "the scan does not touch it" sh -c 'pegasusctl sensor scan | tee /root/scan | grep -q "hwmon sht3x"'
check "the scan finds the others" grep -q "BME280 at 0x76" /root/scan
check "and knows what is configured" grep -q "is 'garden' already" /root/scan
check "what is configured is not added twice" sh -c '! pegasusctl sensor scan --add bme280=twice'
check "and no file is made of it" test ! -e /etc/pegasus/pegasusd.yaml.d/twice.yaml
echo 0x44 > /sys/bus/i2c/devices/"$bus"/delete_device
echo 0x23 > /sys/bus/i2c/devices/"$bus"/delete_device
sleep 2
check "unbound it is read by us again" until_true value room temperature 'r["quality"] == "good"'

modprobe gpio-sim
mount -t configfs none /sys/kernel/config 2>/dev/null
g=/sys/kernel/config/gpio-sim/t
mkdir $g $g/bank0; echo 8 > $g/bank0/num_lines; echo hill > $g/bank0/label
mkdir $g/bank0/line3 $g/bank0/line4; echo RAIN > $g/bank0/line3/name; echo DOOR > $g/bank0/line4/name; echo 1 > $g/live
udevadm settle
check "a GPIO chip that comes after the start" until_true state rain working
check "also where the turns are an hour apart" until_true state door working
lines=$(ls -d /sys/devices/platform/gpio-sim.0/gpiochip*)
cat > /root/pull.py <<'P'
import sys, time
rain = open(sys.argv[1] + "/sim_gpio3/pull", "w", buffering=1)
def pull(up):
    rain.write("pull-up\n" if up else "pull-down\n"); rain.flush()
for i in range(int(sys.argv[2])):
    for up in (True, False):
        for _ in range(int(sys.argv[3])):
            pull(up); pull(not up)
        pull(up)
        time.sleep(0.006)
P
pegasusctl sensor watch rain --count 30 > /root/watched &
check "10 000 edges of a contact that bounces" python3 /root/pull.py "$lines" 1000 2
sleep 2
check "are 1000 pulses, or it is said that some may be lost" sh -c 'pegasusctl sensor read rain | grep -q " 250  mm" || grep -q "may be lost" /root/watched'
total=$(pegasusctl --json sensor read rain | python3 -c 'import json,sys; print([r["value"] for r in json.load(sys.stdin) if r["quantity"] == "rain_total"][0])')
check "with libgpiod 1 nobody knows of lost ones, and that is said" sh -c 'pegasusctl sensor show rain | grep -q "does not tell of lost"'
echo pull-up > "$lines"/sim_gpio4/pull
check "a door that opens is told at once" until_true value door open 'r["value"] == 1'
sleep 2; kill -9 "$(systemctl show -P MainPID pegasusd)"; sleep 3
check "after kill -9 the total is there" until_true value rain rain_total "r['value'] == $total"
check "a restart keeps it too" sh -c 'systemctl restart pegasusd; sleep 2'
check "(the total)" until_true value rain rain_total "r['value'] == $total"

check "pmsx003 at a serial port" until_true value dust pm2_5 'r["value"] == 12'
check "its first half minute is in doubt, and then it is not" until_true value dust pm2_5 'r["quality"] == "good"'

# The sale: what the buyer gets is what the simulator was set to.
umask 077; echo correct-horse-battery > /root/password
check "a wallet" pegasusctl wallet create --password-file /root/password
check "a stream of the BME280" pegasusctl stream create climate --sensor garden --price 1000 --latitude 45.07 --longitude 7.69
check "a stream of the rain gauge" pegasusctl stream create rain --sensor rain --price 1000 --latitude 45.07 --longitude 7.69
check "both are announced" sh -c 'pegasusctl stream announce climate && pegasusctl stream announce rain'
mkdir -p /root/buyer
echo 'ledger: {mode: remote, minimum-weight-magnitude: 1, remote: {nodes: ["http://127.0.0.1:14265"]}}' > /root/buyer/pegasusd.yaml
dbus-daemon --session --nofork --print-address=3 3>/root/buyer/bus >/dev/null 2>&1 &
until_true test -s /root/buyer/bus
export BUYER=$(cat /root/buyer/bus)
pegasusd --bus "$BUYER" --config /root/buyer/pegasusd.yaml --state-dir /root/buyer/state >/root/buyer/log 2>&1 &
buyer() { pegasusctl --bus "$BUYER" "$@"; }
check "the buyer's gateway" until_true buyer status
check "his wallet" buyer wallet create --password-file /root/password
check "his funds" sh -c 'pegasusctl --bus "$BUYER" --timeout 120 node faucet --wait || pegasusctl --bus "$BUYER" node faucet'
funds() { buyer wallet balance | grep -q "available .* [1-9]"; }
check "have come" until_true funds
offers() { buyer market scan >/dev/null; sleep 1; test "$(buyer --json market list | grep -o '"offer":"[^"]*"\|"id":"[^"]*"' | wc -l)" -ge 2; }
check "both offers are found" until_true offers
buy() { buyer --timeout 120 market buy "$1" --wait; }
for each in climate rain; do
    id=$(buyer --json market list | python3 -c 'import json,sys; print([r.get("id") or r["offer"] for r in json.load(sys.stdin) if r["name"].endswith(sys.argv[1]) or r["name"] == sys.argv[1]][0])' "$each" 2>/dev/null)
    check "he buys $each" buy "${id:-none}"
done
check "and gets the temperature that was set" until_true sh -c 'for s in $(pegasusctl --bus "$BUYER" --json subscription list | grep -o "\"id\":\"[^\"]*\"" | cut -d\" -f4); do pegasusctl --bus "$BUYER" subscription export $s; done | grep -q "temperature  25.08 Cel"'
check "and the rain that fell" until_true sh -c 'for s in $(pegasusctl --bus "$BUYER" --json subscription list | grep -o "\"id\":\"[^\"]*\"" | cut -d\" -f4); do pegasusctl --bus "$BUYER" subscription export $s; done | grep -q "rain_total  '"${total%.0}"' mm"'
check "no coredump, no failure" not systemctl is-failed pegasusd
echo "devices: $passed passed, $failed failed"
[ "$failed" = 0 ] || { journalctl -u pegasusd --no-pager | tail -40; for f in /root/chips.log /root/buyer/log; do tail -n 5 $f; done; }
exit "$failed"
