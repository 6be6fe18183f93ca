#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sources carry a licence and nothing that is only for their writer: no notes to do, no paths of a machine."""
import pathlib
import re
import sys

from files import project_files, report

SOURCES = {".cpp", ".hpp", ".py", ".sh", ".build", ".xml", ".conf", ".policy", ".in", ".mjs", ".yaml", ".rules", ".js"}
SPDX = "SPDX-License-Identifier: Apache-2.0"
NOTES = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp/b-[a-z]+|home/[a-z]+|root)/[\w.]")
# Places of a booted test machine are not places of a writer's machine.
MACHINE_ALLOWED = {"tests/system"}
MAX_LINES = 600


def check(root, path):
    name = path.relative_to(root).as_posix()
    if name.startswith("tests/cases/") and path.name not in ("README.md", "outcomes.txt"):
        return  # as people wrote them
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in SOURCES and "tests/vectors/data" not in name and SPDX not in "\n".join(text.splitlines()[:8]):
        yield f"{name}: no '{SPDX}' at the top"
    if path.suffix in {".cpp", ".hpp"} and len(text.splitlines()) > MAX_LINES:
        yield f"{name}: {len(text.splitlines())} lines, more than {MAX_LINES}: split it"
    if path.suffix == ".json":
        return
    for number, line in enumerate(text.splitlines(), 1):
        if NOTES.search(line):
            yield f"{name}:{number}: a note to do something later"
        if MACHINE.search(line) and not any(name.startswith(folder) for folder in MACHINE_ALLOWED):
            yield f"{name}:{number}: a path of one machine"
        if line != line.rstrip() and path.suffix in SOURCES:
            yield f"{name}:{number}: space at the end of the line"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    texts = SOURCES | {".md", ".txt", ".json", ".1", ".5", ".8", ""}
    problems = [p for path in project_files(root) if path.suffix in texts and path.name != "LICENSE" for p in check(root, path)]
    return report(problems)


sys.exit(main())
