#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The D-Bus contract: every member documented, every method in the gate and in the bus policy, and nothing else there; errors,
signals and changes of properties that are documented are in the code."""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

from files import report

PREFIX = "io.github.pegasusd.Pegasus1"
TYPES = re.compile(r"^(?:[ybnqiuxtdsogh]|v|a\{sv\}|a+(?:\{sv\}|[sotxu])|a\([a-z]+\))$")
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
ASYNC = "org.freedesktop.DBus.Method.Async"
RULE = re.compile(r'Rule\{"(\w+)", "(\w+)", Access::(\w+)\}')
ACTION = re.compile(r"case Access::(\w+): return \"([a-z-]*)\";")


def parse(path):
    builder = ElementTree.TreeBuilder(insert_comments=True)
    return ElementTree.parse(path, ElementTree.XMLParser(target=builder)).getroot()


def comment_of(element):
    children = list(element)
    if children and children[0].tag is ElementTree.Comment:
        return " ".join(children[0].text.split())
    return ""


def annotations(element):
    return {a.get("name"): a.get("value") for a in element.findall("annotation")}


def check_member(where, member):
    text = comment_of(member)
    if len(text) < 15:
        yield f"{where}: not documented"
    if "Since " not in text:
        yield f"{where}: does not say since when it exists"
    for arg in member.findall("arg"):
        name = arg.get("name", "")
        if not name or not re.search(rf"\b{name}\b", text):
            yield f"{where}: argument '{name}' is not documented"
        if not TYPES.match(arg.get("type")):
            yield f"{where}: argument '{name}' has a type outside of the conventions: {arg.get('type')}"


def check_method(where, method, access, actions):
    text = comment_of(method)
    if annotations(method).get(ASYNC) != "server":
        yield f"{where}: answers before the gate can be asked ({ASYNC} is not 'server')"
    action = actions.get(access, "")
    said = re.search(r"Polkit: ([a-z-]+)\.", text)
    if not said:
        yield f"{where}: does not name its polkit action"
    elif said[1] != (action or "none"):
        yield f"{where}: documents polkit action '{said[1]}', the gate asks for '{action or 'none'}'"


def check_property(where, prop):
    if prop.get("access") != "read":
        yield f"{where}: writable; a property write has no gate"
    if EMITS not in annotations(prop):
        yield f"{where}: no {EMITS}"


def errors_of(text):
    """Names that a comment gives as errors, without their reasons; several sentences of one comment count."""
    for sentence in re.findall(r"Errors: (.*?)\. Since", text):
        for part in re.sub(r"\([^)]*\)", "", sentence).split(","):
            if part.strip()[:1].isupper():
                yield part.strip()


def known_errors(root):
    """Names of errors as they go over the bus, without prefix, that the code of the daemon makes somewhere."""
    table = re.findall(r'ErrorInfo\{ErrorCode::(\w+), "(\w+)"', (root / "lib/base/error.cpp").read_text())
    names = (root / "lib/bus/error_names.cpp").read_text()
    standard = dict((c, n) for n, c in re.findall(r'Row\{"[\w.]+\.(\w+)", ErrorCode::(\w+)\}', names.split("kReadOnly")[0]))
    made = set()
    for path in [*(root / "lib").rglob("*.cpp"), *(root / "daemon").rglob("*.cpp")]:
        made |= set(re.findall(r"ErrorCode::(\w+)", path.read_text())) if path.name not in ("error.cpp", "error_names.cpp") else set()
    return {standard.get(code, name) for code, name in table if code in made}


def check_errors(where, text, known):
    for name in errors_of(text):
        if name not in known:
            yield f"{where}: documents the error '{name}', which the daemon does not have"


def check_signal(where, signal, objects):
    if f"emit{signal.get('name')}(" not in objects:
        yield f"{where}: nothing sends it"
    for arg in signal.findall("arg"):
        if arg.get("type") != "t":
            yield f"{where}: '{arg.get('name')}' is a {arg.get('type')}; everybody hears a signal, so it has numbers and times only"


def check_told(where, prop, objects):
    if annotations(prop).get(EMITS) == "true" and f'{{"{prop.get("name")}", ' not in objects:
        yield f"{where}: its changes are not told (changing() of the object does not have it)"


def check_rows(root, texts):
    """Every key of a row is documented somewhere."""
    keys = set()
    for path in [*(root / "daemon/objects").glob("*rows.cpp"), root / "daemon/objects/published_log.cpp", root / "daemon/objects/market.cpp",
                 root / "daemon/objects/manager.cpp"]:
        text = path.read_text()
        keys |= set(re.findall(r'\{"([a-z][a-z-]*)", ', text)) | set(re.findall(r'row\["([a-z-]+)"\]', text))
        keys |= set(re.findall(r'putTime\(row, "([a-z-]+)"', text))
    words = set(re.findall(r"[a-z][a-z-]*", " ".join(texts).lower()))
    properties = {re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower() for name in re.findall(r"property:(\w+)", " ".join(texts))}
    return [f"the key '{key}' of a row is not documented" for key in sorted(keys - words - properties)]


def policy_members(path):
    members = set()
    for allow in ElementTree.parse(path).getroot().find("policy[@context='default']").findall("allow"):
        interface = allow.get("send_interface", "")
        if interface.startswith(PREFIX):
            members.add((interface.removeprefix(PREFIX + "."), allow.get("send_member")))
        elif interface == "" or (interface.endswith(".Properties") and allow.get("send_member") not in {"Get", "GetAll"}):
            members.add((interface, allow.get("send_member")))
    return members


def check_action(action, used):
    """Who owns it may ask polkit about others; without an owner only root may, and the daemon is not root."""
    name = action.get("id")
    owner = action.find("annotate[@key='org.freedesktop.policykit.owner']")
    if owner is None or owner.text != "unix-user:pegasus":
        yield f"polkit action {name}: not owned by unix-user:pegasus"
    if name.removeprefix(PREFIX + ".") not in used:
        yield f"polkit action {name}: needed by no method"
    for key in ("allow_any", "allow_inactive", "allow_active"):
        if action.find(f"defaults/{key}") is None:
            yield f"polkit action {name}: no {key}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    gate = (root / "daemon/gate.cpp").read_text()
    rules = {(i, m): a for i, m, a in RULE.findall(gate)}
    actions = dict(ACTION.findall(gate))
    known = known_errors(root)
    objects = {path.name: path.read_text() for path in (root / "daemon/objects").glob("*.cpp")}
    problems, methods, texts = [], set(), []
    for path in sorted((root / "dbus").glob("*.xml")):
        for interface in parse(path).findall("interface"):
            name = interface.get("name")
            short = name.removeprefix(PREFIX + ".")
            if path.name != f"{name}.xml":
                problems.append(f"{path.name}: holds {name}")
            if len(comment_of(interface)) < 15:
                problems.append(f"{name}: not documented")
            texts.append(comment_of(interface))
            source = next((text for text in objects.values() if f"Pegasus1::{short}_adaptor>" in text), "")
            for tag in ("method", "property", "signal"):
                for member in interface.findall(tag):
                    where = f"{name}.{member.get('name')}"
                    problems += check_member(where, member)
                    problems += check_errors(where, comment_of(member), known)
                    texts += [comment_of(member), f"{tag}:{member.get('name')}"]
                    if tag == "method":
                        methods.add((short, member.get("name")))
                        problems += check_method(where, member, rules.get((short, member.get("name"))), actions)
                    elif tag == "property":
                        problems += check_property(where, member)
                        problems += check_told(where, member, source)
                    else:
                        problems += check_signal(where, member, source)
    problems += check_rows(root, texts)
    problems += [f"{i}.{m}: not in the gate" for i, m in sorted(methods - rules.keys())]
    problems += [f"{i}.{m}: in the gate, and no method" for i, m in sorted(rules.keys() - methods)]
    allowed = policy_members(root / f"dbus/{PREFIX}.conf")
    problems += [f"{i}.{m}: not in the bus policy" for i, m in sorted(methods - allowed)]
    problems += [f"{i}.{m}: allowed by the bus policy, and no method" for i, m in sorted(allowed - methods, key=str)]
    policy = ElementTree.parse(root / f"dbus/{PREFIX}.policy").getroot().findall("action")
    declared = {a.get("id").removeprefix(PREFIX + ".") for a in policy}
    needed = set(actions.values()) - {""}
    used = {actions.get(access) for access in rules.values()}
    problems += [problem for action in policy for problem in check_action(action, used)]
    problems += [f"polkit action {a}: only in one of gate and policy" for a in sorted(declared ^ needed)]
    if not methods:
        problems.append("no methods found: is this the right folder?")
    return report(problems)


sys.exit(main())
