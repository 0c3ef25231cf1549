#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A peer that dies without a word is noticed by dead peer detection, its SAs go, and when it is back
# traffic brings the tunnel up again. Before that, both ends answer each other's questions.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
swan_site 'dpd_delay = 2s
	dpd_timeout = 8s' 'crypto isakmp keepalive 10 2 periodic'
sleep 14
grep -q 'N(DPD_ACK)' "$lab/peer.charon.log" || fail "nobody asked and answered"
swan_has peer INSTALLED || fail "the peer gave the tunnel up"

stop peer KILL
expect 60 "the SAs of the dead peer to go" \
	sh -c "! '$programs/culvert' --run-dir '$lab/left.run' -c 'show crypto isakmp sa' |
		grep -q QM_IDLE"
[ -z "$(culvert_spis left)" ] || fail "IPsec SAs of the dead peer are left"
in_ns "$b" ip link delete ipsec0 2>/dev/null || true
rm -f "$lab/peer.swan/charon.vici"
swan_start peer "$b" "$lab/peer.conf"
expect 30 "the tunnel again" answers "$ha" 192.168.2.2
