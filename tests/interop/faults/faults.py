# SPDX-License-Identifier: BSD-3-Clause
"""The table of faults: one box, many peers, a different fault at each, and what the box says.

	faults.py lay GROUP FOLDER	writes left.conf, swanctl.conf, addresses, nft, calls, pings
	faults.py judge GROUP FOLDER	reads FOLDER/diagnose.json, prints a line a row and the
					confusion matrix; exit 1 when a row is wrong
	faults.py check GROUP FOLDER	the same of FOLDER/row-N.said, warnings of `--check`

A group is GROUP.ini: the section [box] has the lines of the configuration that all share, every
other section is a row: entry (of error-catalogue.md), side (initiator, responder: the role of
the box), theirs.*, ours.* and client.* where they are not as usual, drop (what the way
swallows), inject (injector.py), their.ping (whom the peer pings), expect (the root, or none;
A|B where either is right). A box whose peers are clients has a config, whole.
"""

import configparser
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
USUAL = {
    "side": "responder",
    "expect": "none",
    "drop": "",
    "ping": "yes",
    "theirs.version": "1",
    "theirs.proposals": "aes256-sha256-modp2048",
    "theirs.esp": "aes256-sha256",
    "theirs.local_ts": "172.16.{n}.0/24",
    "theirs.remote_ts": "192.168.1.0/24",
    "theirs.id": "{peer}",
    "theirs.remote_id": "%any",
    "theirs.key": "same-key-{n}",
    "theirs.auth": "psk",
    "theirs.lines": "",
    "theirs.child": "",
    "theirs.absent": "no",
    "ours.key": "same-key-{n}",
    "ours.peer": "{peer}",
    "ours.acl": "permit ip 192.168.1.0 0.0.0.255 172.16.{n}.0 0.0.0.255",
    "ours.set": "SET",
    "ours.entry": "",
    "ours.lines": "",
    "ours.sequence": "{n}",
    "ours.absent": "no",
    "without": "",
    "lines": "",
    "their.ping": "",
    "inject": "",
    "client.group": "vpn",
    "client.key": "same-key-0",
    "client.user": "user{n}",
    "client.password": "pass-key-{n}",
    "client.after": "0",
}
# First payload of a message of phase 1, behind UDP and cookies; the last one is encrypted.
ESP = {"esp": "@th,64,32 != 0 drop", "flip": "@th,64,32 != 0 @th,400,8 set 0x5a"}
FIRST_PAYLOAD = {"sa": "@th,192,8 1", "ke": "@th,192,8 4", "id": "@th,192,8 5"}


def rows_of(group):
    parser = configparser.ConfigParser(
        interpolation=None, comment_prefixes=(";",), delimiters=("=",), strict=True)
    parser.optionxform = str
    parser.read(HERE / f"{group}.ini")
    box = parser["box"]
    rows = []
    for n, name in enumerate((s for s in parser.sections() if s != "box"), start=1):
        unknown = set(parser[name]) - set(USUAL) - {"entry", "why"}
        if unknown:
            sys.exit(f"{group}.ini [{name}]: unknown {', '.join(sorted(unknown))}")
        row = {**USUAL, **parser[name], "name": name, "n": n, "peer": f"10.0.1.{n}"}
        for key, value in row.items():
            if isinstance(value, str):
                row[key] = value.replace("{n}", str(n)).replace("{peer}", row["peer"])
        rows.append(row)
    return box, rows


def block(text, indent=""):
    return "".join(f"{indent}{line}\n" for line in text.splitlines() if line.strip())


def our_configuration(box, rows):
    if "config" in box:
        return block(box["config"])
    out = ["hostname left\n", "platform\n memory 128\n", block(box.get("lines", ""))]
    for row in rows:
        if row["ours.lines"]:
            out.append(block(row["ours.lines"]))
        if row["ours.key"] != "none":
            out.append(f"crypto isakmp key {row['ours.key']} address {row['peer']}\n")
        if row["ours.absent"] == "yes":
            continue
        out.append(f"ip access-list extended ACL{row['n']}\n" + block(row["ours.acl"], " "))
        out.append(f"crypto map MAP {row['ours.sequence']} ipsec-isakmp\n"
                   f" match address ACL{row['n']}\n set peer {row['ours.peer']}\n"
                   f" set transform-set {row['ours.set']}\n" + block(row["ours.entry"], " "))
    out.append("interface GigabitEthernet0/0\n device af_packet inside\n"
               " ip address 192.168.1.1 255.255.255.0\n"
               "interface GigabitEthernet0/1\n device af_packet outside\n"
               " ip address 10.0.0.1 255.255.0.0\n crypto map MAP\n"
               "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n")
    out.append(block(box.get("end", "")))
    return "".join(out)


def without(text, pattern):
    """A configuration without the lines that begin so."""
    lines = text.splitlines()
    if pattern:
        lines = [line for line in lines if not re.match(f"({pattern})", line.strip())]
    return block("\n".join(lines))


def their_configuration(rows):
    connections, secrets = [], []
    for row in rows:
        if row["theirs.absent"] == "yes":
            continue
        connections.append(f"""\
  r{row['n']} {{ version = {row['theirs.version']}
    local_addrs = {row['peer']}
    remote_addrs = 10.0.0.1
    proposals = {row['theirs.proposals']}
{block(row['theirs.lines'], '    ')}\
    local {{ auth = {row['theirs.auth']}
      id = {row['theirs.id']} }}
    remote {{ auth = {row['theirs.auth']}
      id = {row['theirs.remote_id']} }}
    children {{ r{row['n']} {{ local_ts = {row['theirs.local_ts']}
      remote_ts = {row['theirs.remote_ts']}
      esp_proposals = {row['theirs.esp']}
{block(row['theirs.child'], '      ')}\
    }} }}
  }}
""")
        secrets.append(f"  ike-{row['n']} {{ id-1 = {row['theirs.id']}\n"
                       f"    secret = \"{row['theirs.key']}\" }}\n")
    return f"connections {{\n{''.join(connections)}}}\nsecrets {{\n{''.join(secrets)}}}\n"


def filters(rows):
    """What gets lost on the way, in the namespace of the peers: `all`, `esp` (theirs; `flip`: is
    damaged), or a message of phase 1 by its sender and its first payload, `our-sa`, `their-ke`."""
    lines = []
    for row in rows:
        for what in row["drop"].split():
            if what == "all":
                lines.append(f"to ip daddr {row['peer']} drop")
            elif what in ESP:
                lines.append(f"from ip saddr {row['peer']} udp sport 4500 {ESP[what]}")
            else:
                sender, payload = what.split("-")
                chain, end = ("to", "daddr") if sender == "our" else ("from", "saddr")
                lines.append(f"{chain} ip {end} {row['peer']} udp sport 500 "
                             f"{FIRST_PAYLOAD[payload]} drop")
    return "".join([
        "add table ip faults\n",
        "add chain ip faults to { type filter hook input priority 0; }\n",
        "add chain ip faults from { type filter hook output priority 0; }\n",
        *(f"add rule ip faults {line}\n" for line in lines)])


def lay(box, rows, folder):
    for row in rows:
        if row["lines"] or row["without"]:
            (folder / f"row-{row['n']}.conf").write_text(
                without(box["config"], row["without"]) + block(row["lines"]))
    (folder / "clients").write_text("".join(
        f"{r['n']} {r['client.group']} {r['client.key']} {r['client.user']} "
        f"{r['client.password']} {r['client.after']}\n" for r in rows))
    (folder / "left.conf").write_text(our_configuration(box, rows))
    (folder / "swanctl.conf").write_text(their_configuration(rows))
    (folder / "nft").write_text(filters(rows))
    (folder / "addresses").write_text("".join(f"{r['n']}\n" for r in rows))
    (folder / "injected").write_text("".join(
        f"{r['peer']} 172.16.{r['n']}.1 {r['inject']}\n" for r in rows if r["inject"]))
    (folder / "their-pings").write_text("".join(
        f"172.16.{r['n']}.1 {r['their.ping']}\n" for r in rows if r["their.ping"]))
    (folder / "calls").write_text("".join(
        f"r{r['n']}\n" for r in rows if r["side"] == "responder" and r["theirs.absent"] == "no"))
    (folder / "pings").write_text("".join(
        f"172.16.{r['n']}.1\n" for r in rows if r["side"] == "initiator" and r["ping"] == "yes"))


def said(folder):
    """address -> the roots said about it; of a tunnel without one, how it is when not up."""
    answer = json.loads((folder / "diagnose.json").read_text())
    roots = {t["peer"]: [t["state"]] for t in answer["tunnels"] if t["state"] != "up"}
    for peer in answer["peers"]:
        if peer["diagnoses"]:
            roots[peer["peer"]] = [d["code"] for d in peer["diagnoses"]]
    return roots


def warned(folder, rows):
    return {row["peer"]: re.findall(r"(?:warning|note): ([A-Z0-9-]+):",
                                    (folder / f"row-{row['n']}.said").read_text())
            for row in rows if (folder / f"row-{row['n']}.said").exists()}


def judge(rows, roots, folder):
    wrong, matrix = 0, {}
    for row in rows:
        got = sorted(set(roots.get(row["peer"], []))) or ["none"]
        right = len(got) == 1 and got[0] in row["expect"].split("|")
        wrong += not right
        cell = (row["expect"], " + ".join(got))
        matrix[cell] = matrix.get(cell, 0) + 1
        print(f"{'ok' if right else 'not ok'} - {row.get('entry', 'healthy')} {row['name']} "
              f"({row['side']}): {' + '.join(got)}" + ("" if right else f", not {row['expect']}"))
    text = (folder / "everything").read_text() if (folder / "everything").exists() else ""
    for key in sorted(set(re.findall(r"[a-z]+-key-\d+", text))):
        print(f"not ok - the key {key} was shown")
        wrong += 1
    print("\nexpected                 said                     rows")
    for (expected, got), count in sorted(matrix.items()):
        print(f"{expected:24} {got:24} {count}")
    return 1 if wrong else 0


def main():
    command, group, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    box, rows = rows_of(group)
    if command == "lay":
        lay(box, rows, folder)
    else:
        sys.exit(judge(rows, warned(folder, rows) if command == "check" else said(folder), folder))


main()
