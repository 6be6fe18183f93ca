#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A first sale, told as it happens: one gateway sells its readings, a second one buys them. Every step is pegasusctl."""
import argparse
import json
import queue
import signal
import subprocess
import sys
import threading
import time

from gateway import CommandFailed, Gateway, free_port, wait_for

PRICE = 1000
STREAM = "load"
SELLER = """\
gateway: {{name: seller, latitude: 45.0703, longitude: 7.6869}}
ledger:
  mode: embedded
  embedded: {{milestone-interval: 1s}}
  api: {{listen: ["127.0.0.1:{port}"]}}
sensors:
  machine: {{type: system, interval: 1s}}
market: {{poll-interval: 1s}}
"""
BUYER = """\
gateway: {{name: buyer}}
ledger:
  mode: remote
  remote: {{nodes: ["{url}"], poll-interval: 200ms}}
market: {{poll-interval: 1s}}
"""


class Stopped(Exception):
    """Ctrl-C or SIGTERM."""


class Story:
    """Numbered steps on standard output; what takes time shows that it goes on."""

    def __init__(self):
        self.step_number = 0

    def step(self, text):
        self.step_number += 1
        print(f"\n{self.step_number}. {text}", flush=True)

    def say(self, text):
        print(f"   {text}", flush=True)

    def wait(self, what, condition, timeout=30):
        """Waits, with a dot a second."""
        began = shown = time.monotonic()

        def check():
            nonlocal shown
            if time.monotonic() - shown > 1:
                shown = time.monotonic()
                print("." if shown - began > 2 else f"   {what} .", end="", flush=True)
            return condition()

        try:
            value = wait_for(check, timeout, what)
        finally:
            if shown != began:
                print(flush=True)
        return value


def short(trytes):
    return f"{trytes[:9]}…"


def start_seller(story, seller, url):
    story.step("The seller's gateway: its own tangle, a new wallet, streams of this machine's own sources.")
    story.say(f"pegasusd serves the node API at {url}")
    seller.ctl("wallet", "create", "--password-file", seller.password_file)
    for sensor in seller.ctl("sensor", "list"):
        story.say(f"sensor {sensor['Id']} ({sensor['Type']}), every {sensor['Seconds']:g} s")
    readings = story.wait("first readings", lambda: seller.ctl("sensor", "read", "machine"))
    for stream, quantity, text in ((STREAM, "load1", "Load of the processor"), ("memory", "memory_used", "Memory in use")):
        unit = next((r["unit"] for r in readings if r["quantity"] == quantity), "")
        seller.ctl("stream", "create", stream, "--sensor", "machine", "--quantity", quantity, "--name", text, "--price", PRICE)
        story.say(f"stream {stream}: {text}{f' in {unit}' if unit != '1' else ''}, encrypted under a key of its own")


def announce(story, seller):
    story.step("It announces its streams on the tangle.")
    for stream in (STREAM, "memory"):
        seller.ctl("stream", "announce", stream)
        listing = seller.ctl("stream", "show", stream).get("listing", {})
        story.say(f"{stream}: {PRICE} i, to be paid to {short(listing.get('address', '?'))}")


def fund_buyer(story, buyer):
    story.step("The buyer's gateway: on a bus of its own; it knows only the seller's node URL.")
    buyer.ctl("wallet", "create", "--password-file", buyer.password_file)
    grant = buyer.ctl("node", "faucet")
    story.say(f"the faucet sends {grant['amount']} i in bundle {short(grant['bundle'])}")
    return story.wait("a milestone confirms them", lambda: available(buyer))


def available(gateway):
    return gateway.ctl("wallet", "balance")["available"]


def find_offer(story, buyer):
    def look():
        buyer.ctl("market", "scan")
        offers = buyer.ctl("market", "list", "--verified")
        return offers if len(offers) >= 2 else None

    offers = story.wait("offers on the tangle", look)
    for offer in offers:
        place = f"{offer['latitude']:.4f}, {offer['longitude']:.4f}"
        story.say(f"offer {short(offer['id'])} {offer['name']!r} at {place}: {offer['price']} i, verified: {offer['verified']}")
    return next(o for o in offers if o["stream"] == STREAM)


def buy(story, buyer, offer, funds):
    story.step(f"It finds the offers and buys {offer['name']!r}.")
    order = buyer.ctl("market", "buy", offer["id"], "--max-price", PRICE, "--wait", "--wait-seconds", 60, timeout=90)
    order = story.wait("the milestone", lambda: (lambda o: "confirmed" in o and o)(buyer.ctl("market", "order", order["id"])))
    times = {key: (order[key] - order[since]) / 1000 for key, since in
             (("confirmed", "created"), ("key-received", "confirmed"))}
    story.say(f"paid {order['price']} i in bundle {short(order['bundle'])}")
    story.say(f"a milestone confirmed it after {times['confirmed']:.0f} ms; the key came {times['key-received']:.0f} ms later")
    paid = story.wait("the remainder is confirmed", lambda: (lambda left: left and left < funds and funds - left)(available(buyer)))
    return order, paid


def watch(buyer, subscription, lines):
    """Runs `subscription watch` and puts each message into the queue."""
    process = subprocess.Popen(buyer.command("subscription", "watch", subscription), stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)

    def read():
        for line in process.stdout:
            lines.put(json.loads(line))

    threading.Thread(target=read, daemon=True).start()
    return process


def kept(buyer, subscription):
    out = subprocess.run(buyer.command("subscription", "export", subscription), capture_output=True, text=True, timeout=30, check=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def follow(story, seller, buyer, subscription, count):
    """Shows `count` messages as they come, next to what the seller sent. Returns them, and how many differ."""
    story.step(f"The readings, live at the buyer, next to what the seller sent ({count} of them).")
    lines = queue.Queue()
    process = watch(buyer, subscription, lines)
    received, mismatches = {}, 0
    deadline = time.monotonic() + 30 + 5 * count
    try:
        for message in kept(buyer, subscription):
            lines.put(message)
        while len(received) < count:
            message = lines.get(timeout=max(0.1, deadline - time.monotonic()))
            if message["index"] in received:
                continue
            received[message["index"]] = message
            mismatches += show_pair(story, seller, message, len(received))
    except queue.Empty:
        story.say(f"only {len(received)} of {count} readings came in time")
        mismatches += count - len(received)
    finally:
        process.terminate()
        process.wait()
    return received, mismatches


def sent_with_root(seller, root):
    return next((m for m in seller.ctl("stream", "messages", STREAM, "--limit", 1000) if m["root"] == root), None)


def show_pair(story, seller, message, number):
    """One line; 1 if the two differ."""
    try:
        sent = wait_for(lambda: sent_with_root(seller, message["root"]), 5, "the seller's record")
    except TimeoutError:
        sent = None
    same = sent is not None and json.loads(sent["payload"]) == json.loads(message["payload"])
    value = json.loads(message["payload"])
    value = value[0] if isinstance(value, list) else value
    at = time.strftime("%H:%M:%S", time.localtime(value["timestamp"] / 1000))
    theirs = json.loads(sent["payload"]) if sent else {"data": "nothing"}
    theirs = theirs[0] if isinstance(theirs, list) else theirs
    story.say(f"{number:>3}  {at}  sent {theirs['data']!s:>8}  received {value['data']!s:>8}  {'same' if same else 'DIFFERENT'}")
    return 0 if same else 1


def serve(story, seller, buyer, url):
    story.step("Both gateways stay up; end them with Ctrl-C.")
    story.say(f"node URL: {url}")
    for gateway in (seller, buyer):
        story.say(f"{gateway.name}: {' '.join(gateway.command('status', json_output=False))}")
    while True:
        time.sleep(0.5)


def sale(args, story, result):
    port = free_port()
    url = result["node_url"] = f"http://127.0.0.1:{port}"
    with Gateway("seller", SELLER.format(port=port)) as seller:
        start_seller(story, seller, url)
        announce(story, seller)
        with Gateway("buyer", BUYER.format(url=url)) as buyer:
            funds = fund_buyer(story, buyer)
            order, paid = buy(story, buyer, find_offer(story, buyer), funds)
            received, mismatches = follow(story, seller, buyer, order["subscription"], args.readings)
            order = buyer.ctl("market", "order", order["id"])
            streams = {s["Id"]: s for s in seller.ctl("stream", "list")}
            result.update(published=streams[STREAM]["Published"], received=len(received), mismatches=mismatches,
                          price=order["price"], paid=paid,
                          confirm_ms=(order["confirmed"] - order["created"]) // 1000,
                          key_ms=(order["key-received"] - order["confirmed"]) // 1000,
                          first_reading_ms=(order["first-reading"] - order["key-received"]) // 1000)
            story.step("Summary.")
            story.say(f"{result['published']} messages published, {len(received)} received and compared, {mismatches} different; "
                      f"{paid} i paid for a price of {result['price']} i")
            story.say(f"order to confirmed {result['confirm_ms']} ms, to key {result['key_ms']} ms, to first reading {result['first_reading_ms']} ms")
            if args.serve:
                if args.json:
                    print(json.dumps(result), flush=True)
                serve(story, seller, buyer, url)
    return result


def main():
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--readings", type=int, default=10, metavar="N", help="compare so many readings (default 10)")
    parser.add_argument("--serve", action="store_true", help="stay up after the sale until Ctrl-C")
    args = parser.parse_args()
    if not 1 <= args.readings <= 10_000:
        parser.error("--readings must be 1 to 10000")

    def stop(*_):
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    result = {}
    try:
        sale(args, Story(), result)
    except Stopped:
        if not (args.serve and "received" in result):
            print("\nstopped", file=sys.stderr)
            return 130
        print("\nboth gateways are down", flush=True)
    except (CommandFailed, RuntimeError, TimeoutError, subprocess.SubprocessError) as error:
        print(f"\nthe sale failed: {error}", file=sys.stderr)
        return 1
    agreed = result["mismatches"] == 0 and result["received"] >= args.readings and result["paid"] == result["price"]
    if args.json and not args.serve:
        print(json.dumps(result), flush=True)
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
