#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# NAT traversal as its drafts 02 and 03 had it, with strongSwan: a NAT blots out the better vendor
# IDs of message 1, which nothing signs, so that both ends have to speak the draft: payload 130 and
# what it finds, UDP 4500, encapsulation mode 61443. Either end starts.
#
#   HA --- culvert 172.31.0.1 === NAT 10.0.0.1 === 10.0.0.2 strongSwan --- HB

# shellcheck disable=SC2317 # called by name

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
nat=$tag-nat
namespaces+=("$nat")
topology
ip -n "$a" link delete outside
link "$a" outside "$nat" private
link "$nat" public "$b" outside
address "$nat" private 172.31.0.254/24
address "$nat" public 10.0.0.1/24
in_ns "$nat" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
in_ns "$nat" nft -f - <<-EOF || skip "this kernel cannot translate addresses"
	table ip nat {
		chain in {
			type nat hook prerouting priority -100;
			iifname "public" udp dport { 500, 4500 } dnat to 172.31.0.1
		}
		chain out {
			type nat hook postrouting priority 100;
			oifname "public" ip protocol udp masquerade to :20000-30000
		}
		chain blot {
			type filter hook forward priority 0;
		}
	}
EOF
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" |
	sed 's/id = 10.0.0.1/id = 172.31.0.1/' >"$lab/peer.conf"
culvert_conf left |
	sed -e 's/address 10.0.0.1 255/address 172.31.0.1 255/' \
		-e 's/0.0.0.0 10.0.0.2/0.0.0.0 172.31.0.254/' >"$lab/left.conf"

rfc=4a131c81070358455c5728f20e95452f
draft_03=7d9419a65310ca6f2c179d9215529d56

peer_starts()
{
	swan_do peer --initiate --child net >/dev/null 2>&1 || true
}

we_start()
{
	answers "$ha" 192.168.2.2
}

all_idle()
{
	swan_do peer --terminate --ike culvert --force >/dev/null 2>&1 || true
	culvert_do left 'clear crypto isakmp' >/dev/null
	culvert_do left 'clear crypto sa' >/dev/null
	swan_is_idle peer && culvert_is_idle left
}

# message_1 PCAP: the first datagram on port 500, as hexadecimal digits
message_1()
{
	tshark -n -r "$lab/$1.pcap" -Y 'udp.dstport == 500' -T fields -e udp.payload 2>/dev/null |
		head -n 1
}

# blot MESSAGE VENDOR...: from now on these are gone from such messages
blot()
{
	local message=$1 id at
	shift
	in_ns "$nat" nft flush chain ip nat blot
	for id; do
		at=${message%%"$id"*}
		[ "$at" != "$message" ] || continue
		in_ns "$nat" nft add rule ip nat blot udp dport 500 \
			"@th,$((64 + ${#at} * 4)),128" "0x$id" \
			"@th,$((64 + ${#at} * 4)),128" set 1 udp checksum set 0 ||
			skip "this kernel cannot rewrite packets"
	done
}

# round NAME WHO: a tunnel that WHO starts, data both ways, ESP in UDP on the wire
round()
{
	expect 10 "an end to what was before" all_idle
	capture "$1" "$b" outside udp
	"$2" || true
	expect 15 "$1: an answer through the tunnel" answers "$ha" 192.168.2.2
	pings "$1.pings" "$hb" 192.168.1.2 10
	stop "$1" INT
	[ "$(captured "$1" 'esp && udp.port == 4500')" -ge 20 ] || fail "$1: no ESP in UDP"
}

# payload types of messages 3 and 4: 20 = NAT-D, 130 = that of the drafts
speaks()
{
	[ "$(captured "$1" "isakmp.typepayload == $2")" -ge 2 ] || fail "$1: no payload $2"
	[ "$(captured "$1" "isakmp.typepayload == $3")" = 0 ] || fail "$1: payload $3"
}

swan_start peer "$b" "$lab/peer.conf"
culvert_start left "$a" "$lab/left.conf"
for who in we_start peer_starts; do
	blot ''
	round "$who.rfc" $who
	speaks "$who.rfc" 20 130
	message=$(message_1 "$who.rfc")
	[ -n "${message##*"$rfc"*}" ] && fail "$who: no vendor ID of RFC 3947 in message 1"
	blot "$message" $rfc
	round "$who.03" $who
	speaks "$who.03" 130 20
	blot "$message" $rfc $draft_03
	round "$who.02" $who
	speaks "$who.02" 130 20
done

exit 0
