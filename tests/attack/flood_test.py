#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stranger floods an embedded tangle: what others pay and say is confirmed within a few milestones all the same."""
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))

from support import EMBEDDED, Case, build_dir, free_port, funded_buyer, main, wait_for  # noqa: E402

FLOOD = build_dir() / "tests/attack/flood"
WEIGHT = 5  # as in EMBEDDED
STRANGER, HONEST = "127.0.0.2", "127.0.0.3"
SECONDS = 6


class Peer:
    """The flood program, which ends by itself."""

    def __init__(self, port, origin, shape, rate, seconds=SECONDS):
        self.process = subprocess.Popen([FLOOD, str(port), origin, shape, str(rate), str(seconds), str(WEIGHT)],
                                        stdout=subprocess.PIPE, text=True)

    def result(self, timeout=120):
        try:
            text, _ = self.process.communicate(timeout=timeout)
        finally:
            self.process.kill()
        return json.loads(text)


class Flood(Case):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.node = self.gateway("node", EMBEDDED.format(port=self.port))
        self.buyer = funded_buyer(self, self.port)
        self.node.ctl("wallet", "create", "--password-file", self.node.password_file)
        self.address = self.node.ctl("wallet", "address")["address"]

    def milestone(self):
        return self.node.ctl("node", "info")["latest-milestone-index"]

    def pay(self):
        """Milestones until a payment of the remote gateway is confirmed."""
        bundle = self.buyer.ctl("wallet", "send", self.address, 10)["bundle"]
        before = self.milestone()

        def confirmed():
            row = next(t for t in self.buyer.ctl("wallet", "history") if t["bundle"] == bundle)
            return row["state"] == "confirmed"

        wait_for(confirmed, 60, "a payment")
        return self.milestone() - before

    def floods(self, shape, rate):
        stranger = Peer(self.port, STRANGER, shape, rate)
        honest = Peer(self.port, HONEST, "honest", 4)
        paid = [self.pay() for _ in range(3)]
        junk, data = stranger.result(), honest.result()
        print(f"{shape} at {rate}/s: {junk['sent']} sent, {junk['refused']} refused; honest data p50 {data['p50']} p99 "
              f"{data['p99']} milestones, {data['seconds_p99']} s; payments {paid}", file=sys.stderr)
        self.assertEqual(data["refused"], 0)
        self.assertGreater(data["sent"], 10)
        self.assertLessEqual(data["p99"], 5)
        self.assertLessEqual(max(paid), 3)  # two, and one for looking late

    def test_data_and_payments_are_confirmed_beside_a_flood(self):
        for shape, rate in (("comb", 6), ("comb", 60), ("comb", 600), ("chain", 600), ("bundles", 600), ("old", 60),
                            ("hide", 60)):
            with self.subTest(shape=shape, rate=rate):
                self.floods(shape, rate)


if __name__ == "__main__":
    main()
