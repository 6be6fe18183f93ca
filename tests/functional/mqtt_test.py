# SPDX-License-Identifier: Apache-2.0
"""The driver mqtt against a real broker on loopback: values, passwords, TLS, retained messages, availability, and a broker that goes."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from support import Case, EMBEDDED, free_port, main, wait_for

PATH = os.environ["PATH"] + ":/usr/sbin"
SENSORS = """\
  open: {{type: mqtt, interval: 200ms, host: 127.0.0.1, port: {plain}, user: ada, password-file: {folder}/password, topic: garden, stale-after: 5s,
         available-topic: garden/availability, channels: {{temperature: {{unit: Cel, from: /t, maximum: 60}}, light: {{unit: lx, topic: light}}}}}}
  sealed: {{type: mqtt, interval: 200ms, host: localhost, port: {tls}, tls: true, ca-file: {folder}/ca.pem, user: ada, password-file: {folder}/password,
           topic: garden, channels: {{temperature: {{unit: Cel, from: /t}}}}}}
  stranger: {{type: mqtt, interval: 200ms, host: 127.0.0.1, port: {plain}, user: ada, password-file: {folder}/wrong, topic: garden, channels: {{t: {{unit: Cel}}}}}}
  distrustful: {{type: mqtt, interval: 200ms, host: localhost, port: {tls}, tls: true, user: ada, password-file: {folder}/password, topic: garden, channels: {{t: {{unit: Cel}}}}}}
"""


def tool(name):
    return shutil.which(name, path=PATH)


class Mqtt(Case):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pegasus-mqtt-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.plain, self.tls = free_port(), free_port()
        self.broker = None
        (self.folder / "password").write_text("sesame\n")
        (self.folder / "wrong").write_text("guess\n")
        for name in ("password", "wrong"):
            (self.folder / name).chmod(0o640)
        self.make_certificates()
        subprocess.run([tool("mosquitto_passwd"), "-b", "-c", self.folder / "users", "ada", "sesame"], check=True, capture_output=True)
        for path in self.folder.iterdir():  # the broker leaves root
            if path.name not in ("password", "wrong"):
                path.chmod(0o644)
        self.folder.chmod(0o755)
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.plain} 127.0.0.1\nlistener {self.tls} 127.0.0.1\ncertfile {self.folder}/server.pem\nkeyfile {self.folder}/server.key\n"
            f"allow_anonymous false\npassword_file {self.folder}/users\n")
        self.start_broker()
        self.addCleanup(self.stop_broker)

    def make_certificates(self):
        def openssl(*args):
            subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
                "-subj", "/CN=test authority")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")

    def start_broker(self):
        self.broker = subprocess.Popen([tool("mosquitto"), "-c", self.folder / "mosquitto.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop_broker(self):
        self.broker.terminate()
        self.broker.wait(10)

    def say(self, topic, payload, *more):
        subprocess.run([tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(self.plain), "-u", "ada", "-P", "sesame", "-t", topic, "-m", payload, *more],
                       check=True, timeout=20)

    def gateway_with_sensors(self):
        sensors = SENSORS.format(folder=self.folder, plain=self.plain, tls=self.tls)
        return self.gateway("one", EMBEDDED.format(port=free_port()).replace("market:", sensors + "market:"))

    def reading(self, one, sensor, quantity):
        rows = {row["quantity"]: row for row in one.ctl("sensor", "read", sensor)}
        return rows[quantity]

    def until(self, one, sensor, quantity, holds, what):
        def look():
            try:
                return holds(self.reading(one, sensor, quantity))
            except Exception:  # pylint: disable=broad-except  # nothing read yet
                return False
        wait_for(look, 20, what)

    def test_messages_become_readings(self):
        wait_for(lambda: subprocess.run([tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(self.plain), "-u", "ada", "-P", "sesame", "-t", "x", "-m", "1"],
                                        capture_output=True).returncode == 0, 10, "the broker")
        self.say("light", "320", "-r")
        one = self.gateway_with_sensors()
        working = lambda name: {row["Id"]: row["State"] for row in one.ctl("sensor", "list")}[name] == "working"
        wait_for(lambda: working("open") and working("sealed"), 20, "both connections")
        self.until(one, "open", "light", lambda row: row.get("value") == 320 and row["quality"] == "uncertain" and row["reason"].startswith("stale"),
                   "the message that the broker kept")
        self.say("light", "321")
        self.until(one, "open", "light", lambda row: row["value"] == 321 and row["quality"] == "good", "a live message")

        self.say("garden", '{"t": 21.5}')
        for sensor in ("open", "sealed"):
            self.until(one, sensor, "temperature", lambda row: row.get("value") == 21.5 and row["quality"] == "good", "the value")
        self.say("garden", '{"t": 99}')
        self.until(one, "open", "temperature", lambda row: row["quality"] == "bad", "the range")
        self.say("garden", '{"t": "warm"}')
        self.say("garden/availability", "offline")
        self.until(one, "open", "temperature", lambda row: row["reason"].startswith("gone"), "the device to be gone")
        self.say("garden/availability", "online")
        self.say("garden", '{"t": 22}')
        self.until(one, "open", "temperature", lambda row: row.get("value") == 22, "the device to be back")
        self.until(one, "open", "temperature", lambda row: row["reason"].startswith("stale"), "the value to be stale")

        problems = {row["Id"]: row["LastError"] for row in one.ctl("sensor", "list")}
        self.assertRegex(problems["stranger"], "[Nn]ot authori[sz]ed|refused")
        self.assertNotEqual(problems["distrustful"], "")

        self.stop_broker()
        wait_for(lambda: not working("open"), 20, "the loss to be noticed")
        self.start_broker()
        wait_for(lambda: working("open"), 40, "another connection")
        self.say("garden", '{"t": 23}')
        self.until(one, "open", "temperature", lambda row: row.get("value") == 23, "values again")
        self.assertNotIn("sesame", one.log_tail(400))

    def test_a_password_that_everybody_can_read_is_refused(self):
        (self.folder / "password").chmod(0o644)
        one = self.gateway_with_sensors()
        wait_for(lambda: "chmod o=" in {row["Id"]: row["LastError"] for row in one.ctl("sensor", "list")}["open"], 20, "the refusal")


if __name__ == "__main__":
    if not tool("mosquitto") or not tool("mosquitto_pub"):
        print("mosquitto and mosquitto-clients are needed: not run", file=sys.stderr)
        sys.exit(77)
    main()
