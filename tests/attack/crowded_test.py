# SPDX-License-Identifier: Apache-2.0
"""A stranger fills the address and the tag that everybody reads: offers are seen, payments served, readings received all the same."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))

from support import REMOTE, Case, build_dir, first_offer, funded_buyer, main, messages, seller_with_stream, wait_active, wait_for  # noqa: E402

MARKET_TAG = "GADDTCVCPCGDIDGDGA999999999"
JUNK = 1500


class Crowded(Case):
    def crowd(self, port, address):
        run = subprocess.run([build_dir() / "tests/attack/flood", str(port), "127.0.0.2", "comb", "500", str(JUNK / 500), "5", address, MARKET_TAG],
                             capture_output=True, text=True, timeout=120, check=True)
        sent = json.loads(run.stdout)
        self.assertGreater(sent["sent"], 1000, run.stderr)

    def test_a_sale_at_a_crowded_address(self):
        seller, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        offer = first_offer(buyer)
        self.crowd(port, offer["address"])
        order = buyer.ctl("market", "buy", offer["id"])["id"]
        wait_active(buyer, order)
        got = wait_for(lambda: messages(buyer, order), 30, "readings")
        self.assertTrue(got)

    def test_an_offer_behind_a_crowd_is_seen_by_who_comes_later(self):
        seller, port = seller_with_stream(self)
        self.crowd(port, "C" * 80 + "9")
        seller.ctl("stream", "create", "late", "--sensor", "machine", "--quantity", "load1", "--price", 1000, "--latitude", "45.6", "--longitude", "7.6")
        seller.ctl("stream", "announce", "late")
        for name in ("first", "second"):
            buyer = self.gateway(name, REMOTE.format(port=port))
            wait_for(lambda: len(buyer.ctl("market", "list")) == 2, 30, "both offers")
            buyer.stop()
            buyer.start()
            wait_for(lambda: len(buyer.ctl("market", "list")) == 2, 5, "both offers, after a start")


if __name__ == "__main__":
    main()
