#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Malformed IKE by the catalogue (tests/hostile/ike_cases.py), from a configured peer's address and
# from a stranger's, while two tunnels carry pings: each datagram costs one count of the right
# counter, nothing is answered, no ping is lost, no SA and no process is replaced.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB
#                                       === 10.0.0.3 peer that sends rubbish
#                                       === 10.0.0.66 stranger

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/../interop/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/../interop/lib/swan.sh"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
address "$b" outside 10.0.0.3/32
address "$b" outside 10.0.0.66/32
address "$b" inside 192.168.3.1/24
# af_xdp, because the kernel side of af_packet joins fragments before culvert sees them
acl="permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255
 permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255"
culvert_conf left outside="af_xdp outside" acl="$acl" more="crypto isakmp key cisco address 10.0.0.3
crypto map MAP 20 ipsec-isakmp
 match address OTHER
 set peer 10.0.0.3
 set transform-set SET
ip access-list extended OTHER
 permit ip 192.168.1.0 0.0.0.255 192.168.4.0 0.0.0.255" >"$lab/left.conf"
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 aes256-sha256-modp2048 \
	aes256-sha256 '' '}
	  other { local_ts = 192.168.3.0/24
	    remote_ts = 192.168.1.0/24
	    esp_proposals = aes256-sha256' >"$lab/peer.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
expect 15 "an answer through the first tunnel" answers "$ha" 192.168.2.2
expect 15 "an answer through the second tunnel" answers "$ha" 192.168.3.1

spis=$(culvert_spis left)
iked=$(iked_of left)
ping_start first "$ha" 192.168.2.2 0.1
ping_start second "$ha" 192.168.3.1 0.1
status=0
PYTHONDONTWRITEBYTECODE=1 in_ns "$b" /usr/bin/python3 "$(dirname "$0")/ike_wire.py" \
	"$programs/culvert" "$lab/left.run" 10.0.0.1 10.0.0.3 10.0.0.66 || status=1
expect_lossless first 50
expect_lossless second 50
[ "$(culvert_spis left)" = "$spis" ] || fail "an SA was replaced"
[ "$(iked_of left)" = "$iked" ] || fail "culvert-iked was restarted"
exit $status
