#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installing below a DESTDIR, upgrading over it, and uninstalling: what is written, what is kept, what goes."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["PEGASUS_BUILD"])
SHIPPED = ROOT / "config/pegasusd.yaml"


def option(name):
    text = subprocess.run(["meson", "introspect", str(BUILD), "--buildoptions"], capture_output=True, text=True, check=True).stdout
    return next(o["value"] for o in json.loads(text) if o["name"] == name)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = option("prefix")
        cls.config_dir = pathlib.PurePosixPath(cls.prefix) / option("sysconfdir") / "pegasus"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pegasus-install-")
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.config = self.at(f"{self.config_dir}/pegasusd.yaml")
        self.fresh = self.config.with_name("pegasusd.yaml.new")
        self.data = self.at(f"{self.prefix}/share/pegasusd")

    def at(self, path):
        return pathlib.Path(f"{self.top}{path}")

    def install(self):
        done = subprocess.run(["meson", "install", "-C", str(BUILD), "--no-rebuild"], capture_output=True, text=True,
                              env={**os.environ, "DESTDIR": str(self.top)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def uninstall(self, *args):
        return subprocess.run([str(ROOT / "scripts/uninstall"), "--prefix", self.prefix, *args], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, "DESTDIR": str(self.top)})

    def files(self):
        return {str(path)[len(str(self.top)):] for path in self.top.rglob("*") if not path.is_dir()}

    def test_the_manifest_names_what_was_installed(self):
        self.install()
        listed = (self.data / "manifest").read_text().splitlines()
        self.assertEqual(set(listed), self.files() - {f"{self.config_dir}/pegasusd.yaml"})
        for name in ("bin/pegasusd", "bin/pegasusctl", "lib/systemd/system/pegasusd.service", "share/man/man8/pegasusd.8"):
            self.assertIn(f"{self.prefix}/{name}", listed)
        self.assertFalse([name for name in listed if "gtest" in name or "gmock" in name])

    def test_the_program_reads_the_configuration_that_was_installed(self):
        self.install()
        said = subprocess.run([str(self.at(f"{self.prefix}/bin/pegasusd")), "--help"], capture_output=True, text=True).stdout
        self.assertIn(f"{self.config_dir}/pegasusd.yaml", said)
        self.assertEqual(self.config.read_bytes(), SHIPPED.read_bytes())
        unit = self.at(f"{self.prefix}/lib/systemd/system/pegasusd.service").read_text()
        self.assertIn(f"ExecStart={self.prefix}/bin/pegasusd\n", unit)

    def test_a_second_time_the_administrators_configuration_is_kept(self):
        self.install()
        self.config.write_text("gateway: {name: mine}\n")
        said = self.install()
        self.assertEqual(self.config.read_text(), "gateway: {name: mine}\n")
        self.assertFalse(self.fresh.exists(), "nothing is new")
        self.assertIn("kept as you have changed it", said)

    def test_a_new_configuration_is_put_beside_a_changed_one(self):
        self.install()
        self.config.write_text("gateway: {name: mine}\n")
        (self.data / "pegasusd.yaml").write_text("# of an older version\n")
        said = self.install()
        self.assertEqual(self.config.read_text(), "gateway: {name: mine}\n")
        self.assertEqual(self.fresh.read_bytes(), SHIPPED.read_bytes())
        self.assertIn("pegasusd.yaml.new", said)

    def test_an_untouched_configuration_is_replaced(self):
        self.install()
        for file in (self.config, self.data / "pegasusd.yaml"):
            file.write_text("# of an older version\n")
        self.install()
        self.assertEqual(self.config.read_bytes(), SHIPPED.read_bytes())
        self.assertFalse(self.fresh.exists())

    def test_what_an_older_version_had_goes(self):
        self.install()
        old = self.at(f"{self.prefix}/share/pegasusd/old")
        old.write_text("old")
        with (self.data / "manifest").open("a") as manifest:
            manifest.write(f"{self.prefix}/share/pegasusd/old\n")
        self.install()
        self.assertFalse(old.exists())

    def test_uninstalling_removes_exactly_that(self):
        self.install()
        self.config.write_text("gateway: {name: mine}\n")
        foreign = self.at(f"{self.prefix}/bin/other")
        foreign.write_text("another's")
        state = self.at("/var/lib/pegasus/state.db")
        state.parent.mkdir(parents=True)
        state.write_text("state")
        done = self.uninstall()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.files(), {f"{self.prefix}/bin/other", "/var/lib/pegasus/state.db", f"{self.config_dir}/pegasusd.yaml"})
        self.assertIn("--purge", done.stderr)
        self.assertFalse(self.data.exists())
        self.assertNotEqual(self.uninstall().returncode, 0, "a second time there is nothing")

    def test_purging_needs_a_word(self):
        self.install()
        state = self.at("/var/lib/pegasus/state.db")
        state.parent.mkdir(parents=True)
        state.write_text("state")
        done = self.uninstall("--purge")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("wallet", done.stderr)
        self.assertTrue(state.exists())
        self.assertIn(f"{self.prefix}/bin/pegasusd", self.files(), "nothing was touched")
        done = self.uninstall("--purge", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.files(), set())

    def test_wrong_arguments_are_refused(self):
        for script in ("install", "uninstall"):
            done = subprocess.run([str(ROOT / "scripts" / script), "--prefixx"], capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("unknown argument", done.stderr)


class Jobs(unittest.TestCase):
    def count(self, kilobytes):
        with tempfile.NamedTemporaryFile("w") as meminfo:
            meminfo.write(f"MemTotal: 99999999 kB\nMemAvailable:   {kilobytes} kB\n")
            meminfo.flush()
            return int(subprocess.run(["bash", "-c", f". '{ROOT}/scripts/common.sh'; job_count"], capture_output=True, text=True, check=True,
                                      env={**os.environ, "PEGASUS_MEMINFO": meminfo.name}).stdout)

    def test_no_more_compilers_than_fit_into_the_memory(self):
        self.assertEqual(self.count(100_000), 1)
        self.assertEqual(self.count(700_000), 1)
        self.assertEqual(self.count(100_000_000), len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    sys.exit(unittest.main())
