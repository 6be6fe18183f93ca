# SPDX-License-Identifier: Apache-2.0
"""A limit is reached with an answer: the bus and the node API stay alive when connections or descriptors run out."""
import os
import resource
import socket
import subprocess
import time

from support import Case, EMBEDDED, build_dir, free_port, main, wait_for

REQUEST = (b"POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n"
           b'{"command": "getNodeInfo"} ')


class Limits(Case):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.sockets = []
        self.addCleanup(self.close)

    def close(self):
        for one in self.sockets:
            one.close()
        self.sockets = []

    def connect(self, number):
        for _ in range(number):
            self.sockets.append(socket.create_connection(("127.0.0.1", self.port), 5))

    def ask(self):
        """The status line that a new connection is answered with, and how long it took."""
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), 5) as one:
            one.settimeout(10)
            try:
                one.sendall(REQUEST)
                answer = one.recv(4096)
            except ConnectionError:
                answer = b"closed"
        return answer.split(b"\r\n")[0].decode(), time.monotonic() - began

    def alive(self, gateway):
        """The bus answers quickly, and a call that hands over a descriptor does too."""
        began = time.monotonic()
        self.assertEqual(gateway.ctl("status")["State"], "running")
        self.fails_with(10, gateway, "wallet", "unlock", "--password-file", gateway.password_file)
        self.assertLess(time.monotonic() - began, 5)

    def limited(self, descriptors, api):
        config = EMBEDDED.format(port=self.port).replace('listen:', f"{api}, listen:")
        prefix = ["prlimit", f"--nofile={descriptors}:{descriptors}"] if descriptors else []
        return self.gateway("limited", config, prefix=prefix)

    def test_a_flood_of_connections_leaves_the_bus_alone(self):
        one = self.limited(180, "max-connections: 10000, max-connections-per-peer: 10000")
        self.assertIn("no more are taken", one.log_tail())
        self.connect(400)
        wait_for(lambda: self.ask()[0] != "HTTP/1.1 200 OK", 10, "the limit")
        for _ in range(5):
            said, took = self.ask()
            self.assertIn(said, ("HTTP/1.1 503 Service Unavailable", "closed"))
            self.assertLess(took, 2)
            self.alive(one)
        self.close()
        wait_for(lambda: self.ask()[0] == "HTTP/1.1 200 OK", 10, "room again")

    def test_the_limit_of_connections_is_said(self):
        one = self.limited(None, "max-connections: 5")
        self.connect(5)
        said, took = self.ask()
        self.assertEqual(said, "HTTP/1.1 503 Service Unavailable")
        self.assertLess(took, 2)
        self.alive(one)

    def test_without_descriptors_peers_are_turned_away(self):
        """The limit is taken away from under the running daemon: not even what it counts on is left."""
        one = self.limited(None, "max-connections: 200, max-connections-per-peer: 200")
        pid = one.daemon.pid
        try:
            used = len(os.listdir(f"/proc/{pid}/fd"))
        except PermissionError:
            self.skipTest("the daemon is not dumpable: only root sees how many files it has open")
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 4, hard))
        self.connect(30)
        said, took = self.ask()
        self.assertIn(said, ("HTTP/1.1 503 Service Unavailable", "closed"))
        self.assertLess(took, 2)
        self.assertEqual(one.ctl("status")["State"], "running")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        self.close()
        wait_for(lambda: self.ask()[0] == "HTTP/1.1 200 OK", 10, "room again")
        self.alive(one)

    def test_too_few_descriptors_are_an_error_of_the_start(self):
        one = self.limited(None, "max-connections: 5")
        one.stop()
        run = subprocess.run(["prlimit", "--nofile=100:100", build_dir() / "daemon" / "pegasusd", "--bus", one.bus_address, "--config",
                              one.config_file, "--state-dir", one.state], capture_output=True, text=True, timeout=20)
        self.assertEqual(run.returncode, 78, run.stderr)
        self.assertIn("open files", run.stderr)

    def test_as_many_streams_as_may_exist_can_be_sold(self):
        one = self.limited(None, "max-connections: 5")
        one.ctl("wallet", "create", "--password-file", one.password_file)
        for i in range(60):  # one address each; all 256 take long
            one.ctl("stream", "create", f"s{i}", "--sensor", "machine", "--quantity", "load1", "--price", 1, "--latitude", 1, "--longitude", 2)
            one.ctl("stream", "announce", f"s{i}")


if __name__ == "__main__":
    main()
