# SPDX-License-Identifier: Apache-2.0
"""A state folder is copied, used, and put back: no key signs twice, and buyers go on reading."""
import shutil

from support import Case, EMBEDDED, REMOTE, first_offer, free_port, funded_buyer, main, messages, wait_for

SELLER = REMOTE + "sensors:\n  machine: {{type: system, interval: 500ms}}\n"


def copy(gateway, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(gateway.state, to)


def put_back(gateway, kept):
    shutil.rmtree(gateway.state)
    shutil.copytree(kept, gateway.state)


def published(seller):
    """The messages of this life: (epoch, index) to what was signed, as (root, text)."""
    epoch = seller.ctl("stream", "show", "load")["epoch"]
    return {(epoch, row["index"]): (row["root"], row["payload"]) for row in seller.ctl("stream", "messages", "load")}


class Copies(Case):
    def seller_on(self, port, config):
        seller = self.gateway("seller", config.format(port=port))
        seller.ctl("wallet", "create", "--password-file", seller.password_file)
        seller.ctl("stream", "create", "load", "--sensor", "machine", "--quantity", "load1", "--price", 1000,
                   "--latitude", "1", "--longitude", "2")
        seller.ctl("stream", "announce", "load")
        return seller

    def live(self, seller, count=3):
        """Lets so many messages be published, and returns all of this life."""
        wait_for(lambda: len(published(seller)) >= count, 60, "messages")
        return published(seller)

    def check_no_leaf_twice(self, lives):
        texts = {}
        for life in lives:
            for root, text in life.values():
                texts.setdefault(root, set()).add(text)
        self.assertEqual({root for root, of in texts.items() if len(of) > 1}, set())

    def put_back_and_compare(self, seller, buyer, subscription, kept):
        seller.stop()
        copy(seller, kept)
        lives = []
        for _ in range(3):
            seller.start()
            lives.append(self.live(seller))
            seller.stop()
            put_back(seller, kept)
        seller.start()
        lives.append(self.live(seller))
        self.check_no_leaf_twice(lives)
        newest = max(lives[-1].items())[1][0]
        wait_for(lambda: any(m["root"] == newest for m in messages(buyer, subscription)), 60, "the channel to go on")
        return lives

    def test_a_seller_on_a_remote_ledger_goes_on_behind_what_it_published(self):
        port = free_port()
        self.gateway("node", EMBEDDED.format(port=port))
        seller = self.seller_on(port, SELLER)
        buyer = funded_buyer(self, port)
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait", timeout=120)
        subscription = order["subscription"]
        wait_for(lambda: messages(buyer, subscription), 30, "a reading")
        lives = self.put_back_and_compare(seller, buyer, subscription, seller.folder / "kept")
        self.assertEqual({epoch for life in lives for epoch, _ in life}, {1})
        indexes = [m["index"] for m in messages(buyer, subscription)]
        self.assertEqual(indexes, list(range(indexes[0], indexes[0] + len(indexes))))
        self.assertNotIn("copy", str(seller.ctl("status")))

    def test_a_seller_whose_ledger_was_put_back_too_begins_new_channels_and_spends_nothing_by_itself(self):
        port = free_port()
        seller = self.seller_on(port, EMBEDDED)
        buyer = funded_buyer(self, port)
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait", timeout=120)
        subscription = order["subscription"]
        wait_for(lambda: messages(buyer, subscription), 30, "a reading")
        seller.ctl("node", "faucet")
        wait_for(lambda: seller.ctl("wallet", "balance")["available"] == 10000, 30, "funds of the seller")
        lives = self.put_back_and_compare(seller, buyer, subscription, seller.folder / "kept")
        epochs = [{epoch for epoch, _ in life} for life in lives]
        self.assertEqual(epochs[0], {1})
        self.assertEqual(len(set().union(*epochs)), 4)
        seller.ctl("wallet", "unlock", "--password-file", seller.password_file)
        address = buyer.ctl("wallet", "address")["address"]
        self.assertIn("accept-copy", self.fails_with(12, seller, "wallet", "send", address, 10))
        self.assertIn("accept-copy", self.fails_with(12, seller, "node", "faucet"))
        self.assertIn("accept-copy", str(seller.ctl("status")))
        seller.ctl("wallet", "accept-copy")
        seller.ctl("wallet", "send", address, 10)
        self.assertNotIn("accept-copy", str(seller.ctl("status")))
        seller.stop()
        seller.start()
        self.assertNotIn("accept-copy", str(seller.ctl("status")))
        self.fails_with(12, seller, "wallet", "accept-copy")

    def test_two_machines_with_one_state_stop_and_say_so(self):
        port = free_port()
        self.gateway("node", EMBEDDED.format(port=port))
        seller = self.seller_on(port, SELLER)
        self.live(seller)
        seller.stop()
        twin = self.gateway("twin", SELLER.format(port=port))
        twin.stop()
        copy(seller, twin.state)
        seller.start()
        twin.start()

        def stopped():
            return [g for g in (seller, twin) if g.ctl("stream", "list")[0]["State"] == "stopped"]

        wait_for(stopped, 60, "one of the two to stop")
        first = stopped()[0]
        self.assertIn("another machine", first.ctl("stream", "show", "load")["last-error"])
        first.ctl("stream", "resume", "load")
        wait_for(lambda: published(first), 60, "the new channel")
        self.assertGreater(first.ctl("stream", "show", "load")["epoch"], 1)


if __name__ == "__main__":
    main()
