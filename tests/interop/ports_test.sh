#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Lines with a protocol and ports (R038): each makes a pair of its own when its traffic comes, with
# protocol and port in the identities, whoever asks. What no line names takes none.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
{
	swan_connection 10.0.0.2 10.0.0.1 '192.168.2.0/24[udp/7000]' '192.168.1.0/24[udp/5000]' \
		aes256-sha256-modp2048 aes256-sha256 "" \
		"}
		  web { local_ts = 192.168.2.0/24[tcp/80]
		    remote_ts = 192.168.1.0/24[tcp]
		    esp_proposals = aes256-sha256"
} >"$lab/peer.conf"
swan_start peer "$b" "$lab/peer.conf"
culvert_conf left acl="permit udp 192.168.1.0 0.0.0.255 eq 5000 192.168.2.0 0.0.0.255 eq 7000
 permit tcp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255 eq 80" >"$lab/left.conf"

# whoever else has these ports of the host takes nothing away (E15)
spawn holder "$a" /usr/bin/python3 -c '
import socket, time
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for port in (500, 4500)]
for port, s in zip((500, 4500), held):
    s.bind(("", port))
print("held", flush=True)
time.sleep(600)'
expect 10 "the ports to be taken" has held "$lab/holder.log"

# udp_crosses FROM FROM_PORT TO_NS TO_ADDRESS TO_PORT: one datagram, seen by a listener
udp_crosses()
{
	local got
	in_ns "$3" timeout 3 /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], int(sys.argv[2])))
print(s.recv(100).decode())' "$4" "$5" >"$lab/got" 2>/dev/null &
	got=$!
	for _ in 1 2 3 4; do
		in_ns "$1" /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
s.sendto(b"hello", (sys.argv[2], int(sys.argv[3])))' "$2" "$4" "$5"
		sleep 0.4
	done
	wait $got || return 1
	grep hello "$lab/got" >/dev/null
}

# connects NAMESPACE ADDRESS PORT
connects()
{
	in_ns "$1" timeout 3 /usr/bin/python3 -c '
import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)' "$2" "$3"
}

pairs()
{
	culvert_do "$1" 'show crypto ipsec sa' | grep -c 'in use settings'
}

for role in initiator responder; do
	culvert_start $role "$a" "$lab/left.conf"
	if [ $role = responder ]; then
		for child in net web; do
			swan_do peer --initiate --child $child >/dev/null || fail "no SA of $child"
		done
	fi
	expect 20 "a datagram to the port" udp_crosses "$ha" 5000 "$hb" 192.168.2.2 7000
	expect 20 "a datagram back" udp_crosses "$hb" 7000 "$ha" 192.168.1.2 5000
	[ $role = responder ] || [ "$(pairs $role)" = 2 ] || fail "more than the pair of one line"
	# what no line names is not for the SA
	encaps=$(culvert_count $role encaps)
	udp_crosses "$ha" 5001 "$hb" 192.168.2.2 7000 || fail "another port is lost"
	[ "$(culvert_count $role encaps)" = "$encaps" ] || fail "another port took the SA"
	in_ns "$hb" timeout 60 /usr/bin/python3 -m http.server 80 --bind 192.168.2.2 \
		>/dev/null 2>&1 &
	expect 20 "a connection to port 80" connects "$ha" 192.168.2.2 80
	[ "$(pairs $role)" = 4 ] || fail "not a pair for each line"
	culvert_shows $role 'show crypto ipsec sa' 'ident.*192.168.2.0/255.255.255.0/17/7000' ||
		fail "no identity with protocol and port"
	swan_has peer '192.168.2.0/24\[udp/' || fail "the peer has no identity with a port"
	kill %% 2>/dev/null || true
	stop $role
	expect 10 "the peer to have lost its SAs" swan_is_idle peer
	echo "ok - $role"
done
