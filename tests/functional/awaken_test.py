# SPDX-License-Identifier: Apache-2.0
"""pegasusctl without a daemon: it says at once why, and where to look, instead of waiting for an activation."""
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from support import build_dir, main, wait_for

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth><servicedir>{folder}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
SLOW = "[D-BUS Service]\nName=io.github.pegasusd.Pegasus1\nExec=/bin/sleep 30\n"


class Awaken(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pegasus-awaken-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.address = f"unix:path={self.folder}/bus"

    def start_bus(self, activation=SLOW):
        (self.folder / "bus.conf").write_text(BUS.format(folder=self.folder))
        if activation:
            (self.folder / "pegasus.service").write_text(activation)
        self.run_along(["dbus-daemon", f"--config-file={self.folder}/bus.conf", "--nofork", "--nopidfile"])
        wait_for((self.folder / "bus").exists, 5, "the bus")

    def run_along(self, command, **more):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True, **more)

        def end():
            process.terminate()
            process.wait()
            if process.stdout:
                process.stdout.close()

        self.addCleanup(end)
        return process

    def unit(self, *state):
        """LOAD ACTIVE SUB RESULT CODE STATUS TEXT [MILLISECONDS ACTIVE SUB]"""
        process = self.run_along([build_dir() / "tests" / "support" / "unit-on-bus", self.address, *map(str, state)], stdout=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")

    def ctl(self, *args):
        began = time.monotonic()
        run = subprocess.run([build_dir() / "cli" / "pegasusctl", "--bus", self.address, *args], capture_output=True, text=True, timeout=40)
        return run, time.monotonic() - began

    def test_a_unit_that_failed_is_explained_at_once(self):
        self.start_bus()
        self.unit("loaded", "failed", "failed", "exit-code", 1, 78, "/etc/pegasus/pegasusd.yaml:3:5: unknown key 'walet'")
        for verb in (["status"], ["wallet", "balance"], ["market", "list"], ["monitor"]):
            run, took = self.ctl(*verb)
            self.assertEqual(run.returncode, 3, run.stderr)
            self.assertLess(took, 3)
            for part in ("pegasusd is not running", "exit status 78: its configuration is wrong", "pegasusd.yaml:3:5: unknown key 'walet'",
                         "journalctl -u pegasusd", "pegasusd --check-config"):
                self.assertIn(part, run.stderr)

    def test_a_unit_whose_state_is_lost(self):
        self.start_bus()
        self.unit("loaded", "failed", "failed", "exit-code", 1, 22, "/var/lib/pegasus/state.db is missing or empty")
        run, _ = self.ctl("status")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("exit status 22: its state is damaged or a part is missing: /var/lib/pegasus/state.db is missing or empty", run.stderr)
        self.assertNotIn("--check-config", run.stderr)

    def test_a_unit_that_fails_while_it_is_awaited(self):
        self.start_bus()
        self.unit("loaded", "activating", "start", "success", 2, 9, "", 1000, "failed", "failed")
        run, took = self.ctl("status")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("ended by signal 9", run.stderr)
        self.assertNotIn("--check-config", run.stderr)
        self.assertLess(took, 4)

    def test_a_unit_that_will_be_started_again(self):
        self.start_bus()
        self.unit("loaded", "activating", "auto-restart", "exit-code", 1, 24, "state directory /x: no space")
        run, took = self.ctl("status")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("will be started again by itself, exit status 24: state directory /x: no space", run.stderr)
        self.assertLess(took, 3)

    def test_a_start_that_takes_long_is_awaited_for_the_time_given(self):
        self.start_bus()
        self.unit("loaded", "activating", "start", "success", 0, 0, "")
        run, took = self.ctl("--timeout", "2", "status")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("not ready after 2 s", run.stderr)
        self.assertTrue(1.5 < took < 5, took)

    def test_a_bus_that_cannot_start_it(self):
        self.start_bus(activation=None)
        run, took = self.ctl("status")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("pegasusd is not running", run.stderr)
        self.assertIn("systemctl start pegasusd", run.stderr)
        self.assertLess(took, 3)

    def test_a_bus_that_is_not_there(self):
        run, took = self.ctl("status")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertLess(took, 3)


if __name__ == "__main__":
    main()
