#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two culverts: both ends start at once, on the wire is protocol 50 and nothing in clear, TCP of
# full size crosses, and both ends count what the other counts.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
culvert_conf left >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
capture to_left "$a" outside
capture to_right "$b" outside

ping_start first "$ha" 192.168.2.2
ping_start second "$hb" 192.168.1.2
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
ping_lost first >/dev/null
ping_lost second >/dev/null
ping_start after "$ha" 192.168.2.2 0.02
sleep 4
expect_lossless after 50

head -c 3000000 /dev/urandom >"$lab/sent"
spawn receive "$hb" /usr/bin/python3 -c '
import socket, sys
with socket.create_server(("192.168.2.2", 7000)) as server, open(sys.argv[1], "wb") as file:
    connection = server.accept()[0]
    while data := connection.recv(65536):
        file.write(data)' "$lab/received"
expect 5 "a listener" in_ns "$hb" sh -c 'ss -Htln | grep -q :7000'
in_ns "$ha" /usr/bin/python3 -c '
import socket, sys
with socket.create_connection(("192.168.2.2", 7000), 10) as connection:
    connection.sendall(open(sys.argv[1], "rb").read())' "$lab/sent"
expect 20 "the end of the transfer" is_gone receive
cmp "$lab/sent" "$lab/received" || fail "what TCP carried is not what was sent"

for wire in to_left to_right; do
	stop $wire INT
	[ "$(captured $wire 'ip.proto == 50')" -gt 100 ] || fail "no ESP $wire"
	[ "$(captured $wire 'ip.addr == 192.168.0.0/16')" = 0 ] ||
		fail "inner addresses are visible $wire"
done
expect 5 "equal counters" sh -c "[ $(culvert_count left encaps) = $(culvert_count right decaps) ]"
[ "$(culvert_count right encaps)" = "$(culvert_count left decaps)" ] || fail "counters differ"
