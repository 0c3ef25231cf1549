# SPDX-License-Identifier: BSD-3-Clause
"""The page of a run: tables and plots in one file that loads nothing. Plots are SVG by gnuplot."""
import html
import re
import subprocess

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d5dae1; --paper: #fff;
  --stripe: #f5f7f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b5; --line: #38414d;
  --paper: #14181d; --stripe: #1b2027; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin-bottom: .3rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p, dd, figcaption { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .9rem; }
dt { font-weight: 600; } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; text-align: left; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; } .n { text-align: right; }
tbody tr:nth-child(even) { background: var(--stripe); }
figure { margin: 1.2rem 0; } figure svg { width: 100%; height: auto; color: var(--ink); }
svg text { fill: currentColor; font-family: system-ui, sans-serif; }
"""

PATH, RAW = "#3a86c8", "#d07f2c"
# what a line of a plot looks like: colour, dash
OUT_PATH, IN_PATH = (PATH, 1), (PATH, 2)
OUT_RAW, IN_RAW = (RAW, 1), (RAW, 2)


def data_block(name, points):
    return f"${name} << E\n" + "".join(f"{x} {y}\n" for x, y in points) + "E\n"


def plot(name, title, x_label, y_label, lines, log_x):
    """An <svg> of lines (label, look, [(x, y)...]); empty without points."""
    lines = [line for line in lines if len(line[2]) > 1]
    if not lines:
        return ""
    script = "".join(data_block(f"d{i}", points) for i, (_, _, points) in enumerate(lines))
    xs = sorted({x for _, _, points in lines for x, _ in points})
    ticks = ", ".join(f'"{x:,}" {x}' for x in xs)
    script += f"""
set terminal svg size 860,380 font "sans,13"
set xlabel "{x_label}"
set ylabel "{y_label}"
set xrange [{xs[0]}:{xs[-1] * 1.02}]
set yrange [0:*]
set xtics ({ticks})
set key outside right top
set border 3
set tics nomirror
set grid ytics lw 0.4
{"set logscale x 2" if log_x else ""}
plot """ + ", ".join(
        f'$d{i} using 1:2 with linespoints title "{label}" lc rgb "{colour}" dt {dash} lw 2 pt 7 '
        f"ps 0.5"
        for i, (label, (colour, dash), _) in enumerate(lines)) + "\n"
    done = subprocess.run(["gnuplot"], input=script, capture_output=True, text=True, check=False)
    if done.returncode or "<svg" not in done.stdout:
        raise SystemExit(f"report: gnuplot: {done.stderr.strip()}")
    svg = done.stdout[done.stdout.index("<svg"):]
    svg = re.sub(r"<(title|desc)>.*?</\1>", "", svg, flags=re.DOTALL)
    # several plots stand in one page, on light and on dark paper
    svg = re.sub(r"\b(id=['\"]|xlink:href=['\"]#|href=['\"]#|url\(#)", rf"\g<1>{name}_", svg)
    svg = re.sub(r"(['\": ])(black|rgb\(\s*0,\s*0,\s*0\))", r"\1currentColor", svg)
    return (f"<figure><figcaption>{html.escape(title)}</figcaption>\n"
            f"{svg}</figure>\n")


def points(rows, x, y, **want):
    found = [r for r in rows if all(r[k] == v for k, v in want.items())]
    return sorted((r[x], r[y]) for r in found if isinstance(r[x], int))


def by_direction(rows, x, y, names, **want):
    looks = {"cycles_per_packet": (OUT_PATH, IN_PATH), "raw_cycles_per_packet": (OUT_RAW, IN_RAW)}
    out, into = looks.get(y, (OUT_PATH, IN_PATH))
    return [(names[0], out, points(rows, x, y, direction="out", **want)),
            (names[1], into, points(rows, x, y, direction="in", **want))]


def plots(parts):
    sizes = [r for r in parts.get("sizes", []) if r["transform"] in ("esp-gcm", "esp-gcm 128")]
    sas, windows = parts.get("sas", []), parts.get("windows", [])
    yield plot("sizes", "AES-128-GCM, one SA: the path and the raw crypto", "inner bytes",
               "cycles a packet",
               by_direction(sizes, "size", "cycles_per_packet", ("path, out", "path, in"))
               + by_direction(sizes, "size", "raw_cycles_per_packet", ("raw, out", "raw, in")),
               False)
    yield plot("ratio", "AES-128-GCM, 64 bytes: ratio of path to raw crypto by SAs, at random",
               "SAs", "ratio", by_direction(sas, "sas", "ratio", ("out", "in")), True)
    yield plot("sas", "AES-128-GCM, 64 bytes: cost by SAs, at random", "SAs",
               "cycles a packet",
               by_direction(sas, "sas", "cycles_per_packet", ("path, out", "path, in"))
               + by_direction(sas, "sas", "raw_cycles_per_packet", ("raw, out", "raw, in")), True)
    checked = [r for r in windows if r["window"]]
    held = sorted({r["reorder_percent"] for r in checked})
    yield plot("windows", "AES-128-GCM, 64 bytes, in: overhead by replay window", "window",
               "cycles above raw crypto",
               [(f"{percent} % held back" if percent else "in order", (colour, 1),
                 points(checked, "window", "overhead_cycles", reorder_percent=percent))
                for percent, colour in zip(held, (PATH, RAW))], True)
    yield plot("bursts", "AES-128-GCM, 64 bytes: overhead by packets offered a poll", "burst",
               "cycles above raw crypto",
               by_direction(parts.get("bursts", []), "burst", "overhead_cycles", ("out", "in")),
               True)


def machine_list(machine, when):
    rows = [("measured", when)] + [(key.replace("_", " "), value)
                                   for key, value in machine.items()]
    return "<dl>" + "".join(f"<dt>{html.escape(str(k))}</dt><dd>{html.escape(str(v))}</dd>"
                            for k, v in rows) + "</dl>\n"


def of(machine, parts, tables, when, quick):
    run = "scripts/bench --quick" if quick else "scripts/bench"
    head, *rest = tables
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>culvert: what a packet costs</title>\n<style>{STYLE}</style></head><body>\n"
        "<h1>What a packet costs</h1>\n"
        f"<p>One run of <code>{run}</code>. Cycles are ticks of the time stamp counter, on one "
        "core, without source and sink; raw crypto is intel-ipsec-mb alone on the same keys, "
        "sizes and buffers, the fastest of its interfaces, measured in turn. Figures are medians, "
        "with the lowest and the highest.</p>\n"
        + machine_list(machine, when) + head.html() + "".join(plots(parts))
        + "".join(t.html() for t in rest) + "</body></html>\n")
