# SPDX-License-Identifier: Apache-2.0
"""The demo itself."""
import json
import signal
import subprocess
import sys
import time
import unittest

from support import build_dir, main
import support

SALE = support.pathlib.Path(__file__).resolve().parent.parent.parent / "scripts" / "sale.py"


class Sale(unittest.TestCase):
    def test_every_reading_arrives_as_it_was_sent(self):
        run = subprocess.run([sys.executable, SALE, "--json", "--readings", "4"], capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        result = json.loads(run.stdout.splitlines()[-1])
        self.assertEqual(result["mismatches"], 0)
        self.assertEqual(result["received"], 4)
        self.assertEqual(result["paid"], result["price"])
        self.assertGreaterEqual(result["published"], 4)
        for key in ("confirm_ms", "key_ms", "first_reading_ms"):
            self.assertGreaterEqual(result[key], 0)

    def test_serve_ends_cleanly_on_sigterm(self):
        run = subprocess.Popen([sys.executable, SALE, "--serve", "--json", "--readings", "1"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        try:
            lines = []
            for line in run.stdout:
                lines.append(line)
                if "stay up" in line:
                    break
            self.assertTrue(any('"node_url"' in line for line in lines), lines)
            time.sleep(0.5)
            self.assertIsNone(run.poll())
            run.send_signal(signal.SIGTERM)
            out, err = run.communicate(timeout=30)
            self.assertEqual(run.returncode, 0, out + err)
        finally:
            if run.poll() is None:
                run.kill()
                run.wait()


if __name__ == "__main__":
    main()
