# SPDX-License-Identifier: Apache-2.0
"""Proof of work, hashing, signatures and MAM: the programs of Google Benchmark, once for each instruction set.

Rates are per second of the thread's processor time, the median of several repetitions in an order by chance, so what else runs on
the machine counts little. A benchmark is called name/INSTRUCTIONS, name (the best instructions) or name/plain: the last is the
reference of all whose names begin with its own."""
from figures import benchmark_program, si

TEXTS = {
    "pow_trials": "proof of work: nonces tried",
    "curl_transaction_batch": "transaction hash, batched",
    "curl_transaction_single": "transaction hash, one alone",
    "address_security_2": "address, security 2",
    "sign_security_2": "signature, security 2",
    "verify_security_2": "verification, security 2",
    "mam_create": "MAM message created, restricted, security 2, 200 bytes",
    "mam_create_cached": "the same, both trees made ahead",
    "mam_parse": "MAM message parsed",
}
# Of the best instruction set, or of a certain one.
WANTED = {
    "pow_trials/AVX3": "14 M/s", "pow_trials/AVX2": "11 M/s", "pow_trials/SSE4": "5.5 M/s",
    "curl_transaction_batch": "200 k/s", "curl_transaction_single": "8 k/s",
    "address_security_2": "2 k/s", "sign_security_2": "4 k/s", "verify_security_2": "4 k/s",
    "mam_create": "1 k/s", "mam_parse": "2 k/s",
}


def medians(name, quick):
    options = ("--benchmark_repetitions=3", "--benchmark_min_time=0.1") if quick else (
        "--benchmark_repetitions=5", "--benchmark_min_time=0.2")
    measured = benchmark_program(name, *options, "--benchmark_report_aggregates_only=true",
                                 "--benchmark_enable_random_interleaving=true")["benchmarks"]
    for one in measured:
        if one.get("error_occurred"):
            raise RuntimeError(f"bench-{name}: {one['run_name']}: {one['error_message']}")
    return sorted((one for one in measured if one["aggregate_name"] == "median"), key=lambda one: one["family_index"])


def rates(measured):
    return {one["run_name"]: one["rate"] for one in measured if "rate" in one}


def reference(name, measured):
    """The plain rate for a benchmark: that of the longest name which it begins with."""
    plain = {key.removesuffix("/plain"): rate for key, rate in measured.items() if key.endswith("/plain")}
    return plain.get(max((key for key in plain if name.startswith(key)), key=len, default=None))


def add_rates(figures, measured):
    seen = set()
    for full, rate in measured.items():
        name, _, instructions = full.partition("/")
        if instructions == "plain":
            continue
        wanted = WANTED.get(f"{name}/{instructions.split('_')[0]}", "" if name in seen else WANTED.get(name, ""))
        seen.add(name)
        plain = reference(name, measured)
        figures.add(name, TEXTS.get(name, name.replace("_security_", ", security ").replace("_", " ")), rate, "1/s", wanted, instructions=instructions, cores=1,
                    ratio=plain and rate / plain, shown=si(rate, "1/s"))


def pow_figures(figures, args):
    measured = medians("pow", args.quick)
    add_rates(figures, rates(measured))
    cancel = next(one["milliseconds"] for one in measured if one["run_name"].startswith("pow_cancel_ms"))
    figures.add("pow_cancel_ms", "proof of work: from the request to stop until the search has returned", cancel, "ms", "5 ms", 3, cores=1)


def crypto_figures(figures, args):
    add_rates(figures, rates(medians("crypto", args.quick)))


def mam_figures(figures, args):
    add_rates(figures, rates(medians("mam", args.quick)))


def tips_figures(figures, args):
    """Selections in memory, in tangles of several shapes; the slowest shape counts."""
    measured = medians("tips", args.quick)
    for name, text, wanted in (("walk", "weighted walk", "20 ms"), ("uniform", "uniform", "1 ms")):
        worst = max(one["p99_ms"] for one in measured if one["run_name"].startswith(f"tips_{name}_10000/"))
        figures.add(f"node_tips_{name}_p99_ms_10k", f"two tips, {text}, 10,000 unconfirmed, without HTTP: p99", worst, "ms", wanted, 3,
                    cores=1)
