# SPDX-License-Identifier: Apache-2.0
"""What a node says is not yet true: a lie costs no money, stops no daemon and does not outlive itself."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))

from lying_node import HANG, LyingNode  # noqa: E402
from support import EMBEDDED, REMOTE, Case, CommandFailed, first_offer, free_port, main, messages, seller_with_stream, wait_active, wait_for  # noqa: E402

SUPPLY = 2779530283277761
TWO = REMOTE.replace('"http://127.0.0.1:{port}"', '"http://127.0.0.1:{port}", "http://127.0.0.1:{second}"')
READING = ("findTransactions", "getTrytes", "getBalances", "getInclusionStates", "wereAddressesSpentFrom", "checkConsistency")
WRITING = ("getTransactionsToApprove", "storeTransactions", "broadcastTransactions")


class Nodes(Case):
    def liar(self, port):
        node = LyingNode(port)
        self.addCleanup(node.end)
        return node

    def wallet_on(self, config, **ports):
        gateway = self.gateway("buyer", config.format(**ports))
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file)
        gateway.ctl("node", "faucet")
        wait_for(lambda: self.available(gateway) == 10000, 30, "funds of the faucet")
        return gateway

    def network(self):
        port = free_port()
        return self.gateway("node", EMBEDDED.format(port=port)), port

    @staticmethod
    def available(gateway):
        try:
            return gateway.ctl("wallet", "balance")["available"]
        except CommandFailed:
            return None

    def pays(self, gateway, to, amount=10):
        sent = gateway.ctl("wallet", "send", to, amount)
        wait_for(lambda: any(t["bundle"] == sent["bundle"] and t["state"] == "confirmed" for t in gateway.ctl("wallet", "history")), 40,
                 "the payment")

    def test_a_balance_above_the_supply_is_not_believed(self):
        node, port = self.network()
        liar = self.liar(port)
        gateway = self.wallet_on(REMOTE, port=liar.port)
        liar.lies["getBalances"] = lambda request, answer: answer | {"balances": [str(SUPPLY)] * len(request["addresses"])}
        time.sleep(3)
        self.assertIn(self.available(gateway), (None, 10000))
        gateway.stop()
        gateway.start()
        self.assertEqual(gateway.ctl("status")["State"], "running")
        gateway.ctl("wallet", "unlock", "--password-file", gateway.password_file)
        liar.lies.clear()
        wait_for(lambda: self.available(gateway) == 10000, 30, "the true balance")
        self.pays(gateway, gateway.ctl("wallet", "address", "--new")["address"])

    def test_a_balance_of_an_older_milestone_is_not_spent_by(self):
        node, port = self.network()
        liar = self.liar(port)
        gateway = self.wallet_on(REMOTE, port=liar.port)
        other = self.gateway("other", REMOTE.format(port=port))
        other.ctl("wallet", "create", "--password-file", other.password_file)
        self.pays(gateway, other.ctl("wallet", "address")["address"], 100)
        wait_for(lambda: self.available(gateway) == 9900, 30, "the new balance")
        index = gateway.ctl("node", "info")["latest-solid-milestone-index"]
        liar.lies["getBalances"] = lambda request, answer: answer | {"balances": ["10000"] * len(request["addresses"]),
                                                                     "milestoneIndex": index - 1}
        for _ in range(6):
            self.assertIn(self.available(gateway), (None, 9900))
            time.sleep(0.5)
        liar.lies.clear()
        wait_for(lambda: self.available(gateway) == 9900, 30, "the true balance")
        self.pays(gateway, other.ctl("wallet", "address")["address"], 100)

    def test_addresses_said_to_be_spent_are_not_lost(self):
        node, port = self.network()
        liar = self.liar(port)
        gateway = self.wallet_on(REMOTE, port=liar.port)
        to = gateway.ctl("wallet", "address", "--new")["address"]
        liar.lies["wereAddressesSpentFrom"] = lambda request, answer: {"states": [True] * len(request["addresses"]), "duration": 0}
        self.assertIn("it lies, or another copy", self.fails_with(21, gateway, "wallet", "address", "--new"))
        time.sleep(3)
        for _ in range(2):
            try:
                gateway.ctl("wallet", "send", to, 10)
            except CommandFailed as failed:
                self.assertNotEqual(failed.text, "")
        liar.lies.clear()
        wait_for(lambda: self.available(gateway) == 10000, 60, "the funds again")
        self.assertEqual(gateway.ctl("wallet", "balance").get("late", 0), 0)
        self.pays(gateway, to)

    def test_a_node_that_refuses_commands_is_left_for_the_next(self):
        seller, port = seller_with_stream(self)
        liar = self.liar(port)
        gateway = self.wallet_on(TWO, port=liar.port, second=port)
        for status in (401, 403, 404, 500, 302):
            with self.subTest(status):
                liar.refuse(status, *READING, *WRITING, headers={"Location": "http://elsewhere.example/"})
                self.pays(gateway, seller.ctl("wallet", "address")["address"])
                first, second = gateway.ctl("node", "info")["nodes"]
                self.assertIn("elsewhere.example" if status == 302 else str(status), first["detail"])
                self.assertIn(second["state"], ("ready", "not-asked"))
        order = gateway.ctl("market", "buy", first_offer(gateway)["id"])["id"]
        wait_active(gateway, order)

    def test_a_node_that_shows_nothing_hides_no_readings(self):
        seller, port = seller_with_stream(self)
        liar = self.liar(port)
        gateway = self.wallet_on(TWO, port=liar.port, second=port)
        order = gateway.ctl("market", "buy", first_offer(gateway)["id"])["id"]
        wait_active(gateway, order)
        wait_for(lambda: messages(gateway, order), 30, "a reading")
        nothing = "9" * 2673
        liar.lies["getTrytes"] = lambda request, answer: {"trytes": [nothing] * len(request["hashes"]), "duration": 0}
        before = len(messages(gateway, order))
        wait_for(lambda: len(messages(gateway, order)) > before + 2, 30, "readings through the other node")

    def test_a_node_that_hangs_holds_nobody_up(self):
        node, port = self.network()
        liar = self.liar(port)
        gateway = self.wallet_on(TWO, port=liar.port, second=port)
        liar.lies["*"] = lambda request, answer: HANG
        to = gateway.ctl("wallet", "address", "--new")["address"]
        began = time.monotonic()
        gateway.ctl("wallet", "balance")
        self.assertLess(time.monotonic() - began, 10)
        self.pays(gateway, to)
        first, second = gateway.ctl("node", "info")["nodes"]
        self.assertEqual((first["state"], second["state"]), ("unreachable", "ready"))
        self.assertTrue(second["in-use"])

    def test_a_node_that_is_behind_is_said_to_be(self):
        node, port = self.network()
        liar = self.liar(port)
        gateway = self.wallet_on(REMOTE, port=liar.port)
        liar.lies["getNodeInfo"] = lambda request, answer: answer | {"isSynced": False, "latestMilestoneIndex": 999999}
        status = wait_for(lambda: (lambda s: s if s["Ledger"] == "not-synchronised" else None)(gateway.ctl("status")), 30, "the state")
        self.assertIn("not synchronised", status["LedgerDetail"])
        self.assertNotEqual(self.available(gateway), 0)
        liar.lies.clear()
        wait_for(lambda: gateway.ctl("status")["Ledger"] == "ready", 30, "the state")


if __name__ == "__main__":
    main()
