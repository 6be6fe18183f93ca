# SPDX-License-Identifier: Apache-2.0
"""What the ledger will never take, since it is addressed to the coordinator, costs nobody anything and stops nobody."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))

from support import Case, EMBEDDED, first_offer, funded_buyer, main, seller_with_stream, wait_active, wait_for  # noqa: E402

REFUSED = 25


class Refusals(Case):
    def setUp(self):
        super().setUp()
        self.seller, port = seller_with_stream(self, config=EMBEDDED.replace("market: {{", "market: {{legacy-payments: serve, "))
        self.buyer = funded_buyer(self, port)
        self.coordinator = self.seller.ctl("node", "info")["coordinator"]

    def test_a_transfer_is_refused_before_it_is_signed(self):
        before = self.buyer.ctl("wallet", "balance")
        for gateway in (self.buyer, self.seller):
            for amount in (0, 10):
                self.assertIn("address of milestones", self.fails_with(REFUSED, gateway, "wallet", "send", self.coordinator, amount))
        self.assertEqual(self.buyer.ctl("wallet", "balance"), before)
        self.assertNotIn("pending", [t["state"] for t in self.buyer.ctl("wallet", "history")])

    def test_a_reply_that_nobody_can_get_is_held_and_others_are_served(self):
        key = subprocess.run("openssl genrsa 2048 2>/dev/null | openssl rsa -pubout 2>/dev/null", shell=True, check=True,
                             capture_output=True, text=True).stdout
        request = json.dumps({"publicKey": key, "address": self.coordinator}, separators=(",", ":"))
        offer = first_offer(self.buyer)
        self.buyer.ctl("wallet", "send", offer["address"], offer["price"], "--message", request)

        def payment(state):
            return next((p for p in self.seller.ctl("market", "payments") if p["state"] == state), None)

        held = wait_for(lambda: payment("held"), 30, "the payment of the stranger")
        self.assertEqual(held["hold"], "undeliverable")
        order = self.buyer.ctl("market", "buy", offer["id"])["id"]
        wait_active(self.buyer, order)
        self.seller.ctl("market", "release", held["bundle"])  # no use, and no harm
        wait_for(lambda: payment("held"), 30, "the same again")
        self.seller.ctl("market", "refuse", held["bundle"])
        self.assertEqual(payment("refused")["bundle"], held["bundle"])

    def test_the_faucet_goes_on(self):
        self.fails_with(64, self.buyer, "node", "faucet", self.coordinator)
        before = self.buyer.ctl("wallet", "balance")["available"]
        self.assertTrue(self.buyer.ctl("node", "faucet")["bundle"])
        wait_for(lambda: self.buyer.ctl("wallet", "balance")["available"] > before, 30, "more funds")


if __name__ == "__main__":
    main()
