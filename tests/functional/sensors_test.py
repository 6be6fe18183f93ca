# SPDX-License-Identifier: Apache-2.0
"""Sources that are not there: their sensors fail and heal, and everything else works meanwhile."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from support import Case, EMBEDDED, build_dir, free_port, main, wait_for

SOURCES = """\
  recording: {{type: replay, interval: 200ms, file: {file}}}
  asleep: {{type: replay, file: {file}, enabled: false}}
  unplugged: {{type: sysfs, interval: 200ms, hwmon: no-such-chip, channel: temp1}}
  cold: {{type: sysfs, interval: 200ms, path: {raw}, quantity: temperature, unit: Cel, scale: 0.001}}
"""


def check_config(text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "pegasusd.yaml"
        file.write_text(text)
        return subprocess.run([build_dir() / "daemon" / "pegasusd", f"--check-config={file}"], capture_output=True, text=True, timeout=30)


class Sensors(Case):
    def sensors(self, one):
        return {row["Id"]: row for row in one.ctl("sensor", "list")}

    def test_a_source_that_is_not_there_fails_alone_and_heals(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="pegasus-sources-"))
        self.addCleanup(shutil.rmtree, folder)
        file, raw = folder / "later.csv", folder / "raw"
        raw.write_text("-273150\n")
        config = EMBEDDED.format(port=free_port()).replace("market:", SOURCES.format(file=file, raw=raw) + "market:")
        self.assertEqual(check_config(config).returncode, 0)
        one = self.gateway("one", config)
        one.ctl("wallet", "create", "--password-file", one.password_file)
        wait_for(lambda: self.sensors(one)["recording"]["State"] == "failing", 10, "the sensor to fail")
        wait_for(lambda: self.sensors(one)["unplugged"]["State"] == "failing", 10, "the sensor to fail")
        rows = self.sensors(one)
        self.assertNotIn("asleep", rows)
        self.assertIn("later.csv: No such file", rows["recording"]["LastError"])
        self.assertIn("hwmon", rows["unplugged"]["LastError"])
        self.assertEqual(rows["machine"]["State"], "working")
        wait_for(lambda: "sensors recording, unplugged fail" in one.ctl("status")["StatusText"], 10, "the status to say so")
        self.assertIn("later.csv: No such file", self.fails_with(12, one, "sensor", "read", "recording"))

        wait_for(lambda: one.ctl("sensor", "read", "cold"), 10, "a reading")
        run = subprocess.run(one.command("sensor", "read", "cold", json_output=False), capture_output=True, text=True, timeout=30)
        self.assertIn(" -273.15  Cel", run.stdout)
        self.assertEqual(one.ctl("sensor", "read", "cold")[0]["value"], -273.15)

        file.write_text("time,temperature:Cel\n1,17.741158961812328\n2,4")
        wait_for(lambda: self.sensors(one)["recording"]["State"] == "working", 35, "the sensor to heal")
        self.assertEqual(one.ctl("sensor", "read", "recording")[0]["value"], 17.741158961812328)
        self.assertIn("line 3 has no line end", one.ctl("sensor", "show", "recording")["notice"])
        log = one.log_tail(400)
        self.assertEqual(log.count("sensor recording is failing"), 1, log)
        self.assertEqual(log.count("sensor recording works again"), 1, log)
        self.assertEqual(log.count("sensor unplugged is failing"), 1, log)
        self.assertEqual(log.count("line 3 has no line end"), 1, log)

    def test_a_wrong_parameter_is_an_error_of_the_configuration_even_when_disabled(self):
        run = check_config("sensors:\n  a: {type: replay, file: /nowhere.csv, enabled: false, lop: true}\n")
        self.assertEqual(run.returncode, 78, run.stderr)
        self.assertIn("lop", run.stderr)

    def test_drivers_are_told_by_their_declarations(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        drivers = {row["name"]: row for row in one.ctl("sensor", "drivers") if row["name"]}
        self.assertGreater(len(drivers), 25)
        address = {row["name"]: row for row in one.ctl("sensor", "drivers", "bme280")["options"]}["address"]
        self.assertEqual((address["kind"], address["default"], address["choices"]), ("whole", "0x76", ["0x76", "0x77"]))
        text = subprocess.run(one.command("sensor", "drivers", "pulse", json_output=False), capture_output=True, text=True, timeout=30).stdout
        for word in ("factor", "debounce", "type: pulse, line: ..."):
            self.assertIn(word, text)
        self.assertIn("did you mean 'bme280'?", self.fails_with(10, one, "sensor", "drivers", "bme208"))

    def test_readings_are_watched_live(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        run = subprocess.run(one.command("sensor", "watch", "machine", "--count", "2"), capture_output=True, text=True, timeout=60)
        turns = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([turn["sensor"] for turn in turns], ["machine", "machine"])
        self.assertIn("load1", [row["quantity"] for row in turns[1]["readings"]])
        self.assertLess(turns[0]["readings"][0]["time"], turns[1]["readings"][0]["time"])
        one.ctl("sensor", "watch", "--count", "1")
        self.fails_with(10, one, "sensor", "watch", "nobody")

    def test_maintenance_is_marked_and_ends(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        one.ctl("sensor", "maintain", "machine", "--for", "3s")
        reasons = lambda: {row["reason"] for row in one.ctl("sensor", "read", "machine") if row["quality"] != "missing"}
        wait_for(lambda: reasons() == {"maintenance"}, 10, "the mark")
        self.assertIn("maintenance-until", one.ctl("sensor", "show", "machine"))
        wait_for(lambda: reasons() == {""}, 15, "its end")
        self.assertIn("at most 24 hours", self.fails_with(64, one, "sensor", "maintain", "machine", "--for", "25h"))

    def test_a_scan_of_a_machine_without_buses_says_what_it_cannot_find(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        rows = one.ctl("sensor", "scan")
        self.assertIsInstance(rows, list)
        self.assertIn("the scan found no 'nothing'", self.fails_with(10, one, "sensor", "scan", "--add", "nothing"))

    def test_what_a_scan_finds_is_added_beside_the_daemons_own_configuration(self):
        gpsd = socket.socket()
        self.addCleanup(gpsd.close)
        gpsd.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            gpsd.bind(("127.0.0.1", 2947))  # where the scan looks
        except OSError as error:
            self.skipTest(f"port 2947: {error}")
        gpsd.listen(16)
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        folder = pathlib.Path(f"{one.config_file}.d")
        umask = os.umask(0o077)
        self.addCleanup(os.umask, umask)
        for name in ("gpsd=../here", "gpsd=Here", "gpsd=", "gpsd=/tmp/here"):
            self.assertIn("a sensor's name has", self.fails_with(64, one, "sensor", "scan", "--add", name))
        self.assertFalse(folder.exists())
        one.ctl("sensor", "scan", "--add", "gpsd=here")
        file = folder / "here.yaml"
        self.assertEqual([entry.name for entry in folder.iterdir()], ["here.yaml"])
        self.assertEqual(file.stat().st_mode & 0o777, 0o644)
        self.assertIn("here: {type: gpsd}", file.read_text())
        self.assertEqual(self.sensors(one)["here"]["Type"], "gpsd")
        self.assertIn("that is 'here' already", self.fails_with(11, one, "sensor", "scan", "--add", "gpsd=there"))

        file.unlink()
        one.ctl("reload")
        (folder / "50-bad.yaml").write_text("unknown-key: 1\n")
        self.assertIn("is taken back", self.fails_with(78, one, "sensor", "scan", "--add", "gpsd=here"))
        self.assertFalse(file.exists())
        self.assertNotIn("here", self.sensors(one))


if __name__ == "__main__":
    main()
