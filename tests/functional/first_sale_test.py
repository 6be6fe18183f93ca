# SPDX-License-Identifier: Apache-2.0
"""The README's first sale by hand, as it is written, between two machines: network namespaces that a cable joins, each with a system
bus, polkit, users, /etc and a daemon of its own. Skipped (77) without root and namespaces."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "system"))
import handbook  # noqa: E402


class Machine:
    def __init__(self, name, address):
        self.name, self.address = name, address
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"pegasus-{name}-"))
        self.folder.chmod(0o755)
        self.process = subprocess.Popen(
            ["unshare", "--net", SOURCE / "tests/system/private-bus.sh", SOURCE / "tests/functional/machine.sh", self.folder],
            env={**os.environ, "SOURCE": str(SOURCE)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = None

    def wait_until_up(self):
        line = self.process.stdout.readline().split()
        if line[:1] != ["ready"]:
            raise AssertionError(f"{self.name} did not start: {line} {self.log()}")
        self.bus = line[1]
        self.pid = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0]

    def inside(self, *command):
        return ["nsenter", f"--target={self.pid}", "--mount", "--net", "--pid", "--wd=/", "--", "env", "-i",
                f"PATH={self.folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb", "LC_ALL=C.UTF-8",
                f"DBUS_SYSTEM_BUS_ADDRESS={self.bus}", *command]

    def plug(self, interface):
        for command in ([["ip", "link", "set", "lo", "up"], ["ip", "address", "add", f"{self.address}/24", "dev", interface],
                         ["ip", "link", "set", interface, "up"]]):
            subprocess.run(self.inside(*command), check=True)

    def run(self, line, timeout, until):
        return handbook.at_terminal(self.inside("sh", "-c", line), timeout, until)

    def write(self, path, text):
        subprocess.run(self.inside("sh", "-c", 'cat >"$1"', "sh", path), input=text, text=True, check=True)

    def log(self):
        file = self.folder / "log"
        return "\n".join(file.read_text(errors="replace").splitlines()[-20:]) if file.exists() else ""

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class FirstSale(unittest.TestCase):
    def test_the_readme_does_what_it_says(self):
        machines = [Machine("seller", "192.0.2.1"), Machine("buyer", "192.0.2.2")]
        for machine in machines:
            self.addCleanup(machine.end)
        for machine in machines:
            machine.wait_until_up()
        seller, buyer = machines
        subprocess.run(["ip", "link", "add", "eth0", "netns", seller.pid, "type", "veth", "peer", "name", "eth0", "netns", buyer.pid],
                       check=True)
        for machine in machines:
            machine.plug("eth0")
        try:
            handbook.Reader().first_sale(seller, buyer)
        except BaseException:
            for machine in machines:
                print(f"--- log of the {machine.name}\n{machine.log()}", file=sys.stderr)
            raise


def can_run():
    needed = ("unshare", "nsenter", "setpriv", "busctl", "systemd-sysusers", "dbus-daemon", "ip")
    if os.geteuid() != 0 or not os.access("/usr/lib/polkit-1/polkitd", os.X_OK) or not all(map(shutil.which, needed)):
        return False
    return subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "ip", "link", "add", "x0", "type", "veth", "peer", "name", "x1"],
                          capture_output=True).returncode == 0


if not can_run():
    print("skipped: needs root, namespaces with virtual cables (iproute2), polkitd and systemd's tools")
    sys.exit(77)
unittest.main(verbosity=2)
