#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Curl for ARM, without an ARM machine.

    neon.py          instructions of the inner loop of the nonce search, counted from the disassembly
    neon.py --test   the unit tests of Curl and of the nonce search under qemu-aarch64

Needs aarch64-linux-gnu-g++ and the headers of this machine; --test downloads the libraries of arm64 with apt-get, into a temporary
folder. Says what is missing and ends with 0 then."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = "aarch64-linux-gnu-g++"
FLAGS = ["-std=c++20", "-O3", "-fno-strict-aliasing", "-march=armv8-a+crypto"]
LOGIC = re.compile(r"\t(and|bic|eor)\tv\d+\.16b")
LOGIC_PER_TRIT_ROUND = 4
LIMIT = 130  # for 24 trit-rounds
PACKAGES = ["libhwy1", "libhwy-dev", "libfmt9", "libfmt-dev", "libssl3", "libssl-dev", "libgtest-dev"]
SOURCES = ["lib/base/secret.cpp", "lib/crypto/curl.cpp", "lib/trinary/trytes.cpp", "tests/unit/crypto/curl_lanes_test.cpp",
           "tests/unit/crypto/curl_test.cpp", "tests/unit/pow/nonce_search_test.cpp", "lib/crypto/curl_batch.cpp",
           "lib/crypto/curl_kernel.cpp", "lib/pow/nonce_search.cpp"]


def missing(*programs):
    for program in programs:
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            return True
    return False


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, text=True, **options)


def link_headers(folder, origin, names):
    """The headers of libraries without those of this machine's C library."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).symlink_to(origin / name)


def compile_object(source, target, *includes):
    run(COMPILER, *FLAGS, *(f"-I{folder}" for folder in (*includes, ROOT / "lib", ROOT / "tests", ROOT)), "-c",
        ROOT / source, "-o", target)


def loops(disassembly):
    """The instructions of each innermost loop: from the target of a branch backwards to the branch."""
    addresses = []
    lines = []
    for line in disassembly.splitlines():
        found = re.match(r" *([0-9a-f]+):(\t.*)", line)
        if not found:
            addresses, lines = [], []  # another function
            continue
        address = int(found[1], 16)
        addresses.append(address)
        lines.append(found[2])
        branch = re.match(r"\t(?:b\.\w+|cbn?z\t\w+,|tbn?z\t\w+, #\d+,)\s+([0-9a-f]+) <", found[2])
        if branch and int(branch[1], 16) in addresses:
            body = lines[addresses.index(int(branch[1], 16)):]
            if not any(re.match(r"\t(?:bl?|b\.\w+|cbn?z|tbn?z)\t", one) for one in body[:-1]):
                yield body


def count(folder):
    if missing(COMPILER, "aarch64-linux-gnu-objdump"):
        return
    link_headers(folder / "include", pathlib.Path("/usr/include"), ("hwy", "fmt", "tl"))
    compile_object("lib/pow/nonce_search.cpp", folder / "search.o", folder / "include")
    listing = run("aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", folder / "search.o", capture_output=True).stdout
    # In place: it finds its places in a table of halfwords, and stores where it has loaded.
    bodies = [body for body in loops(listing) if sum(map(bool, map(LOGIC.match, body))) >= 24 * LOGIC_PER_TRIT_ROUND
              and any("\tldrh\t" in line for line in body)]
    if not bodies:
        sys.exit("the loop was not found")
    body = max(bodies, key=lambda one: sum(map(bool, map(LOGIC.match, one))))
    logic = sum(map(bool, map(LOGIC.match, body)))
    rounds = logic // LOGIC_PER_TRIT_ROUND
    each = 24 * len(body) / rounds
    kinds = {name: sum(line.startswith(f"\t{name}\t") for line in body) for name in ("ldp", "stp", "ldrh", "ldurh", "add", "ldr", "str")}
    print(f"loop of {len(body)} instructions for {rounds} trit-rounds of 128 lanes: {each:.1f} for 24 (at most {LIMIT})")
    print(f"logic {logic}, " + ", ".join(f"{name} {number}" for name, number in kinds.items() if number))
    print(f"state {729 * 32} bytes, in place")


def test(folder):
    if missing(COMPILER, "qemu-aarch64", "apt-get", "dpkg"):
        return
    apt = folder / "apt"
    for name in ("lists/partial", "cache/archives/partial", "packages"):
        (apt / name).mkdir(parents=True)
    (apt / "status").touch()
    options = [word for option in ("APT::Architecture=arm64", "APT::Architectures=arm64", f"Dir::State::lists={apt}/lists",
                                   f"Dir::State::status={apt}/status", f"Dir::Cache={apt}/cache", "Debug::NoLocking=1")
               for word in ("-o", option)]
    run("apt-get", *options, "-qq", "update")
    run("apt-get", *options, "-qq", "download", *PACKAGES, cwd=apt / "packages")
    root = folder / "root"
    for package in (apt / "packages").iterdir():
        run("dpkg", "-x", package, root)
    link_headers(folder / "include", root / "usr/include", ("hwy", "fmt", "gtest", "openssl"))
    (folder / "include/tl").symlink_to("/usr/include/tl")
    libraries = root / "usr/lib/aarch64-linux-gnu"
    objects = [folder / f"{number}.o" for number in range(len(SOURCES))]
    for source, target in zip(SOURCES, objects):
        compile_object(source, target, folder / "include", root / "usr/include/aarch64-linux-gnu")
    program = folder / "unit-curl"
    run(COMPILER, *objects, libraries / "libgtest.a", libraries / "libgtest_main.a", f"-L{libraries}", "-lhwy", "-lfmt", "-lcrypto",
        f"-Wl,-rpath-link,{libraries}", "-o", program)
    run("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", "-E", f"LD_LIBRARY_PATH={libraries}", program)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--test", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (test if arguments.test else count)(pathlib.Path(folder))


if __name__ == "__main__":
    main()
