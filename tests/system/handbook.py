# SPDX-License-Identifier: Apache-2.0
"""Follows the README as a person at a terminal would: its commands as they are written, in the machines that it speaks of."""
import os
import pathlib
import pty
import re
import select
import signal
import time

README = pathlib.Path(__file__).resolve().parent.parent.parent / "README.md"
PASSWORD = "a long password of a test"
PROMPT = re.compile(r"(?:password[^\n]*|once more): *$", re.IGNORECASE)


class Failed(Exception):
    pass


def chapter(title, text=None):
    """What stands below `## title`."""
    text = README.read_text(encoding="utf-8") if text is None else text
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise Failed(f"README.md has no chapter '{title}'")
    return found[1]


def blocks(text):
    """(heading, language, code) of each block of code, in their order. The heading is the last one above it."""
    heading, language, code = "", None, []
    for line in text.splitlines():
        if language is not None:
            if line.startswith("```"):
                yield heading, language, "\n".join(code) + "\n"
                language, code = None, []
            else:
                code.append(line)
        elif line.startswith("```"):
            language = line[3:].strip()
        elif line.startswith("#"):
            heading = line.lstrip("# ")


def commands(code):
    """The lines of a shell block; one that ends in a backslash goes on in the next."""
    for line in code.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line


def at_terminal(command, timeout, until=None, password=PASSWORD):
    """Runs `command` on a terminal of its own and types the `password` wherever it is asked for. With `until`, a pattern: presses
    Ctrl-C when it has appeared. Returns (exit status, what was shown)."""
    process, terminal = pty.fork()
    if process == 0:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):  # whatever runs this may ignore them
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)
    shown, pressed, answered = "", False, 0
    deadline = time.monotonic() + timeout
    try:
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 0.5)[0]:
                continue
            try:
                data = os.read(terminal, 65536)
            except OSError:  # the last program on the terminal has ended
                data = b""
            if not data:
                break
            shown += data.decode(errors="replace").replace("\r\n", "\n")
            if PROMPT.search(shown[answered:]):
                answered = len(shown)
                time.sleep(0.3)  # the prompt comes before the echo is off, and what was typed by then is dropped
                os.write(terminal, password.encode() + b"\n")
            if until and not pressed and re.search(until, shown):
                pressed = True
                os.write(terminal, b"\x03")
        else:
            raise Failed(f"not done after {timeout} s: {' '.join(command)}\n{shown}")
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except BaseException:
        os.kill(process, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)
    if until and not pressed:
        raise Failed(f"'{until}' never appeared: {' '.join(command)}\n{shown}")
    return status, shown


class Reader:
    """Goes through chapters with machines that have run(line, timeout, until) -> (status, text) and write(path, text)."""

    def __init__(self, tell=print):
        self.tell = tell
        self.known = {}  # what stands for OFFER, SUBSCRIPTION

    def type(self, machine, line, timeout=300):
        for word, value in self.known.items():
            line = re.sub(rf"\b{word}\b", value, line)
        watching = " watch " in line
        began = time.monotonic()
        status, shown = machine.run(line, timeout, r'"?load1"?' if watching else None)
        told = re.sub(r"\b[A-Z9]{81}\b", "(81 trytes)", shown)  # a seed is nobody's business, be it a test's
        self.tell(f"{machine.name}$ {line}\n" + "".join(f"    {text}\n" for text in told.splitlines()) +
                  f"    ({time.monotonic() - began:.1f} s)")
        if status != 0 and not watching:
            raise Failed(f"status {status} of: {line}\n{shown}")
        self.learn(shown)
        return shown

    def learn(self, shown):
        if offer := re.search(r"^(\S+) +load ", shown, re.MULTILINE):
            if "OFFER" in shown:
                self.known["OFFER"] = offer[1]
        if subscription := re.search(r"^ *subscription +(\S+)$", shown, re.MULTILINE):
            self.known["SUBSCRIPTION"] = subscription[1]

    def wait_for_offer(self, machine, line, patience=120):
        """Scans and lists again, as the README says, while there is nothing."""
        deadline = time.monotonic() + patience
        while "OFFER" not in self.known and time.monotonic() < deadline:
            time.sleep(5)
            self.type(machine, line.replace("market list", "market scan"))
            self.type(machine, line)

    def first_sale(self, seller, buyer):
        for heading, language, code in blocks(chapter("A first sale by hand")):
            machine = seller if "seller" in heading.lower() else buyer
            if language == "yaml":
                path = re.match(r"# (/\S+)\n", code)
                if not path:
                    raise Failed(f"a file without a name: {code}")
                machine.write(path[1], code)
            elif language == "sh":
                for line in commands(code):
                    self.type(machine, line)
                    if "market list" in line:
                        self.wait_for_offer(machine, line)
        for word in ("OFFER", "SUBSCRIPTION"):
            if word not in self.known:
                raise Failed(f"no command has shown what stands for {word}")
