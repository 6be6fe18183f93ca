# SPDX-License-Identifier: Apache-2.0
"""One gateway for demonstrations and functional tests: a private D-Bus, a pegasusd on it, and pegasusctl to talk to it."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
<limit name="reply_timeout">120000</limit></busconfig>
"""


class CommandFailed(Exception):
    """pegasusctl ended with another status than 0."""

    def __init__(self, args, status, text):
        super().__init__(f"pegasusctl {' '.join(map(str, args))}: status {status}: {text.strip()}")
        self.status, self.text = status, text


def build_dir():
    return pathlib.Path(os.environ.get("PEGASUS_BUILD", ROOT / "build"))


class Gateway:
    """Use as a context manager: everything it started is ended, and its folder removed, when the block ends."""

    def __init__(self, name, config, folder=None, environment=None, prefix=()):
        """`prefix`: a command that starts the daemon, such as prlimit with its options."""
        self.name = name
        self.prefix = list(prefix)
        self.owned = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix=f"pegasus-{name}-"))
        self.state = self.folder / "state"
        self.config_file = self.folder / "pegasusd.yaml"
        self.log_file = self.folder / "pegasusd.log"
        self.bus_address = f"unix:path={self.folder}/bus"
        self.environment = {**os.environ, **(environment or {})}
        self.bus = self.daemon = None
        self.last_log = "no log"
        self.config_file.write_text(config)
        # A password of this run alone, in a file that only its owner can read.
        self.password_file = self.folder / "password"
        with os.fdopen(os.open(self.password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(os.urandom(16).hex())

    def __enter__(self):
        try:
            self.start_bus()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        if self.bus:
            self.bus.terminate()
            self.bus.wait()
            self.bus = None
        self.last_log = self.log_tail(40)
        if self.owned and not os.environ.get("PEGASUS_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def start_bus(self):
        config = self.folder / "bus.conf"
        config.write_text(BUS_CONFIG.format(path=self.folder / "bus"))
        self.bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for(lambda: (self.folder / "bus").exists(), 5, "the bus")

    def start(self, timeout=20):
        """Starts the daemon and waits until it says that it is ready, as systemd would. Returns the seconds it took."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = self.folder / "notify"
        path.unlink(missing_ok=True)
        notify.bind(str(path))
        notify.settimeout(0.2)
        began = time.monotonic()
        with open(self.log_file, "ab") as log:
            self.daemon = subprocess.Popen(
                [*self.prefix, build_dir() / "daemon" / "pegasusd", "--bus", self.bus_address, "--config", self.config_file,
                 "--state-dir", self.state],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env={**self.environment, "NOTIFY_SOCKET": str(path)})
        try:
            while time.monotonic() - began < timeout:
                try:
                    if b"READY=1" in notify.recv(4096):
                        return time.monotonic() - began
                except socket.timeout:
                    if self.daemon.poll() is not None:
                        break
        finally:
            notify.close()
        raise RuntimeError(f"{self.name} did not start: {self.log_tail()}")

    def stop(self, timeout=15):
        """SIGTERM; returns the exit status."""
        if not self.daemon:
            return None
        daemon, self.daemon = self.daemon, None
        if daemon.poll() is None:
            daemon.terminate()
        try:
            return daemon.wait(timeout)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
            raise RuntimeError(f"{self.name} did not stop within {timeout} s: {self.log_tail()}") from None

    def kill(self):
        """kill -9."""
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()
        self.daemon = None

    def command(self, *args, json_output=True):
        return [str(build_dir() / "cli" / "pegasusctl"), "--bus", self.bus_address,
                *(["--json"] if json_output else []), *map(str, args)]

    def ctl(self, *args, timeout=60, stdin=None):
        """Runs `pegasusctl --json ARGS` and returns what it printed, decoded."""
        run = subprocess.run(self.command(*args), capture_output=True, text=True, timeout=timeout, input=stdin,
                             stdin=subprocess.DEVNULL if stdin is None else None)
        if run.returncode != 0:
            raise CommandFailed(args, run.returncode, run.stderr or run.stdout)
        lines = run.stdout.strip()
        return json.loads(lines) if lines else None

    def log_tail(self, lines=15):
        if not self.log_file.exists():
            return self.last_log
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])


def wait_for(condition, timeout, what, interval=0.05):
    """Waits until condition() is true (or returns something that is) and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout} s")
        time.sleep(interval)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
