# SPDX-License-Identifier: Apache-2.0
"""What a desktop program learns from signals and properties: each change once, and nothing that is private."""
import json
import re
import subprocess

import dbus

from desktop import Desktop, NAME, ROOT
from support import Case, EMBEDDED, REMOTE, first_offer, free_port, funded_buyer, main, seller_with_stream


class Signals(Case):
    def desktop(self, gateway):
        desktop = Desktop(gateway)
        self.addCleanup(desktop.close)
        return desktop

    def repetitions(self, before, desktop):
        """Properties that were told with the value that they had."""
        known = {(str(p), str(i), str(k)): v for p, ifaces in before.items() for i, props in ifaces.items() for k, v in props.items()}
        for _, path, _, member, arguments in desktop.signals:
            if member == "InterfacesAdded":
                for interface, props in arguments[1].items():
                    known.update({(str(arguments[0]), str(interface), str(k)): v for k, v in props.items()})
            if member == "PropertiesChanged":
                for key, value in arguments[1].items():
                    where = (path, str(arguments[0]), str(key))
                    if known.get(where) == value:
                        yield where, value
                    known[where] = value

    def test_a_balance_that_changed_is_told_without_amounts(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file)
        desktop = self.desktop(gateway)
        wallet = desktop.object("wallet", "Wallet")
        gateway.ctl("node", "faucet")
        self.assertTrue(desktop.until(lambda: desktop.named("Changed", f"{ROOT}/wallet")
                                      and wallet.GetBalance()["available"] == 10000, 30))
        desktop.until(lambda: wallet.GetBalance()["pending-in"] == 0, 10)
        for signal in desktop.named("Changed", f"{ROOT}/wallet"):
            self.assertEqual(signal[4], ())
        self.assertNotIn("10000", str([s for s in desktop.signals if s[1].endswith("wallet")]))
        # Milestones alone are no change.
        desktop.run(2)
        desktop.signals.clear()
        desktop.run(3)
        self.assertEqual(desktop.named("Changed"), [])

    def test_a_lock_is_told_once(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        desktop = self.desktop(gateway)
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file)
        gateway.ctl("wallet", "lock")
        desktop.run(6)
        self.assertEqual(desktop.told(f"{ROOT}/wallet", "State"), ["unlocked", "locked"])
        self.assertEqual(desktop.told(f"{ROOT}/wallet", "Locked"), [False, True])

    def test_readings_of_a_sensor_are_told_without_values(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()).replace("interval: 500ms}", "interval: 100ms}", 1))
        desktop = self.desktop(gateway)
        sensor = f"{ROOT}/sensor/machine"
        self.assertTrue(desktop.until(lambda: len(desktop.named("Sampled", sensor)) >= 3, 15))
        signals = desktop.named("Sampled", sensor)
        self.assertGreater(signals[-1][4][0], signals[0][4][0])
        self.assertGreater(signals[2][4][0] - signals[0][4][0], 1_500_000, "at most one a second")
        newest = max(row["time"] for row in desktop.object(sensor, "Sensor").Read({}))
        self.assertGreaterEqual(newest, signals[-1][4][0])

    def test_a_sale_as_the_buyer_and_the_seller_see_it(self):
        seller, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        offer = first_offer(buyer)
        desktop, seller_side = self.desktop(buyer), self.desktop(seller)
        before, seller_before = desktop.snapshot(), seller_side.snapshot()
        order = desktop.object("market", "Market").Buy(offer["id"], {})
        self.assertEqual(desktop.properties(order, "Order")["Subscription"], "/")

        subscription = desktop.until(lambda: next((p for p in desktop.told(order, "Subscription") if p != "/"), None), 60)
        self.assertTrue(subscription, desktop.signals)
        self.assertIn(subscription, desktop.managed(), "the object is there when its path is told")
        states = desktop.told(order, "State")
        self.assertEqual(states[-1], "active")
        self.assertEqual(len(states), len(set(states)), states)
        self.assertTrue(desktop.named("Changed", order))
        self.assertTrue(seller_side.until(lambda: seller_side.named("PaymentsChanged"), 10))

        # Live readings without descriptors: told by number, read by ListMessages from the last index on.
        channel, last, got = desktop.object(subscription, "Subscription"), "", []
        for _ in range(3):
            seen = len(desktop.named("Received", subscription))
            self.assertTrue(desktop.until(lambda: len(desktop.named("Received", subscription)) > seen or not got, 30))
            rows, following = channel.ListMessages(dbus.UInt32(0), last)
            self.assertEqual(following, "")
            got += rows
            last = str(rows[-1]["index"]) if rows else last
        self.assertEqual([int(row["index"]) for row in got], list(range(1, len(got) + 1)))
        self.assertIn("data", json.loads(got[-1]["payload"]))
        self.assertGreaterEqual(int(last), desktop.named("Received", subscription)[0][4][0])
        self.assertEqual(list(channel.ListMessages(dbus.UInt32(0), last)[0]), [])

        desktop.run(1)
        seller_side.run(1)
        self.assertEqual(list(self.repetitions(before, desktop)), [])
        self.assertEqual(list(self.repetitions(seller_before, seller_side)), [])
        self.nothing_private(desktop, buyer, got)
        self.nothing_private(seller_side, seller, got)

    def test_the_log_tells_each_state_once(self):
        seller, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait")
        lines = [line for gateway in (seller, buyer) for line in gateway.log_file.read_text().splitlines()
                 if re.search("order of|transfer of|payment of", line)]
        self.assertTrue(any("payment of 1000 i for stream load is deliver" in line for line in lines), lines)
        self.assertEqual([line for line in set(lines) if lines.count(line) > 1], [])

    def test_the_monitor_of_the_command_line_hears_them_too(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        run = subprocess.run(["timeout", "5", *gateway.command("monitor")], capture_output=True, text=True, timeout=20)
        event = json.loads(next(line for line in run.stdout.splitlines() if "Sampled" in line))
        self.assertEqual((event["path"], event["event"]), (f"{ROOT}/sensor/machine", "Sensor.Sampled"))
        self.assertGreater(event["values"]["time"], 1_600_000_000_000_000)

    def nothing_private(self, desktop, gateway, messages):
        told = str(desktop.signals) + str(desktop.managed())
        for payment in gateway.ctl("wallet", "history"):
            self.assertNotIn(payment["bundle"], told)
        for message in messages:
            self.assertNotIn(message["payload"], told)
            self.assertNotIn(message["root"], told)


class Errors(Case):
    """Names as the XML gives them, since programs compare names."""

    def name_of(self, function, *arguments):
        with self.assertRaises(dbus.DBusException) as caught:
            function(*arguments)
        return caught.exception.get_dbus_name()

    def desktop(self, gateway):
        desktop = Desktop(gateway)
        self.addCleanup(desktop.close)
        return desktop

    def test_of_calls(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        desktop = self.desktop(gateway)
        wallet, manager = desktop.object("wallet", "Wallet"), desktop.object(ROOT, "Manager")
        node, market = desktop.object("node", "Node"), desktop.object("market", "Market")
        none = dbus.Dictionary({}, signature="sv")
        standard, ours = "org.freedesktop.DBus.Error.", f"{NAME}.Error."
        self.assertEqual(self.name_of(wallet.GetAddress), ours + "NotFound")
        self.assertEqual(self.name_of(manager.CreateStream, "a", "nowhere", none), ours + "NotFound")
        self.assertEqual(self.name_of(manager.CreateStream, "a", "machine", none), standard + "InvalidArgs")  # no place
        self.assertEqual(self.name_of(market.Buy, "0" * 32, none), ours + "NotFound")
        self.assertEqual(self.name_of(node.ShowTransaction, "A" * 81), ours + "NotFound")
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file)
        address = wallet.GetAddress()
        for _ in range(10):
            node.RequestFunds(address, none)
        self.assertEqual(self.name_of(node.RequestFunds, address, none), standard + "LimitsExceeded")
        wallet.Lock()
        payment = dbus.Struct((address, dbus.UInt64(1), "", ""), signature="stss")
        self.assertEqual(self.name_of(wallet.Send, [payment], none), ours + "Locked")
        job = market.Scan(none)
        desktop.until(lambda: desktop.properties(job, "Job")["State"] == "done", 10)
        self.assertEqual(self.name_of(desktop.object(job, "Job").Cancel), ours + "InvalidState")
        self.assertEqual(self.name_of(desktop.object(f"{ROOT}/stream/none", "Stream").Pause), standard + "UnknownObject")

    def test_of_a_job_that_failed(self):
        gateway = self.gateway("one", REMOTE.format(port=free_port()))  # nobody serves there
        desktop = self.desktop(gateway)
        job = desktop.object("market", "Market").Scan(dbus.Dictionary({}, signature="sv"))
        self.assertTrue(desktop.until(lambda: desktop.properties(job, "Job")["State"] == "failed", 60))
        self.assertEqual(desktop.properties(job, "Job")["Error"], f"{NAME}.Error.Unreachable")
        self.assertEqual(desktop.told(job, "State"), ["failed"])
        self.fails_with(17, gateway, "market", "scan", timeout=90)


if __name__ == "__main__":
    main()
