#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two vpncs behind one NAT address (R053), one user each or the same one twice: both have their
# addresses and traffic both ways, told apart by their ports alone. One that hangs up takes nothing
# of the other along, and comes again.
#
#                                              /== 172.31.0.1 vpnc 1
#   HA 192.168.1.2 --- culvert 10.0.0.1 === NAT
#                                  10.0.0.2    \== 172.31.0.2 vpnc 2

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
command -v vpnc >/dev/null || skip "vpnc is not installed"
nat=$tag-nat c=$tag-c
namespaces+=("$nat" "$c")
topology
ip -n "$a" link delete outside
link "$a" outside "$nat" public
link "$b" outside "$nat" private1
link "$c" outside "$nat" private2
ip -n "$nat" link add private type bridge
for port in private1 private2; do
	ip -n "$nat" link set "$port" master private
done
ip -n "$nat" link set private up
address "$nat" private 172.31.0.254/24
address "$nat" public 10.0.0.2/24
in_ns "$nat" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
address "$b" outside 172.31.0.1/24 172.31.0.254
address "$c" outside 172.31.0.2/24 172.31.0.254
in_ns "$nat" nft -f - <<-END || skip "this kernel cannot translate addresses"
	table ip nat {
		chain out {
			type nat hook postrouting priority 100;
			oifname "public" masquerade
		}
	}
END
client_hub local 'username alice secret wonderland
username bob secret locksmith' >"$lab/hub.conf"
culvert_start hub "$a" "$lab/hub.conf"

# address_of NAME: what the client was given
address_of()
{
	sed -n 's/^INTERNAL_IP4_ADDRESS=//p' "$lab/$1.env" | tail -n 1
}

# both_ways NAME NAMESPACE
both_ways()
{
	expect 5 "an answer to $1" answers "$2" 192.168.1.2
	expect 5 "an answer of $1" answers "$ha" "$(address_of "$1")"
}

sessions()
{
	[ "$(culvert_do hub 'show crypto session' | grep -c '^Peer: 10.0.0.2 port')" = "$1" ]
}

capture wire "$nat" public
for second in 'bob locksmith' 'alice wonderland'; do
	client_start one "$b" alice wonderland
	expect 20 "a tunnel for the first" client_up one
	both_ways one "$b"
	ping_start through "$b" 192.168.1.2
	# shellcheck disable=SC2086 # name and password
	client_start two "$c" $second
	expect 20 "a tunnel for the second, $second" client_up two
	both_ways two "$c"
	both_ways one "$b"
	[ "$(address_of one)" != "$(address_of two)" ] || fail "both have one address"
	expect 3 "two sessions at one address" sessions 2
	ping_start back "$ha" "$(address_of one)"
	client_stop two
	expect 5 "one session" sessions 1
	sleep 1
	both_ways one "$b"
	# shellcheck disable=SC2086
	client_start two "$c" $second
	expect 20 "the second again" client_up two
	both_ways two "$c"
	expect_lossless through 20
	expect_lossless back 10
	client_stop two
	client_stop one
	expect 5 "no session" sessions 0
done
stop wire INT
[ "$(captured wire 'icmp && !icmp.type == 3')" = 0 ] || fail "a packet crossed in clear"
[ "$(captured wire 'udp.port == 4500 && esp')" -gt 40 ] || fail "nothing was encapsulated"
