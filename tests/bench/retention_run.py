#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that disk and memory of the embedded ledger level off: a steady broadcast to a node that keeps transactions for a minute."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from gateway import Gateway, build_dir, free_port  # noqa: E402

CONFIG = """\
gateway: {{name: retention}}
ledger:
  mode: embedded
  minimum-weight-magnitude: 1
  embedded: {{milestone-interval: 1s, retention: {retention}}}
  api: {{listen: ["127.0.0.1:{port}"]}}
"""
COLUMNS = ("seconds", "stored", "database MB", "WAL MB", "RSS MB", "own pages MB")
LEVEL = 1.05  # the last third of the run may be so much above the third before it


def ask(port, command):
    request = urllib.request.Request(f"http://127.0.0.1:{port}", json.dumps({"command": command}).encode(),
                                     {"X-IOTA-API-Version": "1", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def memory_mb(gateway, field):
    for line in pathlib.Path(f"/proc/{gateway.daemon.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"no {field} in the status of the process")


def file_mb(path):
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def sample(gateway, port, began):
    database = gateway.state / "tangle.db"
    return (time.monotonic() - began, ask(port, "getNodeInfo")["transactionCount"], file_mb(database),
            file_mb(database.with_name("tangle.db-wal")), memory_mb(gateway, "VmRSS"), memory_mb(gateway, "RssAnon"))


def watch(gateway, port, load, every):
    samples, began = [], time.monotonic()
    while load.poll() is None:
        samples.append(sample(gateway, port, began))
        print("| " + " | ".join(f"{value:.1f}" if isinstance(value, float) else str(value) for value in samples[-1]) + " |", flush=True)
        time.sleep(max(0.0, began + every * len(samples) - time.monotonic()))
    return samples


def verdict(samples):
    """Of each column, the mean of the last third of the run over that of the third before."""
    third = len(samples) // 3
    level = True
    for i, name in enumerate(COLUMNS[1:], 1):
        before, after = (statistics.mean(s[i] for s in part) for part in (samples[-2 * third:-third], samples[-third:]))
        ratio = after / before if before else 1.0
        level = level and ratio <= LEVEL
        print(f"{name}: {before:.1f}, then {after:.1f}: {'level' if ratio <= LEVEL else 'grows'}")
    return level


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", default=build_dir() / "tests" / "bench" / "load", help="the load program (default: of the build folder)")
    parser.add_argument("--minutes", type=float, default=9, help="default %(default)s, 4 or more")
    parser.add_argument("--gateways", type=int, default=25, help="a MAM message a second each (default %(default)s)")
    parser.add_argument("--retention", default="1m", help="default %(default)s")
    parser.add_argument("--every", type=float, default=10, help="seconds between two samples (default %(default)s)")
    args = parser.parse_args()
    if args.minutes < 4 or args.every < 1:
        parser.error("--minutes 4 or more, --every 1 or more")
    port = free_port()
    with Gateway("retention", CONFIG.format(port=port, retention=args.retention)) as gateway:
        load = subprocess.Popen([args.load, "--url", f"http://127.0.0.1:{port}", "--mwm", "1", "--connections", "1", "--gateways",
                                 str(args.gateways), "--interval", "1000", "--seconds", str(int(60 * args.minutes))],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, retention {args.retention}\n")
            print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
            samples = watch(gateway, port, load, args.every)
            print("\n" + load.stdout.read())
        finally:
            load.kill()
            load.wait()
    sys.exit(0 if verdict(samples) else 1)


if __name__ == "__main__":
    main()
