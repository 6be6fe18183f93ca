# SPDX-License-Identifier: Apache-2.0
"""The load program with more and more gateways against an embedded node: what is published, how late it is, and what it costs.

The clients' signatures and proof of work run on the same cores as the node; their processor time is told apart."""
from gateway import Gateway, free_port
from gateway_figures import NODE, processor_ms, resident_mb, run_load, started

# Gateways, and milliseconds between two messages of each. Buyers are a tenth, and look once in an interval.
FULL = ((10, 1000), (100, 1000), (1000, 10_000), (1000, 1000))
QUICK = ((10, 1000), (100, 1000))
WEIGHTS = (1, 9)


def curve_figures(figures, args):
    for weight in WEIGHTS:
        for gateways, interval in QUICK if args.quick else FULL:
            add_point(figures, gateways, interval, weight, 5 if args.quick else 2 * max(interval, 10_000) // 1000)


def add_point(figures, gateways, interval, weight, seconds):
    port = free_port()
    node = Gateway("node", NODE.format(port=port, weight=weight))
    try:
        started(node)
        before = processor_ms(node)
        load = run_load("--url", f"http://127.0.0.1:{port}", "--mwm", weight, "--connections", 8, "--gateways", gateways,
                        "--buyers", max(1, gateways // 10), "--interval", interval, "--poll", interval, "--seconds", seconds)
        spent, memory = processor_ms(node) - before, resident_mb(node)
    finally:
        node.__exit__()
    rate = load["publish_rate"]
    messages = load["publish_count"]
    figure = {
        "publish_p50_ms": load["publish_p50_ms"], "publish_p99_ms": load["publish_p99_ms"],
        "tips_p99_ms": load["publish_tips_p99_ms"], "broadcast_p99_ms": load["publish_broadcast_p99_ms"],
        "read_p50_ms": load["publish_to_read_p50_ms"], "read_p99_ms": load["publish_to_read_p99_ms"],
        "node_ms_per_message": spent / messages, "client_ms_per_message": load["processor_ms"] / messages, "rss_mb": memory,
    }
    name = f"load_{gateways}x{interval}ms_mwm{weight}"
    text = f"{gateways} gateways, a message each {interval / 1000:g} s, weight {weight}: messages"
    shown = (f"{rate:.0f}/s; p99 {figure['publish_p99_ms']:.0f} ms (tips {figure['tips_p99_ms']:.1f}, broadcast "
             f"{figure['broadcast_p99_ms']:.1f}); node {figure['node_ms_per_message']:.1f} ms each")
    figures.add(name, text, rate, "1/s", f"{gateways * 1000 / interval:.0f}/s", shown=shown)
    for key, value in figure.items():
        figures.detail(f"{name}_{key}", value, "MB" if key == "rss_mb" else "ms")
