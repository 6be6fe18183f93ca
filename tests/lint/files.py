# SPDX-License-Identifier: Apache-2.0
"""The project's own files: what git tracks, or everything but build folders in an unpacked archive."""
import pathlib
import subprocess

SKIPPED = {".git", "node_modules", "__pycache__"}


def project_files(root):
    root = pathlib.Path(root)
    if (root / ".git").exists():
        done = subprocess.run(["git", "-c", f"safe.directory={root}", "-C", str(root), "ls-files", "-z"], capture_output=True)
        if done.returncode == 0:
            names = done.stdout.decode().split("\0")
            return sorted(root / name for name in names if name and (root / name).is_file())
    return sorted(
        path for path in root.rglob("*")
        if path.is_file() and not any(part in SKIPPED or part.startswith("build") for part in path.relative_to(root).parts[:-1]))


def report(problems):
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)")
    return 1 if problems else 0
