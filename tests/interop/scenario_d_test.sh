#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario D1: a mirrored pair with four lines of crypto ACL and reverse-route: the routes to the
# peer's networks come and go with the SAs; a map taken off its interface takes the tunnels down.
# D10: a ping of 65500 bytes. D11: a TCP connection lives through `clear crypto sa` and a renewal.
#
#   HA 192.168.1.2 --- A 10.0.0.1 === 10.0.0.2 B --- 192.168.2.2, 200.10 210.10 220.10 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
expects_diagnosis CFG-MAP-NOT-APPLIED P2-PEER-REFUSED # the map is taken away and comes back
topology
nets="200 210 220"
left_lines="permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255"
right_lines="permit ip 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255"
routes=""
for net in $nets; do
	address "$hb" eth0 "192.168.$net.10/32"
	left_lines+=$'\n'" permit ip 192.168.1.0 0.0.0.255 192.168.$net.0 0.0.0.255"
	right_lines+=$'\n'" permit ip 192.168.$net.0 0.0.0.255 192.168.1.0 0.0.0.255"
	routes+=$'\n'"ip route 192.168.$net.0 255.255.255.0 192.168.2.2"
done
# A has no route of its own to what is behind B
culvert_conf left acl="$left_lines" more_map=reverse-route |
	grep -v '^ip route' >"$lab/left.conf"
culvert_conf right acl="$right_lines" more="$routes" >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"

reverse_routes()
{
	culvert_do left 'show ip route' |
		grep -cE '192\.168\.(2|200|210|220)\.0.* 10\.0\.0\.2' || true
}

[ "$(reverse_routes)" = 0 ] || fail "there are routes before there are SAs"
n=0
for source in 192.168.2.2 192.168.200.10 192.168.210.10 192.168.220.10; do
	expect 20 "an answer to $source" in_ns "$hb" ping -n -q -c 1 -W 1 -I $source 192.168.1.2
	n=$((n + 1))
	[ "$(reverse_routes)" = $n ] || fail "$(reverse_routes) routes, not $n"
	# and the other way, by that route
	expect 5 "an answer from $source" answers "$ha" $source
done
[ "$(culvert_spis left | wc -l)" = 8 ] || fail "not four pairs"

in_ns "$ha" ping -n -q -c 3 -i 0.2 -W 3 -s 65500 192.168.2.2 >/dev/null ||
	fail "a ping of 65500 bytes gets no answer"

spawn server "$hb" /usr/bin/python3 -c '
import socket
with socket.create_server(("192.168.2.2", 7000)) as server:
    connection = server.accept()[0]
    while data := connection.recv(65536):
        connection.sendall(data)'
expect 5 "a listener" in_ns "$hb" sh -c 'ss -Htln | grep -q :7000'
spawn client "$ha" /usr/bin/python3 -c '
import socket, time
with socket.create_connection(("192.168.2.2", 7000), 10) as connection:
    connection.settimeout(20)
    for n in range(120):
        line = b"%08d" % n
        connection.sendall(line)
        got = b""
        while len(got) < len(line):
            got += connection.recv(len(line) - len(got))
        assert got == line
        time.sleep(0.1)
print("done", flush=True)'
sleep 2
before=$(culvert_spis left)
# the routes go with the SAs, so it is B that comes back
culvert_do right 'clear crypto sa' >/dev/null
expect 20 "an answer after clear crypto sa" answers "$hb" 192.168.1.2
expect 20 "the end of the connection" is_gone client
grep -q "done" "$lab/client.log" || fail "the connection did not live through clear crypto sa"
culvert_renewed left "$before" || fail "nothing was cleared"

# the map taken off and put back: no tunnel in between, and nothing in clear
"$programs/culvert" --run-dir "$lab/left.run" -c 'configure terminal' \
	-c 'interface GigabitEthernet0/1' -c 'no crypto map MAP' -c end >/dev/null
expect 5 "no SA without a map" culvert_is_idle left
[ "$(reverse_routes)" = 0 ] || fail "routes are left without SAs"
in_ns "$hb" ping -n -q -c 1 -W 1 192.168.1.2 >/dev/null && fail "an answer without a tunnel"
"$programs/culvert" --run-dir "$lab/left.run" -c 'configure terminal' \
	-c 'interface GigabitEthernet0/1' -c 'crypto map MAP' -c end >/dev/null
expect 30 "an answer with the map back" answers "$hb" 192.168.1.2
