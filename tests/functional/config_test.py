# SPDX-License-Identifier: Apache-2.0
"""Configurations of all kinds: --check-config and the start agree; a reload does what a start does, or nothing."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from support import Case, EMBEDDED, build_dir, free_port, main, wait_for

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases"
DAEMON = build_dir() / "daemon" / "pegasusd"
# What an accepted case is started with: nothing that another test could have.
ANY_PORT = 'ledger: {api: {listen: ["127.0.0.1:0"]}}\n'


def outcomes():
    for line in (CASES / "outcomes.txt").read_text().splitlines():
        name, place, *_ = line.split("|")
        yield name, place


def check(file):
    """Status, text and memory (KiB) of --check-config, and its processor time."""
    with tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([DAEMON, f"--check-config={file}", "--user"], stderr=err, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        return process.returncode, err.read(), used.ru_maxrss, used.ru_utime + used.ru_stime


class Agreement(Case):
    def setUp(self):
        super().setUp()
        self.bus_only = self.gateway("cases", ANY_PORT)
        self.bus_only.stop()

    def test_the_check_and_the_start_agree(self):
        for name, place in outcomes():
            with self.subTest(name):
                file = CASES / name
                status, text, _, _ = check(file)
                self.assertEqual(status, 0 if place == "ok" else 78, text)
                if place == "ok":
                    self.starts(file)
                else:
                    self.refuses(file, text)

    def starts(self, file):
        one = self.bus_only
        shutil.rmtree(one.state, ignore_errors=True)
        shutil.copy(file, one.config_file)
        drop_ins = pathlib.Path(f"{one.config_file}.d")
        drop_ins.mkdir(exist_ok=True)
        (drop_ins / "99-test.yaml").write_text(ANY_PORT)
        one.start()
        self.assertEqual(one.stop(), 0)

    def refuses(self, file, text):
        one = self.bus_only
        run = subprocess.run([DAEMON, "--bus", one.bus_address, "--config", file, "--state-dir", one.state], capture_output=True,
                             text=True, timeout=20)
        self.assertEqual(run.returncode, 78, run.stderr)
        for line in text.splitlines():
            self.assertIn(line, run.stderr)

    def test_hostile_files_cost_little(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "c.yaml"
            file.write_text("")
            _, _, memory, seconds = check(file)
            hostile = [(CASES / name).read_text() for name in ("yaml/laughs.yaml", "yaml/deep.yaml")]
            hostile += ["[" * 100_000, "a: {" * 100_000, "- " * 100_000, "? " * 100_000, "a: [" + "x," * 400_000,
                        "a: &a [" + "*a," * 1000 + "]", "".join(f"k{i}: 1\n" for i in range(60_000)), "a: \"" + "x" * 900_000,
                        "a: " + "&b " * 100_000, "sensors: {" + "".join(f"s{i}: {{type: system}}, " for i in range(5000)) + "}"]
            for text in hostile:
                file.write_text(text)
                status, said, most, took = check(file)
                self.assertEqual(status, 78, text[:40])
                self.assertLess(most - memory, 20_000, text[:40])
                self.assertLess(took - seconds, 1.0, text[:40])  # 0.2 s when optimised
                self.assertLess(len(said), 100_000, text[:40])

    def test_a_file_that_is_named_must_be_there(self):
        self.assertEqual(check("/nowhere/pegasusd.yaml")[0], 78)


class Reload(Case):
    def setUp(self):
        super().setUp()
        self.text = EMBEDDED.format(port=free_port())
        self.one = self.gateway("one", self.text)
        self.ready()

    def ready(self):
        """From here on, what the daemon tells systemd comes here."""
        path = self.one.folder / "notify"
        path.unlink()
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notify.close)
        self.notify.bind(str(path))
        self.notify.settimeout(5)

    def write(self, text):
        self.one.config_file.write_text(text)

    def exec_reload(self, unit="systemd/pegasusd.service", address="DBUS_SYSTEM_BUS_ADDRESS"):
        """The command that systemctl reload runs, from the unit as built, on the bus of the test."""
        line = re.search(r"^ExecReload=(.*)$", (build_dir() / unit).read_text(), re.M)[1].split()
        line[0] = build_dir() / "cli" / pathlib.Path(line[0]).name
        return subprocess.run(line, capture_output=True, text=True, timeout=20, env={**os.environ, address: self.one.bus_address})

    def sensors(self):
        return sorted(row["Id"] for row in self.one.ctl("sensor", "list"))

    def test_a_wrong_file_fails_and_changes_nothing(self):
        self.write(self.text + "streams: {flush-intervall: 5s}\nwallet: {gap-limit: 0}\n")
        run = self.exec_reload()
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("flush-intervall", run.stderr)
        self.assertIn("wallet.gap-limit", run.stderr)
        self.assertEqual(self.sensors(), ["machine"])
        self.assertEqual(self.one.ctl("status")["State"], "running")
        told = []
        while not any(b"READY=1" in one for one in told):
            told.append(self.notify.recv(4096))
        self.assertTrue(any(b"RELOADING=1" in one for one in told), told)

    def test_a_right_file_is_in_force_when_the_reload_ends(self):
        self.write(self.text.replace("  machine: {type: system, interval: 500ms}",
                                     "  other: {type: system, interval: 1s}\n  off: {type: system, enabled: false}")
                   + "gateway: {name: mast, latitude: 45.5, longitude: 7.5}\n")
        run = self.exec_reload()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.sensors(), ["other"])
        self.one.ctl("stream", "create", "roof", "--sensor", "other", "--price", 1)
        row = self.one.ctl("stream", "show", "roof")
        self.assertEqual((row["latitude"], row["longitude"], row["name"]), (45.5, 7.5, "mast roof"))

    def test_the_user_unit_reloads_too(self):
        run = self.exec_reload("systemd/user/pegasusd.service", "DBUS_SESSION_BUS_ADDRESS")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_stream_goes_on_when_its_sensor_comes_back(self):
        self.one.ctl("stream", "create", "roof", "--sensor", "machine", "--quantity", "load1", "--price", 1, "--latitude", 1, "--longitude", 2)
        published = lambda: self.one.ctl("stream", "show", "roof")["published"]
        wait_for(published, 20, "a message")
        self.write(self.text.replace("machine: {type: system, interval: 500ms}", "spare: {type: system}"))
        self.one.ctl("reload")
        time.sleep(1)
        before = published()
        self.write(self.text)
        self.one.ctl("reload")
        wait_for(lambda: published() > before + 1, 20, "more messages")

    def test_what_needs_a_restart_is_named(self):
        self.write(self.text + "wallet: {gap-limit: 400}\nstreams: {flush-interval: 5s}\n")
        self.assertEqual(self.one.ctl("reload"), ["streams.flush-interval", "wallet.gap-limit"])
        self.assertIn("needs a restart: streams.flush-interval, wallet.gap-limit", self.one.log_tail())
        self.assertEqual(self.one.ctl("reload"), ["streams.flush-interval", "wallet.gap-limit"])  # still not in force
        self.write(self.text)
        self.assertEqual(self.one.ctl("reload"), [])

    def test_a_file_that_is_gone_is_a_mistake(self):
        self.one.config_file.unlink()
        self.assertIn("No such file", self.fails_with(78, self.one, "reload"))
        self.assertEqual(self.sensors(), ["machine"])

    def test_another_network_is_refused_as_at_a_start(self):
        self.write(self.text.replace("embedded: {milestone", "embedded: {network-id: other, milestone"))
        self.assertIn("network-id", self.fails_with(78, self.one, "reload"))

    def test_a_signal_does_the_same(self):
        self.write(self.text + "x: 1\n")
        self.one.daemon.send_signal(signal.SIGHUP)
        wait_for(lambda: "unknown key 'x'" in self.one.log_tail(), 10, "the complaint")
        self.assertEqual(self.one.ctl("status")["State"], "running")


if __name__ == "__main__":
    main()
