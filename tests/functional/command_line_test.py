# SPDX-License-Identifier: Apache-2.0
"""pegasusctl with daemons: names, amounts, filters, readings for people, secrets from files, completion."""
import json
import subprocess
import time

from support import Case, EMBEDDED, first_offer, free_port, funded_buyer, main, seller_with_stream, \
    wait_active, wait_for

EVIL = "温度\u009b2J\u202e"  # C1 controls and marks of direction are no ASCII controls
PLACES = {"turin": (45.0703, 7.6869, "load1", 1500), "milan": (45.4642, 9.19, "memory_used", 100), "fiji": (-17.7, 179.9, "load1", 20000)}

THERE = ", ".join(f"{stream} ({stream} 温度\ufffd2J\ufffd)" for stream in sorted(PLACES))


class CommandLine(Case):
    def text(self, gateway, *args, status=0, **more):
        """What a person sees."""
        run = subprocess.run(gateway.command(*args, json_output=False), capture_output=True, text=True, timeout=60, **more)
        self.assertEqual(run.returncode, status, run.stderr)
        return run.stdout if status == 0 else run.stderr

    def with_streams(self):
        """One gateway that sells from three places, and sees its own offers."""
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        one.ctl("wallet", "create", "--password-file", one.password_file)
        for stream, (latitude, longitude, quantity, price) in PLACES.items():
            one.ctl("stream", "create", stream, "--sensor", "machine", "--quantity", quantity, "--price", price,
                    "--latitude", latitude, "--longitude", longitude, "--name", f"{stream} {EVIL}")
        return one

    def announced(self, one):
        for stream in PLACES:
            one.ctl("stream", "announce", stream)

        def look():
            one.ctl("market", "scan")
            offers = one.ctl("market", "list")
            return offers if len(offers) == len(PLACES) else None

        return wait_for(look, 30, "three offers")

    def streams_of(self, one, *filters):
        return [offer["stream"] for offer in one.ctl("market", "list", *filters)]

    def test_prices_that_are_set_are_shown_before_they_are_announced(self):
        one = self.with_streams()
        self.assertEqual({s["Id"]: s["Price"] for s in one.ctl("stream", "list")}, {k: v[3] for k, v in PLACES.items()})
        rows = {line.split()[0]: line for line in self.text(one, "stream", "list").splitlines()}
        self.assertIn("1 500 i", rows["turin"])
        self.assertIn("20 Ki", {line.split()[0]: line for line in self.text(one, "stream", "list", "--unit", "Ki").splitlines()}["fiji"])
        self.assertFalse(any(s["Announced"] for s in one.ctl("stream", "list")))

    def test_unknown_names_are_told_with_what_there_is_for_every_kind(self):
        one = self.with_streams()
        for args, sentence in ((["sensor", "show", "x"], "there is no sensor 'x'; there is only machine"),
                               (["sensor", "read", "x"], "there is no sensor 'x'; there is only machine"),
                               (["stream", "create", "new", "--sensor", "machina"],
                                "there is no sensor 'machina'; there is only machine; did you mean 'machine'?"),
                               (["stream", "show", "x"], f"there is no stream 'x'; there are {THERE}"),
                               (["stream", "remove", "x"], f"there is no stream 'x'; there are {THERE}"),
                               (["stream", "announce", "x"], f"there is no stream 'x'; there are {THERE}"),
                               (["stream", "pause", "trin"], f"there is no stream 'trin'; there are {THERE}; did you mean 'turin'?"),
                               (["market", "show", "x"], "there is no offer 'x'; there are none"),
                               (["market", "buy", "x"], "there is no offer 'x'; there are none"),
                               (["market", "order", "x"], "there is no order 'x'; there are none"),
                               (["market", "cancel", "x"], "there is no order 'x'; there are none"),
                               (["market", "release", "x"], "there is no payment 'x'; there are none"),
                               (["subscription", "watch", "x"], "there is no subscription 'x'; there are none"),
                               (["subscription", "export", "x"], "there is no subscription 'x'; there are none"),
                               (["wallet", "show", "x"], "there is no bundle 'x'; there are none")):
            said = self.text(one, *args, status=10)
            self.assertTrue(said.startswith(f"pegasusctl: {sentence}"), (args, said))
            self.assertNotIn("/io/", said)

    def test_names_may_be_shortened(self):
        one = self.with_streams()
        self.assertEqual(one.ctl("stream", "show", "m")["id"], "milan")
        self.assertTrue(one.ctl("sensor", "read", "mach") is not None)
        one.ctl("stream", "create", "milan-2", "--sensor", "mach", "--latitude", 0, "--longitude", 0)
        self.assertEqual(one.ctl("stream", "show", "milan")["id"], "milan")
        self.assertIn("'mi' is the beginning of several streams: milan (", self.text(one, "stream", "show", "mi", status=64))

    def test_offers_are_filtered_and_sorted(self):
        one = self.with_streams()
        offers = self.announced(one)
        near = ("--near", "45.07,7.69")
        self.assertEqual(self.streams_of(one, *near), ["turin", "milan", "fiji"])
        self.assertEqual(self.streams_of(one, *near, "--reverse"), ["fiji", "milan", "turin"])
        self.assertEqual(self.streams_of(one, *near, "--within", "5km"), ["turin"])
        self.assertEqual(self.streams_of(one, *near, "--within", "130km"), ["turin", "milan"])
        self.assertEqual(self.streams_of(one, "--near", "-17.7,-179.9", "--within", "30km"), ["fiji"])  # across the date line
        self.assertEqual(self.streams_of(one, "--sort", "price"), ["milan", "turin", "fiji"])
        self.assertEqual(self.streams_of(one, "--sort", "price", "--limit", 1), ["milan"])
        self.assertEqual(self.streams_of(one, "--min-price", "1.5Ki", "--sort", "price"), ["turin", "fiji"])
        self.assertEqual(self.streams_of(one, "--max-price", "0100"), ["milan"])
        self.assertEqual(self.streams_of(one, "--quantity", "LOAD1", "--sort", "name"), ["fiji", "turin"])
        self.assertEqual(self.streams_of(one, "--text", "fij"), ["fiji"])
        self.assertEqual(len(self.streams_of(one, "--max-age", "1h", "--verified")), 3)
        time.sleep(1.1)
        self.assertEqual(self.streams_of(one, "--max-age", "1s"), [])
        told = self.text(one, "market", "list", *near)
        self.assertRegex(told, r"OFFER.*AWAY")
        self.assertIn("125", told)
        offer = next(o for o in offers if o["stream"] == "milan")
        self.assertEqual(one.ctl("market", "show", offer["id"][:31])["stream"], "milan")

    def test_pages_of_offers_are_complete(self):
        one = self.with_streams()
        self.announced(one)
        ids, cursor = [], ""
        for _ in range(len(PLACES)):
            page, cursor = self.page(one, cursor)
            ids += page
        self.assertEqual(cursor, "")
        self.assertEqual(ids, sorted(o["id"] for o in one.ctl("market", "list")))
        # An offer that goes meanwhile takes no other one with it.
        _, cursor = self.page(one, "")
        gone = next(o["stream"] for o in one.ctl("market", "list") if o["id"] == cursor)
        one.ctl("stream", "withdraw", gone)
        wait_for(lambda: one.ctl("market", "scan") is not None and len(one.ctl("market", "list")) == 2, 30, "the withdrawal")
        self.assertEqual(self.page(one, cursor)[0], ids[1:2])

    def page(self, one, cursor):
        """The identifiers of a page of one row, and the next cursor."""
        run = subprocess.run(["busctl", f"--address={one.bus_address}", "--json=short", "call", "io.github.pegasusd.Pegasus1",
                              "/io/github/pegasusd/Pegasus1/market", "io.github.pegasusd.Pegasus1.Market", "ListOffers", "a{sv}us",
                              "1", "verified", "b", "true", "1", cursor], capture_output=True, text=True, timeout=20, check=True)
        rows, following = json.loads(run.stdout)["data"]
        return [row["id"]["data"] for row in rows], following

    def test_what_sellers_write_never_steers_the_terminal(self):
        one = self.with_streams()
        self.announced(one)
        for args in (["market", "list"], ["market", "list", "--json"], ["stream", "list"], ["market", "show", self.some_offer(one)]):
            told = self.text(one, *args)
            for bad in ("\x1b", "\x07", "\u009b", "\u202e"):
                self.assertNotIn(bad, told, args)

    def some_offer(self, one):
        return one.ctl("market", "list")[0]["id"]

    def test_amounts_are_decimal_and_have_units(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        one.ctl("wallet", "create", "--password-file", one.password_file)
        one.ctl("node", "faucet")
        wait_for(lambda: one.ctl("wallet", "balance")["available"] == 10000, 30, "funds")
        self.assertRegex(self.text(one, "wallet", "balance", "--unit", "Ki"), r"available +10 Ki\n")
        self.assertRegex(self.text(one, "--unit", "Mi", "wallet", "balance"), r"available +0.01 Mi\n")
        target = one.ctl("wallet", "address", "--new")["address"]
        self.assertEqual(one.ctl("wallet", "send", target, "0100")["amount"], 100)
        for wrong in ("0x10", "1.0005Ki", "1e3", "-5"):
            self.fails_with(64, one, "wallet", "send", target, wrong)
        sent = one.ctl("wallet", "history")
        self.assertEqual([t["amount"] for t in sent if t["direction"] != "incoming"], [100])
        self.assertEqual(one.ctl("wallet", "show", sent[0]["bundle"][:12])["bundle"], sent[0]["bundle"])

    def test_line_ends_of_files_belong_to_no_secret(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        written = one.folder / "windows"
        written.write_bytes(b"correct horse\r\n")
        seed = one.folder / "seed"
        one.ctl("wallet", "create", "--password-file", written, "--seed-file", seed)
        one.ctl("wallet", "lock")
        one.ctl("wallet", "unlock", "--password-file", "-", stdin="correct horse")
        one.ctl("wallet", "lock")
        one.ctl("wallet", "unlock", "--password-file", "-", stdin="correct horse\n")
        two = self.gateway("two", EMBEDDED.format(port=free_port()))
        text = seed.read_text().strip()
        said = self.fails_with(64, two, "wallet", "restore", "--seed-file", "-", "--password-file", two.password_file,
                               stdin=f"{text[:40]} {text[40:]}\n")
        self.assertIn("blanks or line ends inside", said)
        self.assertNotIn(text[:10], said)
        two.ctl("wallet", "restore", "--seed-file", "-", "--password-file", two.password_file, stdin=f"  {text}\r\n\r\n")

    def test_a_full_disk_is_an_error_of_each_verb(self):
        one = self.gateway("one", EMBEDDED.format(port=free_port()))
        for args in (["status"], ["sensor", "list"], ["sensor", "list", "--json"], ["node", "info"], ["monitor"]):
            with open("/dev/full", "w") as full:
                process = subprocess.Popen(one.command(*args, json_output=False), stdout=full, stderr=subprocess.PIPE, text=True)
                if args == ["monitor"]:  # ends at the first change
                    time.sleep(0.5)
                    one.ctl("wallet", "create", "--password-file", one.password_file)
                _, said = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 24, args)
            self.assertEqual(said, "pegasusctl: cannot write the output: No space left on device\n")

    def test_completion_knows_what_there_is(self):
        one = self.with_streams()
        offers = self.announced(one)

        def offered(*words):
            run = subprocess.run([one.command()[0], "complete-words", "--bus", one.bus_address, *words], capture_output=True, text=True, timeout=10)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            return sorted(line.split("\t")[0] for line in run.stdout.splitlines())

        self.assertEqual(offered("stream", "show", ""), ["fiji", "milan", "turin"])
        self.assertEqual(offered("stream", "show", "--json", "m"), ["milan"])
        self.assertEqual(offered("stream", "create", "x", "--sensor", ""), ["machine"])
        self.assertEqual(offered("market", "buy", ""), sorted(o["id"] for o in offers))
        self.assertEqual(offered("market", "order", ""), [])


class Sale(Case):
    """What a buyer sees of one purchase."""

    def text_of(self, gateway, *args):
        run = subprocess.run(gateway.command(*args, json_output=False), capture_output=True, text=True, timeout=30, check=True)
        return run.stdout

    def test_readings_are_lines_for_people_and_json_for_programs(self):
        seller, port = seller_with_stream(self)
        buyer = funded_buyer(self, port)
        offer = first_offer(buyer)
        order = buyer.ctl("market", "buy", offer["id"][:30], "--wait", "--wait-seconds", 60, timeout=90)
        wait_active(buyer, order["id"])
        short = order["id"][:8]
        plain = buyer.command("subscription", "watch", short, "--count", 2, json_output=False)
        run = subprocess.run(plain, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        for line in run.stdout.splitlines():
            self.assertRegex(line, r"^ +\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  load1  [\d.]+$")
        run = subprocess.run([*plain[:-1], "1", "--json"], capture_output=True, text=True, timeout=60)
        self.assertIn("payload", json.loads(run.stdout))
        told = subprocess.run(buyer.command("subscription", "export", short, json_output=False), capture_output=True, text=True, timeout=30)
        self.assertRegex(told.stdout.splitlines()[0], r"load1")
        rows = subprocess.run(buyer.command("subscription", "export", short), capture_output=True, text=True, timeout=30).stdout.splitlines()
        self.assertEqual(json.loads(rows[0])["index"], 1)
        sent = self.text_of(seller, "stream", "messages", "lo")
        self.assertRegex(sent.splitlines()[0], r"^ +\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  load1  [\d.]+$")
        csv = subprocess.run(buyer.command("subscription", "export", short, "--format", "csv"), capture_output=True, text=True, timeout=30)
        self.assertTrue(csv.stdout.startswith("index,time,root,payload\n1,"))
        with open("/dev/full", "w") as full:
            for args in (["export", short], ["watch", short]):
                run = subprocess.run(buyer.command("subscription", *args), stdout=full, stderr=subprocess.PIPE, timeout=30)
                self.assertEqual(run.returncode, 24)
        times = [order[key] for key in ("created", "paid", "confirmed", "key-received", "active", "first-reading") if key in order]
        self.assertEqual(times, sorted(times))


if __name__ == "__main__":
    main()
