# SPDX-License-Identifier: Apache-2.0
"""kill -9 at awkward moments: nothing is lost, nothing is served or paid twice."""
import time

from support import Case, first_offer, funded_buyer, main, messages, seller_with_stream, wait_active, wait_for


class Crash(Case):
    def sale(self):
        seller, port = seller_with_stream(self)
        return seller, funded_buyer(self, port)

    def check_one_payment(self, seller, buyer, order):
        payments = seller.ctl("market", "payments")
        self.assertEqual([p["state"] for p in payments], ["delivered"])
        self.assertEqual(payments[0]["bundle"], order["bundle"])
        outgoing = [t for t in buyer.ctl("wallet", "history") if t["direction"] == "outgoing" and t["amount"] > 0]
        self.assertEqual([t["state"] for t in outgoing], ["confirmed"])

    def restart(self, gateway):
        gateway.kill()
        gateway.start()

    def test_the_buyer_is_killed_right_after_ordering(self):
        seller, buyer = self.sale()
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"])
        self.restart(buyer)
        # Spending waits for the password; what was signed before goes out without it.
        if buyer.ctl("market", "order", order["id"])["state"] in ("created", "checked", "paying"):
            buyer.ctl("wallet", "unlock", "--password-file", buyer.password_file)
        order = wait_active(buyer, order["id"])
        self.check_one_payment(seller, buyer, order)

    def test_both_are_killed_again_and_again_during_a_sale(self):
        seller, buyer = self.sale()
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"])
        for pause in (0.1, 0.3, 0.6, 1.0):
            time.sleep(pause)
            self.restart(seller)
            self.restart(buyer)
            buyer.ctl("wallet", "unlock", "--password-file", buyer.password_file)
        order = wait_active(buyer, order["id"], 90)
        self.check_one_payment(seller, buyer, order)

    def test_a_killed_seller_leaves_no_gap_in_its_channel(self):
        seller, buyer = self.sale()
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait", timeout=120)
        subscription = order["subscription"]
        for _ in range(3):
            time.sleep(0.7)
            self.restart(seller)
        before = len(messages(buyer, subscription))
        wait_for(lambda: len(messages(buyer, subscription)) >= before + 3, 60, "messages after the crashes")
        indexes = [m["index"] for m in messages(buyer, subscription)]
        self.assertEqual(indexes, list(range(indexes[0], indexes[0] + len(indexes))))
        roots = [m["root"] for m in messages(buyer, subscription)]
        self.assertEqual(len(set(roots)), len(roots))

    def test_after_a_restart_the_locked_seller_still_publishes_and_delivers(self):
        seller, buyer = self.sale()
        self.restart(seller)
        self.assertTrue(seller.ctl("wallet", "status")["locked"])
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait", timeout=120)
        wait_for(lambda: messages(buyer, order["subscription"]), 30, "a reading")


if __name__ == "__main__":
    main()
