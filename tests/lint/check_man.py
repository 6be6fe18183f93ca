#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_man.py ROOT PAGE: the manual page of the D-Bus API names every member, argument, action and error, and is good roff."""
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from files import report


def plain(page):
    """Without the marks of roff."""
    return page.replace("\\-", "-").replace("\\e", "\\").replace("\\&", "").replace("\\fB", "").replace("\\fI", "").replace("\\fR", "")


def problems_of(root, page):
    text = plain(page)
    headings = set(re.findall(r"^(\w+)(?:\(| \()", text, re.M))
    for path in sorted((root / "dbus").glob("*.xml")):
        interface = ElementTree.parse(path).getroot().find("interface")
        if interface.get("name") not in text:
            yield f"{interface.get('name')} is not in the page"
        for member in interface:
            if member.tag not in ("method", "property", "signal"):
                continue
            if member.get("name") not in headings:
                yield f"{interface.get('name')}.{member.get('name')} has no entry"
            for arg in member.findall("arg"):
                if f"{arg.get('type')} {arg.get('name')}" not in text:
                    yield f"{interface.get('name')}.{member.get('name')}: {arg.get('name')} is not in the page"
        words = " ".join(path.read_text().split())
        for comment in re.findall(r"<!-- (.*?) -->", words):
            for sentence in re.findall(r"(?:Polkit|Errors): [^.]*\.", comment):
                if sentence not in " ".join(text.split()):
                    yield f"{path.name}: '{sentence}' is not in the page"
    for name in re.findall(r'ErrorInfo\{ErrorCode::\w+, "(\w+)"', (root / "lib/base/error.cpp").read_text()):
        wire = {"InvalidArgument": "InvalidArgs", "LimitExceeded": "LimitsExceeded"}.get(name, name)
        if not re.search(rf"\.Error\.{wire} \(\d+\)$", text, re.M):
            yield f"the error {wire} is not in the page"


def warnings_of(path):
    if not shutil.which("groff"):
        return []
    run = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", path], capture_output=True, text=True)
    return run.stderr.splitlines()


def main():
    root, path = pathlib.Path(sys.argv[1]), sys.argv[2]
    return report([*problems_of(root, pathlib.Path(path).read_text()), *warnings_of(path)])


sys.exit(main())
