# SPDX-License-Identifier: Apache-2.0
"""D-Bus calls that no client of ours makes: wrong types, wrong paths, floods. The daemon answers and stays."""
import subprocess

from support import Case, EMBEDDED, free_port, main

NAME = "io.github.pegasusd.Pegasus1"
ROOT = "/io/github/pegasusd/Pegasus1"


class Bus(Case):
    def setUp(self):
        super().setUp()
        self.one = self.gateway("one", EMBEDDED.format(port=free_port()))

    def send(self, path, member, *args):
        return subprocess.run(["dbus-send", f"--bus={self.one.bus_address}", "--print-reply", "--reply-timeout=20000",
                               f"--dest={NAME}", path, f"{NAME}.{member}", *args], capture_output=True, text=True, timeout=30)

    def refused(self, *call):
        run = self.send(*call)
        self.assertNotEqual(run.returncode, 0, run.stdout)
        self.assertNotIn("NoReply", run.stderr)
        self.assertNotIn("Disconnected", run.stderr)
        return run.stderr

    def tearDown(self):
        self.assertEqual(self.one.ctl("status")["State"], "running")

    def test_wrong_types_are_refused(self):
        self.refused(f"{ROOT}/wallet", "Wallet.Send", "string:x")
        self.refused(f"{ROOT}/wallet", "Wallet.Create", "string:x", "string:y", "string:z")
        self.refused(f"{ROOT}/market", "Market.Buy", "uint32:1")
        self.refused(ROOT, "Manager.CreateStream", "string:a", "string:machine", "dict:string:variant:batch,string:many")

    def test_unknown_things_are_refused(self):
        self.refused(f"{ROOT}/nowhere", "Wallet.Lock")
        self.refused(f"{ROOT}/wallet", "Wallet.Steal")
        self.assertIn("unknown", self.refused(ROOT, "Manager.CreateStream", "string:a", "string:machine",
                                              "dict:string:variant:colour,string:blue").lower())
        self.refused(f"{ROOT}/market", "Market.Buy", "string:" + "0" * 32, "dict:string:variant:max-price,uint64:1")

    def test_long_text_is_refused(self):
        self.refused(ROOT, "Manager.CreateStream", "string:" + "a" * 100_000, "string:machine", "dict:string:variant:batch,uint32:1")
        self.refused(f"{ROOT}/node", "Node.ShowTransaction", "string:" + "9" * 100_000)

    def test_limits_of_pages_hold(self):
        run = self.send(f"{ROOT}/market", "Market.ListOrders", "uint32:4000000000", "string:")
        self.assertEqual(run.returncode, 0, run.stderr)  # as many as a page holds
        self.refused(f"{ROOT}/market", "Market.ListPayments", "uint32:1", "string:no-cursor")


if __name__ == "__main__":
    main()
