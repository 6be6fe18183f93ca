# SPDX-License-Identifier: Apache-2.0
"""What the functional tests share: real daemons on private buses, through the same Gateway that the demo uses."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from gateway import ROOT, CommandFailed, Gateway, build_dir, free_port, wait_for  # noqa: E402,F401

EMBEDDED = """\
ledger:
  mode: embedded
  minimum-weight-magnitude: 5
  embedded: {{milestone-interval: 500ms, faucet: {{amount: 10000, per-address-per-day: 100000}}}}
  api: {{listen: ["127.0.0.1:{port}"]}}
sensors:
  machine: {{type: system, interval: 500ms}}
market: {{poll-interval: 500ms}}
"""
REMOTE = """\
ledger:
  mode: remote
  minimum-weight-magnitude: 5
  remote: {{nodes: ["http://127.0.0.1:{port}"], poll-interval: 200ms}}
market: {{poll-interval: 500ms}}
"""


class Case(unittest.TestCase):
    """Gateways made with self.gateway() end with the test; the log of each is shown when the test fails."""

    def setUp(self):
        self.gateways = []
        self.addCleanup(self.show_logs)

    def gateway(self, name, config, **more):
        gateway = Gateway(name, config, **more)
        self.gateways.append(gateway)
        self.enterContextOf(gateway)
        return gateway

    def enterContextOf(self, gateway):
        gateway.__enter__()
        self.addCleanup(gateway.__exit__)

    def show_logs(self):
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            for gateway in self.gateways:
                print(f"--- log of {gateway.name}\n{gateway.log_tail(40)}", file=sys.stderr)

    def fails_with(self, status, gateway, *args, **more):
        """Runs pegasusctl, which must end with `status`; returns its text."""
        with self.assertRaises(CommandFailed) as caught:
            gateway.ctl(*args, **more)
        self.assertEqual(caught.exception.status, status, caught.exception.text)
        return caught.exception.text


def seller_with_stream(case, name="seller", config=EMBEDDED, **more):
    """An embedded gateway with a wallet and one announced stream; returns it and its port."""
    port = free_port()
    seller = case.gateway(name, config.format(port=port), **more)
    seller.ctl("wallet", "create", "--password-file", seller.password_file)
    seller.ctl("stream", "create", "load", "--sensor", "machine", "--quantity", "load1", "--price", 1000,
               "--latitude", "45.5", "--longitude", "7.5")
    seller.ctl("stream", "announce", "load")
    return seller, port


def funded_buyer(case, port, name="buyer", config=REMOTE):
    buyer = case.gateway(name, config.format(port=port))
    buyer.ctl("wallet", "create", "--password-file", buyer.password_file)
    buyer.ctl("node", "faucet")
    wait_for(lambda: buyer.ctl("wallet", "balance")["available"], 30, "funds of the faucet")
    return buyer


def first_offer(buyer):
    def look():
        try:
            buyer.ctl("market", "scan")
        except CommandFailed as failed:  # the node may just have been restarted
            if failed.status != 17:
                raise
        return buyer.ctl("market", "list")

    return wait_for(look, 30, "an offer")[0]


def messages(buyer, subscription):
    import json
    import subprocess
    run = subprocess.run(buyer.command("subscription", "export", subscription), capture_output=True, text=True, timeout=30)
    return [json.loads(line) for line in run.stdout.splitlines()]


def wait_active(buyer, order, timeout=60):
    def look():
        row = buyer.ctl("market", "order", order)
        if row["state"] in ("failed", "cancelled"):
            raise AssertionError(f"the order is {row['state']}: {row.get('reason')}")
        return row if row["state"] == "active" else None

    return wait_for(look, timeout, "the subscription")


def main():
    unittest.main(verbosity=2)
