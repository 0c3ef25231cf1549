#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A NAT between two culverts that changes address and ports: they find out, move to UDP 4500, put
# ESP into UDP, and the one behind the NAT keeps its mapping alive when nothing else goes out.
#
#   HA 192.168.1.2 --- culvert 172.31.0.1 === NAT 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
lab_nat "$a" 172.31.0.254/24 "$b" 10.0.0.1/24
culvert_conf left more="crypto isakmp nat keepalive 5" |
	sed -e 's/address 10.0.0.1 255/address 172.31.0.1 255/' \
		-e 's/0.0.0.0 10.0.0.2/0.0.0.0 172.31.0.254/' >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
capture wire "$b" outside
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
ping_start ping "$hb" 192.168.1.2
sleep 3
expect_lossless ping 40
expect 15 "a keepalive of the one behind the NAT" \
	culvert_shows right 'show drops' 'natt.keepalive +[1-9]'
answers "$hb" 192.168.1.2 || fail "the mapping was lost"
culvert_shows right 'show crypto ipsec sa' 'Tunnel UDP-Encaps' || fail "ESP is not in UDP"
stop wire INT
[ "$(captured wire 'esp && udp.srcport >= 20000 && udp.dstport == 4500')" -ge 40 ] ||
	fail "no ESP in UDP through the NAT"
[ "$(captured wire 'ip.proto == 50')" = 0 ] || fail "ESP without UDP"
