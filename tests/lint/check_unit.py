#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""systemd's own score of the unit: 2.0 or better. Skipped (77) where systemd-analyze is not there."""
import re
import shutil
import subprocess
import sys

LIMIT = 2.0

if not shutil.which("systemd-analyze"):
    sys.exit(77)
done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", sys.argv[1]],
                      capture_output=True, text=True)
score = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
if not score:
    print("systemd-analyze gave no score:", done.stdout[-500:], done.stderr[-500:])
    sys.exit(77 if "offline" in done.stderr else 1)
print(score[0])
sys.exit(0 if float(score[1]) <= LIMIT else 1)
