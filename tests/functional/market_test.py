# SPDX-License-Identifier: Apache-2.0
"""Nothing is sold that is not there, nothing is bought twice by mistake, and what waits or lies somewhere says so."""
import pathlib
import shutil
import signal
import subprocess
import tempfile

from support import Case, EMBEDDED, REMOTE, first_offer, free_port, funded_buyer, main, seller_with_stream, wait_active, wait_for

# Three turns and the time-out of a read are the least silence: 5.6 s at this interval.
HASTY = EMBEDDED.replace("system, interval: 500ms", "system, interval: 200ms").replace(
    "market: {{poll-interval: 500ms}}", "market: {{poll-interval: 500ms, withdraw-silent-after: 1s, address-grace: 2s}}")


def text_of(gateway, *args):
    run = subprocess.run(gateway.command(*args, json_output=False), capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout


def stream(gateway, name="load"):
    return next(s for s in gateway.ctl("stream", "list") if s["Id"] == name)


class Silence(Case):
    def test_what_a_sensor_does_not_have_is_refused_with_what_it_has(self):
        gateway = self.gateway("one", EMBEDDED.format(port=free_port()))
        place = ("--latitude", "1", "--longitude", "2")
        text = self.fails_with(64, gateway, "stream", "create", "a", "--sensor", "machine", "--quantity", "lod1", *place)
        self.assertIn("load1", text)
        self.assertIn("memory_used", text)
        text = self.fails_with(10, gateway, "stream", "create", "a", "--sensor", "engine", *place)
        self.assertIn("there is only machine", text)

    def test_a_stream_whose_sensor_leaves_is_closed_and_comes_back(self):
        seller, port = seller_with_stream(self, config=HASTY)
        wait_for(lambda: stream(seller)["Sale"] == "announced", 20, "the listing")
        offer = first_offer(seller)
        self.assertEqual((offer["quantity"], offer["unit"], offer["interval"]), ("load1", "1", 1_000_000))
        whole = seller.config_file.read_text()
        seller.config_file.write_text(whole.replace("machine: {type: system, interval: 200ms}", "other: {type: system, interval: 200ms}"))
        seller.daemon.send_signal(signal.SIGHUP)
        wait_for(lambda: stream(seller)["State"] == "silent", 10, "silence")
        self.assertIn("'machine'", stream(seller)["LastError"])
        wait_for(lambda: "silent: load" in seller.ctl("status")["StatusText"], 10, "the status")
        wait_for(lambda: stream(seller)["Sale"] == "waiting", 20, "the closing")
        self.assertFalse(stream(seller)["Announced"])

        def offers():
            seller.ctl("market", "scan")
            return seller.ctl("market", "list")

        wait_for(lambda: not offers(), 20, "that it is off the market")
        self.assertIn("stream load is silent", seller.log_tail(1000))
        seller.config_file.write_text(whole)
        seller.daemon.send_signal(signal.SIGHUP)
        wait_for(lambda: stream(seller)["State"] == "publishing", 10, "readings")
        wait_for(offers, 20, "that it is back")

    def test_a_listing_says_what_the_sensor_is_and_when_it_was_calibrated(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="pegasus-sources-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "raw").write_text("21500\n")
        gauge = (f"  gauge: {{type: sysfs, interval: 200ms, path: {folder}/raw, quantity: temperature, unit: Cel, scale: 0.001,\n"
                 "    channels: {temperature: {offset: 0.5, calibrated: 2026-05-01}}}\nmarket:")
        port = free_port()
        seller = self.gateway("seller", EMBEDDED.format(port=port).replace("market:", gauge))
        seller.ctl("wallet", "create", "--password-file", seller.password_file)
        seller.ctl("stream", "create", "air", "--sensor", "gauge", "--price", 10, "--latitude", "45.5", "--longitude", "7.5")
        seller.ctl("stream", "announce", "air")
        buyer = self.gateway("buyer", REMOTE.format(port=port))
        offer = first_offer(buyer)
        self.assertEqual((offer["sensor"], offer["verified"]), ("calibrated 2026-05-01", True))

    def test_what_cannot_be_read_yet_is_announced_later(self):
        config = EMBEDDED.replace("sensors:\n", "sensors:\n  away: {{type: sysfs, interval: 200ms, path: /nowhere/file, quantity: t, unit: Cel, root: FOLDER}}\n")
        gateway = self.gateway("one", "")
        gateway.stop()
        gateway.config_file.write_text(config.format(port=free_port()).replace("FOLDER", str(gateway.folder)))
        gateway.start()
        gateway.ctl("wallet", "create", "--password-file", gateway.password_file)
        gateway.ctl("stream", "create", "load", "--sensor", "away", "--quantity", "t", "--price", 5, "--latitude", 1, "--longitude", 2)
        self.assertIn("once readings come", text_of(gateway, "stream", "announce", "load"))
        self.assertEqual(stream(gateway)["Sale"], "waiting")
        (gateway.folder / "nowhere").mkdir()
        (gateway.folder / "nowhere" / "file").write_text("21\n")
        wait_for(lambda: stream(gateway)["Sale"] in ("announcing", "announced"), 20, "the listing")


class Buying(Case):
    def test_a_locked_wallet_is_named_everywhere_with_what_helps(self):
        _, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        buyer.stop()
        buyer.start()  # the wallet is locked now
        offer = first_offer(buyer)
        text = text_of(buyer, "market", "buy", offer["id"])
        self.assertIn("pegasusctl wallet unlock", text)
        order = buyer.ctl("market", "orders")[0]
        self.assertEqual(order["waits-for"], "unlock")
        self.assertIn("wallet", order["reason"])
        self.assertIn("1 order waits", text_of(buyer, "status"))
        self.assertIn("pegasusctl wallet unlock", text_of(buyer, "market", "order", order["id"]))
        wait_for(lambda: "1 order waits" in buyer.ctl("status")["StatusText"], 10, "the status")
        text = self.fails_with(11, buyer, "market", "buy", offer["id"])
        self.assertIn(order["id"], text)
        self.assertIn("again", text)
        buyer.ctl("wallet", "unlock", "--password-file", buyer.password_file)
        wait_active(buyer, order["id"])
        text = self.fails_with(11, buyer, "market", "buy", offer["id"])
        self.assertIn(f"its subscription is {order['id']}", text)
        second = buyer.ctl("market", "buy", offer["id"], "--again", "--wait", timeout=120)
        self.assertNotEqual(second["id"], order["id"])

    def test_what_cannot_be_paid_is_refused(self):
        _, port = seller_with_stream(self)
        from support import REMOTE
        buyer = self.gateway("buyer", REMOTE.format(port=port))
        offer = first_offer(buyer)
        self.assertIn("wallet", self.fails_with(10, buyer, "market", "buy", offer["id"]))
        buyer.ctl("wallet", "create", "--password-file", buyer.password_file)
        self.fails_with(5, buyer, "market", "buy", offer["id"])

    def test_earnings_say_when_they_can_be_spent_and_are_collected(self):
        seller, port = seller_with_stream(self, config=HASTY)
        buyer = funded_buyer(self, port)
        order = buyer.ctl("market", "buy", first_offer(buyer)["id"], "--wait", timeout=120)
        self.assertEqual(order["state"], "active")
        earned = wait_for(lambda: seller.ctl("wallet", "balance")["earnings"], 30, "the money")
        self.assertEqual((earned[0]["stream"], earned[0]["amount"], earned[0]["announced"]), ("load", 1000, True))
        self.assertIn("pegasusctl wallet collect", text_of(seller, "wallet", "balance"))
        seller.ctl("wallet", "collect")
        wait_for(lambda: "spendable" in (seller.ctl("wallet", "balance")["earnings"] or [{"spendable": 1}])[0], 30, "the time")
        wait_for(lambda: seller.ctl("wallet", "balance")["available"] == 1000, 30, "the money")
        self.assertEqual(seller.ctl("wallet", "balance")["earnings"], [])
        self.assertEqual(seller.ctl("wallet", "collect"), [])
        self.assertEqual(len(seller.ctl("stream", "change-address", "--all")), 1)


if __name__ == "__main__":
    main()
