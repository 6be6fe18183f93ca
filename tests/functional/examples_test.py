# SPDX-License-Identifier: Apache-2.0
"""What the documents show of D-Bus, run as it stands there: the README's commands and snippet, and the worked example."""
import re
import subprocess
import sys

from support import Case, EMBEDDED, ROOT, first_offer, free_port, funded_buyer, main, seller_with_stream

README = (ROOT / "README.md").read_text()


class Documents(Case):
    def run_on(self, gateway, command, timeout=90, **more):
        """With the gateway's private bus as the system bus."""
        environment = {**gateway.environment, "DBUS_SYSTEM_BUS_ADDRESS": gateway.bus_address}
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, **more)

    def section(self, language):
        dbus = README[README.index("\n## D-Bus\n"):]
        return re.search(rf"```{language}\n(.*?)```", dbus, re.S)[1]

    def test_the_commands_of_the_readme(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        run = self.run_on(gateway, ["bash", "-euc", self.section("sh")])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("ledger at milestone", run.stdout)

    def test_the_python_of_the_readme(self):
        seller, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        first_offer(buyer)
        run = self.run_on(buyer, [sys.executable, "-c", self.section("python")], cwd="/")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout.split()[-2:], ["1000", "i"])

    def test_the_worked_example_buys_and_follows(self):
        seller, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        first_offer(buyer)
        example = ROOT / "docs" / "examples" / "buy_and_follow.py"
        run = self.run_on(buyer, [sys.executable, example, "--readings", "3", "--max-price", "1000", "load"])
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        lines = run.stdout.splitlines()
        self.assertTrue(lines[0].split()[:2] == ["1000", "i"], lines)
        self.assertIn("order: active", run.stdout)
        self.assertEqual(len([line for line in lines if line.startswith("reading: ")]), 3, lines)
        self.assertTrue(any(line.startswith("balance: ") for line in lines), lines)
        told = [line for line in lines if line.startswith("order: ")]
        self.assertEqual(len(told), len(set(told)), lines)

        dear = self.run_on(buyer, [sys.executable, example, "--max-price", "1"])
        self.assertNotEqual(dear.returncode, 0)
        self.assertIn("nothing to buy", dear.stderr)

    def test_the_readme_names_the_packages_of_the_example(self):
        common = (ROOT / "scripts" / "common.sh").read_text()
        for package in ("python3-dbus", "python3-gi"):
            self.assertIn(package, README)
            self.assertIn(package, common)


if __name__ == "__main__":
    main()
