#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A NAT in front of each end, that of strongSwan forwarding the two ports. The NAT of culvert
# forgets a mapping after eight seconds: keepalives keep it, and nobody answers them.
#
#   HA --- culvert 172.31.0.1 === NAT 10.0.0.1 === 10.0.0.2 NAT === 172.32.0.2 strongSwan --- HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
near=$tag-near far=$tag-far
namespaces+=("$near" "$far")
topology
ip -n "$a" link delete outside
link "$a" outside "$near" private
link "$near" public "$far" public
link "$far" private "$b" outside
address "$near" private 172.31.0.254/24
address "$near" public 10.0.0.1/24
address "$far" public 10.0.0.2/24
address "$far" private 172.32.0.254/24
forward='iifname "public" udp dport { 500, 4500 } dnat to 172.32.0.2'
for ns in "$near" "$far"; do
	in_ns "$ns" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
	in_ns "$ns" nft -f - <<-EOF || skip "this kernel cannot translate addresses"
		table ip nat {
			chain in {
				type nat hook prerouting priority -100;
				$([ "$ns" = "$near" ] || echo "$forward")
			}
			chain out {
				type nat hook postrouting priority 100;
				oifname "public" ip protocol udp masquerade to :20000-30000
			}
		}
	EOF
done
in_ns "$near" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=8 \
	net.netfilter.nf_conntrack_udp_timeout_stream=8
router "$b" 192.168.2.1/24 172.32.0.2/24 172.32.0.254
swan_connection 172.32.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" |
	sed 's/id = 10.0.0.1/id = 172.31.0.1/' >"$lab/peer.conf"
culvert_conf left more="crypto isakmp nat keepalive 5" |
	sed -e 's/address 10.0.0.1 255/address 172.31.0.1 255/' \
		-e 's/0.0.0.0 10.0.0.2/0.0.0.0 172.31.0.254/' >"$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
culvert_start left "$a" "$lab/left.conf"
capture wire "$near" public udp
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
grep -q 'local host is behind NAT' "$lab/peer.charon.log" || fail "the peer does not see its NAT"
grep -q 'remote host is behind NAT' "$lab/peer.charon.log" || fail "the peer does not see our NAT"
ping_start ping "$hb" 192.168.1.2
sleep 2
expect_lossless ping 25
sleep 20
answers "$hb" 192.168.1.2 || fail "the mapping was lost in the silence"
stop wire INT
[ "$(captured wire 'ip.src == 10.0.0.1 && udp.length == 9')" -ge 3 ] || fail "no keepalives"
[ "$(captured wire 'esp && udp.srcport >= 20000')" -ge 25 ] || fail "no ESP in UDP"
[ "$(captured wire 'icmp')" = 0 ] || fail "a packet crossed in clear"
