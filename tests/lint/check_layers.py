#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The #includes against the layers of docs/architecture.md: they point downwards only, and foreign code stays in its folder."""
import pathlib
import re
import sys

from files import project_files, report

# What each folder may include of ours, beside itself.
BELOW = {
    "base": set(),
    "loop": {"base"},
    "trinary": {"base"},
    "crypto": {"base", "trinary"},
    "pow": {"base", "trinary", "crypto"},
    "model": {"base", "trinary", "crypto", "pow"},
    "mam": {"base", "trinary", "crypto", "pow", "model"},
    "store": {"base"},
    "keys": {"base", "trinary", "crypto", "model", "store"},
    "ledger": {"base", "trinary", "crypto", "pow", "model"},
    "node": {"base", "trinary", "crypto", "pow", "model", "store", "keys", "ledger"},
    "iri": {"base", "loop", "trinary", "crypto", "pow", "model", "store", "ledger"},
    "wallet": {"base", "trinary", "crypto", "pow", "model", "store", "keys", "ledger"},
    "sensor": {"base"},
    "stream": {"base", "trinary", "crypto", "pow", "model", "mam", "store", "keys", "ledger", "sensor"},
    "market": {"base", "trinary", "crypto", "pow", "model", "mam", "store", "keys", "ledger", "wallet", "sensor", "stream"},
    "config": {"base"},
    "bus": {"base"},
    "drivers": {"base", "sensor"},
    "cli": {"base", "bus"},
    "pch": {"base"},
}
BELOW["daemon"] = set(BELOW) - {"cli", "pch"}

# Foreign code, by the start of the include; who may name it.
DATABASE = {"store", "keys", "node", "iri", "wallet", "stream", "market", "daemon"}
FOREIGN = {
    "boost/asio": {"base", "loop", "iri", "bus", "daemon"},
    "boost/beast": {"iri"},
    "boost/json": {"iri", "stream", "market", "cli", "drivers"},
    "openssl/": {"crypto", "iri"},
    "hwy/": {"crypto", "pow"},
    "SQLiteCpp/": DATABASE,
    "sqlite3.h": {"store", "node"},
    "yaml-cpp/": {"config"},
    "sdbus-c++/": {"bus", "daemon", "cli"},
    "systemd/": {"bus", "daemon"},
    "gpiod": {"drivers"},
    "CLI/": {"cli"},
    "qrencode.h": {"cli"},
}
# Pure folders: no files, sockets, clocks, logs or threads.
PURE = {"trinary", "crypto", "pow", "model", "mam"}
IMPURE = {"fstream", "filesystem", "iostream", "cstdio", "thread", "mutex", "condition_variable", "unistd.h", "fcntl.h",
          "sys/socket.h", "sys/stat.h", "syslog.h", "netinet/in.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path):
    parts = path.parts
    if parts[0] == "lib" and len(parts) > 2:
        return parts[1]
    if parts[0] in {"daemon", "cli", "drivers"}:
        return parts[0]
    return None


def check_include(folder, include, quoted):
    target = include.split("/")[0]
    if quoted and target in BELOW:
        if target != folder and target not in BELOW[folder]:
            yield f"{folder} may not include {target}"
        return
    for prefix, allowed in FOREIGN.items():
        if include.startswith(prefix) and folder not in allowed:
            yield f"{folder} may not name {prefix}"
    if folder in PURE and include in IMPURE:
        yield f"{folder} is pure and may not include <{include}>"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    problems = []
    for path in project_files(root):
        name = path.relative_to(root)
        folder = folder_of(name)
        if folder is None or path.suffix not in {".cpp", ".hpp"}:
            continue
        if folder not in BELOW:
            problems.append(f"{name}: folder {folder} is not in the table of this test")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := INCLUDE.match(line):
                problems += [f"{name}:{number}: {p}" for p in check_include(folder, match[2], match[1] == '"')]
    return report(problems)


sys.exit(main())
