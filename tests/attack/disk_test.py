# SPDX-License-Identifier: Apache-2.0
"""A stranger who sends without end fills neither the disk nor the place of others."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))

from support import EMBEDDED, Case, build_dir, first_offer, funded_buyer, main, messages, seller_with_stream, wait_active, wait_for  # noqa: E402

BUDGET = 10_000_000
CONFIG = EMBEDDED.replace("milestone-interval: 500ms,", "milestone-interval: 200ms, max-size: 10,")


class Disk(Case):
    def test_a_flood_stays_below_the_budget_and_others_are_served(self):
        seller, port = seller_with_stream(self, config=CONFIG)
        buyer = funded_buyer(self, port)
        offer = first_offer(buyer)
        before = buyer.ctl("wallet", "balance")["available"]
        flood = subprocess.Popen([build_dir() / "tests/attack/flood", str(port), "127.0.0.2", "bundles", "1500", "15", "5"],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        sizes = []

        def look():
            info = seller.ctl("node", "info")
            self.assertEqual(info["database-limit"], BUDGET)
            sizes.append(info["database-bytes"])
            return flood.poll() is not None

        wait_for(look, 60, "the end of the flood")
        sent = json.loads(flood.communicate()[0])
        self.assertGreater((sent["sent"] + 350 * sent["refused"]) * 1359, 1.2 * BUDGET, "more than there is room for")
        self.assertLess(max(sizes), 1.1 * BUDGET)
        self.assertEqual(buyer.ctl("wallet", "balance")["available"], before)
        order = buyer.ctl("market", "buy", offer["id"])["id"]
        wait_active(buyer, order)
        self.assertTrue(wait_for(lambda: messages(buyer, order), 30, "readings"))


if __name__ == "__main__":
    main()
