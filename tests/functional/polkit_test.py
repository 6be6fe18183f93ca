# SPDX-License-Identifier: Apache-2.0
"""Who may do what: the daemon as the user pegasus, the project's own bus policy, polkit actions, rules and users, and a real polkitd,
on a private system bus in a mount namespace. Skipped (77) without root, namespaces or polkitd."""
import os
import pathlib
import pwd
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ["PEGASUS_BUILD"])
sys.path.insert(0, str(SOURCE / "scripts"))
from gateway import wait_for  # noqa: E402

NAME = "io.github.pegasusd.Pegasus1"
ROOT = "/io/github/pegasusd/Pegasus1"
REFUSED = 4
ACTIONS = ["read-private", "manage-sensors", "manage-streams", "trade", "spend", "manage-wallet"]
# A user for each action: an administrator's rule lets it do that, and nothing else.
USERS = """\
u visitor - "A visitor"
u operator - "Of the group"
m operator pegasus
""" + "".join(f"u p-{action} - \"May {action}\"\n" for action in ACTIONS)
RULES = f"""\
polkit.addRule(function(action, subject) {{
    if (subject.user.indexOf("p-") === 0 && action.id == "{NAME}." + subject.user.substr(2)) return polkit.Result.YES;
}});
polkit.addRule(function(action, subject) {{
    if (subject.user == "banned" && action.id.indexOf("{NAME}.") === 0) return polkit.Result.NO;
}});
"""
USERS += "u banned - \"Refused whatever group it is in\"\nm banned pegasus\n"


def as_user(name, command):
    return ["setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--init-groups", *map(str, command)]


class Agent:
    """An authentication agent for one process."""

    def __init__(self, pid, answer):
        self.process = subprocess.Popen([BUILD / "tests/functional/polkit_agent", str(pid), answer], stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.expect("ready")

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def expect(self, text, timeout=20):
        got = self.lines.get(timeout=timeout)
        if got != text:
            raise AssertionError(f"the agent says '{got}' instead of '{text}'")

    def end(self):
        """What it said last."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        return "".join(f"agent: {self.lines.get()}\n" for _ in range(self.lines.qsize()))


class Call:
    """pegasusctl as a user, with an agent for its process if an answer is given."""

    def __init__(self, work, user, *args, answer=None, options=()):
        self.out = tempfile.TemporaryFile("w+")
        gate, opened = os.pipe()
        command = as_user(user, ["sh", "-c", 'read line; exec "$@" </dev/null', "sh", work / "pegasusctl", *options, *args])
        self.process = subprocess.Popen(command, stdin=gate, stdout=self.out, stderr=self.out, cwd="/")
        os.close(gate)
        self.agent = None
        try:
            if answer:  # once the process is its user's
                uid = pwd.getpwnam(user).pw_uid
                wait_for(lambda: os.stat(f"/proc/{self.process.pid}").st_uid == uid, 10, "the user of the process")
                self.agent = Agent(self.process.pid, answer)
        finally:
            os.write(opened, b"\n")
            os.close(opened)

    def end(self, timeout=60):
        """Exit status and text."""
        status = self.process.wait(timeout)
        self.out.seek(0)
        text = self.out.read()
        self.out.close()
        if self.agent:
            text += self.agent.end()
        return status, text


class Polkit(unittest.TestCase):
    second = None  # polkitd, once the first was killed

    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp())
        cls.work.chmod(0o755)
        for program in ("daemon/pegasusd", "cli/pegasusctl"):
            shutil.copy(BUILD / program, cls.work)
        cls.polkitd = int(os.environ["POLKITD_PID"])
        rules = pathlib.Path("/etc/polkit-1/rules.d/50-test.rules")
        rules.write_text(RULES)
        rules.chmod(0o644)
        (cls.work / "pegasusd.yaml").write_text("ledger: {api: {enabled: false}}\n")
        (cls.work / "password").write_text("password-for-a-test\n")
        (cls.work / "password").chmod(0o644)
        state = cls.work / "state"
        state.mkdir(0o700)
        shutil.chown(state, "pegasus", "pegasus")
        cls.log = open(cls.work / "log", "w+")
        cls.daemon = subprocess.Popen(
            as_user("pegasus", [cls.work / "pegasusd", "--config", cls.work / "pegasusd.yaml", "--state-dir", state]),
            stdout=cls.log, stderr=cls.log, stdin=subprocess.DEVNULL, cwd="/")
        wait_for(lambda: cls.run_as("root", "status")[0] == 0, 30, "the daemon")
        time.sleep(0.5)  # polkitd reads new rules when it hears of them
        status, text = cls.run_as("root", "wallet", "create", "--password-file", cls.work / "password")
        assert status == 0, text

    @classmethod
    def tearDownClass(cls):
        cls.daemon.terminate()
        status = cls.daemon.wait(30)
        cls.log.seek(0)
        if status != 0:
            print(cls.log.read(), file=sys.stderr)
        cls.log.close()
        shutil.rmtree(cls.work, ignore_errors=True)
        if cls.second:
            cls.second.terminate()
            cls.second.wait()
        assert status == 0, f"the daemon ended with {status}"

    @classmethod
    def run_as(cls, user, *args, **more):
        return Call(cls.work, user, *args, **more).end()

    def call(self, user, path, interface, method, *arguments):
        """Calls by busctl: (status, text)."""
        done = subprocess.run(as_user(user, ["busctl", "--system", "call", NAME, ROOT + path, f"{NAME}.{interface}", method, *arguments]),
                              capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr

    def permitted(self, user):
        """The actions that `user` is let do, each tried by a method that needs it."""
        calls = {"read-private": ("/wallet", "Wallet", "GetBalance"),
                 "manage-sensors": ("", "Manager", "Reload"),
                 "manage-streams": ("", "Manager", "RemoveStream", "oa{sv}", ROOT + "/stream/nothing", "0"),
                 "trade": ("/market", "Market", "ReleasePayment", "sa{sv}", "nothing", "0"),
                 "spend": ("/wallet", "Wallet", "Lock")}
        result = set()
        for action in ACTIONS:
            if action == "manage-wallet":  # takes a descriptor, which busctl has not
                status, text = self.run_as(user, "wallet", "create", "--password-file", self.work / "password")
                denied = status == REFUSED
            else:
                text = self.call(user, *calls[action])[1]
                denied = "Access denied" in text  # busctl has words of its own
                self.assertNotIn("nvalid", text, action)
            if not denied:
                result.add(action)
        return result

    def test_a_visitor_reads_the_state_and_is_refused_the_rest(self):
        self.assertEqual(self.run_as("visitor", "status")[0], 0)
        status, text = self.run_as("visitor", "wallet", "balance")
        self.assertEqual(status, REFUSED, text)
        self.assertIn(f"not authorised for {NAME}.read-private: an administrator has to confirm it, and nobody could be asked", text)
        self.assertIn("usermod -aG pegasus", text)
        self.assertEqual(self.permitted("visitor"), set())

    def test_a_rule_of_the_administrator_lets_a_user_do_that_and_nothing_else(self):
        for action in ACTIONS:
            self.assertEqual(self.permitted(f"p-{action}"), {action})

    def test_members_of_the_group_do_everything(self):
        self.assertEqual(self.permitted("operator"), set(ACTIONS))
        status, text = self.run_as("operator", "wallet", "balance")
        self.assertEqual(status, 0, text)

    def test_a_rule_of_the_administrator_comes_before_the_group(self):
        status, text = self.run_as("banned", "wallet", "balance")
        self.assertEqual(status, REFUSED)
        self.assertIn("polkit refuses it to this user", text)
        self.assertEqual(self.permitted("banned"), set())

    def test_an_administrator_who_is_asked_says_yes(self):
        call = Call(self.work, "visitor", "wallet", "balance", answer="yes")
        call.agent.expect(f"asked {NAME}.read-private")
        status, text = call.end()
        self.assertEqual(status, 0, text)
        self.assertEqual(self.run_as("visitor", "wallet", "balance")[0], REFUSED, "and the next process is asked again")

    def test_an_administrator_who_is_asked_says_no(self):
        for answer, reason in ("no", "polkit refuses it to this user"), ("dismiss", "the question was dismissed"):
            call = Call(self.work, "visitor", "wallet", "lock", answer=answer)
            call.agent.expect(f"asked {NAME}.spend")
            status, text = call.end()
            self.assertEqual(status, REFUSED, text)
            self.assertIn(f"not authorised for {NAME}.spend: {reason}", text)

    def test_nobody_waits_while_an_administrator_thinks(self):
        calls = [Call(self.work, "visitor", "wallet", "lock", answer="think") for _ in range(3)]
        for call in calls:
            call.agent.expect(f"asked {NAME}.spend")
        began = time.monotonic()
        for user in "root", "operator", "p-read-private":
            status, text = self.run_as(user, "wallet", "balance")
            self.assertEqual(status, 0, text)
        self.assertLess(time.monotonic() - began, 20)
        for call in calls:
            self.assertIsNone(call.process.poll())
            call.process.send_signal(signal.SIGINT)
        for call in calls:  # whoever asked has gone, and so does the question
            call.agent.expect("cancelled")
            call.end()

    def test_who_does_not_wait_takes_his_question_along(self):
        call = Call(self.work, "visitor", "wallet", "lock", answer="think", options=("--timeout", "1"))
        call.agent.expect(f"asked {NAME}.spend")
        call.agent.expect("cancelled")
        status, text = call.end()
        self.assertEqual(status, 19, text)

    def test_root_goes_on_without_polkit(self):
        asked = Call(self.work, "visitor", "wallet", "lock", answer="think")
        asked.agent.expect(f"asked {NAME}.spend")
        os.kill(self.polkitd, signal.SIGKILL)
        try:
            status, text = asked.end()
            self.assertEqual(status, REFUSED, "polkit went while it asked: " + text)
            self.assertIn(f"polkit could not decide on {NAME}.spend", text)
            status, text = self.run_as("operator", "wallet", "balance")
            self.assertEqual(status, REFUSED, text)
            self.assertIn(f"polkit could not decide on {NAME}.read-private", text)
            self.assertEqual(self.run_as("root", "wallet", "balance")[0], 0)
        finally:
            again = ["/usr/lib/polkit-1/polkitd", "--no-debug"]
            type(self).second = subprocess.Popen(again, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: self.run_as("operator", "wallet", "balance")[0] == 0, 20, "the new polkit")


def can_run():
    return (os.geteuid() == 0 and os.access("/usr/lib/polkit-1/polkitd", os.X_OK)
            and all(shutil.which(tool) for tool in ("unshare", "setpriv", "busctl", "systemd-sysusers", "dbus-daemon"))
            and subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode == 0)


def main():
    if "POLKITD_PID" in os.environ:
        unittest.main(verbosity=2)
    if not can_run():
        print("skipped: needs root, namespaces, polkitd and systemd's tools")
        sys.exit(77)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as users:
        users.write(USERS)
        users.flush()
        environment = {**os.environ, "SOURCE": str(SOURCE), "SYSUSERS": users.name}
        sys.exit(subprocess.run([SOURCE / "tests/system/private-bus.sh", sys.executable, __file__], env=environment).returncode)


main()
