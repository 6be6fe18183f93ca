#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A desktop program for pegasusd over D-Bus: lists the offers, buys the cheapest one, and prints its readings as they come.

    buy_and_follow.py [--max-price IOTAS] [--readings N] [TEXT]

TEXT is a part of the name, description or quantity. Debian: apt install python3-dbus python3-gi. The API is described in
io.github.pegasusd.Pegasus1(5). Reading what is private and buying ask polkit.
"""
import argparse
import json
import sys

import dbus
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME = "io.github.pegasusd.Pegasus1"
ROOT = "/io/github/pegasusd/Pegasus1"


class Program:
    def __init__(self, bus, arguments):
        self.bus = bus
        self.arguments = arguments
        self.loop = GLib.MainLoop()
        self.order = self.subscription = None
        self.last = ""  # index of the newest message we have
        self.readings = 0

    def interface(self, path, name):
        return dbus.Interface(self.bus.get_object(NAME, path), f"{NAME}.{name}")

    def listen(self, function, path, signal, interface):
        self.bus.add_signal_receiver(function, signal, interface, NAME, path)

    def buy(self):
        market = self.interface(f"{ROOT}/market", "Market")
        wish = dbus.Dictionary({"verified": True, "text": self.arguments.text}, signature="sv")
        if self.arguments.max_price is not None:
            wish["max-price"] = dbus.UInt64(self.arguments.max_price)
        offers, more = market.ListOffers(wish, 0, "")
        while more:  # an answer has at most 100 rows
            page, more = market.ListOffers(wish, 0, more)
            offers += page
        for offer in offers:
            print(f"{offer['price']:>10} i  {offer['name']}  {offer['quantity']}")
        offers = [offer for offer in offers if not offer["own"] and not offer["address-spent"]]
        if not offers:
            raise SystemExit("nothing to buy")
        cheapest = min(offers, key=lambda offer: offer["price"])
        order = market.Buy(cheapest["id"], dbus.Dictionary({"max-price": cheapest["price"]}, signature="sv"))
        print(f"ordered {cheapest['name']}")
        return order

    def follow_order(self, order):
        """First listen, then look: so nothing falls between the two."""
        self.order = order
        self.listen(self.order_changed, order, "PropertiesChanged", "org.freedesktop.DBus.Properties")
        properties = self.bus.get_object(NAME, order).GetAll(f"{NAME}.Order", dbus_interface="org.freedesktop.DBus.Properties")
        self.order_changed(f"{NAME}.Order", properties, [])

    def order_changed(self, _interface, changed, _invalidated):
        if "State" in changed:
            details = self.interface(self.order, "Order").Describe()
            print(f"order: {changed['State']}  {details['reason']}")
            if changed["State"] in ("failed", "cancelled"):
                self.loop.quit()
        if changed.get("Subscription", "/") != "/" and self.subscription is None:
            self.subscription = changed["Subscription"]
            self.listen(self.received, self.subscription, "Received", f"{NAME}.Subscription")
            self.received(0)

    def received(self, _index):
        """A signal says that there is something new. What it is, only a method says, since everybody hears signals."""
        channel, more = self.interface(self.subscription, "Subscription"), True
        while more:
            messages, more = channel.ListMessages(0, self.last)
            for message in messages:
                self.last = str(message["index"])
                self.show(message["payload"])

    def show(self, payload):
        """The text is by the seller: it may be anything."""
        try:
            parts = json.loads(payload)
        except ValueError:
            parts = []
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and "data" in part and self.readings < self.arguments.readings:
                self.readings += 1
                print(f"reading: {part['data']!r} {part.get('unit', '')}".rstrip(), flush=True)
        if self.readings >= self.arguments.readings:
            self.loop.quit()

    def balance_changed(self):
        print(f"balance: {self.interface(f'{ROOT}/wallet', 'Wallet').GetBalance()['available']} i", flush=True)

    def run(self):
        self.listen(self.balance_changed, f"{ROOT}/wallet", "Changed", f"{NAME}.Wallet")
        self.follow_order(self.buy())
        if self.readings < self.arguments.readings:
            self.loop.run()
        return 0 if self.readings >= self.arguments.readings else 1


def main():
    parser = argparse.ArgumentParser(description="Buys the cheapest offer of pegasusd and prints its readings.")
    parser.add_argument("text", nargs="?", default="")
    parser.add_argument("--max-price", type=int)
    parser.add_argument("--readings", type=int, default=10)
    parser.add_argument("--user", action="store_true", help="the daemon of the session bus")
    arguments = parser.parse_args()
    DBusGMainLoop(set_as_default=True)
    try:
        return Program(dbus.SessionBus() if arguments.user else dbus.SystemBus(), arguments).run()
    except dbus.DBusException as error:
        if error.get_dbus_name() == "org.freedesktop.DBus.Error.AccessDenied":
            print(f"not allowed: {error.get_dbus_message()}", file=sys.stderr)
        else:
            print(f"{error.get_dbus_name()}: {error.get_dbus_message()}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
