# SPDX-License-Identifier: Apache-2.0
"""What was measured, on which machine: one table for people, one list for programs."""
import json
import os
import pathlib
import subprocess
import sys

COLUMNS = ("figure", "measured", "target", "instructions", "cores", "x plain")


def build_dir():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    return pathlib.Path(os.environ.get("PEGASUS_BUILD", root / "build")).resolve()


def benchmark_program(name, *options):
    """Runs one of the programs of Google Benchmark; its whole JSON."""
    program = build_dir() / "tests" / "bench" / f"bench-{name}"
    if not program.exists():
        raise RuntimeError(f"{program} is not built: ninja -C {build_dir()} bench")
    run = subprocess.run([program, "--benchmark_format=json", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True, timeout=1800, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{program.name}: status {run.returncode}: {run.stderr.strip()[-500:]}")
    return json.loads(run.stdout)


class Machine:
    """The processor and the programs; nothing here changes while we measure."""

    def __init__(self):
        fields = dict(line.split(":", 1) for line in output("lscpu").splitlines() if ":" in line)
        self.model = fields.get("Model name", "unknown processor").strip()
        self.cores = os.cpu_count()
        described = benchmark_program("machine", "--benchmark_repetitions=5", "--benchmark_min_time=0.05")
        self.compiler = described["context"]["compiler"]
        self.instruction_set = described["context"]["instruction_set"]
        rates = [b["rate"] for b in described["benchmarks"] if b["run_type"] == "iteration"]
        self.clock_ghz = max(rates) / 1e9 if rates else None
        options = json.loads((build_dir() / "meson-info" / "intro-buildoptions.json").read_text())
        self.build_type = next(o["value"] for o in options if o["name"] == "buildtype")

    def __str__(self):
        clock = f" at {self.clock_ghz:.2f} GHz (measured)" if self.clock_ghz else ""
        return (f"{self.model}, {self.cores} cores{clock}, {self.instruction_set}; {self.compiler}, "
                f"build type {self.build_type}")


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout


def si(value, unit):
    """13,512,345 1/s as 13.5 M/s."""
    per = unit.removeprefix("1")
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:,.{1 if value < 100 * size else 0}f} {letter}{per}"
    return f"{value:,.{1 if value < 10 else 0}f}{per}"


class Figures:
    """The rows in the order of measuring."""

    def __init__(self, machine):
        self.machine = machine
        self.rows = []

    def add(self, name, text, value, unit, wanted="", digits=1, *, instructions=None, cores=None, ratio=None, shown=None):
        """`wanted` is the target in words; `instructions` and `cores` are those of the machine unless told."""
        self.rows.append({
            "name": name, "text": text, "value": round(value, 4), "unit": unit, "wanted": wanted, "ratio": ratio,
            "instructions": instructions or self.machine.instruction_set, "cores": cores or self.machine.cores,
            "shown": shown or f"{value:,.{digits}f} {unit}"})
        print(f"  {text}: {self.rows[-1]['shown']}", file=sys.stderr, flush=True)

    def detail(self, name, value, unit):
        """A figure for programs only: what a row of the table says beside its value."""
        self.rows.append({"name": name, "text": None, "value": round(value, 4), "unit": unit, "ratio": None,
                          "instructions": self.machine.instruction_set, "cores": self.machine.cores})

    def table(self):
        """Markdown, and in columns on a terminal."""
        cells = [COLUMNS] + [
            (r["text"], r["shown"], r["wanted"], r["instructions"], str(r["cores"]), f"{r['ratio']:.1f}" if r["ratio"] else "")
            for r in self.rows if r["text"]]
        widths = [max(len(row[i]) for row in cells) for i in range(len(COLUMNS))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
        return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])

    def json(self):
        return [{"name": r["name"], "value": r["value"], "unit": r["unit"], "target": r["instructions"], "cores": r["cores"],
                 "reference_ratio": r["ratio"] and round(r["ratio"], 2)} for r in self.rows]
