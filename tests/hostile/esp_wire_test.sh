#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Malformed, forged and replayed ESP by the catalogue (tests/hostile/esp_cases.py), with the keys of
# one SA in hostile hands, while another carries pings: each packet costs one count of the right
# counter, no ping is lost, no SA and no process is replaced.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 a Linux kernel's ESP --- 192.168.2.2 HB
#                                       === frames of ours on the same cable

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/../interop/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/../interop/lib/swan.sh"
lab_test
topology
acl="permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255
 permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255"
culvert_conf left acl="$acl" transform="esp-aes esp-sha-hmac" >"$lab/left.conf"
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 aes256-sha256-modp2048 \
	aes128-sha1 '' '}
	  other { local_ts = 192.168.3.0/24
	    remote_ts = 192.168.1.0/24
	    esp_proposals = aes128-sha1' >"$lab/peer.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/peer.conf"
swan_do peer --initiate --child net >/dev/null
swan_do peer --initiate --child other >/dev/null
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

spis=$(culvert_spis left)
iked=$(iked_of left)
mac=$(ip -n "$a" -json link show outside | grep -oE '"address":"[0-9a-f:]+"' | cut -d'"' -f4)
ping_start ping "$ha" 192.168.2.2 0.1
status=0
uml_do peer 'ip xfrm state' >"$lab/states"
PYTHONDONTWRITEBYTECODE=1 in_ns "$b" /usr/bin/python3 "$(dirname "$0")/esp_wire.py" \
	"$programs/culvert" "$lab/left.run" outside "$mac" <"$lab/states" || status=1
expect_lossless ping 20
[ "$(culvert_spis left)" = "$spis" ] || fail "an SA was replaced"
[ "$(iked_of left)" = "$iked" ] || fail "culvert-iked was restarted"
exit $status
