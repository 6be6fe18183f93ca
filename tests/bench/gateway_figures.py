#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of whole gateways: starting, broadcasting, queries, memory, disk, wear and the demo. Sections of bench.py."""
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from figures import build_dir  # noqa: E402
from gateway import Gateway, free_port, wait_for  # noqa: E402

WEIGHT = 1  # of the network that is filled: the work of the clients is no figure of the node
NODE = """\
gateway: {{name: node}}
ledger:
  mode: embedded
  minimum-weight-magnitude: {weight}
  embedded: {{milestone-interval: 1s}}
  api: {{listen: ["127.0.0.1:{port}"]}}
"""
SELLER = """\
gateway: {{name: seller, latitude: 45.07, longitude: 7.69}}
ledger: {ledger}
sensors:
"""
EMBEDDED = '{{mode: embedded, api: {{listen: ["127.0.0.1:{port}"]}}}}'
REMOTE = '{{mode: remote, remote: {{nodes: ["http://127.0.0.1:{port}"]}}}}'
SLOW_SENSORS = 5
SLOW_SECONDS = 20
BATCH = 15
DAY = 86400
GROWTH_FROM = 10_000  # transactions; what is measured then is measured again when all are stored
TIPS = "getTransactionsToApprove"


def started(gateway):
    """Starts bus and daemon; the seconds until READY."""
    gateway.start_bus()
    return gateway.start(timeout=120)


def kib(gateway, field):
    for line in pathlib.Path(f"/proc/{gateway.daemon.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise RuntimeError(f"no {field} in the status of the process")


def resident_mb(gateway):
    return kib(gateway, "VmRSS") * 1024 / 1e6


def written_bytes(gateway):
    """To the disk, as the kernel counts it."""
    fields = dict(line.split(": ") for line in pathlib.Path(f"/proc/{gateway.daemon.pid}/io").read_text().splitlines())
    return int(fields["write_bytes"]) - int(fields["cancelled_write_bytes"])


def processor_ms(gateway):
    """Of all its threads, since it started: it does not depend on what else runs on the machine."""
    tasks = pathlib.Path(f"/proc/{gateway.daemon.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def database_bytes(gateway):
    return sum(f.stat().st_size for f in gateway.state.rglob("tangle.db*"))


def start_figures(figures, args):
    first, again = [], []
    for _ in range(args.repeat):
        gateway = Gateway("empty", NODE.format(port=free_port(), weight=WEIGHT))
        try:
            first.append(started(gateway))
            gateway.stop()
            again.append(gateway.start())
        finally:
            gateway.__exit__()
    figures.add("start_new_ms", "very first start to READY (makes keys and the genesis)", 1000 * statistics.median(first), "ms", digits=0)
    figures.add("start_empty_ms", "start to READY, empty", 1000 * statistics.median(again), "ms", "300 ms", digits=0)


def run_load(*options):
    """Its figures by name, and "processor_ms", which it took itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([build_dir() / "tests" / "bench" / "load", *map(str, options), "--json", out.name], stdout=sys.stderr, check=True,
                       timeout=3600)
        figures = {row["name"]: row["value"] for row in json.load(open(out.name))}
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures["processor_ms"] = 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return figures


def short(count):
    return f"{count // 1_000_000}m" if count % 1_000_000 == 0 else f"{count // 1000}k" if count % 1000 == 0 else str(count)


def query_latencies(load, percent):
    end = f"_p{percent}_ms"
    return {n[:-len(end)]: v for n, v in load.items() if n.endswith(end) and not n.startswith(("broadcast", "tips_"))}


def ledger_figures(figures, args):
    """One node is filled; with enough to be stored it is asked twice, so that growth shows."""
    port, count = free_port(), args.transactions
    gateway = Gateway("node", NODE.format(port=port, weight=WEIGHT))
    try:
        started(gateway)
        gateway.stop()
        empty = database_bytes(gateway)
        gateway.start()
        common = ("--url", f"http://127.0.0.1:{port}", "--mwm", WEIGHT, "--query", "--queries", args.queries)
        first = GROWTH_FROM if count >= 10 * GROWTH_FROM else 0
        early = run_load(*common, "--transactions", first) if first else None
        singles = min(2000, count // 50)
        load = run_load(*common, "--singles", singles, "--transactions", count - first - singles)
        figures.add("node_processor_ms", "processor time of the node for a transaction, singles and queries included",
                    processor_ms(gateway) / count, "ms", digits=3)
        figures.add("node_written_bytes_per_transaction", "written by the node for a transaction, as the kernel counts",
                    written_bytes(gateway) / count, "bytes", digits=0)
        add_broadcast(figures, load)
        add_queries(figures, load, count)
        if early:
            add_growth(figures, early, load, f"{short(first)}_{short(count)}")
        figures.add(f"daemon_rss_mb_{short(count)}", f"memory of the node after storing {count:,}", resident_mb(gateway), "MB", "80 MB")
        gateway.stop()
        figures.add("node_bytes_per_transaction", "disk for a transaction, with indexes", (database_bytes(gateway) - empty) / count,
                    "bytes", "1700 bytes", 0)
        add_restarts(figures, gateway, count, args.repeat)
    finally:
        gateway.__exit__()


def add_broadcast(figures, load):
    figures.add("node_broadcast", "broadcast over HTTP, calls of up to 350", load["broadcast_batch_rate"], "tx/s", "5000 tx/s", 0)
    figures.add("node_broadcast_single", "broadcast over HTTP, one transaction a call", load["broadcast_single_rate"], "tx/s", "", 0)


def add_queries(figures, load, count):
    queries = query_latencies(load, 99)
    for name, value in queries.items():
        if name != TIPS:
            figures.add(f"node_{name}_p99_ms_{short(count)}", f"{name}, p99, {count:,} stored", value, "ms", "2 ms", 2)
    slowest = max(v for n, v in queries.items() if n != TIPS)
    figures.add(f"node_query_p99_ms_{short(count)}", f"slowest kind of query, p99, {count:,} stored", slowest, "ms", "2 ms", 2)
    figures.add("node_tips_p99_ms", f"{TIPS}, uniform, p99, {count:,} stored", queries[TIPS], "ms", "1 ms", 2)
    figures.add("node_tips_rate", "the same, two connections: calls", load["tips_parallel_rate"], "1/s", "5000/s", 0)
    figures.add("node_tips_parallel_p99_ms", "the same, two connections: p99", load["tips_parallel_p99_ms"], "ms", "", 2)


def add_growth(figures, early, late, sizes):
    """The kind that grew most. Single slow answers decide the 99th percentile, so the median is told beside it."""
    for percent in (50, 99):
        before, after = query_latencies(early, percent), query_latencies(late, percent)
        factors = {name: after[name] / before[name] for name in after}
        kind = max(factors, key=factors.get)
        figures.add(f"node_query_growth_p{percent}_{sizes}", f"growth of queries, {sizes.replace('_', ' to ')} stored, p{percent}: {kind}",
                    factors[kind], "x", "2 x", 2)


def add_restarts(figures, gateway, count, repeat):
    times = []
    for _ in range(repeat):
        times.append(gateway.start(timeout=120))
        memory = resident_mb(gateway)
        gateway.stop()
    figures.add(f"start_{short(count)}_ms", f"start to READY, {count:,} stored", 1000 * statistics.median(times), "ms", "1000 ms", 0)
    figures.add(f"start_rss_mb_{short(count)}", f"memory after this start, {count:,} stored", memory, "MB")


def slope(samples):
    """Of the second half, per minute."""
    half = samples[len(samples) // 2:]
    if len(half) < 2:
        return 0.0
    line = statistics.linear_regression([t / 60 for t, _ in half], [mb for _, mb in half])
    return line.slope


class Seller:
    """A gateway with streams of its own system sensors."""

    def __init__(self, name, ledger, sensors=SLOW_SENSORS, seconds=SLOW_SECONDS, batch=1):
        self.name, self.sensors, self.batch = name, range(sensors), batch
        config = SELLER.format(ledger=ledger) + "".join(f"  s{i}: {{type: system, interval: {seconds}s}}\n" for i in self.sensors)
        self.gateway = Gateway("seller", config)
        self.memory = []

    def start(self):
        started(self.gateway)
        self.gateway.ctl("wallet", "create", "--password-file", self.gateway.password_file)
        for i in self.sensors:
            wait_for(lambda: self.gateway.ctl("sensor", "read", f"s{i}"), 60, "first readings")
            self.gateway.ctl("stream", "create", f"load{i}", "--sensor", f"s{i}", "--quantity", "load1", "--price", 1000,
                             "--batch", self.batch)

    def published(self):
        return sum(s["Published"] for s in self.gateway.ctl("stream", "list"))

    def begin(self):
        self.began, self.messages, self.written = time.monotonic(), self.published(), written_bytes(self.gateway)

    def look(self):
        self.memory.append((time.monotonic() - self.began, resident_mb(self.gateway)))

    def end(self):
        self.seconds = time.monotonic() - self.began
        self.messages = self.published() - self.messages
        self.written = written_bytes(self.gateway) - self.written
        self.own_memory = kib(self.gateway, "RssAnon") * 1024 / 1e6

    def written_mb_a_day(self):
        return self.written * DAY / self.seconds / 1e6


def seller_figures(figures, args):
    """Sellers side by side: five slow sensors on a remote ledger and on one of their own, in batches and one by one; and one with
    a reading a second, for its memory."""
    port = free_port()
    node = Gateway("node", NODE.format(port=port, weight=9).replace("milestone-interval: 1s", "milestone-interval: 10s"))
    remote = REMOTE.format(port=port)
    sellers = [Seller("remote_seller", remote, batch=BATCH), Seller("remote_single_seller", remote),
               Seller("embedded_seller", EMBEDDED.format(port=free_port()), batch=BATCH),
               Seller("embedded_single_seller", EMBEDDED.format(port=free_port())),
               Seller("seller", EMBEDDED.format(port=free_port()), sensors=1, seconds=1)]
    try:
        started(node)
        for seller in sellers:
            seller.start()
        wait_for(lambda: sellers[-1].published() > 3, 60, "first messages")
        watch_sellers(args, sellers)
        tell_sellers(figures, args, sellers)
    finally:
        for gateway in [*(s.gateway for s in sellers), node]:
            gateway.__exit__()


def watch_sellers(args, sellers):
    for seller in sellers:
        seller.begin()
    end = time.monotonic() + 60 * args.minutes
    while time.monotonic() < end:
        time.sleep(min(5, 6 * args.minutes))
        for seller in sellers:
            seller.look()
    for seller in sellers:
        seller.end()


def tell_sellers(figures, args, sellers):
    span = f"{args.minutes:g} min"
    for seller in sellers[:-1]:
        ledger = "remote ledger" if "remote" in seller.name else "embedded tangle"
        count = f"{seller.batch} readings" if seller.batch > 1 else "1 reading"
        text = f"seller, {SLOW_SENSORS} sensors every {SLOW_SECONDS} s, {count} a message, {ledger}"
        target = "40 MB" if seller.name == "remote_seller" else ""
        figures.add(f"{seller.name}_written_mb_a_day", f"{text}: written a day ({seller.messages} messages in {span})",
                    seller.written_mb_a_day(), "MB", target, 0)
        figures.add(f"{seller.name}_rss_mb", f"{text}: memory", seller.memory[-1][1], "MB", "40 MB")
    fast, text = sellers[-1], "seller, one reading a second, one a message, embedded tangle"
    figures.add("seller_messages", f"{text}: messages a second over {span}", fast.messages / fast.seconds, "1/s", "1/s", 2)
    figures.add("seller_written_mb_a_day", f"{text}: written a day", fast.written_mb_a_day(), "MB", digits=0)
    figures.add("seller_rss_mb", f"{text}: memory after {span}", fast.memory[-1][1], "MB", "40 MB")
    figures.add("seller_rss_growth", "its growth, over the second half", slope(fast.memory), "MB/min", "level", 3)
    figures.add("seller_rss_anon_mb", "of it its own pages (the rest is program text)", fast.own_memory, "MB")


def demo_figures(figures, args):
    run = subprocess.run([sys.executable, "-B", ROOT / "scripts" / "sale.py", "--json", "--readings", str(args.readings)],
                         capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        raise RuntimeError(f"the demo failed: {run.stdout[-500:]} {run.stderr[-500:]}")
    sale = json.loads(run.stdout.splitlines()[-1])
    parts = {"confirm_ms": "order to confirmed", "key_ms": "confirmed to key", "first_reading_ms": "key to first reading"}
    for name, text in parts.items():
        figures.add(f"demo_{name}", f"demo: {text}", sale[name], "ms", digits=0)
    figures.add("demo_total_ms", "demo: all three", sum(sale[name] for name in parts), "ms", "3000 ms", 0)


if __name__ == "__main__":
    import bench
    bench.main()
