#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""culvert-bench does what its options say: rows, figures that fit each other, packets verified, and
one sentence for what cannot be. Nothing here looks at how fast anything is.

    bench_test.py CULVERT-BENCH [--sanitized]
"""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import traceback

BENCH = sys.argv[1]
SANITIZED = "--sanitized" in sys.argv
REPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/bench.d/report")
CPUS = len(os.sched_getaffinity(0))
PACKETS = 384  # of one pass

MACHINE = {
    "cpu": str, "cpu_model": str, "kernel": str, "tsc_hz": int, "processors": int,
    "pinned_to": int, "scheduling": str, "memory": str, "compiler": str, "dpdk": str,
    "ipsec_mb": str, "openssl": str, "git": str, "repetitions": int, "loss": str,
}
ROW = {
    "direction": str, "transform": str, "sas": int, "order": str, "policies": int,
    "window": int, "reorder_percent": int, "distance": int, "esn": bool, "nat_t": bool,
    "qos": bool, "workers": int, "spread": str, "burst": int, "worker_burst": int,
    "churn_per_s": int, "cycles_per_packet": float, "cycles_per_packet_range": list,
    "raw_cycles_per_packet": float, "raw_cycles_per_packet_range": list, "raw_api": str,
    "raw_apis": dict, "empty_cycles_per_packet": float, "overhead_cycles": float,
    "ratio": float, "mpps": float, "gbps": float, "verified_packets": int, "packets": int,
    "late_packets": int, "memory": dict,
}

BAD = [
    (["--size", "63"], "64 to 1420"),
    (["--size", "1421"], "64 to 1420"),
    (["--size", "64,"], "64 to 1420"),
    (["--size", "IMIX"], "imix"),
    (["--direction", "up"], "out, in or both"),
    (["--sas", "0"], "1 to 262144"),
    (["--sas", "262145"], "1 to 262144"),
    (["--sas", "-1"], "1 to 262144"),
    (["--sas", "99999999999999999999"], "1 to 262144"),
    (["--order", "sorted"], "round-robin or random"),
    (["--policies", "0"], "1 to 16384"),
    (["--policies", "16385"], "1 to 16384"),
    (["--window", "63"], "a power of two from 64 to 65536"),
    (["--window", "96"], "a power of two from 64 to 65536"),
    (["--window", "131072"], "a power of two from 64 to 65536"),
    (["--reorder", "101"], "0 to 100"),
    (["--distance", "0"], "1 to 65536"),
    (["--distance", "65537"], "1 to 65536"),
    (["--esn=maybe"], "on or off"),
    (["--nat-t=1"], "on or off"),
    (["--qos=yes"], "on or off"),
    (["--workers", "0"], f"1 to {min(CPUS, 16)}"),
    (["--workers", str(CPUS + 1)], f"1 to {min(CPUS, 16)}"),
    (["--spread", "wide"], "direct or handoff"),
    (["--burst", "7"], "8 to 64"),
    (["--burst", "65"], "8 to 64"),
    (["--churn", "1000001"], "0 to 1000000"),
    (["--repetitions", "8"], "9 to 99"),
    (["--repetitions", "9,11"], "at most 1 value"),
    (["--transform", "esp-gcm 512"], "esp-gcm [192|256]"),
    (["--transform", "esp-aes"], "is no transform"),
    (["--transform", "esp-gcm esp-sha-hmac"], "is no transform"),
    (["--direction", "out", "--sas", "9", "--policies", "8"], "at least 9 lines"),
    (["--direction", "in", "--esn", "--window", "0"], "need a window"),
    (["--spread", "handoff"], "--workers 2"),
    (["--churn", "1", "--sas", "262144"], "at most 261888"),
    (["--size", ",".join(["64"] * 65)], "at most 64 values"),
    (["--size", ",".join(["64"] * 64), "--sas", ",".join(["1"] * 64)], "more than 4096"),
    (["--sise", "64"], "--help"),
    (["64"], 'unexpected "64"'),
    (["ike", "--group", "2"], "14 to 21"),
    (["ike", "--group", "17"], "no group 17"),
    (["ike", "--hash", "md5"], "sha or sha256"),
    (["ike", "--count", "0"], "1 to 10000"),
    (["ike", "--peers", "10001"], "0 to 10000"),
    (["ike", "--repetitions", "2"], "3 to 99"),
    (["ike", "--sas", "1"], "--help"),
    (["ike", "64"], 'unexpected "64"'),
]

IKE = {
    "group": int, "hash": str, "count": int, "repetitions": int, "openssl": str, "git": str,
    "both_us": dict, "responder_us": dict, "bare_us": dict, "bare_keygen_us": dict,
    "bare_derive_us": dict, "ratio": float, "both_per_cpu_s": float,
    "responder_per_cpu_s": float, "storm": dict,
}
STORM = {
    "peers": int, "up_after_s": float, "responder_cpu_s": float, "datagrams": int,
    "lost_datagrams": int, "jobs": int, "most_jobs_waiting": int, "longest_call_us": float,
}


def run(*arguments, **more):
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, timeout=240, check=False, **more
    )


def rows(*arguments):
    done = run("--json", "--repetitions", "9", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    report = json.loads(done.stdout)
    assert set(report) == {"machine", "rows"}
    return report


# Figures are printed with five digits: a difference is as exact as what it is the difference of.
def close(a, b, of=1):
    return abs(a - b) <= 1e-3 * max(abs(a), abs(b), of)


def check_row(row):
    for key, kind in ROW.items():
        assert isinstance(row.get(key), kind), f"{key} is {row.get(key)!r}"
    assert row["size"] == "imix" or isinstance(row["size"], int)
    path, raw = row["cycles_per_packet"], row["raw_cycles_per_packet"]
    for value, span in (path, "cycles_per_packet_range"), (raw, "raw_cycles_per_packet_range"):
        low, high = row[span]
        assert low <= value <= high
    assert close(row["overhead_cycles"], path - raw, of=path)
    assert close(row["ratio"], path / raw)
    assert close(raw, min(row["raw_apis"].values()))
    assert close(raw, row["raw_apis"][row["raw_api"]])
    assert row["verified_packets"] > 0
    assert row["packets"] > row["late_packets"] >= 0


def says_what_it_measured_on():
    report = rows("--size", "64,imix,1420")
    for key, kind in MACHINE.items():
        assert isinstance(report["machine"].get(key), kind), key
    assert report["machine"]["repetitions"] == 9
    assert [(r["direction"], r["size"]) for r in report["rows"]] == [
        ("out", 64), ("out", "imix"), ("out", 1420), ("in", 64), ("in", "imix"), ("in", 1420),
    ]
    for row in report["rows"]:
        check_row(row)
        assert row["verified_packets"] == 2 * PACKETS
        assert close(row["mpps"], report["machine"]["tsc_hz"] / row["cycles_per_packet"] / 1e6)


def opens_what_every_kind_of_transform_made():
    transforms = [
        "esp-gcm", "esp-gcm 192", "esp-gcm 256", "esp-aes esp-sha-hmac",
        "esp-aes 256 esp-sha512-hmac", "esp-null esp-md5-hmac", "esp-des esp-sha256-hmac",
    ]
    report = rows("--transform", ",".join(transforms), "--size", "200", "--esn", "on,off",
                  "--nat-t", "on", "--sas", "3")
    assert len(report["rows"]) == 2 * 2 * len(transforms)
    for row in report["rows"]:
        check_row(row)
        assert row["verified_packets"] == 2 * PACKETS
        assert row["nat_t"]


def visits_many_sas_and_policies():
    report = rows("--size", "64", "--sas", "100", "--order", "random,round-robin", "--policies",
                  "200")
    assert [(r["order"], r["sas"], r["policies"]) for r in report["rows"]] == [
        (order, 100, 200) for order in ("random", "random", "round-robin", "round-robin")
    ]
    for row in report["rows"]:
        check_row(row)
        assert row["memory"]["all_sas_bytes"] == 100 * (
            row["memory"]["sa_pair_bytes"] + row["memory"]["sa_pair_key_bytes"]
        )


def gives_each_outbound_sa_a_line():
    report = rows("--size", "64", "--sas", "1,50")
    assert [(r["direction"], r["sas"], r["policies"]) for r in report["rows"]] == [
        ("out", 1, 1), ("in", 1, 1), ("out", 50, 50), ("in", 50, 1),
    ]


def counts_what_arrives_below_the_window():
    report = rows("--size", "64", "--reorder", "0,20", "--distance", "1000", "--window",
                  "0,64,65536")
    late = {}
    for row in report["rows"]:
        check_row(row)
        if row["direction"] == "out":
            assert row["reorder_percent"] == row["distance"] == 0
            continue
        late[row["reorder_percent"], row["window"]] = row["late_packets"]
        assert row["distance"] == (1000 if row["reorder_percent"] else 0)
    assert len(report["rows"]) == 3 + 6
    assert late.pop((20, 64)) > 0
    assert set(late.values()) == {0}


def offers_bursts_of_every_size():
    report = rows("--size", "64", "--burst", "8,9,64", "--direction", "out")
    assert [r["burst"] for r in report["rows"]] == [8, 9, 64]
    for row in report["rows"]:
        check_row(row)


def runs_several_workers():
    if CPUS < 2:
        return "two processors are needed"
    report = rows("--size", "64", "--sas", "8", "--workers", "1,2", "--spread",
                  "direct,handoff")
    assert [(r["workers"], r["spread"]) for r in report["rows"]] == [
        (1, "direct"), (1, "direct"), (2, "direct"), (2, "direct"), (2, "handoff"),
        (2, "handoff"),
    ]
    for row in report["rows"]:
        check_row(row)
        assert row["verified_packets"] == 2 * PACKETS * row["workers"]
        for key in ("speedup", "raw_speedup"):
            assert (key in row) == (row["workers"] > 1)
            assert row["workers"] == 1 or row[key] > 0
    return None


def lets_sas_come_and_go():
    if CPUS < 2 or SANITIZED:
        return "two processors are needed, and a build without sanitizers"
    for row in rows("--size", "64", "--churn", "20000")["rows"]:
        check_row(row)
        assert row["churn"]["sas"] > 0, row["churn"]
        assert row["churn"]["lost_packets"] == 0
    return None


def changes_the_policy():
    if CPUS < 2 or SANITIZED:
        return "two processors are needed, and a build without sanitizers"
    (row,) = rows("--size", "64", "--direction", "out", "--policy-change")["rows"]
    assert row["policy_change"]["lines"] == 16384
    assert row["policy_change"]["packets"] > 0
    assert row["policy_change"]["lost_packets"] == 0
    return None


def queues_by_class():
    for row in rows("--size", "64", "--qos", "on")["rows"]:
        check_row(row)
        assert row["qos"]


def prints_a_table_that_says_everything():
    done = run("-r", "9", "--size", "64", "--direction", "in", "--progress")
    assert done.returncode == 0, done.stderr
    for word in ("cycles", "ratio", "window 1024", "reorder 0 %", "ESN off", "NAT-T off",
                 "QoS off", "1 worker", "direct", "burst 32", "repetitions 9", "loss none"):
        assert word in done.stdout, word
    assert "row 1 of 1" in done.stderr


def says_how_much_memory_is_missing():
    if SANITIZED:
        return "address space is no measure under a sanitizer"
    limit = 400 << 20
    done = run("--sas", "1000", preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_AS, (limit, limit)))
    assert done.returncode == 1
    assert "1000 SAs need " in done.stderr and "ulimit -v" in done.stderr, done.stderr
    return None


def writes_page_and_tables():
    sizes = rows("--size", "64,imix,1420")
    with tempfile.TemporaryDirectory() as folder:
        for name, part in (
            ("sizes", sizes), ("sas", rows("--size", "64", "--sas", "1,100")),
            ("windows", rows("--size", "64", "--direction", "in", "--window", "0,64,1024")),
            ("hmac", rows("--size", "imix", "--transform", "esp-aes esp-sha-hmac")),
        ):
            with open(f"{folder}/{name}.json", "w", encoding="utf-8") as f:
                json.dump(part, f)
        done = subprocess.run([REPORT, "--output", folder, "/nonexistent", folder],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        page = open(f"{folder}/benchmarks.html", encoding="utf-8").read()
        tables = open(f"{folder}/tables.md", encoding="utf-8").read()
    assert page.count("<svg") == 4  # sizes, ratio and cost by SAs, windows
    # it loads nothing
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)|url\((?!#)|@import|<script""", page)
    assert sizes["machine"]["git"] in page and sizes["machine"]["git"] in tables
    for words in ("### Targets", "### One SA, AES-GCM", "### Many SAs", "### Replay windows",
                  "### One SA, AES-CBC with HMAC"):
        assert words in tables, words
    ratio = sizes["rows"][0]["ratio"]
    assert f"{ratio:.2f}" in tables


def measures_negotiations():
    done = run("ike", "--json", "--hash", "sha256", "--count", "3", "--peers", "40",
               "--repetitions", "3")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    for fields, got in (IKE, report), (STORM, report["storm"]):
        assert set(got) == set(fields), sorted(got)
        for key, kind in fields.items():
            assert isinstance(got[key], kind), f"{key} is {got[key]!r}"
    assert report["bare_us"]["median"] < report["responder_us"]["median"]
    assert report["responder_us"]["median"] < report["both_us"]["median"]
    for span in (v for k, v in report.items() if k.endswith("_us")):
        assert 0 < span["min"] <= span["median"] <= span["max"]
    assert close(report["both_per_cpu_s"], 1e6 / report["both_us"]["median"])
    storm = report["storm"]
    # One value a peer and no more: who asks again is not computed for again.
    assert (storm["peers"], storm["jobs"]) == (40, 40)
    assert storm["datagrams"] >= 5 * 40
    assert storm["lost_datagrams"] == 0
    assert storm["responder_cpu_s"] <= storm["up_after_s"] + 0.002


def prints_negotiations():
    done = run("ike", "--count", "2", "--peers", "0", "--repetitions", "3", "--group", "19")
    assert done.returncode == 0, done.stderr
    for words in "group 19, sha,", "both ends", "the responder alone", "OpenSSL alone":
        assert words in done.stdout, words
    assert "at once" not in done.stdout


def says_the_range(arguments, words):
    done = run(*arguments)
    assert done.returncode == 2, f"status {done.returncode}"
    assert done.stdout == ""
    assert words in done.stderr, done.stderr


CASES = [
    says_what_it_measured_on, opens_what_every_kind_of_transform_made,
    visits_many_sas_and_policies, gives_each_outbound_sa_a_line,
    counts_what_arrives_below_the_window, offers_bursts_of_every_size, runs_several_workers,
    lets_sas_come_and_go, changes_the_policy, queues_by_class,
    prints_a_table_that_says_everything, says_how_much_memory_is_missing,
    writes_page_and_tables, measures_negotiations, prints_negotiations,
]


def main():
    cases = [(case.__name__, case, ()) for case in CASES]
    cases += [("refuses_" + " ".join(a)[:60], says_the_range, (a, words)) for a, words in BAD]
    failed = 0
    for number, (name, case, arguments) in enumerate(cases, 1):
        try:
            skipped = case(*arguments)
            print(f"ok {number} - {name}" + (f" # SKIP {skipped}" if skipped else ""))
        except (AssertionError, subprocess.TimeoutExpired, ValueError) as error:
            failed += 1
            print(f"not ok {number} - {name}")
            print("# " + "".join(traceback.format_exception(error)).replace("\n", "\n# "))
    print(f"1..{len(cases)}")
    sys.exit(failed > 0)


main()
