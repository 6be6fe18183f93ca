# SPDX-License-Identifier: Apache-2.0
"""What sensors cost: the program bench-sensors, whose lines are name, value, unit."""
import subprocess

from figures import build_dir

ROWS = {
    "sensors_cpu": ("50 sensors, each once a second: processor time", "2 %", 2),
    "sensors_turns": ("the same: turns", "50 /s", 0),
    "sensors_wakeups": ("the same: wakeups", "", 0),
    "rest_wakeups": ("no sensor: wakeups", "", 1),
    "hung_loop_delay": ("worst delay of the loop while 10 of 50 sensors hang", "10 ms", 1),
}


def sensor_figures(figures, args):
    seconds = 5 if args.quick else 30
    run = subprocess.run([build_dir() / "tests" / "bench" / "bench-sensors", str(seconds)], stdout=subprocess.PIPE, text=True, check=True,
                         timeout=600)
    for line in run.stdout.splitlines():
        name, value, unit = line.split("\t")
        text, wanted, digits = ROWS[name]
        figures.add(name, text, float(value), unit, wanted, digits, instructions="any", cores=1)
