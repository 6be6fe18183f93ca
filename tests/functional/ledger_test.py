# SPDX-License-Identifier: Apache-2.0
"""The ledger goes away and comes back; a buyer on a remote ledger."""
import time

from support import Case, EMBEDDED, REMOTE, first_offer, free_port, funded_buyer, main, messages, seller_with_stream, wait_for


class Remote(Case):
    def test_an_unreachable_node_is_a_clear_state_and_no_hang(self):
        buyer = self.gateway("alone", REMOTE.format(port=free_port()))
        began = time.monotonic()
        status = buyer.ctl("status")
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(status["Ledger"], "unreachable")
        self.assertNotEqual(status["LedgerDetail"], "")
        buyer.ctl("wallet", "create", "--password-file", buyer.password_file)
        self.assertIn("node", self.fails_with(17, buyer, "node", "faucet"))

    def test_readings_taken_while_the_node_is_away_arrive_later(self):
        node_port = free_port()
        node = self.gateway("node", EMBEDDED.format(port=node_port))
        remote_seller = REMOTE + "sensors:\n  machine: {{type: system, interval: 500ms}}\n"
        seller = self.gateway("seller", remote_seller.format(port=node_port))
        seller.ctl("wallet", "create", "--password-file", seller.password_file)
        seller.ctl("stream", "create", "load", "--sensor", "machine", "--quantity", "load1", "--price", 1000,
                   "--latitude", "1", "--longitude", "2")
        seller.ctl("stream", "announce", "load")
        buyer = funded_buyer(self, node_port)
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait", timeout=120)
        wait_for(lambda: messages(buyer, order["subscription"]), 30, "a reading")
        node.kill()
        wait_for(lambda: seller.ctl("stream", "list")[0]["Queued"] > 2, 30, "readings in the queue")
        node.start()
        published = seller.ctl("stream", "list")[0]["Published"]
        wait_for(lambda: seller.ctl("stream", "list")[0]["Published"] > published + 1, 60, "the queue going out")
        before = len(messages(buyer, order["subscription"]))
        wait_for(lambda: len(messages(buyer, order["subscription"])) > before, 60, "readings at the buyer")
        indexes = [m["index"] for m in messages(buyer, order["subscription"])]
        self.assertEqual(indexes, list(range(indexes[0], indexes[0] + len(indexes))))


if __name__ == "__main__":
    main()
