# SPDX-License-Identifier: Apache-2.0
"""Descriptors from callers who mean no good: whatever they are, the loop and the bus stay alive."""
import fcntl
import os
import pathlib
import pty
import socket
import subprocess
import sys
import threading
import time
import unittest

import dbus
import dbus.lowlevel

from desktop import Desktop, NAME, ROOT
from support import Case, EMBEDDED, free_port, main

ERROR = f"{NAME}.Error."
INVALID = "org.freedesktop.DBus.Error.InvalidArgs"


class Descriptors(Case):
    def setUp(self):
        super().setUp()
        self.one = self.gateway("one", EMBEDDED.format(port=free_port()))
        self.desktop = Desktop(self.one)
        self.addCleanup(self.desktop.close)
        self.wallet = self.desktop.object("wallet", "Wallet")

    def fails(self, function, *arguments):
        with self.assertRaises(dbus.DBusException) as caught:
            function(*arguments)
        return caught.exception.get_dbus_name()

    def is_alive(self, within=5.0):
        began = time.monotonic()
        self.assertEqual(str(self.desktop.properties(ROOT, "Manager")["State"]), "running")
        self.assertLess(time.monotonic() - began, within)

    def pipe_with(self, data=b"", end=True):
        out, into = os.pipe()
        os.write(into, data)
        if end:
            os.close(into)
        return out, into

    def descriptor(self, fd, close=True):
        taken = dbus.types.UnixFd(fd)
        if close:
            os.close(fd)
        return taken

    def secret(self, text):
        return self.descriptor(self.pipe_with(text.encode())[0])

    def test_a_pipe_whose_other_end_clears_the_flag_freezes_nothing(self):
        out, into = self.pipe_with(b"half of a pass", end=False)
        stop = threading.Event()

        def clear():
            while not stop.is_set():
                fcntl.fcntl(out, fcntl.F_SETFL, fcntl.fcntl(out, fcntl.F_GETFL) & ~os.O_NONBLOCK)

        clearing = threading.Thread(target=clear)
        clearing.start()
        self.addCleanup(os.close, out)
        self.addCleanup(os.close, into)
        self.addCleanup(clearing.join)
        self.addCleanup(stop.set)
        failures = []
        began = time.monotonic()
        seed_out, none = self.pipe_with(end=False)[1], dbus.Dictionary({}, signature="sv")
        calls = [("Unlock", [out]), ("ChangePassword", [out, out]), ("Restore", [out, out, none]), ("ExportSeed", [seed_out, out]),
                 ("Create", [seed_out, out, none])]
        for name, arguments in calls * 3:
            arguments = [self.descriptor(a, close=False) if isinstance(a, int) else a for a in arguments]
            getattr(self.wallet, name)(*arguments, reply_handler=lambda *_: failures.append(None),
                                       error_handler=lambda e: failures.append(e.get_dbus_name()), timeout=30)
        while len(failures) < 15 and time.monotonic() - began < 45:
            self.desktop.run(0.2)
            self.is_alive()
        self.assertEqual(set(failures), {ERROR + "Timeout"})
        self.assertEqual(len(failures), 15)
        self.assertLess(time.monotonic() - began, 40)
        # An honest one is served at once, as before.
        seed_out = self.pipe_with(end=False)
        self.wallet.Create(self.descriptor(seed_out[1]), self.secret("correct horse\n"), dbus.Dictionary({}, signature="sv"))
        self.assertEqual(len(os.read(seed_out[0], 200)), 82)
        os.close(seed_out[0])
        self.wallet.Lock()
        self.wallet.Unlock(self.secret("correct horse"))
        self.assertEqual(self.fails(self.wallet.Unlock, self.secret("wrong horse")), ERROR + "AuthenticationFailed")

    def test_other_kinds_of_files_are_refused(self):
        master, slave = pty.openpty()
        ends = socket.socketpair()
        left, right = ends[0].detach(), ends[1].detach()
        listening = socket.create_server(("127.0.0.1", 0)).detach()
        for fd in (os.open("/dev/zero", os.O_RDWR), os.open("/", os.O_RDONLY), os.open(__file__, os.O_RDONLY), master, slave, left,
                   right, listening):
            taken = self.descriptor(fd)
            self.assertEqual(self.fails(self.wallet.Unlock, taken), INVALID)
            self.assertEqual(self.fails(self.wallet.ExportSeed, taken, self.secret("x")), ERROR + "NotFound")  # the password comes first
            self.assertEqual(self.fails(self.wallet.Create, taken, self.secret("correct horse"), dbus.Dictionary({}, signature="sv")), INVALID)
        self.assertEqual(self.fails(self.wallet.Unlock, self.descriptor(self.pipe_with(end=False)[1])), INVALID)
        self.assertEqual(self.fails(self.wallet.Unlock, self.secret("x" * 5000)), INVALID)
        self.is_alive()

    @unittest.skipUnless(os.geteuid() == 0 and os.access("/dev/fuse", os.W_OK), "needs root and /dev/fuse")
    def test_a_file_of_a_server_that_does_not_answer_freezes_nothing(self):
        ours, theirs = socket.socketpair()
        helper = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name("hung_file.py"), str(theirs.fileno()),
                                   str(self.one.daemon.pid)], pass_fds=[theirs.fileno()])
        self.addCleanup(ours.close)
        self.addCleanup(helper.wait)
        self.addCleanup(helper.kill)
        theirs.close()
        ours.settimeout(10)
        hung = self.descriptor(socket.recv_fds(ours, 1, 1)[1][0])
        for _ in range(3):
            self.assertEqual(self.fails(self.wallet.Unlock, hung), INVALID)
            self.is_alive()
        # With calls that no handler ever sees, and where no descriptor belongs.
        for interface, member in (("Wallet", "Lock"), ("Wallet", "Steal"), ("Nothing", "AtAll")):
            message = dbus.lowlevel.MethodCallMessage(NAME, f"{ROOT}/wallet", f"{NAME}.{interface}", member)
            message.append(hung, signature="h")
            with self.assertRaises(dbus.DBusException):
                self.desktop.bus.send_message_with_reply_and_block(message, 5.0)
            self.is_alive()
        self.assertEqual(self.fails(self.wallet.Unlock, self.secret("x")), ERROR + "NotFound")


if __name__ == "__main__":
    main()
