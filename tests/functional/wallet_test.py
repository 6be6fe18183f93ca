# SPDX-License-Identifier: Apache-2.0
"""The wallet over D-Bus: what goes wrong has a clear error, and money is where it was."""
import os
import sqlite3
import subprocess

from support import Case, EMBEDDED, CommandFailed, build_dir, free_port, main, wait_for


class Wallet(Case):
    def embedded(self, name="one"):
        return self.gateway(name, EMBEDDED.format(port=free_port()))

    def funded(self):
        gateway = self.embedded()
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file)
        gateway.ctl("node", "faucet")
        wait_for(lambda: gateway.ctl("wallet", "balance")["available"] == 10000, 30, "funds")
        return gateway

    def test_there_is_no_wallet_before_it_is_made(self):
        gateway = self.embedded()
        self.assertIn("wallet", self.fails_with(10, gateway, "wallet", "address"))

    def test_a_wrong_password_is_refused(self):
        gateway = self.funded()
        gateway.ctl("wallet", "lock")
        self.fails_with(14, gateway, "wallet", "unlock", "--password-file", "-", stdin="not-the-password\n")
        gateway.ctl("wallet", "unlock", "--password-file", gateway.password_file)
        self.assertFalse(gateway.ctl("wallet", "status")["locked"])

    def test_a_locked_wallet_does_not_spend(self):
        gateway = self.funded()
        address = gateway.ctl("wallet", "address")["address"]
        gateway.ctl("wallet", "lock")
        self.assertIn("unlock", self.fails_with(13, gateway, "wallet", "send", address, 1))
        self.assertEqual(gateway.ctl("wallet", "balance")["available"], 10000)

    def test_too_little_balance_and_bad_addresses_are_refused(self):
        gateway = self.funded()
        address = gateway.ctl("wallet", "address")["address"]
        self.fails_with(5, gateway, "wallet", "send", address, 10001)
        wrong = address[:-1] + ("A" if address[-1] != "A" else "B")
        self.assertIn("checksum", self.fails_with(64, gateway, "wallet", "send", wrong, 1))
        self.fails_with(64, gateway, "wallet", "send", "NOADDRESS", 1)
        self.assertEqual(gateway.ctl("wallet", "balance")["available"], 10000)

    def test_a_spent_address_is_refused(self):
        gateway = self.funded()
        spent = next(a["address"] for a in gateway.ctl("wallet", "addresses") if a["balance"])
        target = gateway.ctl("wallet", "address", "--new")["address"]
        gateway.ctl("wallet", "send", target, 4000)
        wait_for(lambda: gateway.ctl("wallet", "balance")["available"] == 10000, 30, "the transfer")
        self.fails_with(15, gateway, "wallet", "send", spent, 1)

    def test_money_arrives_and_history_tells(self):
        gateway = self.funded()
        target = gateway.ctl("wallet", "address", "--new")["address"]
        sent = gateway.ctl("wallet", "send", target, 2500, "--message", "für dich", "--label", "test", "--reference", "r1")
        again = gateway.ctl("wallet", "send", target, 2500, "--message", "für dich", "--label", "test", "--reference", "r1")
        self.assertEqual(sent["bundle"], again["bundle"])
        wait_for(lambda: gateway.ctl("wallet", "show", sent["bundle"])["state"] == "confirmed", 30, "confirmation")
        details = gateway.ctl("wallet", "show", sent["bundle"])
        self.assertEqual(sum(line["value"] for line in details["lines"]), 0)

    def test_a_seed_restores_the_wallet_and_finds_its_money(self):
        port = free_port()
        first = self.gateway("first", EMBEDDED.format(port=port))
        seed_file = first.folder / "seed"
        first.ctl("wallet", "create", "--password-file", first.password_file, "--seed-file", seed_file)
        self.assertEqual(os.stat(seed_file).st_mode & 0o777, 0o600)
        first.ctl("node", "faucet")
        wait_for(lambda: first.ctl("wallet", "balance")["available"] == 10000, 30, "funds")
        first.ctl("wallet", "send", first.ctl("wallet", "address", "--new")["address"], 3000)
        wait_for(lambda: first.ctl("wallet", "balance")["available"] == 10000, 30, "the transfer")
        from support import REMOTE
        second = self.gateway("second", REMOTE.format(port=port))
        second.ctl("wallet", "restore", "--seed-file", seed_file, "--password-file", second.password_file)
        wait_for(lambda: second.ctl("wallet", "status")["state"] == "unlocked", 60, "the recovery")
        wait_for(lambda: second.ctl("wallet", "balance")["available"] == 10000, 30, "the money")
        second.ctl("wallet", "send", second.ctl("wallet", "address", "--new")["address"], 9000)
        wait_for(lambda: second.ctl("wallet", "balance")["available"] == 10000, 60, "a transfer of the restored wallet")

    def test_secrets_are_not_in_the_log_nor_in_the_state(self):
        gateway = self.embedded()
        seed_file = gateway.folder / "seed"
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file, "--seed-file", seed_file)
        gateway.ctl("stream", "create", "load", "--sensor", "machine", "--latitude", "1", "--longitude", "2")
        secrets = [seed_file.read_text().strip(), gateway.password_file.read_text().strip()]
        gateway.stop()
        for file in [gateway.log_file, *gateway.state.iterdir()]:
            content = file.read_bytes()
            for secret in secrets:
                self.assertNotIn(secret.encode(), content, file.name)


class Stream(Case):
    def test_a_stream_without_a_place_is_refused(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        self.assertIn("latitude", self.fails_with(64, gateway, "stream", "create", "load", "--sensor", "machine"))
        gateway.ctl("stream", "create", "load", "--sensor", "machine", "--latitude", "0", "--longitude", "0")


class State(Case):
    def test_a_second_daemon_on_the_same_state_is_refused(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        run = subprocess.run([build_dir() / "daemon" / "pegasusd", "--bus", gateway.bus_address, "--config", gateway.config_file,
                              "--state-dir", gateway.state], capture_output=True, text=True, timeout=20)
        self.assertEqual(run.returncode, 12, run.stderr)
        self.assertIn("in use", run.stderr)

    def test_state_of_a_newer_version_is_refused_and_left_alone(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        gateway.stop()
        with sqlite3.connect(gateway.state / "state.db") as state:
            state.execute("PRAGMA user_version = 99")
        state.close()
        run = subprocess.run([build_dir() / "daemon" / "pegasusd", "--bus", gateway.bus_address, "--config", gateway.config_file,
                              "--state-dir", gateway.state], capture_output=True, text=True, timeout=20)
        self.assertEqual(run.returncode, 23, run.stderr)
        self.assertIn("version 99", run.stderr)

    def test_a_wrong_configuration_names_its_place(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        bad = gateway.folder / "bad.yaml"
        bad.write_text("ledger:\n  embedded: {milestone-intervall: 1s}\n")
        run = subprocess.run([build_dir() / "daemon" / "pegasusd", "--check-config", bad], capture_output=True, text=True, timeout=20)
        self.assertEqual(run.returncode, 78)
        self.assertIn("bad.yaml:2:", run.stderr)
        self.assertIn("did you mean 'milestone-interval'", run.stderr)


if __name__ == "__main__":
    main()
