#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two strongSwans behind one NAT address, with identities of their own or with one (R053): both
# have their tunnels, one that goes takes nothing of the other along. Then the NAT changes ports,
# then its address, while numbered packets flow (hostile.md H123): what follows the first packet
# of the peer from there is not lost, in either direction.
#
#                                              /== 172.31.0.1 strongSwan 1 --- 192.168.2.2 HB
#   HA 192.168.1.2 --- culvert 10.0.0.1 === NAT
#                                  10.0.0.2    \== 172.31.0.2 strongSwan 2 --- 192.168.3.2 HC

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
nat=$tag-nat c=$tag-c hc=$tag-hc
namespaces+=("$nat" "$c" "$hc")
topology
ip -n "$a" link delete outside
link "$a" outside "$nat" public
link "$b" outside "$nat" private1
link "$c" outside "$nat" private2
link "$c" inside "$hc" eth0
address "$hc" eth0 192.168.3.2/24 192.168.3.1
ip -n "$nat" link add private type bridge
for port in private1 private2; do
	ip -n "$nat" link set "$port" master private
done
ip -n "$nat" link set private up
address "$nat" private 172.31.0.254/24
address "$nat" public 10.0.0.2/24
address "$nat" public 10.0.0.9/24
in_ns "$nat" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
router "$b" 192.168.2.1/24 172.31.0.1/24 172.31.0.254
router "$c" 192.168.3.1/24 172.31.0.2/24 172.31.0.254

# translate ADDRESS PORTS: from now on; mappings that were are gone
translate()
{
	in_ns "$nat" nft -f - <<-END || skip "this kernel cannot translate addresses"
		add table ip nat
		delete table ip nat
		table ip nat {
			chain out {
				type nat hook postrouting priority 100;
				oifname "public" ip protocol udp snat to $1:$2
			}
		}
	END
	in_ns "$nat" conntrack -F 2>/dev/null
}

# peer_conf NUMBER IDENTITY
peer_conf()
{
	swan_connection "172.31.0.$1" 10.0.0.1 "192.168.$(($1 + 1)).0/24" 192.168.1.0/24 \
		"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" |
		sed "s/id = 172.31.0.$1/id = $2/"
}

up()
{
	swan_do "$1" --initiate --child net >/dev/null || fail "$1 gets no tunnel"
}

# sas NUMBER: whether culvert has so many IKE SAs
sas()
{
	[ "$(culvert_do left 'show crypto isakmp sa' | grep -c QM_IDLE)" = "$1" ]
}

translate 10.0.0.2 20000-29999
culvert_conf left key=cisco more_map="crypto map MAP 20 ipsec-isakmp
 match address VPN3
 set peer 10.0.0.2
 set transform-set SET" more="ip access-list extended VPN3
 permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
for ids in "172.31.0.1 172.31.0.2" "branch branch"; do
	read -r id1 id2 <<<"$ids"
	peer_conf 1 "$id1" >"$lab/peer1.conf"
	peer_conf 2 "$id2" >"$lab/peer2.conf"
	if [ -e "$lab/peer1.swan" ]; then
		swan_reload peer1 "$lab/peer1.conf"
		swan_reload peer2 "$lab/peer2.conf"
	else
		swan_start peer1 "$b" "$lab/peer1.conf"
		swan_start peer2 "$c" "$lab/peer2.conf"
	fi
	expect 10 "no SAs of before" sas 0
	up peer1
	expect 5 "an answer of the first" answers "$hb" 192.168.1.2
	ping_start first "$hb" 192.168.1.2
	up peer2
	expect 5 "an answer of the second" answers "$hc" 192.168.1.2
	answers "$ha" 192.168.2.2 || fail "the first is not reached beside the second"
	answers "$ha" 192.168.3.2 || fail "the second is not reached"
	expect 2 "an IKE SA with each of $ids" sas 2
	swan_do peer2 --terminate --ike culvert >/dev/null
	expect 5 "the SA of the second to go" sas 1
	sleep 1
	answers "$ha" 192.168.2.2 || fail "the DELETE of the second took the first along"
	expect_lossless first 15
done

# moved FROM TO_ADDRESS TO_PORTS: the first peer is elsewhere, and all goes on
moved()
{
	local before lost sent
	ping_start "over$1" "$hb" 192.168.1.2
	sleep 1
	translate "$1" "$2"
	expect 5 "the endpoint to follow to $1:${2%-*}" \
		grep -q "NAT mapping has changed: the peer is at $1:${2:0:1}" "$lab/left.log"
	before=$(culvert_count left encaps)
	ping_start "there$1" "$hb" 192.168.1.2
	ping_start "here$1" "$ha" 192.168.2.2
	sleep 3
	expect_lossless "there$1" 50
	expect_lossless "here$1" 50
	[ "$(culvert_count left encaps)" -gt "$((before + 100))" ] || fail "nothing was encrypted"
	read -r lost sent <<<"$(ping_lost "over$1")"
	[ "$lost" -le 2 ] || fail "$lost of $sent packets were lost while the mapping changed"
	echo "$1 $2: $lost of $sent packets lost in the moment of the change"
}

capture wire "$nat" public udp
moved 10.0.0.2 30000-39999
swan_do peer1 --rekey --child net >/dev/null || fail "no rekey through the new mapping"
moved 10.0.0.9 40000-49999
stop wire INT
[ "$(captured wire 'esp && ip.dst == 10.0.0.9')" -ge 100 ] || fail "no ESP to the new address"
[ "$(captured wire 'icmp')" = 0 ] || fail "a packet crossed in clear"
culvert_do left 'clear crypto sa' >/dev/null
has_none()
{
	! swan_has peer1 INSTALLED
}
expect 5 "the DELETE to reach the peer where it is now" has_none
