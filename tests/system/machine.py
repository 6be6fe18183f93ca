# SPDX-License-Identifier: Apache-2.0
"""Debian machines for tests: systemd as PID 1 in a container, booted in seconds from a throw-away overlay of a minimal image, on a
network of their own. No hardware: no GPIO, no I2C. Root only."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import handbook

USER = "ada"
BASE = "systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,sudo,iproute2,procps,ca-certificates,passwd,less"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
ENVIRONMENT = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TERM=dumb"]


def check(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, **more)


def node_settings():
    """Where this machine gets the packages of Node.js from, if it has been told: its guests do likewise."""
    if not shutil.which("npm"):
        return []
    url = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True).stdout.strip()
    return [f"npm_config_registry={url}", f"npm_config_cafile={AUTHORITIES}"] if url.startswith("http") else []


def make_image(suite, folder):
    """A minimal Debian with a user who may use sudo; kept in `folder` from then on."""
    root = folder / suite
    if root.exists():
        return root
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{suite}.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work:
        tar = pathlib.Path(work) / "root.tar"
        check("mmdebstrap", "--quiet", "--variant=minbase", f"--include={BASE}", "--aptopt=Acquire::Languages \"none\"",
              "--dpkgopt=path-exclude=/usr/share/locale/*",
              f'--customize-hook=chroot "$1" useradd --create-home --shell /bin/bash --groups sudo {USER}',
              f'--customize-hook=chroot "$1" useradd --create-home --shell /bin/bash visitor',
              f'--customize-hook=printf "%s:%s\\n" {USER} "{handbook.PASSWORD}" visitor "{handbook.PASSWORD}" root "{handbook.PASSWORD}" | '
              'chroot "$1" chpasswd',
              suite, tar)
        unfinished.mkdir()
        check("tar", "xpf", tar, "-C", unfinished, "--exclude=./dev/*")
    unfinished.rename(root)
    return root


class Network:
    """Namespaces, one for each name: joined by a cable if there are two, and with a way out for the package manager."""

    def __init__(self, names):
        self.spaces = {name: f"pegasus-{name}-{os.getpid()}" for name in names}
        self.ways_out = []
        for space in self.spaces.values():
            check("ip", "netns", "add", space)
            check("ip", "-n", space, "link", "set", "lo", "up")
        spaces = list(self.spaces.values())
        if len(spaces) == 2:
            check("ip", "link", "add", "host0", "netns", spaces[0], "type", "veth", "peer", "name", "host0", "netns", spaces[1])
        for number, space in enumerate(spaces, 1):
            if len(spaces) == 2:
                check("ip", "-n", space, "address", "add", f"192.0.2.{number}/24", "dev", "host0")
                check("ip", "-n", space, "address", "add", f"fd00:2::{number}/64", "nodad", "dev", "host0")
                check("ip", "-n", space, "link", "set", "host0", "up")
            self.ways_out.append(subprocess.Popen(
                ["slirp4netns", "--configure", "--disable-host-loopback", "--netns-type=path", f"/run/netns/{space}", "tap0"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def end(self):
        for process in self.ways_out:
            process.terminate()
            process.wait()
        for space in self.spaces.values():
            check("ip", "netns", "delete", space)


class Machine:
    """`layers`: folders over one another, the topmost first; what is written goes to `upper`, or nowhere. A context manager."""

    def __init__(self, name, layers, upper, space, binds=()):
        self.name, self.folder = name, f"/home/{USER}"
        self.work = pathlib.Path(tempfile.mkdtemp(prefix=f"pegasus-{name}-"))
        self.root = self.work / "root"
        self.upper = pathlib.Path(upper or self.work / "upper")
        for folder in (self.upper / "files", self.upper / "work", self.root):
            folder.mkdir(parents=True, exist_ok=True)
        lower = ":".join(str(layer) for layer in layers)
        check("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower},upperdir={self.upper / 'files'},workdir={self.upper / 'work'}",
              self.root)
        (self.root / "etc/hostname").write_text(name + "\n")
        (self.root / "etc/hosts").write_text(f"127.0.0.1 localhost {name}\n::1 localhost\n192.0.2.1 seller\n192.0.2.2 buyer\n")
        (self.root / "etc/resolv.conf").unlink(missing_ok=True)
        (self.root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n")
        shutil.copy(AUTHORITIES, self.root / AUTHORITIES.removeprefix("/"))
        self.space, self.binds = space, binds
        self.process = self.leader = None

    def boot(self, timeout=90):
        binds = [f"--bind={host}:{guest}" for host, guest in self.binds]
        self.console = open(self.work / "console.log", "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--directory={self.root}", f"--machine={self.name}-{os.getpid()}", "--register=no", "--keep-unit",
             f"--network-namespace-path=/run/netns/{self.space}", "--kill-signal=SIGRTMIN+3", "--console=read-only", "--resolv-conf=off",
             "--timezone=off", *binds, "--boot", "systemd.show_status=1"],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=self.console, env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            self.leader = self.find_leader()
            if self.leader:
                state = subprocess.run(self.command("systemctl", "is-system-running"), capture_output=True, text=True).stdout.strip()
                if state in ("running", "degraded"):
                    return state
            time.sleep(0.2)
        raise RuntimeError(f"{self.name} did not boot:\n" + (self.work / "console.log").read_text(errors="replace")[-2000:])

    def find_leader(self):
        """The machine's PID 1, a child of nspawn that calls itself 1."""
        try:
            for child in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
                for line in pathlib.Path(f"/proc/{child}/status").read_text().splitlines():
                    if line.startswith("NSpid:") and line.split()[-1] == "1":
                        return child
        except FileNotFoundError:
            pass
        return None

    def command(self, *words, user="root"):
        home = "/root" if user == "root" else f"/home/{user}"
        words = [str(word) for word in words]
        if user != "root":
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]
        return ["nsenter", f"--target={self.leader}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--root", "--wd", "--",
                *ENVIRONMENT, f"HOME={home}", f"USER={user}", *words]

    def sh(self, script, user="root", timeout=600):
        """(status, output) of a shell script."""
        done = subprocess.run(self.command("bash", "-c", script, user=user), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout)
        return done.returncode, done.stdout

    def run(self, line, timeout, until=None, user=USER):
        """At a terminal, as a person types it."""
        return handbook.at_terminal(self.command("bash", "-c", f"cd {self.folder}\n{line}", user=user), timeout, until)

    def write(self, path, text):
        """As an administrator's editor would."""
        subprocess.run(self.command("sh", "-c", 'cat >"$1"', "sh", path), input=text, text=True, check=True)

    def off(self):
        if self.process is None:
            return
        if self.leader:
            subprocess.run(["kill", "-RTMIN+4", self.leader])
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = self.leader = None
        self.console.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.off()
        if subprocess.run(["umount", self.root]).returncode != 0:
            subprocess.run(["umount", "--lazy", self.root])
        shutil.rmtree(self.work, ignore_errors=True)
