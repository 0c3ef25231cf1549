#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGTERM ends culvert: it says goodbye (DELETE) so that the peer forgets both SAs at once, and
# leaves no process behind.
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
culvert_conf left >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
swan_has peer INSTALLED || fail "the peer has no SA"

namespace_is_empty()
{
	[ -z "$(ip netns pids "$a")" ]
}

capture wire "$b" outside
stop left
expect 3 "an empty namespace" namespace_is_empty
expect 3 "the peer to have received DELETE" grep -q 'received DELETE for IKE_SA' \
	"$lab/peer.charon.log"
expect 3 "the peer to have no SA" swan_is_idle peer
# the peer forgets the IPsec SA with the IKE SA, whichever DELETE it reads first
stop wire INT
[ "$(captured wire 'isakmp.exchangetype == 5')" = 2 ] || fail "not a DELETE for each SA"
