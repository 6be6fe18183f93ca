# SPDX-License-Identifier: Apache-2.0
"""A gateway that lost a file of its state, or its disk, says so: it neither begins anew in silence nor looks healthy."""
import contextlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "functional"))

from support import Case, EMBEDDED, REMOTE, free_port, main, wait_for  # noqa: E402


class LostState(Case):
    def started(self, name="lost", **more):
        self.port = free_port()
        return self.gateway(name, EMBEDDED.format(port=self.port), **more)

    def refuses(self, gateway, *said):
        with self.assertRaises(RuntimeError):
            gateway.start()
        status = gateway.daemon.wait()
        gateway.daemon = None
        self.assertEqual(status, 22)
        for text in said:
            self.assertIn(text, gateway.log_tail())

    def take(self, gateway, *names):
        for name in names:
            for part in ("", "-wal", "-shm"):
                (gateway.state / (name + part)).unlink(missing_ok=True)

    def test_a_missing_state_is_said_and_can_be_begun_anew(self):
        one = self.started()
        one.ctl("wallet", "create", "--password-file", one.password_file)
        one.stop()
        kept = (one.state / "state.db").read_bytes()
        self.take(one, "state.db")
        self.refuses(one, "state.db is missing or empty", "touch", "begin-state")
        self.assertFalse((one.state / "state.db").exists())
        (one.state / "state.db").write_bytes(b"")
        self.refuses(one, "state.db is missing or empty")
        (one.state / "state.db").write_bytes(kept)
        one.start()  # put back, as the text says
        self.assertEqual(one.ctl("wallet", "status")["state"], "locked")
        one.stop()
        self.take(one, "state.db")
        (one.state / "begin-state").touch()
        one.start()
        self.assertFalse((one.state / "begin-state").exists())
        self.assertEqual(one.ctl("wallet", "status")["state"], "absent")
        self.assertNotIn("is a copy", one.log_tail(40))
        self.assertEqual(one.ctl("status")["State"], "running")

    def test_a_missing_tangle_is_said_and_can_be_begun_anew(self):
        one = self.started()
        one.stop()
        for lose in (lambda: None, lambda: (one.state / "tangle.db").write_bytes(b"")):
            self.take(one, "tangle.db")
            lose()
            self.refuses(one, "tangle.db is missing or empty", "touch", "begin-network")
        (one.state / "begin-network").touch()
        one.start()
        self.assertFalse((one.state / "begin-network").exists())
        one.stop()
        one.start()

    def test_a_tangle_without_tables_is_an_empty_one(self):
        one = self.started()
        one.stop()
        self.take(one, "tangle.db")
        with contextlib.closing(sqlite3.connect(one.state / "tangle.db")) as empty:
            empty.execute("PRAGMA journal_mode = WAL")
        self.refuses(one, "tangle.db is missing or empty")

    def test_a_missing_key_is_said(self):
        one = self.started()
        one.stop()
        key = one.state / "machine.key"
        kept = key.read_bytes()
        key.unlink()
        self.refuses(one, "machine.key is missing")
        self.assertFalse(key.exists())
        key.touch(0o600)
        key.write_bytes(kept)
        one.start()

    def test_a_state_of_an_earlier_version_is_taken_as_it_is(self):
        one = self.started()
        one.stop()
        with contextlib.closing(sqlite3.connect(one.state / "state.db")) as state:
            state.execute("DELETE FROM daemon_value WHERE name IN ('tangle-seen', 'machine-key-seen')")
            state.commit()
        one.start()
        one.stop()
        self.take(one, "tangle.db")
        self.refuses(one, "tangle.db is missing or empty")

    def test_from_remote_to_embedded_a_network_is_begun(self):
        node = self.started("node")
        one = self.gateway("mover", REMOTE.format(port=self.port))
        one.stop()
        self.assertFalse((one.state / "tangle.db").exists())
        one.start()
        one.stop()
        one.config_file.write_text(EMBEDDED.format(port=free_port()))
        one.start()
        self.assertEqual(one.ctl("status")["State"], "running")
        self.assertEqual(node.ctl("status")["State"], "running")


class Health(Case):
    def healthz(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def limit(self, gateway, size):
        subprocess.run(["prlimit", f"--pid={gateway.daemon.pid}", f"--fsize={size}:unlimited"], check=True)

    def test_a_full_disk_is_ill_health_until_it_has_room(self):
        self.port = free_port()
        one = self.gateway("full", EMBEDDED.format(port=self.port).replace("milestone-interval: 500ms", "milestone-interval: 500ms, heartbeat-interval: 1s"),
                           prefix=["env", "--ignore-signal=XFSZ"])
        self.assertEqual(self.healthz()[0], 200)
        self.limit(one, 4096)  # no file may grow beyond: what a full disk is to it
        wait_for(lambda: self.healthz()[0] == 503, 20, "ill health")
        self.assertIn("nothing can be stored", self.healthz()[1])
        info = one.ctl("node", "info")
        self.assertEqual(info["state"], "not-synchronised")
        self.assertIn("nothing can be stored", info["detail"])
        wait_for(lambda: one.ctl("status")["State"] == "degraded", 10, "the daemon's own word")
        self.limit(one, "unlimited")
        wait_for(lambda: self.healthz()[0] == 200, 20, "health again")
        self.assertEqual(one.ctl("node", "info")["state"], "ready")

    def ask(self, command, **parameters):
        call = urllib.request.Request(f"http://127.0.0.1:{self.port}/", json.dumps({"command": command, **parameters}).encode(),
                                      {"X-IOTA-API-Version": "1"})
        with urllib.request.urlopen(call, timeout=10) as answer:
            return json.load(answer)

    def test_flipped_bytes_are_noticed_and_never_given(self):
        self.port = free_port()
        one = self.gateway("flipped", EMBEDDED.format(port=self.port))
        wait_for(lambda: self.ask("getNodeInfo")["latestMilestoneIndex"] > 0, 20, "a milestone")
        milestone = self.ask("getNodeInfo")["latestMilestone"]
        self.assertNotEqual(self.ask("getTrytes", hashes=[milestone])["trytes"], ["9" * 2673])
        one.stop()
        tangle = one.state / "tangle.db"
        with contextlib.closing(sqlite3.connect(tangle)) as database:
            signatures = [row[0] for row in database.execute("SELECT signature FROM node_tx WHERE length(signature) > 80")]
            self.assertEqual(database.execute("PRAGMA page_size").fetchone(), (1024,))  # what spares the disk
        data = bytearray(tangle.read_bytes())
        for signature in signatures:
            at = data.index(signature[40:70])
            data[at] ^= 1
            data[at + 7] ^= 0x10
        tangle.write_bytes(data)
        one.start()
        self.assertEqual(self.healthz()[0], 200)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.ask("getTrytes", hashes=[milestone])
        with refused.exception as error:
            self.assertEqual(error.code, 500)
            self.assertIn("is not what was written", error.read().decode())
        self.assertEqual(self.healthz()[0], 503)
        self.assertIn("tangle.db is damaged", self.healthz()[1])
        self.assertIn("tangle.db is damaged", one.ctl("node", "info")["detail"])


if __name__ == "__main__":
    main()
