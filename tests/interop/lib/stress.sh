# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# culvert-stress as a middle box on the cable between A and B:
#
#   A outside --- left M right --- outside B

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "${BASH_SOURCE[0]}")/culvert.sh"

# middle: the drawing of lab.sh with M on the cable
middle()
{
	m=$tag-m
	namespaces+=("$m")
	topology
	ip -n "$a" link delete outside
	link "$a" outside "$m" left
	link "$m" right "$b" outside
}

# stress_start NAME OPTION...: the box; its report, as JSON, goes to $lab/NAME.log
stress_start()
{
	local name=$1
	shift
	spawn "$name" "$m" "$programs/culvert-stress" wire --json "$@" left right
	expect 10 "a middle box" grep -q forwarding "$lab/$name.log"
}

# stress_end NAME: ends it, with its report in $lab/NAME.json
stress_end()
{
	stop "$1" INT
	sed -n '/^{/,$p' "$lab/$1.log" >"$lab/$1.json"
	[ -s "$lab/$1.json" ] || fail "the middle box has no report"
}

# stress_says NAME EXPRESSION: whether a Python expression over its report is true; `flow` is that
# with the most packets from left to right, `must` what a window has to make of it
stress_says()
{
	/usr/bin/python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
flow = max((f for f in report["flows"] if f["direction"] == "left-to-right"),
           key=lambda f: f["received"])
def must(window):
    return next(row for row in flow["predicted"] if row["window"] == window)
got = flow.get("receiver")
if not eval(sys.argv[2]):
    sys.exit(f"not so: {sys.argv[2]}\n" + json.dumps({**flow, "behind": 0}, indent=1))
' "$lab/$1.json" "$2"
}

# datagrams_start NAME NAMESPACE ADDRESS: counts numbered datagrams until datagrams_end
datagrams_start()
{
	spawn "$1" "$2" /usr/bin/python3 -c '
import signal, socket, sys
seen = []
ending = []
signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
SO_RCVBUFFORCE = 33  # all of them, should it not run for a while
s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
s.bind((sys.argv[1], 7000))
s.settimeout(0.5)
print("ready", flush=True)
while True:
    try:
        seen.append(s.recv(2048)[:8])
    except socket.timeout:
        if ending:
            break
print("got", len(seen), "different", len(set(seen)), flush=True)' "$3"
	expect 5 "a receiver" grep -q ready "$lab/$1.log"
}

# datagrams_send NAMESPACE ADDRESS COUNT [TOS...]: each with the next TOS of the list; 16 at a time,
# and $pause seconds between them
pause=0.003
datagrams_send()
{
	in_ns "$1" /usr/bin/python3 -c '
import socket, struct, sys, time
tos = [int(t) for t in sys.argv[4:]] or [0]
sockets = []
for t in tos:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, t)
    s.connect((sys.argv[1], 7000))
    sockets.append(s)
for n in range(int(sys.argv[2])):
    sockets[n % len(sockets)].send(struct.pack("!Q", n) + bytes(60))
    if n % 16 == 15:
        time.sleep(float(sys.argv[3]))' "$2" "$3" "$pause" "${@:4}"
}

# datagrams_end NAME: "GOT DIFFERENT", when nothing has come for half a second
datagrams_end()
{
	stop "$1"
	awk '/^got/ { print $2, $4 }' "$lab/$1.log"
}
