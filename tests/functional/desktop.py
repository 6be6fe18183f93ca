# SPDX-License-Identifier: Apache-2.0
"""A desktop program's view of one gateway: dbus-python and a GLib loop (Debian: python3-dbus, python3-gi)."""
import time

import dbus
import dbus.bus
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME = "io.github.pegasusd.Pegasus1"
ROOT = "/io/github/pegasusd/Pegasus1"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Desktop:
    """Records every signal of the daemon; lets the loop run only while it waits."""

    def __init__(self, gateway):
        self.bus = dbus.bus.BusConnection(gateway.bus_address, mainloop=DBusGMainLoop())
        self.signals = []  # (time, path, interface, member, arguments)
        self.bus.add_signal_receiver(self.receive, bus_name=NAME, path_keyword="path", interface_keyword="interface",
                                     member_keyword="member")

    def close(self):
        self.bus.close()

    def receive(self, *arguments, path, interface, member):
        self.signals.append((time.monotonic(), str(path), interface.removeprefix(NAME + "."), str(member), arguments))

    def object(self, path, interface):
        path = path if path.startswith("/") else f"{ROOT}/{path}"
        return dbus.Interface(self.bus.get_object(NAME, path), f"{NAME}.{interface}")

    def properties(self, path, interface):
        return self.bus.get_object(NAME, path, introspect=False).GetAll(f"{NAME}.{interface}", dbus_interface=PROPERTIES)

    def managed(self):
        return self.bus.get_object(NAME, ROOT, introspect=False).GetManagedObjects(
            dbus_interface="org.freedesktop.DBus.ObjectManager")

    def snapshot(self):
        """What managed() gives, and only signals that came after it are kept: both in the order of the bus."""
        answers = []

        def take(objects):
            self.signals.clear()
            answers.append(objects)

        self.bus.get_object(NAME, ROOT, introspect=False).GetManagedObjects(
            dbus_interface="org.freedesktop.DBus.ObjectManager", reply_handler=take, error_handler=answers.append)
        answer = self.until(lambda: answers, 10)[0]
        if isinstance(answer, dbus.DBusException):
            raise answer
        return answer

    def run(self, seconds):
        self.until(lambda: False, seconds)

    def until(self, condition, timeout):
        """Lets signals come until condition() is true; returns what it gave, or None after the time-out."""
        context = GLib.MainContext.default()
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            while context.iteration(False):
                pass
            value = condition()
            if value:
                return value
            time.sleep(0.01)
        return None

    def named(self, member, path=None):
        return [s for s in self.signals if s[3] == member and path in (None, s[1])]

    def told(self, path, prop):
        """All values of a property that PropertiesChanged told, in order."""
        return [s[4][1][prop] for s in self.named("PropertiesChanged", path) if prop in s[4][1]]
