#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures pegasusd on this machine: one table, and a list in bench.json. All of it takes some 20 minutes on two cores, most of
them for storing a million transactions; --quick takes two."""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

import gateway_figures
import kernels
import load_curve
import sensor_figures
from figures import Figures, Machine
from gateway import CommandFailed

SECTIONS = {
    "pow": kernels.pow_figures, "crypto": kernels.crypto_figures, "mam": kernels.mam_figures, "tips": kernels.tips_figures,
    "start": gateway_figures.start_figures, "demo": gateway_figures.demo_figures, "ledger": gateway_figures.ledger_figures,
    "curve": load_curve.curve_figures, "sensors": sensor_figures.sensor_figures, "seller": gateway_figures.seller_figures,
}


def number(kind, least, most):
    def parse(text):
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"got {text}, expected {least} to {most}")
        return value
    parse.__name__ = "number"
    return parse


def arguments():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="5000 transactions, two points of the curve, 30 s of the sellers")
    parser.add_argument("--only", choices=SECTIONS, action="append", metavar="SECTION",
                        help=f"this part; may be given again ({', '.join(SECTIONS)})")
    parser.add_argument("--json", metavar="FILE", default="bench.json", help="the list (default %(default)s)")
    parser.add_argument("--transactions", type=number(int, 1000, 10_000_000), metavar="N", help="to be stored (default 1000000)")
    parser.add_argument("--queries", type=number(int, 10, 1_000_000), metavar="N", help="of each kind (default 3000)")
    parser.add_argument("--minutes", type=number(float, 0.1, 1500), metavar="N", help="to watch the sellers (default 5: in it each of them publishes a batch; 60 for figures to keep)")
    parser.add_argument("--repeat", type=number(int, 1, 100), metavar="N", help="starts, of which the median counts (default 5)")
    parser.add_argument("--readings", type=number(int, 1, 1000), metavar="N", default=5, help="of the demo (default %(default)s)")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    usual = dict(transactions=5000, queries=200, minutes=0.5, repeat=2) if args.quick else dict(
        transactions=1_000_000, queries=3000, minutes=5, repeat=5)
    for name, value in usual.items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    folder = pathlib.Path(args.json).resolve().parent
    if not os.access(folder, os.W_OK) or pathlib.Path(args.json).is_dir():
        parser.error(f"argument --json: cannot write {args.json}")
    return args


def measure(figures, sections, args):
    """Goes on with the next section where one fails; their names."""
    failed = []
    for name in sections:
        print(f"{name}:", file=sys.stderr, flush=True)
        try:
            SECTIONS[name](figures, args)
        except (CommandFailed, OSError, RuntimeError, subprocess.SubprocessError) as error:
            print(f"{name} failed: {error}", file=sys.stderr, flush=True)
            failed.append(name)
    return failed


def main():
    args = arguments()
    if args.check:
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended on the way out
    try:
        figures = Figures(Machine())
        before = os.getloadavg()[0]
        failed = measure(figures, args.only or SECTIONS, args)
    except KeyboardInterrupt:
        return 130
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    pathlib.Path(args.json).write_text(json.dumps(figures.json(), indent=1) + "\n")
    print(f"\n{figures.machine}; load average {before:.1f} before, {os.getloadavg()[0]:.1f} after\n\n{figures.table()}")
    print(f"\n{len(figures.rows)} figures in {args.json}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
