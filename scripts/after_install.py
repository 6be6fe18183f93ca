#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The last step of `meson install`, with or without DESTDIR. It installs the configuration without ever overwriting what an
administrator has changed, writes down what was installed for scripts/uninstall, and removes what an older version had and this
one has not. It runs nothing on the machine."""
import argparse
import json
import os
import pathlib
import shutil
import sys

CONFIG = "pegasusd.yaml"
MANIFEST = "manifest"


def below(destdir, path):
    """The absolute path `path`, inside `destdir` if there is one."""
    return pathlib.Path(f"{destdir}{path}") if destdir else pathlib.Path(path)


def put(source, target):
    """Copies; never leaves half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    part.chmod(0o644)
    part.replace(target)


def same(one, other):
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def install_config(shipped, present, before):
    """`present`: the administrator's file. `before`: what the last installation shipped. Returns what there is to say."""
    fresh = present.with_name(f"{CONFIG}.new")
    if not present.exists() or same(present, before):
        put(shipped, present)
    elif same(present, shipped):
        pass
    elif same(shipped, before):
        return f"{present}: kept as you have changed it"
    else:
        put(shipped, fresh)
        return f"{present}: kept as you have changed it; the new one is beside it: {fresh.name}"
    fresh.unlink(missing_ok=True)
    return None


def planned(build):
    """What `meson install` has put where, as absolute paths without DESTDIR. Folders are not in it."""
    meson = pathlib.Path(build) / "meson-info/intro-installed.json"
    return sorted(path for source, path in json.loads(meson.read_text()).items() if not pathlib.Path(source).is_dir())


def remove_old(destdir, manifest, now):
    """Files of the last installation that this one does not have."""
    if not manifest.is_file():
        return
    for line in manifest.read_text().splitlines():
        if line not in now and line.startswith("/"):
            below(destdir, line).unlink(missing_ok=True)


def tell(text):
    """Meson shows nothing of what a script prints that succeeds, so this goes where meson itself writes."""
    try:
        with open(f"/proc/{os.getppid()}/fd/1", "a") as output:
            print(text, file=output)
    except OSError:
        print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipped", required=True, type=pathlib.Path)
    parser.add_argument("--config-dir", required=True)
    parser.add_argument("--data-dir", required=True)
    args = parser.parse_args()
    destdir = os.environ.get("DESTDIR", "").rstrip("/")
    data = below(destdir, args.data_dir)
    pristine = data / CONFIG
    said = install_config(args.shipped, below(destdir, args.config_dir) / CONFIG, pristine)
    if said:
        tell(said)
    put(args.shipped, pristine)

    config = f"{args.config_dir}/"
    files = [path for path in planned(os.environ["MESON_BUILD_ROOT"]) if not path.startswith(config)]
    files += [f"{args.data_dir}/{CONFIG}", f"{args.data_dir}/{MANIFEST}"]
    remove_old(destdir, data / MANIFEST, set(files))
    (data / MANIFEST).write_text("".join(f"{path}\n" for path in sorted(files)))
    return 0


sys.exit(main())
