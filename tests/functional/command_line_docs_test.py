# SPDX-License-Identifier: Apache-2.0
"""pegasusctl(1), --help and the completion say the same: each command, each option, each exit status."""
import re
import subprocess
import unittest

from support import ROOT, build_dir, main

CTL = str(build_dir() / "cli" / "pegasusctl")


def run(*args):
    return subprocess.run([CTL, *args], capture_output=True, text=True, timeout=10, check=True).stdout


def help_of(*path):
    return run(*path, "--help")


def commands_in(text):
    """Names under "Subcommands:"."""
    block = re.split(r"^subcommands:\n", text, flags=re.MULTILINE | re.IGNORECASE)[-1] if "ubcommands" in text.lower() else ""
    names = []
    for line in block.splitlines():
        found = re.match(r"  ([a-z][a-z-]*)(?: |$)", line)
        if found:
            names.append(found[1])
        elif not line.startswith(" "):
            break
    return names


def options_in(text):
    return set(re.findall(r"^  (?:-\w, *)?(--[a-z][a-z-]*)", text, re.MULTILINE)) - {"--help", "--version"}


def walk(path=()):
    below = commands_in(help_of(*path))
    if not below:
        yield path
    for name in below:
        yield from walk((*path, name))


def words_of(*line):
    return {row.split("\t")[0] for row in run("complete-words", *line).splitlines()}


def man():
    """The text without markup."""
    text = (ROOT / "docs" / "man" / "pegasusctl.1").read_text()
    text = re.sub(r"\\f[A-Z]", "", text).replace("\\-", "-")
    return "\n".join(re.sub(r"^\.(?:B|BR|BI|I|RB) ", "", line).replace('"', "") for line in text.splitlines())


def entry(text, command):
    """The lines of a command: from its own to the next entry."""
    found = re.search(rf"^\.TP\n{re.escape(command)}(?: .*)?\n((?:(?!\.TP|\.SS|\.SH|SH |SS ).*\n)*)", text, re.MULTILINE)
    return found[0] if found else None


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.man = man()
        cls.verbs = list(walk())

    def test_there_are_verbs(self):
        self.assertGreater(len(self.verbs), 35)
        self.assertIn(("wallet", "send"), self.verbs)

    def test_each_verb_and_option_is_in_the_man_page(self):
        for path in self.verbs:
            command = " ".join(path)
            with self.subTest(command):
                lines = entry(self.man, command)
                self.assertIsNotNone(lines, "no entry")
                if command == "stream announce":  # its terms are those of create
                    lines += entry(self.man, "stream create")
                for option in options_in(help_of(*path)):
                    self.assertRegex(lines, rf"{option}(?![a-z-])")

    def test_the_man_page_names_nothing_else(self):
        known = {option for path in [(), *self.verbs] for option in options_in(help_of(*path))} | {"--help", "--version"}
        self.assertEqual(set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", self.man)) - known, set())
        named = {tuple(words.split()) for words in re.findall(
            r"^\.TP\n((?:wallet|sensor|stream|market|subscription|node) [a-z-]+)", self.man, re.MULTILINE)}
        self.assertEqual(named - set(self.verbs), set())

    def test_the_completion_knows_each_verb_and_option(self):
        for path in self.verbs:
            with self.subTest(" ".join(path)):
                self.assertIn(path[-1], words_of(*path[:-1], ""))
                self.assertLessEqual(options_in(help_of(*path)) | options_in(help_of()), words_of(*path, "--"))

    def test_global_options_are_told_and_taken_everywhere(self):
        for option in options_in(help_of()):
            self.assertRegex(self.man, rf"\n{option}(?![a-z-])")
            for path in self.verbs:
                self.assertIn(option, help_of(*path), path)

    def test_help_of_each_verb_is_help_before_it(self):
        for path in self.verbs:
            self.assertEqual(run("help", *path), help_of(*path))

    def test_exit_statuses_are_those_of_the_table(self):
        table = dict(re.findall(r'ErrorInfo\{ErrorCode::\w+, "(\w+)", (\d+)\}', (ROOT / "lib" / "base" / "error.cpp").read_text()))
        self.assertGreater(len(table), 15)
        said = {int(number) for number in re.findall(r"^(\d+)\|", self.man, re.MULTILINE)}
        self.assertEqual(said, {int(number) for number in table.values()} | {0, 3})


if __name__ == "__main__":
    main()
