#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drive a throw-away Debian VM under qemu (NixOS-test-driver style, standard library only).

    vm = VM("img-bookworm-amd64", workdir="run1")
    vm.start(); rc, out = vm.run("systemctl is-system-running --wait")
    vm.push("build.tar", "/root/build.tar"); vm.reboot(); vm.crash(); vm.start(); vm.poweroff()

Image dir: vmlinux, initrd.gz, base.ext4 (see make-image.sh). The disk is a qcow2 overlay in workdir, so the
base stays pristine, state survives reboot()/crash()+start(), and savevm()/start(loadvm=..) works.
"""
import base64, json, os, platform, shutil, socket, subprocess, sys, time

class VMError(Exception): pass

class VM:
    def __init__(self, image, workdir, arch=None, smp=2, mem=512, accel=None, cpu=None, machine=None,
                 append="", cache="writeback", share=None, net=False, fresh=True, extra=()):
        self.image, self.work = os.path.abspath(image), os.path.abspath(workdir)
        self.arch = arch or ("aarch64" if "arm64" in os.path.basename(self.image) else "x86_64")
        self.smp, self.mem, self.append_extra, self.cache = smp, mem, append, cache
        self.accel = accel or "tcg,thread=multi,tb-size=512"
        self.cpu = cpu or {"x86_64": "max", "aarch64": "cortex-a53"}[self.arch]
        self.machine = machine or {"x86_64": "q35", "aarch64": "virt"}[self.arch]
        self.share, self.net, self.extra = share, net, list(extra)
        self.proc = None; self.buf = b""
        os.makedirs(self.work, exist_ok=True)
        self.disk = os.path.join(self.work, "disk.qcow2")
        if fresh or not os.path.exists(self.disk):
            if os.path.exists(self.disk): os.unlink(self.disk)
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                            os.path.join(self.image, "base.ext4"), self.disk], check=True)

    # ---- life cycle ------------------------------------------------------------------------------
    def start(self, timeout=180, loadvm=None, wait=True):
        assert self.proc is None
        self.agent_path, self.qmp_path = (os.path.join(self.work, n) for n in ("agent.sock", "qmp.sock"))
        for p in (self.agent_path, self.qmp_path):
            if os.path.exists(p): os.unlink(p)
        con = {"x86_64": "ttyS0", "aarch64": "ttyAMA0"}[self.arch]
        cmd = [f"qemu-system-{self.arch}", "-M", self.machine, "-accel", self.accel, "-cpu", self.cpu,
               "-smp", str(self.smp), "-m", str(self.mem), "-nodefaults", "-display", "none", "-no-user-config",
               "-kernel", f"{self.image}/vmlinux", "-initrd", f"{self.image}/initrd.gz",
               "-append", f"console={con} quiet loglevel=4 rw mitigations=off nokaslr audit=0 panic=-1 "
                          f"random.trust_cpu=on no_timer_check tsc=reliable nowatchdog cryptomgr.notests systemd.show_status=0 net.ifnames=0 " + self.append_extra,
               "-drive", f"file={self.disk},if=none,id=d0,format=qcow2,cache={self.cache},discard=unmap",
               "-device", "virtio-blk-pci,drive=d0",
               "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
               "-chardev", f"socket,id=ag,path={self.agent_path},server=on,wait=off",
               "-device", "virtserialport,chardev=ag,name=vm.agent",
               "-chardev", f"file,id=con,path={self.work}/console.log,append=on", "-serial", "chardev:con",
               "-qmp", f"unix:{self.qmp_path},server=on,wait=off"]
        if self.share:   # 9p: mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288 hostshare /mnt
            cmd += ["-virtfs", f"local,path={self.share},mount_tag=hostshare,security_model=none,multidevs=remap"]
        cmd += ["-nic", f"user,model=virtio-net-pci,restrict=on"] if self.net else ["-nic", "none"]
        if loadvm: cmd += ["-loadvm", loadvm]
        cmd += self.extra
        t0 = time.monotonic()
        self.log = open(os.path.join(self.work, "qemu.log"), "ab")
        self.proc = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self._connect(t0, 30)
        if wait: self.wait_agent(timeout, t0)
        if loadvm: self.check("date -s @%d >/dev/null" % time.time())   # the restored clock is stale
        return time.monotonic() - t0

    def _connect(self, t0, timeout):
        while True:
            if self.proc.poll() is not None:
                raise VMError(f"qemu exited {self.proc.returncode}: " + open(self.work + "/qemu.log").read()[-800:])
            try:
                self.sock = socket.socket(socket.AF_UNIX); self.sock.connect(self.agent_path)
                self.qmp_s = socket.socket(socket.AF_UNIX); self.qmp_s.connect(self.qmp_path); break
            except OSError:
                if time.monotonic() - t0 > timeout: raise
                time.sleep(0.02)
        self.qmp_f = self.qmp_s.makefile("rwb", 0); self.qmp_f.readline(); self.qmp("qmp_capabilities")

    def wait_agent(self, timeout=180, t0=None):
        """Ping until the agent of a new boot answers; remembers the boot id."""
        t0 = t0 or time.monotonic(); self.buf = b""
        while True:
            if time.monotonic() - t0 > timeout: raise VMError("agent timeout; console: " + self.console()[-1500:])
            if self.proc.poll() is not None: raise VMError(f"qemu exited {self.proc.returncode}; console: " + self.console()[-1500:])
            try:
                self.buf = b""; self.sock.sendall(b"PING\n"); line = self._line(2.0)
                while not line.startswith(b"PONG"): line = self._line(1.0)
                self._drain(); self.boot_id = line.split()[1].decode(); return self.boot_id
            except (TimeoutError, socket.timeout): pass

    def _drain(self):   # swallow answers to earlier PINGs queued while booting
        self.sock.settimeout(0.15)
        try:
            while self.sock.recv(65536): pass
        except (TimeoutError, socket.timeout): pass
        self.buf = b""

    def _fill(self, timeout):
        self.sock.settimeout(max(timeout, 0.01)); d = self.sock.recv(1 << 20)
        if not d: raise VMError("agent connection closed; console: " + self.console()[-1500:])
        self.buf += d

    def _line(self, timeout):
        end = time.monotonic() + timeout
        while b"\n" not in self.buf: self._fill(end - time.monotonic())
        l, self.buf = self.buf.split(b"\n", 1); return l

    def _bytes(self, n, timeout):
        end = time.monotonic() + timeout
        while len(self.buf) < n: self._fill(end - time.monotonic())
        d, self.buf = self.buf[:n], self.buf[n:]; return d

    # ---- guest operations ------------------------------------------------------------------------
    def run(self, script, timeout=120):
        """Run a bash script as root; returns (exit code, combined output). rc 124: timed out."""
        self.sock.sendall(b"RUN %d %s\n" % (timeout, base64.b64encode(script.encode())))
        verb, rc, n = self._line(timeout + 20).split(); assert verb == b"RC", verb
        return int(rc), self._bytes(int(n), 60).decode(errors="replace")

    def check(self, script, timeout=120):
        rc, out = self.run(script, timeout)
        if rc: raise VMError(f"rc {rc}: {script}\n{out}")
        return out

    def wait_until(self, script, timeout=60, step=0.3):
        end = time.monotonic() + timeout
        while True:
            rc, out = self.run(script)
            if rc == 0: return out
            if time.monotonic() > end: raise VMError(f"never succeeded: {script}\n{out}")
            time.sleep(step)

    def push(self, local, remote, mode="755"):
        n = os.path.getsize(local); self.sock.settimeout(300)
        self.sock.sendall(f"PUT {n} {mode} {remote}\n".encode())
        with open(local, "rb") as f:
            while d := f.read(1 << 20): self.sock.sendall(d)
        a = self._line(300).decode()
        if a != "OK": raise VMError(f"push {remote}: {a}")

    def push_tree(self, local, remote):
        tar = os.path.join(self.work, "push.tar")
        subprocess.run(["tar", "cf", tar, "-C", local, "."], check=True)
        t = "/var/tmp/push.tar"   # /run is a tmpfs of 20 % of the memory; lib -> usr/lib must stay a link
        self.push(tar, t, "600"); self.check(f"mkdir -p {remote} && tar xf {t} --no-same-owner --keep-directory-symlink --no-overwrite-dir -C {remote} && rm {t}", 300); os.unlink(tar)

    def pull(self, remote, local):
        self.sock.sendall(f"GET {remote}\n".encode()); a = self._line(60).split()
        if a[0] != b"OK": raise VMError("no such file " + remote)
        open(local, "wb").write(self._bytes(int(a[1]), 300))

    # ---- power -----------------------------------------------------------------------------------
    def qmp(self, cmd, **args):
        self.qmp_f.write(json.dumps({"execute": cmd, "arguments": args}).encode() + b"\n")
        while True:
            r = json.loads(self.qmp_f.readline())
            if "return" in r: return r["return"]
            if "error" in r: raise VMError(str(r))
    def hmp(self, line): return self.qmp("human-monitor-command", **{"command-line": line})
    def savevm(self, tag="ready"): return self.hmp(f"savevm {tag}")
    def reboot(self, timeout=180):
        """Clean reboot (systemctl reboot); qemu stays, disk stays."""
        old, t0 = self.boot_id, time.monotonic(); self.run("systemd-run --no-block --on-active=0.2 systemctl reboot || systemctl --no-block reboot")
        while True:
            time.sleep(1); self.wait_agent(timeout)
            if self.boot_id != old: return time.monotonic() - t0
            if time.monotonic() - t0 > timeout: raise VMError("no reboot")
    def reset(self):
        """Reset button: guest memory lost, writes the guest issued stay in qemu."""
        t0 = time.monotonic(); self.qmp("system_reset"); time.sleep(0.5); self.wait_agent(); return time.monotonic() - t0
    def crash(self):
        """Power cut: SIGKILL qemu (only our own child). start() again boots from the same disk."""
        self.proc.kill(); self._reap()
    def poweroff(self, timeout=60):
        t0 = time.monotonic(); self.sock.sendall(b"RUN 20 %s\n" % base64.b64encode(b"systemctl --no-block poweroff"))
        try: self.proc.wait(timeout)
        except subprocess.TimeoutExpired: self.proc.kill()
        self._reap(); return time.monotonic() - t0
    def _reap(self):
        self.proc.wait(); self.proc = None; self.sock.close(); self.qmp_s.close(); self.log.close()
    def console(self):
        try: return open(self.work + "/console.log", errors="replace").read()
        except OSError: return ""
    def __enter__(self): return self
    def __exit__(self, *a):
        if self.proc: self.crash()
