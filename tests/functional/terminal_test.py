# SPDX-License-Identifier: Apache-2.0
"""pegasusctl on a terminal and without a daemon: prompts and signals, output that cannot be written, help, completion."""
import os
import pathlib
import pty
import select
import signal
import socket
import subprocess
import tempfile
import termios
import time
import unittest

from support import ROOT, build_dir, main, wait_for

CTL = str(build_dir() / "cli" / "pegasusctl")
NOWHERE = ["--bus", "unix:path=/nonexistent"]
COMPLETIONS = ROOT / "cli" / "completions"


class Terminal:
    """pegasusctl on a pseudo-terminal of its own."""

    def __init__(self, *args):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):  # whatever runs this may ignore them
                signal.signal(number, signal.SIG_DFL)
            os.execv(CTL, [CTL, *args])
        self.text = b""
        self.status = None

    def read_until(self, word, timeout=10):
        deadline = time.monotonic() + timeout
        while word not in self.text:
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"{word!r} not in {self.text!r}")
            try:
                chunk = os.read(self.fd, 4096)
            except OSError:  # the other end is closed
                chunk = b""
            if not chunk:
                raise EOFError(self.text)
            self.text += chunk
        return self.text

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.fd, text)

    def kill(self, number):
        os.kill(self.pid, number)

    def stopped(self):
        pid, status = os.waitpid(self.pid, os.WUNTRACED | os.WNOHANG)
        return pid != 0 and os.WIFSTOPPED(status)

    def ended(self):
        """The status as subprocess has it: negative for a signal."""
        def look():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            return pid != 0

        wait_for(look, 10, "the end")
        return self.status

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class Prompt(unittest.TestCase):
    def prompt(self, *args, until=b"Password of the wallet: "):
        terminal = Terminal(*NOWHERE, *args)
        self.addCleanup(terminal.close)
        terminal.read_until(until)
        wait_for(lambda: not terminal.echoes(), 5, "the echo to be off")
        return terminal

    def test_ctrl_c_leaves_the_terminal_with_echo(self):
        terminal = self.prompt("wallet", "unlock")
        terminal.type(b"half a pass\x03")
        self.assertEqual(terminal.ended(), -signal.SIGINT)
        self.assertTrue(terminal.echoes())

    def test_other_signals_do_too(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(number):
                terminal = self.prompt("wallet", "unlock")
                terminal.kill(number)
                self.assertEqual(terminal.ended(), -number)
                self.assertTrue(terminal.echoes())

    def test_a_second_prompt_is_the_same(self):
        terminal = self.prompt("wallet", "create", until=b"New password for the wallet: ")
        self.assertIn(b"8 to 1024 bytes", terminal.text)  # the rules are said before
        terminal.type(b"long enough\n")
        terminal.read_until(b"Once more: ")
        wait_for(lambda: not terminal.echoes(), 5, "the echo to be off")
        terminal.type(b"\x03")
        self.assertEqual(terminal.ended(), -signal.SIGINT)
        self.assertTrue(terminal.echoes())

    def test_a_password_that_breaks_the_rules_is_not_asked_for_twice(self):
        terminal = self.prompt("wallet", "create", until=b"New password for the wallet: ")
        terminal.type(b"short\n")
        terminal.read_until(b"the password has 5 bytes, expected 8 to 1024")
        self.assertEqual(terminal.ended(), 64)
        self.assertNotIn(b"Once more", terminal.text)
        self.assertNotIn(b"short", terminal.text)

    def test_ctrl_z_gives_the_terminal_back_and_fg_asks_again(self):
        # A shell in between: the kernel does not stop the only process group of a session.
        pid, fd = pty.fork()
        if pid == 0:
            os.execvp("bash", ["bash", "--norc", "-ic", f"{CTL} {' '.join(NOWHERE)} wallet unlock; echo stopped=$?; fg; echo end=$?"])
        terminal = Terminal.__new__(Terminal)
        terminal.pid, terminal.fd, terminal.text, terminal.status = pid, fd, b"", None
        self.addCleanup(terminal.close)
        terminal.read_until(b"Password of the wallet: ")
        wait_for(lambda: not terminal.echoes(), 5, "the echo to be off")
        terminal.type(b"\x1a")
        terminal.read_until(b"stopped=148")
        terminal.text = terminal.text.split(b"stopped=148")[1]
        terminal.read_until(b"Password of the wallet: ")
        wait_for(lambda: not terminal.echoes(), 5, "the echo to be off again")
        terminal.type(b"secret-word\n")
        terminal.read_until(b"end=3")
        self.assertNotIn(b"secret-word", terminal.text)

    def test_a_stop_and_a_continue_ask_again_without_echo(self):
        terminal = self.prompt("wallet", "unlock")
        terminal.kill(signal.SIGSTOP)
        wait_for(terminal.stopped, 5, "the stop")
        shown = termios.tcgetattr(terminal.fd)
        shown[3] |= termios.ECHO  # as a shell does
        termios.tcsetattr(terminal.fd, termios.TCSANOW, shown)
        terminal.text = b""
        terminal.kill(signal.SIGCONT)
        terminal.read_until(b"Password of the wallet: ")
        wait_for(lambda: not terminal.echoes(), 5, "the echo to be off again")
        terminal.type(b"secret-word\n")
        self.assertEqual(terminal.ended(), 3)
        self.assertTrue(terminal.echoes())

    def test_standard_input_that_is_a_terminal_does_not_show_it_either(self):
        terminal = self.prompt("wallet", "unlock", "--password-file", "-")
        terminal.type(b"secret-word\n")
        self.assertEqual(terminal.ended(), 3)
        self.assertNotIn(b"secret-word", terminal.text)

    def test_an_end_of_the_input_is_no_password(self):
        terminal = self.prompt("wallet", "unlock")
        terminal.type(b"\x04")
        terminal.read_until(b"nothing was typed")
        self.assertEqual(terminal.ended(), 20)
        self.assertTrue(terminal.echoes())

    def test_the_seed_is_asked_for_without_echo_and_told_when_it_is_none(self):
        terminal = self.prompt("wallet", "restore", until=b"Seed (81 trytes): ")
        terminal.type(b"ABC DEF\n")
        terminal.read_until(b"blanks or line ends inside")
        self.assertNotIn(b"ABC DEF", terminal.text)
        self.assertEqual(terminal.ended(), 64)


class Output(unittest.TestCase):
    def test_a_full_disk_is_an_error(self):
        for args in (["--help"], ["--version"], ["market", "list", "--help"], ["help", "wallet"]):
            with self.subTest(args), open("/dev/full", "w") as full:
                run = subprocess.run([CTL, *args], stdout=full, stderr=subprocess.PIPE, text=True, timeout=10)
                self.assertEqual(run.returncode, 24)
                self.assertEqual(run.stderr, "pegasusctl: cannot write the output: No space left on device\n")

    def closed_pipe(self, restore_signals):
        read, write = os.pipe()
        os.close(read)
        try:
            return subprocess.run([CTL, "--help"], stdout=write, stderr=subprocess.PIPE, timeout=10, restore_signals=restore_signals)
        finally:
            os.close(write)

    def test_a_closed_pipe_is_a_quiet_error(self):
        for restored in (True, False):  # Python ignores SIGPIPE: without restoring, the child does too
            run = self.closed_pipe(restored)
            self.assertEqual(run.returncode, -signal.SIGPIPE if restored else 24)
            self.assertEqual(run.stderr, b"")

    def test_a_closed_standard_output_is_an_error(self):
        run = subprocess.run(["bash", "-c", f"{CTL} --help >&-"], capture_output=True, text=True, timeout=10)
        self.assertEqual(run.returncode, 24)
        self.assertIn("cannot write the output", run.stderr)


class Usage(unittest.TestCase):
    def run_ctl(self, *args):
        return subprocess.run([CTL, *args], capture_output=True, text=True, timeout=10)

    def test_help_of_a_verb_is_that_of_its_option(self):
        run = self.run_ctl("help", "market", "list")
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stdout, self.run_ctl("market", "list", "--help").stdout)
        self.assertIn("--near", run.stdout)

    def test_wrong_usage_is_one_sentence(self):
        for args, sentence in ((["wallet", "send", "A", "0x10"], "amount: whole iotas, such as 10000 or 10Ki"),
                               (["wallet", "send", "A", "1.0005Ki"], "amount: whole iotas, such as 10000 or 10Ki"),
                               (["stream", "announce", "a", "--price", "1e3"], "--price: whole iotas, such as 10000 or 10Ki"),
                               (["market", "list", "--within", "5km"], "--within requires --near"),
                               (["market", "list", "--near", "95,7"], "--near: latitude and longitude, such as 45.07,7.69"),
                               (["market", "list", "--quantiy", "x"], "unknown option '--quantiy'; did you mean '--quantity'?"),
                               (["wallet", "send", "A", "-5"], "unknown option '-5'"),
                               (["walet"], "unknown command 'walet'; did you mean 'wallet'?")):
            run = self.run_ctl(*args)
            self.assertEqual(run.returncode, 64, run.stderr)
            self.assertEqual(run.stderr, f"pegasusctl: {sentence}\nRun with --help for more information.\n")


class Completion(unittest.TestCase):
    """Without a daemon; with one: command_line_test.py."""

    def complete(self, line, bus=NOWHERE[1]):
        """What bash would offer for the line, by the script that is installed."""
        script = (f'source {COMPLETIONS}/pegasusctl.bash; COMP_LINE="$1"; COMP_POINT=${{#COMP_LINE}}; '
                  '_pegasusctl "$2" "" ""; printf "%s\\n" "${COMPREPLY[@]}"')
        line = line.replace("pegasusctl", f"pegasusctl --bus {bus}", 1)
        run = subprocess.run(["bash", "--norc", "-c", script, "bash", line, CTL], capture_output=True, text=True, timeout=10)
        self.assertEqual(run.stderr, "")
        return sorted(run.stdout.split())

    def test_bash_offers_verbs_options_and_values(self):
        self.assertEqual(self.complete("pegasusctl wal"), ["wallet"])
        self.assertEqual(self.complete("pegasusctl subscription "), ["end", "export", "list", "show", "watch"])
        self.assertEqual(self.complete("pegasusctl market list --sort dis"), ["distance"])
        self.assertEqual(self.complete("pegasusctl status --unit K"), ["Ki"])
        self.assertEqual(self.complete("pegasusctl status --unit=K"), ["Ki"])

    def test_files_are_offered_where_they_are_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "password").touch()
            self.assertEqual(self.complete(f"pegasusctl wallet unlock --password-file {folder}/pa"), [f"{folder}/password"])

    def test_without_a_daemon_it_is_quick_and_silent(self):
        began = time.monotonic()
        self.assertEqual(self.complete("pegasusctl stream show "), [])
        self.assertLess(time.monotonic() - began, 3)

    def test_a_bus_that_does_not_answer_is_given_up(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as silent:
            silent.bind(f"{folder}/bus")
            silent.listen()
            began = time.monotonic()
            self.assertEqual(self.complete("pegasusctl stream show ", f"unix:path={folder}/bus"), [])
            self.assertLess(time.monotonic() - began, 5)

    def test_it_never_starts_the_daemon(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "services").mkdir()
            name = "io.github.pegasusd.Pegasus1"
            (folder / "services" / f"{name}.service").write_text(
                f"[D-BUS Service]\nName={name}\nExec=/usr/bin/touch {folder}/started\n")
            (folder / "bus.conf").write_text(
                f"<busconfig><type>session</type><listen>unix:path={folder}/bus</listen><servicedir>{folder}/services</servicedir>"
                '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>')
            daemon = subprocess.Popen(["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--nopidfile"],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_for((folder / "bus").exists, 5, "the bus")
                bus = f"unix:path={folder}/bus"
                for line in ("stream show ", "market buy ", "market order ", "sensor read ", "subscription watch "):
                    self.assertEqual(self.complete(f"pegasusctl {line}", bus), [])
                self.assertFalse((folder / "started").exists())
                # The bus would have: a verb starts it.
                subprocess.run([CTL, "--bus", bus, "--timeout", "2", "status"], capture_output=True, timeout=30)
                self.assertTrue((folder / "started").exists())
            finally:
                daemon.terminate()
                daemon.wait()


if __name__ == "__main__":
    main()
