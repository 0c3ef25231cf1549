# SPDX-License-Identifier: BSD-3-Clause
"""The table of faults: one box, many peers, a different fault at each, and what the box says.

	faults.py lay GROUP FOLDER	writes left.conf, swanctl.conf, addresses, nft, calls, pings
	faults.py judge GROUP FOLDER	reads FOLDER/diagnose.json, prints a line a row and the
					confusion matrix; exit 1 when a row is wrong
	faults.py healed GROUP FOLDER	the same, when nothing is to be wrong any more
	faults.py check GROUP FOLDER	the same of FOLDER/row-N.said, warnings of `--check`
	faults.py prompt GROUP FOLDER	the same of FOLDER/row-N.said and .ended, what commands that
					were typed have answered, how many tunnels they have ended

A group is GROUP.ini: the section [box] has the lines of the configuration that all share, every
other section is a row: entry (of error-catalogue.md), side (initiator, responder: the role of
the box), theirs.*, ours.* and client.* where they are not as usual, drop (what the way
swallows), inject (injector.py), later (what the way swallows when the tunnels are up),
later.type (what is typed then), ping (yes, no, or every so many seconds), their.ping (whom the
peer pings), their.do (what the kernel of the peers does when the tunnels are up), transfer (up
or down: TCP with DF, and its largest segment), narrow (what the way to and from the peer takes,
quiet: and says so to nobody), nat (the public address of a peer that is 172.31.0.N behind a NAT),
about (the address the root is said of), peers (how many of that address it is said of), tunnels
(how many show it), follows (a code under it), types (the command of the root, whole), expect (the
root, or none; A/B where two causes look alike and both have to be named, A|B where either is
right), nobody (yes: a row without a peer), typed (commands, `#` for how many tunnels there are),
says (what stands in the answer, or in what is said of the peer), ends (how many tunnels), after
(what makes it as before), client (yes: it logs in). A box whose peers are clients has a config,
whole; client.with: vpnc, old-draft (old_client.py), or site, which is a peer as of the other
groups; client.ping: whom the client pings through its tunnel, and the seconds between. One whose
peers are on a kernel of their own has a way of its own to them, M. One with second = yes has
another interface to the outside, 10.5.0.1 (theirs.remote).
also.ping: whom our host pings besides.
"""

import configparser
from ipaddress import ip_address
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
USUAL = {
    "side": "responder",
    "expect": "none",
    "drop": "",
    "later": "",
    "later.type": "",
    "about": "{peer}",
    "follows": "",
    "types": "",
    "ping": "yes",
    "theirs.version": "1",
    "theirs.proposals": "aes256-sha256-modp2048",
    "theirs.esp": "aes256-sha256",
    "theirs.ah": "",
    "theirs.local_ts": "172.16.{n}.0/24",
    "theirs.remote_ts": "192.168.1.0/24",
    "theirs.id": "{peer}",
    "theirs.remote_id": "%any",
    "theirs.key": "same-key-{n}",
    "theirs.auth": "psk",
    "theirs.certificate": "",
    "theirs.lines": "",
    "theirs.child": "",
    "theirs.absent": "no",
    "theirs.remote": "10.0.0.1",
    "nat": "",
    "peers": "",
    "tunnels": "",
    "client": "",
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
    "also.ping": "",
    "their.ping": "",
    "nobody": "no",
    "typed": "",
    "after": "",
    "says": "",
    "ends": "0",
    "their.do": "",
    "transfer": "",
    "narrow": "",
    "inject": "",
    "client.group": "vpn",
    "client.key": "same-key-0",
    "client.user": "user{n}",
    "client.password": "pass-key-{n}",
    "client.after": "0",
    "client.with": "vpnc",
    "client.ping": "",
}
NOBODY = {"ours.absent": "yes", "theirs.absent": "yes", "ours.key": "none", "ping": "no"}
# First payload of a message of phase 1, behind UDP and cookies; the last one is encrypted. From
# then on IKE is on port 4500 behind a marker: whatever is there, or an exchange.
ESP = {"esp": "udp sport 4500 @th,64,32 != 0 drop",
       "flip": "udp sport 4500 @th,64,32 != 0 @th,400,8 set 0x5a",
       "last": "ip protocol esp @th,920,8 set 0x5a"}
FIRST_PAYLOAD = {"sa": "500 @th,192,8 1", "ke": "500 @th,192,8 4", "id": "500 @th,192,8 5",
                 "natt": "4500 @th,64,32 0", "info": "4500 @th,64,32 0 @th,240,8 5",
                 "renewal": "4500 @th,64,32 0 @th,224,8 1",
                 "am3": "4500 @th,64,32 0 @th,240,8 4",
                 "quick": "4500 @th,64,32 0 @th,240,8 32"}


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
        none = NOBODY if parser[name].get("nobody") == "yes" else {}
        row = {**USUAL, **none, **parser[name], "name": name, "n": n, "peer": f"10.0.1.{n}"}
        for key, value in row.items():
            if isinstance(value, str):
                row[key] = value.replace("{n}", str(n)).replace("{peer}", row["peer"])
        rows.append(row)
    return box, rows


def block(text, indent=""):
    return "".join(f"{indent}{line}\n" for line in text.splitlines() if line.strip())


def count_tunnels(rows):
    """And puts it where `#` stands."""
    count = sum(row["ours.absent"] == "no" for row in rows)
    for row in rows:
        for key in ("says", "ends"):
            row[key] = row[key].replace("#", str(count))
    return rows


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
               f"interface GigabitEthernet0/1\n device {box.get('device', 'af_packet')} outside\n"
               " ip address 10.0.0.1 255.255.0.0\n crypto map MAP\n"
               "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n")
    if "second" in box:
        out.append("interface GigabitEthernet0/2\n device af_packet outside2\n"
                   " ip address 10.5.0.1 255.255.255.0\n crypto map MAP\n")
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
        certificate = f"certs = r{row['n']}.crt" if row["theirs.certificate"] else ""
        protocol = "ah" if row["theirs.ah"] else "esp"
        connections.append(f"""\
  r{row['n']} {{ version = {row['theirs.version']}
    local_addrs = {f"172.31.0.{row['n']}" if row['nat'] else row['peer']}
    remote_addrs = {row['theirs.remote']}
    proposals = {row['theirs.proposals']}
{block(row['theirs.lines'], '    ')}\
    local {{ auth = {row['theirs.auth']}
      {certificate}
      id = {row['theirs.id']} }}
    remote {{ auth = {row['theirs.auth']}
      id = {row['theirs.remote_id']} }}
    children {{ r{row['n']} {{ local_ts = {row['theirs.local_ts']}
      remote_ts = {row['theirs.remote_ts']}
      {protocol}_proposals = {row['theirs.ah'] or row['theirs.esp']}
{block(row['theirs.child'], '      ')}\
    }} }}
  }}
""")
        secrets.append(f"  ike-{row['n']} {{ id-1 = {row['theirs.id']}\n"
                       f"    secret = \"{row['theirs.key']}\" }}\n")
    return f"connections {{\n{''.join(connections)}}}\nsecrets {{\n{''.join(secrets)}}}\n"


def filters(box, rows, when):
    """What gets lost on the way, in the namespace of the peers or in M: `all`, `esp` (theirs;
    `flip`, `last`: is damaged), `crooked` (what we send from the second address by the first
    interface), or a message of IKE by its sender and what it is, `our-sa`,
    `their-quick`."""
    lines = []
    hooks = ("forward", "forward") if "way" in box else ("input", "output")
    for row in rows:
        for what in row[when].split():
            if what == "all":
                lines.append(f"to ip daddr {row['peer']} drop")
            elif what == "crooked":
                lines.append(f"to iifname outside ip saddr 10.5.0.1 ip daddr {row['peer']} drop")
            elif what in ESP:
                lines.append(f"from ip saddr {row['peer']} {ESP[what]}")
            else:
                sender, payload = what.split("-")
                chain, end = ("to", "daddr") if sender == "our" else ("from", "saddr")
                lines.append(f"{chain} ip {end} {row['peer']} udp sport "
                             f"{FIRST_PAYLOAD[payload]} drop")
    return "".join([
        "add table ip faults\n",
        f"add chain ip faults to {{ type filter hook {hooks[0]} priority 0; }}\n",
        f"add chain ip faults from {{ type filter hook {hooks[1]} priority 0; }}\n",
        *(f"add rule ip faults {line}\n" for line in lines)])


def narrow(rows):
    """What is larger is lost when it may not be fragmented, and the sender is not told."""
    quiet = [row for row in rows if row["narrow"].endswith("quiet")]
    lines = [f"from ip saddr {row['peer']} ip frag-off & 0x4000 != 0 "
             f"ip length > {row['narrow'].split()[0]} drop" for row in quiet]
    lines += [f"said icmp type destination-unreachable @th,192,32 {int(ip_address(row['peer']))} "
              "drop" for row in quiet]
    return "".join(["add chain ip faults said { type filter hook output priority 0; }\n",
                    *(f"add rule ip faults {line}\n" for line in lines)])


def translations(rows):
    """A NAT as most are: it changes ports, lets nothing in but IKE to whom we call, and has no idea
    of protocol 50."""
    lines = ["forward ip protocol esp drop\n"]
    for row in (row for row in rows if row["nat"]):
        inner = f"172.31.0.{row['n']}"
        lines.append(f"out ip saddr {inner} ip protocol udp snat to {row['nat']}:20000-29999\n")
        if row["side"] == "initiator":
            lines.append(f"in ip daddr {row['nat']} udp dport {{ 500, 4500 }} dnat to {inner}\n")
    return "".join([
        "add table ip nat\n",
        "add chain ip nat forward { type filter hook forward priority 0; }\n",
        "add chain ip nat in { type nat hook prerouting priority -100; }\n",
        "add chain ip nat out { type nat hook postrouting priority 100; }\n",
        *(f"add rule ip nat {line}" for line in lines)])


def lay(box, rows, folder):
    for row in rows:
        if row["lines"] or row["without"]:
            (folder / f"row-{row['n']}.conf").write_text(
                without(box["config"], row["without"]) + block(row["lines"]))
    (folder / "clients").write_text("".join(
        f"{r['n']} {r['client.group']} {r['client.key']} {r['client.user']} "
        f"{r['client.password']} {r['client.after']} {r['client.with']}\n" for r in rows
        if r["client"] == "yes" or ("config" in box and r["client.with"] != "site")))
    (folder / "client-pings").write_text("".join(
        f"{r['n']} {r['client.ping']}\n" for r in rows if r["client.ping"]))
    (folder / "left.conf").write_text(our_configuration(box, rows))
    sites = [r for r in rows if "config" not in box or r["client.with"] == "site"]
    (folder / "swanctl.conf").write_text(their_configuration(sites))
    (folder / "nft").write_text(filters(box, rows, "drop") + narrow(rows))
    (folder / "nft-later").write_text(filters(box, rows, "later"))
    (folder / "nft-nat").write_text(translations(rows))
    if "second" in box:
        (folder / "second").write_text("")
    (folder / "behind-nat").write_text("".join(f"{r['n']}\n" for r in rows if r["nat"]))
    (folder / "certificates").write_text("".join(
        f"{r['n']} {r['theirs.certificate']}\n" for r in rows if r["theirs.certificate"]))
    (folder / "addresses").write_text("".join(f"{r['n']}\n" for r in rows))
    (folder / "injected").write_text("".join(
        f"{r['peer']} 172.16.{r['n']}.1 {r['inject']}\n" for r in rows if r["inject"]))
    (folder / "their-pings").write_text("".join(
        f"172.16.{r['n']}.1 {r['their.ping']}\n" for r in rows if r["their.ping"]))
    (folder / "their-deeds").write_text("".join(f"{r['their.do']}\n" for r in rows))
    (folder / "transfers").write_text("".join(
        f"172.16.{r['n']}.1 {r['transfer']}\n" for r in rows if r["transfer"]))
    (folder / "narrow").write_text("".join(
        f"{r['peer']} {r['narrow'].split()[0]}\n" for r in rows if r["narrow"]))
    (folder / "calls").write_text("".join(
        f"r{r['n']}\n" for r in sites if r["side"] == "responder" and r["theirs.absent"] == "no"))
    (folder / "pings").write_text("".join(
        f"172.16.{r['n']}.1 {r['ping'].replace('yes', '')}\n"
        for r in sites if r["side"] == "initiator" and r["ping"] != "no") + "".join(
        f"{r['also.ping']}\n" for r in rows if r["also.ping"]))
    for row in rows:
        for key in ("typed", "after"):
            if row["typed"]:
                (folder / f"row-{row['n']}.{key}").write_text(block(row[key]))
    (folder / "typed-later").write_text("".join(
        f"{r['later.type']}\n" for r in rows if r["later.type"]))


def said(folder):
    """address -> the roots said about it; of a tunnel without one, how it is when not up. Lines
    that nobody has used are nothing beside one that is up."""
    answer = json.loads((folder / "diagnose.json").read_text())
    up = {t["peer"] for t in answer["tunnels"] if t["state"] == "up"}
    roots = {t["peer"]: [t["state"]] for t in answer["tunnels"]
             if t["state"] != "up" and not (t["state"] == "idle" and t["peer"] in up)}
    named = {}
    for peer in answer["peers"]:
        if peer["diagnoses"]:
            named.setdefault(peer.get("peer", peer["kind"]), []).extend(
                "/".join([d["code"], *([d["other"]] if "other" in d else [])])
                for d in peer["diagnoses"])
    return roots | named


def said_to_type(folder, rows):
    """The same, and what is to be typed where that is not what it should be."""
    roots = said(folder)
    answer = json.loads((folder / "diagnose.json").read_text())
    commands = {peer.get("peer"): [d["command"] for d in peer["diagnoses"]]
                for peer in answer["peers"]}
    for row in rows:
        got = commands.get(row["about"], [])
        if row["types"] and got != [row["types"]]:
            roots.setdefault(row["about"], []).append(f"type {got}")
    return roots


def texts(folder):
    """address -> what is said about it, in words"""
    answer = json.loads((folder / "diagnose.json").read_text())
    return {peer.get("peer"): json.dumps(peer["diagnoses"]) for peer in answer["peers"]}


def showing(folder, peer, code):
    """how many tunnels of that peer show that code"""
    answer = json.loads((folder / "diagnose.json").read_text())
    return sum(t.get("peer") == peer and t.get("diagnosis", {}).get("code") == code
               for t in answer["tunnels"])


def strangers(folder):
    """addresses that something is said of though nobody has configured them"""
    if not (folder / "diagnose.json").exists():
        return []
    answer = json.loads((folder / "diagnose.json").read_text())
    return [p.get("peer", p["kind"]) for p in answer["peers"]
            if p["kind"] in ("unknown", "appliance") and p["diagnoses"]]


def following(folder):
    """address -> the codes that stand under its roots"""
    answer = json.loads((folder / "diagnose.json").read_text())
    return {peer.get("peer"): [d["code"] for root in peer["diagnoses"]
                               for d in root.get("under", [])]
            for peer in answer["peers"]}


def warned(folder, rows):
    return {row["peer"]: re.findall(r"(?:warning|note): ([A-Z0-9-]+):",
                                    (folder / f"row-{row['n']}.said").read_text())
            for row in rows if (folder / f"row-{row['n']}.said").exists()}


def answered(folder, rows):
    """The codes in the answer to a command; what it says and ends otherwise than it should."""
    roots = {}
    for row in rows:
        text = (folder / f"row-{row['n']}.said").read_text() if row["typed"] else ""
        ended = (folder / f"row-{row['n']}.ended").read_text().strip() if row["typed"] else "0"
        found = re.findall(r"^([A-Z0-9]+(?:-[A-Z0-9]+)+): ", text, re.M)
        if not re.search(row["says"], text, re.M):
            found.append(f"no '{row['says']}'")
        if ended != row["ends"]:
            found.append(f"{ended} tunnels ended")
        roots[row["peer"]] = found
    return roots


def judge(rows, roots, follows, words, folder):
    wrong, matrix = 0, {}
    for row in rows:
        got = sorted(set(roots.get(row["about"], []))) or ["none"]
        right = len(got) == 1 and got[0] in row["expect"].split("|")
        right = right and (not row["peers"] or roots.get(row["about"]) == got * int(row["peers"]))
        if row["tunnels"]:
            right = right and showing(folder, row["about"], got[0]) == int(row["tunnels"])
        right = right and (not row["follows"] or row["follows"] in follows.get(row["about"], []))
        right = right and (not words or re.search(row["says"], words.get(row["about"], "")))
        wrong += not right
        cell = (row["expect"], " + ".join(got))
        matrix[cell] = matrix.get(cell, 0) + 1
        wanted = "" if right else f", not {row['expect']} {row['says']}"
        print(f"{'ok' if right else 'not ok'} - {row.get('entry', '-')} {row['name']} "
              f"({row['side']}): {' + '.join(got)}" + wanted)
    for who in sorted(set(strangers(folder)) - {row["about"] for row in rows}):
        print(f"not ok - {who} is nobody's row: {' + '.join(roots[who])}")
        wrong += 1
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
    if command == "healed":
        rows = [{**row, "expect": "none", "follows": "", "peers": ""} for row in rows]
    if command == "lay":
        lay(box, rows, folder)
    else:
        roots = {"check": lambda: warned(folder, rows),
                 "prompt": lambda: answered(folder, count_tunnels(rows)),
                 "healed": lambda: said(folder),
                 "judge": lambda: said_to_type(folder, rows)}[command]()
        live = command == "judge"
        sys.exit(judge(rows, roots, following(folder) if live else {},
                       texts(folder) if live else {}, folder))


main()
