#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Packets that do not fit with their ESP around them: with DF the sender is told the size that does,
# and that size does; without DF they are fragmented and arrive whole.
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
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/peer.conf"
# not af_packet: its kernel side reassembles fragments, to more than fits into a packet buffer
culvert_conf left inside="af_xdp inside" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

# ping_of SIZE: one packet of so many bytes, IP header included, with DF
ping_of()
{
	in_ns "$ha" ping -n -c 1 -W 2 -M "do" -s $(($1 - 28)) 192.168.2.2
}

told=$(ping_of 1500 2>&1 | sed -nE 's/.*mtu ?= ?([0-9]+).*/\1/p') || true
[ -n "$told" ] || fail "no ICMP fragmentation needed came"
# tunnel and UDP headers, SPI and sequence number, IV, ICV take 20+8+8+16+16; blocks of 16 less 2
[ "$told" = 1422 ] || fail "told to send $told bytes, which is not the largest that fits (1422)"
in_ns "$ha" ip route flush cache
ping_of "$told" >/dev/null || fail "a packet of the size told does not cross"
in_ns "$ha" ping -n -q -c 3 -i 0.2 -W 2 -M dont -s 4000 192.168.2.2 >/dev/null ||
	fail "packets of 4028 bytes without DF do not cross"
