#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions per trial, hash, address and so on, counted by callgrind: the same on every run, whatever else the machine does.

    PEGASUS_BUILD=build instruction_counts.py [part of a name]

Callgrind knows no AVX-512, so this is the AVX2 path. Build the programs first: ninja -C build bench."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

from figures import build_dir

LANES = 256  # of AVX2
BATCH = 1024  # transactions, as in pow_bench.cpp


class Row(NamedTuple):
    text: str
    program: str
    benchmark: str
    function: str  # whose instructions, with all that it calls
    counted: str = ""  # whose calls are the things done; by default its own
    each: int = 1  # things done in such a call


ROWS = (
    Row("nonce tried", "pow", "pow_trials/AVX2", "pegasus::pow::searchNonce", "pegasus::pow::N_AVX2::Search::trial", LANES),
    Row("transaction hash, batched", "pow", "curl_transaction_batch/AVX2", "pegasus::crypto::curlHashAll", each=BATCH),
    Row("transaction hash, one alone", "pow", "curl_transaction_single", "pegasus::crypto::curlHash"),
    Row("address, security 2", "crypto", "address_security_2/AVX2", "pegasus::crypto::deriveAddress"),
    Row("signature, security 2", "crypto", "sign_security_2/AVX2", "pegasus::crypto::sign"),
    Row("verification, security 2", "crypto", "verify_security_2/AVX2", "pegasus::crypto::addressOfSignature"),
    Row("MAM message created", "mam", "mam_create/AVX2", "pegasus::mam::createMessage"),
    Row("MAM message parsed", "mam", "mam_parse/AVX2", "pegasus::mam::decode"),
)


def calls(profile):
    """Calls and instructions of each function that was called, from the output of callgrind."""
    names = {}
    counts = {}
    called = None
    times = 0
    for line in profile.splitlines():
        if found := re.match(r"c?fn=(\(\d+\))(?: (.*))?", line):
            if found[2]:
                names[found[1]] = found[2]
            called = names[found[1]]
        elif found := re.match(r"calls=(\d+)", line):
            times = int(found[1])
        elif times:
            before = counts.get(called, (0, 0))
            counts[called] = (before[0] + times, before[1] + int(line.split()[1]))
            times = 0
    return counts


def measure(row):
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / "profile"
        program = build_dir() / "tests" / "bench" / f"bench-{row.program}"
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", program,
                        f"--benchmark_filter=^{row.benchmark}$", "--benchmark_min_time=0.001"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        counts = calls(profile.read_text())

    def total(function):
        pattern = re.compile(re.escape(function) + r"(\[abi:\w+\])?\(")
        matching = [count for name, count in counts.items() if pattern.match(name)]
        if not matching:
            raise RuntimeError(f"{row.benchmark} does not call {function}")
        return tuple(map(sum, zip(*matching)))

    things = total(row.counted or row.function)[0] * row.each
    return total(row.function)[1] / things, things


def main():
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        return
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    print(f"{'AVX2':32}{'instructions':>16}{'of how many':>14}")
    for row in ROWS:
        if wanted in row.text:
            instructions, things = measure(row)
            print(f"{row.text:32}{instructions:16,.0f}{things:14,}", flush=True)


if __name__ == "__main__":
    main()
