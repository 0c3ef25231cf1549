# SPDX-License-Identifier: BSD-3-Clause
"""From rows of culvert-bench to tables of text, once for Markdown and HTML alike."""
import html

# Most cycles above the raw crypto that issue 3 wants for AES-128-GCM, by direction and size.
OVERHEAD = {
    ("out", 64): 60, ("out", "imix"): 60, ("out", 1420): 65,
    ("in", 64): 65, ("in", "imix"): 65, ("in", 1420): 70,
}
CHAIN_RATIO = 1.2          # of HMAC suites at IMIX, to the unflushed raw cost
SAS_RATIO = {16384: 1.4, 262144: 1.8}  # to the cost of one SA
POLICY_RATIO = 1.5         # 16384 lines to one
SPEEDUP = 1.9              # two workers to one
PAIR_BYTES = 2560          # of data-plane memory beside the keys
CHURN_PER_S = 50000
CHURN_RATIO = 1.1
GAP_US = 1000


class Table:
    def __init__(self, title, head, rows, note="", left=1):
        self.title, self.head, self.rows, self.note = title, head, rows, note
        self.left = left  # columns of words, before those of numbers

    def markdown(self):
        lines = [f"### {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines.append("| " + " | ".join(self.head) + " |")
        lines.append("|" + "".join("---|" if i < self.left else "---:|"
                                   for i in range(len(self.head))))
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"

    def html(self):
        def cells(tag, row):
            return "".join(
                f"<{tag}{' class=n' if i >= self.left else ''}>{html.escape(cell)}</{tag}>"
                for i, cell in enumerate(row))

        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in self.rows)
        return (f"<h2>{html.escape(self.title)}</h2>\n{note}<div class=wide><table>\n<thead><tr>"
                f"{cells('th', self.head)}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n")


def size_of(row):
    return "IMIX" if row["size"] == "imix" else str(row["size"])


def spread(row, key):
    low, high = row[key + "_range"]
    return f"{row[key]:.0f} [{low:.0f}-{high:.0f}]"


def path(row):
    return spread(row, "cycles_per_packet")


def raw(row):
    return spread(row, "raw_cycles_per_packet")


def met(good):
    return "yes" if good else "no"


def is_gcm128(row):
    return row["transform"] in ("esp-gcm", "esp-gcm 128")


def number(n):
    return f"{n:,}"


def sizes(rows):
    body = []
    for r in rows:
        target = OVERHEAD.get((r["direction"], r["size"])) if is_gcm128(r) else None
        body.append([
            r["transform"], r["direction"], size_of(r), path(r), raw(r), f"{r['ratio']:.2f}",
            f"{r['overhead_cycles']:.0f}", str(target or ""), f"{r['mpps']:.1f}",
            f"{r['gbps']:.1f}",
        ])
    return Table(
        "One SA, AES-GCM, replay window 1024",
        ["transform", "direction", "inner bytes", "cycles", "raw crypto", "ratio", "overhead",
         "target", "Mpps", "Gbit/s"], body, left=3)


def chains(rows):
    return Table(
        "One SA, AES-CBC with HMAC",
        ["transform", "direction", "inner bytes", "cycles", "raw, unflushed", "ratio",
         "raw, flushed", "overhead", "Mpps", "Gbit/s"],
        [[r["transform"], r["direction"], size_of(r), path(r), raw(r), f"{r['ratio']:.2f}",
          f"{min(v for k, v in r['raw_apis'].items() if 'unflushed' not in k):.0f}",
          f"{r['overhead_cycles']:.0f}", f"{r['mpps']:.2f}", f"{r['gbps']:.1f}"]
         for r in rows],
        "Unflushed means that the library keeps jobs until its lanes are full; flushed finishes "
        "each burst. The target is 1.2 times the unflushed cost at IMIX.", left=3)


def first(rows, **want):
    return next((r for r in rows if all(r[k] == v for k, v in want.items())), None)


def many_sas(rows):
    body = []
    for r in rows:
        one = first(rows, direction=r["direction"], sas=1)
        m = r["memory"]
        body.append([
            r["order"], r["direction"], number(r["sas"]), number(r["policies"]), path(r), raw(r),
            f"{r['ratio']:.2f}",
            f"{r['cycles_per_packet'] / one['cycles_per_packet']:.2f}" if one else "",
            f"{m['all_sas_bytes'] / (1 << 20):.1f}",
        ])
    pair = rows[0]["memory"]
    return Table(
        "Many SAs, AES-128-GCM, 64 bytes",
        ["order", "direction", "SAs", "policies", "cycles", "raw crypto", "ratio",
         "to one SA", "MB of all SAs"], body,
        f"An SA pair takes {number(pair['sa_pair_bytes'])} bytes of data-plane memory beside "
        f"{number(pair['sa_pair_key_bytes'])} for its expanded keys.", left=2)


def policies(rows):
    one = rows[0]["cycles_per_packet"]
    return Table(
        "Crypto map lines, AES-128-GCM, 64 bytes, one SA behind all of them",
        ["direction", "lines", "cycles", "overhead", "to one line"],
        [[r["direction"], number(r["policies"]), path(r), f"{r['overhead_cycles']:.0f}",
          f"{r['cycles_per_packet'] / one:.2f}"] for r in rows])


def windows(rows):
    return Table(
        "Replay windows, AES-128-GCM, 64 bytes, inbound",
        ["window", "held back", "cycles", "overhead", "late, dropped"],
        [[number(r["window"]) if r["window"] else "off",
          f"{r['reorder_percent']} % by up to {number(r['distance'])}"
          if r["reorder_percent"] else "none",
          path(r), f"{r['overhead_cycles']:.0f}",
          f"{100 * r['late_packets'] / r['packets']:.1f} %"] for r in rows], left=2)


def options(rows):
    def on(r, key):
        return "on" if r[key] else "off"

    return Table(
        "ESN, NAT traversal and QoS, AES-128-GCM, IMIX",
        ["direction", "ESN", "NAT-T", "QoS", "cycles", "raw crypto", "overhead"],
        [[r["direction"], on(r, "esn"), on(r, "nat_t"), on(r, "qos"), path(r), raw(r),
          f"{r['overhead_cycles']:.0f}"] for r in rows], left=4)


def bursts(rows):
    return Table(
        "Packets offered a poll, AES-128-GCM, 64 bytes",
        ["direction", "burst", "cycles", "raw crypto", "overhead"],
        [[r["direction"], str(r["burst"]), path(r), raw(r), f"{r['overhead_cycles']:.0f}"]
         for r in rows])


def workers(rows):
    return Table(
        "Workers, AES-128-GCM, 64 SAs",
        ["direction", "inner bytes", "packets arrive", "workers", "cycles of each", "Mpps",
         "to one worker", "raw crypto to one"],
        [[r["direction"], size_of(r),
          "on another worker" if r["spread"] == "handoff" else "where the SA is",
          str(r["workers"]), path(r), f"{r['mpps']:.2f}", f"{r.get('speedup', 1):.2f}",
          f"{r.get('raw_speedup', 1):.2f}"]
         for r in rows],
        "To one worker: what all carry together to what one carries alone on its own SAs while "
        "the others sleep, the mean of all, each in its turn. Raw crypto to one: the same of the "
        "cipher alone, which shares nothing, so what the processors give.", left=3)


def churn(rows):
    return Table(
        "SAs that come and go while packets flow, AES-128-GCM",
        ["direction", "inner bytes", "SAs a second", "cycles with", "cycles without", "ratio",
         "packets lost"],
        [[r["direction"], size_of(r), number(round(c["sustained_per_s"])),
          spread(c, "cycles_per_packet"), spread(c, "cycles_per_packet_without"),
          f"{c['cost_ratio']:.3f}", str(c["lost_packets"])]
         for r in rows for c in [r["churn"]]],
        "Each is installed and removed again by the commands of the control plane.", left=2)


def change(rows):
    return Table(
        "A policy built anew while packets flow",
        ["direction", "lines", "changes", "ms each", "longest gap between polls, us",
         "without a change, us", "packets", "lost"],
        [[r["direction"], number(c["lines"]), str(c["changes"]), f"{c['change_ms']:.0f}",
          f"{c['longest_gap_us']:.0f}", f"{c['longest_gap_without_us']:.0f}",
          number(c["packets"]), str(c["lost_packets"])]
         for r in rows for c in [r["policy_change"]]])


def targets(parts):
    """What issue 3 asks for, what came out, and whether that will do."""
    rows = []

    def add(what, target, value, good):
        rows.append([what, target, value, met(good)])

    for r in parts.get("sizes", []):
        most = OVERHEAD.get((r["direction"], r["size"])) if is_gcm128(r) else None
        if most:
            add(f"overhead, AES-128-GCM, {size_of(r)}, {r['direction']}", f"<= {most} cycles",
                f"{r['overhead_cycles']:.0f}", r["overhead_cycles"] <= most)
    for r in parts.get("hmac", []):
        if r["size"] == "imix":
            add(f"{r['transform']}, IMIX, {r['direction']}, to raw", f"<= {CHAIN_RATIO}",
                f"{r['ratio']:.2f}", r["ratio"] <= CHAIN_RATIO)
    sas = parts.get("sas", [])
    for r in sas:
        one = first(sas, direction=r["direction"], sas=1)
        if r["sas"] in SAS_RATIO and one:
            ratio = r["cycles_per_packet"] / one["cycles_per_packet"]
            add(f"{number(r['sas'])} SAs at random, {r['direction']}, to one SA",
                f"<= {SAS_RATIO[r['sas']]}", f"{ratio:.2f}", ratio <= SAS_RATIO[r["sas"]])
    for r in sas[:1]:
        pair = r["memory"]["sa_pair_bytes"]
        add("memory of an SA pair beside its keys", f"<= {number(PAIR_BYTES)} bytes",
            number(pair), pair <= PAIR_BYTES)
    lines = parts.get("policies", [])
    for r in lines[-1:]:
        ratio = r["cycles_per_packet"] / lines[0]["cycles_per_packet"]
        add(f"{number(r['policies'])} crypto map lines, to one", f"<= {POLICY_RATIO}",
            f"{ratio:.2f}", ratio <= POLICY_RATIO)
    for r in parts.get("workers", []):
        if r["workers"] == 2 and r["spread"] == "direct":
            add(f"two workers, {size_of(r)}, {r['direction']}, to one", f">= {SPEEDUP}",
                f"{r['speedup']:.2f}, raw {r['raw_speedup']:.2f}", r["speedup"] >= SPEEDUP)
    for r in parts.get("churn", []):
        c = r["churn"]
        good = (c["sustained_per_s"] >= 0.97 * CHURN_PER_S and c["cost_ratio"] <= CHURN_RATIO
                and c["lost_packets"] == 0)
        add(f"50,000 SAs a second, {size_of(r)}, {r['direction']}, cost to none",
            f"<= {CHURN_RATIO}, none lost",
            f"{c['cost_ratio']:.3f}, {c['lost_packets']} lost", good)
    for r in parts.get("change", []):
        c = r["policy_change"]
        add("longest gap while 16,384 lines are built anew", "<= 1000 us, none lost",
            f"{c['longest_gap_us']:.0f} us, {c['lost_packets']} lost",
            c["longest_gap_us"] <= GAP_US and c["lost_packets"] == 0)
    return Table("Targets", ["what", "target", "measured", "met"], rows)


SECTIONS = [
    ("sizes", sizes), ("hmac", chains), ("sas", many_sas), ("policies", policies),
    ("windows", windows), ("options", options), ("bursts", bursts), ("workers", workers),
    ("churn", churn), ("change", change),
]


def of(parts):
    """All tables of a run, the targets first."""
    joined = dict(parts)
    joined["options"] = parts.get("options", []) + parts.get("qos", [])
    joined["sas"] = parts.get("sas", []) + parts.get("sas_in_turn", [])
    found = [make(joined[name]) for name, make in SECTIONS if joined.get(name)]
    return [targets(parts), *found]


def machine_line(machine, when, quick):
    ghz = machine["tsc_hz"] / 1e9
    run = "scripts/bench --quick" if quick else "scripts/bench"
    return (f"{machine['cpu']} (model {machine['cpu_model']}), {machine['processors']} "
            f"processors, TSC {ghz:.1f} GHz, Linux {machine['kernel']}, {machine['compiler']}, "
            f"DPDK {machine['dpdk']}, intel-ipsec-mb {machine['ipsec_mb']}, "
            f"{machine['memory']}, scheduling {machine['scheduling']}, git {machine['git']}; "
            f"`{run}` on {when}, medians of "
            f"{machine['repetitions']} repetitions with the lowest and the highest.")


def summary(parts, machine, when):
    """The one table of the README."""
    rows = [r for r in parts["sizes"] if is_gcm128(r)]
    lines = ["| cycles a packet | 64 bytes | IMIX | 1420 bytes |", "|---|---|---|---|"]
    for direction in ("out", "in"):
        cells = []
        for size in (64, "imix", 1420):
            r = first(rows, direction=direction, size=size)
            cells.append(f"{r['cycles_per_packet']:.0f} ({r['raw_cycles_per_packet']:.0f})")
        lines.append(f"| {direction} (raw cipher) | " + " | ".join(cells) + " |")
    lines.append(f"\n{machine['cpu']}, TSC {machine['tsc_hz'] / 1e9:.1f} GHz, git "
                 f"{machine['git']}, {when}.")
    return "\n".join(lines) + "\n"
