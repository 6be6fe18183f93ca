# SPDX-License-Identifier: Apache-2.0
"""What is done on the machines, chapter by chapter of the README, and what must hold after each."""
import contextlib
import pathlib
import subprocess
import time

import handbook
import machine

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = f"/home/{machine.USER}/pegasusd"
REFUSED = 4
ONE_HOUR = 3600


class Steps:
    """One line for each step; failures are remembered and do not stop what comes next."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, text, holds, detail=""):
        if holds:
            self.passed += 1
            print(f"ok   {text}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {text}\n" + "".join(f"     {line}\n" for line in str(detail).splitlines()[-30:]), flush=True)
        return holds

    def sh(self, text, where, script, expected=0, says="", user="root"):
        status, out = where.sh(script, user=user)
        return self.check(f"{where.name}: {text}", status == expected and says in out, f"status {status}, expected {expected}\n{out}")

    def follow(self, text, action, *args):
        """`action` is a person who follows the README; a failure is his."""
        began = time.monotonic()
        try:
            result = action(*args)
            self.check(f"{text} ({time.monotonic() - began:.0f} s)", True)
            return result
        except (handbook.Failed, RuntimeError, AssertionError) as failure:
            self.check(f"{text} ({time.monotonic() - began:.0f} s)", False, failure)
            return None

    def report(self, suite):
        print(f"{suite}: {self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


class House:
    """Machines in one network, with folders of the host that they share."""

    def __init__(self, network, cache, suite):
        self.network, self.cache, self.suite = network, cache, suite

    @contextlib.contextmanager
    def machine(self, name, layers, upper=None):
        shared = {f"ccache-{self.suite}": f"/home/{machine.USER}/.cache/ccache", f"apt-{self.suite}": "/var/cache/apt/archives"}
        binds = []
        for here, there in shared.items():
            (self.cache / here).mkdir(exist_ok=True)
            binds.append((self.cache / here, there))
        machine.check("chown", "1000:1000", self.cache / f"ccache-{self.suite}")
        (self.cache / f"apt-{self.suite}" / "partial").mkdir(exist_ok=True)
        with machine.Machine(name, layers, upper, self.network.spaces[name], binds) as booted:
            yield booted


@contextlib.contextmanager
def house(names, layers, cache, suite):
    network = machine.Network(names)
    try:
        yield House(network, cache, suite)
    finally:
        network.end()


def give_project(where, source):
    """The sources, as a clone would have them, without git's own folder."""
    names = subprocess.run(["git", "-c", f"safe.directory={source}", "-C", source, "ls-files", "-z"], capture_output=True, check=True).stdout
    tar = subprocess.Popen(["tar", "-C", source, "--null", "-T", "-", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    target = pathlib.Path(str(where.root) + PROJECT)
    target.mkdir(parents=True, exist_ok=True)
    unpack = subprocess.Popen(["tar", "-C", target, "-x"], stdin=tar.stdout)
    tar.stdin.write(names)
    tar.stdin.close()
    if unpack.wait() != 0 or tar.wait() != 0:
        raise RuntimeError("the sources could not be copied")
    machine.check("chown", "-R", "1000:1000", target)


def type_chapter(where, title, heading=None, timeout=ONE_HOUR):
    """Types each shell command of a chapter, or of the part of it below `heading` ("" is the part before the first)."""
    reader = handbook.Reader()
    typed = 0
    for below, language, code in handbook.blocks(handbook.chapter(title)):
        if language == "sh" and (heading is None or heading.lower() in below.lower() and (heading or not below)):
            for line in handbook.commands(code):
                reader.type(where, line, timeout)
                typed += 1
    if not typed:
        raise handbook.Failed(f"the chapter '{title}' has no command below '{heading}'")


def install(steps, fresh, source, full):
    steps.follow("a fresh machine boots", fresh.boot)
    give_project(fresh, source)
    machine.check("chown", "1000:1000", str(fresh.root) + f"/home/{machine.USER}/.cache")
    fresh.folder = PROJECT
    if full:
        steps.follow("README: two commands", type_chapter, fresh, "Two commands")
    steps.follow("README: installing", type_chapter, fresh, "Installing", "")
    first_day(steps, fresh)
    fresh.sh("systemctl stop pegasusd")


def first_day(steps, where):
    """An administrator's first day, in guest.sh."""
    done = subprocess.run(where.command("bash", "-s"), input=(HERE / "guest.sh").read_bytes(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600)
    out = done.stdout.decode(errors="replace")
    print(out, end="", flush=True)
    steps.check("an administrator's first day", done.returncode == 0, "see above")


def forget(where):
    """Makes another machine of one that was installed: its own state, its own keys."""
    for path in ("var/lib/pegasus", "etc/machine-id"):
        subprocess.run(["rm", "-rf", where.root / path])
    (where.root / "etc/machine-id").touch()


def first_sale(steps, seller, buyer):
    for each in seller, buyer:
        forget(each)
        steps.follow(f"{each.name} boots", each.boot)
        steps.sh("the gateway runs after a boot", each, "for i in $(seq 100); do pegasusctl status && exit 0; sleep 0.2; done; exit 1")
    steps.follow("README: a first sale by hand", handbook.Reader().first_sale, seller, buyer)
    steps.sh("the node API is open to IPv4 and IPv6", buyer,
             "for a in 192.0.2.1 fd00:2::1; do exec 3<>/dev/tcp/$a/14265 || exit 1; exec 3>&-; done")


def users(steps, where):
    """Who may do what: rules, the group, and an agent at the terminal."""
    visitor, ada = "visitor", machine.USER
    steps.sh("a visitor reads the state", where, "pegasusctl status", user=visitor)
    for verb in ("wallet balance", "wallet lock", "market scan", "reload"):
        steps.sh(f"a visitor is refused: {verb}", where, f"pegasusctl {verb}", REFUSED, "not authorised", user=visitor)
    rule = next((code for _, language, code in handbook.blocks(handbook.chapter("Who may do what")) if language == "js"), "")
    path = rule.splitlines()[0].removeprefix("// ")
    where.write(path, rule)
    time.sleep(1)
    steps.sh("the README's rule lets ada read", where, "pegasusctl wallet balance", user=ada)
    steps.sh("and nothing else", where, "pegasusctl wallet lock", REFUSED, "not authorised", user=ada)
    steps.sh("nor anybody else", where, "pegasusctl wallet balance", REFUSED, user=visitor)
    where.sh(f"rm {path}; sleep 1")
    steps.sh("without the rule she is refused", where, "pegasusctl wallet balance", REFUSED, user=ada)

    # The agent is for this process alone, and holds the terminal until it is ended.
    asks = ("pkttyagent --process $$ & agent=$!; (while kill -0 $$ 2>/dev/null; do sleep 0.2; done; kill $agent) & "
            "sleep 1; exec pegasusctl wallet balance")
    for password, expected, text in ((handbook.PASSWORD, 0, "the right password lets"), ("wrong", REFUSED, "a wrong password does not let")):
        try:
            status, shown = handbook.at_terminal(where.command("bash", "-c", asks, user=visitor), 120, password=password)
        except handbook.Failed as failure:
            status, shown = None, failure
        steps.check(f"an agent asks an administrator: {text} a visitor in", status == expected and "assword" in str(shown), f"status {status}\n{shown}")

    where.folder = f"/home/{ada}"
    steps.follow("README: who may do what", type_chapter, where, "Who may do what", None, 60)
    for verb in ("wallet balance", "wallet lock", "market scan"):
        steps.sh(f"the group is enough, from afar: {verb}", where, f"pegasusctl {verb}", user=ada)
    steps.follow("README: D-Bus from the shell", type_chapter, where, "D-Bus", None, 60)
    steps.sh("polkit is restarted", where, "systemctl restart polkit", user="root")
    steps.sh("and the group goes on", where, "pegasusctl wallet balance", user=ada)
    steps.sh("polkit is not there", where, "systemctl mask --now --runtime polkit")
    steps.sh("others are refused", where, "pegasusctl wallet balance", REFUSED, "polkit could not decide", user=ada)
    steps.sh("root goes on", where, "pegasusctl wallet balance")
    steps.sh("polkit is back", where, "systemctl unmask --runtime polkit && systemctl start polkit")
    desktop(steps, where)


def desktop(steps, where):
    """The unit of a user, on the session bus."""
    ada = machine.USER
    where.sh(f"loginctl enable-linger {ada}; for i in $(seq 50); do [ -S /run/user/1000/bus ] && exit 0; sleep 0.2; done")
    session = "export XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus; "
    where.sh("systemctl stop pegasusd")  # both want the port of the node API
    steps.sh("a user's own gateway starts", where, session + "systemctl --user daemon-reload; systemctl --user start pegasusd", user=ada)
    steps.sh("and is his alone", where, session + f"printf '%s\\n' '{handbook.PASSWORD}' | pegasusctl --user wallet create --password-file - "
             "--seed-file ~/seed && pegasusctl --user wallet balance", user=ada)
    steps.sh("and stops", where, session + "systemctl --user stop pegasusd", user=ada)
    steps.sh("the system's goes on", where, "systemctl start pegasusd && pegasusctl status")


def upgrade(steps, where):
    """Installing again, over a configuration and a wallet that are in use."""
    where.folder = PROJECT
    mark = "# the administrator was here"
    where.sh(f"echo '{mark}' >> /etc/pegasus/pegasusd.yaml; echo '# and the next version here' >> {PROJECT}/config/pegasusd.yaml")
    began = where.sh("systemctl show -P ExecMainStartTimestampMonotonic pegasusd")[1]
    wallet = where.sh("pegasusctl --json wallet addresses")[1]
    steps.follow("README: upgrading", type_chapter, where, "Installing", "upgrading")
    steps.sh("the administrator's configuration is kept", where, f"tail -1 /etc/pegasus/pegasusd.yaml | grep '{mark}'")
    steps.sh("and the new one is beside it", where, "tail -1 /etc/pegasus/pegasusd.yaml.new | grep 'the next version'")
    steps.sh("the new daemon runs", where, "systemctl is-active pegasusd && pegasusctl status")
    steps.check("it was started anew", where.sh("systemctl show -P ExecMainStartTimestampMonotonic pegasusd")[1] != began)
    steps.sh("the wallet is there, and locked", where, "pegasusctl --json wallet status", says='"locked"')
    steps.check("its addresses are kept", where.sh("pegasusctl --json wallet addresses")[1] == wallet, wallet)
    steps.sh("so is the stream", where, "pegasusctl stream list | grep load")


def uninstall(steps, where):
    where.folder = PROJECT
    steps.follow("README: uninstalling", type_chapter, where, "Installing", "uninstalling")
    steps.sh("no daemon runs", where, "pgrep -x pegasusd", 1)
    steps.sh("no unit is left", where, "systemctl cat pegasusd", 1)
    steps.sh("no file is left but configuration and state", where,
             "find / -xdev -iname '*pegasus*' -not -path '/proc/*' -not -path '/home/*' -not -path '/etc/pegasus*' -not -path '/var/lib/pegasus*' "
             "-not -path '/var/cache/*' -not -path '/var/log/*' -not -path '/tmp/*' -not -path '/run/*' -not -path '/var/tmp/*' -print | tee /tmp/left; "
             "[ ! -s /tmp/left ]")
    steps.sh("configuration and state are left", where, "test -s /var/lib/pegasus/state.db -a -s /etc/pegasus/pegasusd.yaml")
    steps.follow("README: purging", type_chapter, where, "Installing", "purging")
    steps.sh("nothing is left", where, "test ! -e /var/lib/pegasus -a ! -e /etc/pegasus && ! getent passwd pegasus")
