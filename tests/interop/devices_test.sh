#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Other ways to a network card than af_packet: AF_XDP on the outside of one culvert, a tap as the
# inside of the other. No IPsec kernel, no huge pages, no card.
#
#   HA 192.168.1.2 --- culvert af_xdp 10.0.0.1 === 10.0.0.2 culvert tap --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
culvert_conf left outside="af_xdp outside" >"$lab/left.conf"
culvert_conf right inside="tap culvert0" >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
ip -n "$hb" link delete eth0
expect 5 "the tap interface" ip -n "$b" link show culvert0
ip -n "$b" link set culvert0 netns "$hb"
ip -n "$hb" link set culvert0 up
address "$hb" culvert0 192.168.2.2/24 192.168.2.1
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
ping_start ping "$ha" 192.168.2.2
sleep 3
expect_lossless ping 40
[ "$(culvert_count left encaps)" -ge 40 ] || fail "the pings did not go through the tunnel"
