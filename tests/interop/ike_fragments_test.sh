#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# IKE fragments with strongSwan: it is told to send small ones, culvert has an interface with an IP
# MTU of 576, and group 16 makes large messages. Either end begins, with every fourth packet of IKE
# lost. Then culvert will not have fragments, and the same is negotiated without any.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 16)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	'fragmentation = yes' >"$lab/peer.conf"
culvert_conf left group=16 | sed 's/ip address 10.0.0.1.*/&\n ip mtu 576/' >"$lab/left.conf"
sed 's/^hostname.*/&\nno crypto isakmp fragmentation/' "$lab/left.conf" >"$lab/whole.conf"
SWAN_DAEMON="fragment_size = 300" swan_start peer "$b" "$lab/peer.conf"
in_ns "$b" nft -f - <<-EOF || skip "this kernel does not filter"
	table ip lossy {
		chain in {
			type filter hook prerouting priority -300;
			udp dport { 500, 4500 } numgen inc mod 4 == 3 drop
		}
		chain out {
			type filter hook output priority -300;
			udp sport { 500, 4500 } numgen inc mod 4 == 3 drop
		}
	}
EOF

# Their first payload, type 132: behind the header of UDP 500, or that and the marker.
pieces()
{
	captured "$1" "ip.src == $2 && ((udp.port == 500 && udp.payload[16:1] == 84) ||
		(udp.port == 4500 && udp.payload[0:4] == 00:00:00:00 && udp.payload[20:1] == 84))"
}

has_tunnel()
{
	swan_has peer INSTALLED && culvert_shows "$1" 'show crypto isakmp sa' QM_IDLE
}

for run in initiator responder whole; do
	conf=$lab/left.conf
	[ "$run" != whole ] || conf=$lab/whole.conf
	culvert_start "$run" "$a" "$conf"
	capture "$run.wire" "$b" outside udp
	if [ "$run" = responder ]; then
		swan_do peer --initiate --child net --timeout 60 >/dev/null || true
	else
		answers "$ha" 192.168.2.2 || true
	fi
	expect 60 "a tunnel" has_tunnel "$run"
	stop "$run.wire" INT
	ours=$(pieces "$run.wire" 10.0.0.1) theirs=$(pieces "$run.wire" 10.0.0.2)
	echo "$run: $ours fragments of culvert, $theirs of strongSwan"
	if [ "$run" = whole ]; then
		[ "$((ours + theirs))" = 0 ] || fail "fragments nobody agreed on"
	else
		[ "$ours" -ge 2 ] || fail "no fragments of culvert"
		[ "$theirs" -ge 2 ] || fail "no fragments of strongSwan"
		[ "$(captured "$run.wire" 'isakmp && ip.len > 576')" = 0 ] || fail "a large packet"
	fi
	stop "$run"
	# our DELETE may be one of the packets that are lost
	swan_do peer --terminate --ike culvert --force >/dev/null 2>&1 || true
	expect 20 "the peer to have lost its SA" swan_is_idle peer
done
in_ns "$b" nft delete table ip lossy
culvert_start left "$a" "$lab/left.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
ping_start ping "$hb" 192.168.1.2
sleep 2
expect_lossless ping 25
