#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""man.py OUTPUT VERSION ROOT DOCUMENTS XML...: the manual page of the D-Bus API, from the XML and the two tables of errors."""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

NAME = "io.github.pegasusd.Pegasus1"
EMITS = {"true": "changes are told", "const": "constant", "false": "changes are not told", "invalidates": "changes are told without the value"}


def parse(path):
    builder = ElementTree.TreeBuilder(insert_comments=True)
    return ElementTree.parse(path, ElementTree.XMLParser(target=builder)).getroot().find("interface")


def comment_of(element):
    """The first comment, as a list of paragraphs."""
    children = list(element)
    if not children or children[0].tag is not ElementTree.Comment:
        return []
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", children[0].text)]


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def bold(text):
    return f"\\fB{roff(text)}\\fR"


def italic(text):
    return f"\\fI{roff(text)}\\fR"


def paragraphs(element):
    """The text of a member, one line each, the sentences for programs at the end on lines of their own."""
    for text in comment_of(element):
        for mark in ("Polkit: ", "Errors: ", "Since 0"):
            text = text.replace(" " + mark, "\n" + mark, 1)
        yield [roff(line) for line in text.split("\n")]


def flowing(element):
    for index, lines in enumerate(paragraphs(element)):
        if index:
            yield ".IP" if element.tag != "interface" else ".PP"
        for number, line in enumerate(lines):
            if number:
                yield ".br"
            yield line


def annotation(element, name):
    return next((a.get("value") for a in element.findall("annotation") if a.get("name") == name), "")


def arguments(method):
    parts = []
    for arg in method.findall("arg"):
        way = "" if method.tag == "signal" else arg.get("direction") + " "
        parts.append(f"{way}{roff(arg.get('type'))} {italic(arg.get('name'))}")
    return ", ".join(parts)


def interface_page(interface):
    yield f'.SH "INTERFACE {interface.get("name").rsplit(".", 1)[1].upper()}"'
    yield bold(interface.get("name"))
    yield ".PP"
    yield from flowing(interface)
    for title, tag in (("Properties", "property"), ("Methods", "method"), ("Signals", "signal")):
        members = interface.findall(tag)
        if members:
            yield f".SS {title}"
        for member in members:
            yield ".TP"
            if tag == "property":
                told = EMITS[annotation(member, "org.freedesktop.DBus.Property.EmitsChangedSignal")]
                yield f"{bold(member.get('name'))} ({roff(member.get('type'))}; {told})"
            else:
                yield f"{bold(member.get('name'))}({arguments(member)})"
            yield from flowing(member)


def errors(root):
    """Name on the bus, exit status of pegasusctl, and meaning of each code."""
    meanings = dict(re.findall(r"^    (\w+),\s*///< (.*)$", (root / "lib/base/error.hpp").read_text(), re.M))
    rows = re.findall(r'ErrorInfo\{ErrorCode::(\w+), "(\w+)", (\d+)\}', (root / "lib/base/error.cpp").read_text())
    names = (root / "lib/bus/error_names.cpp").read_text()
    table = names[names.index("kStandard{"):names.index("kReadOnly{")]
    standard = {code: name for name, code in re.findall(r'Row\{"([\w.]+)", ErrorCode::(\w+)\}', table)}
    for code, name, status in rows:
        yield standard.get(code, f"{NAME}.Error.{name}"), status, meanings[code]


def page(version, root, documents, interfaces):
    yield ".\\\" Made from dbus/*.xml by dbus/man.py: change those."
    yield f'.TH "{NAME}" 5 "" "pegasusd {version}" "D-Bus API"'
    yield ".SH NAME"
    yield f"{roff(NAME)} \\- the D\\-Bus API of pegasusd"
    yield ".SH SYNOPSIS"
    yield ".nf"
    yield f"busctl introspect {roff(NAME)} /io/github/pegasusd/Pegasus1"
    yield f"busctl call {roff(NAME)} /io/github/pegasusd/Pegasus1/market \\e"
    yield f"    {roff(NAME)}.Market ListOffers a{{sv}}us 0 0 \"\""
    yield ".fi"
    yield ".SH DESCRIPTION"
    yield "Everything that"
    yield ".BR pegasusctl (1)"
    yield "does, it does by this API of"
    yield ".BR pegasusd (8)"
    yield f"on the system bus, under the name {bold(NAME)} (with"
    yield ".BR \\-\\-user ,"
    yield "on the session bus). An example in Python that lists offers, buys one and follows its readings is"
    yield f".IR {documents}/examples/buy_and_follow.py ."
    for interface in interfaces:
        yield from interface_page(interface)
    yield ".SH ERRORS"
    yield "With the exit status of"
    yield ".BR pegasusctl (1)."
    for name, status, meaning in errors(root):
        yield ".TP"
        yield f"{bold(name)} ({status})"
        yield roff(meaning[0].upper() + meaning[1:] + ".")
    yield '.SH "SEE ALSO"'
    yield ".BR pegasusctl (1),"
    yield ".BR pegasusd (8),"
    yield ".BR busctl (1),"
    yield ".BR polkit (8)"


def main():
    output, version, root, documents, *files = sys.argv[1:]
    interfaces = [parse(path) for path in files]
    pathlib.Path(output).write_text("\n".join(page(version, pathlib.Path(root), documents, interfaces)) + "\n")


main()
