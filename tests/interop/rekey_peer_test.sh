#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# strongSwan rekeys: the IPsec SA every 8 seconds, the IKE SA every 20, under a running ping that
# loses nothing. culvert answers both.
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
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' 14)" \
	'rekey_time = 20s
	over_time = 6s
	rand_time = 0s' \
	'rekey_time = 8s
	life_time = 16s
	rand_time = 0s' >"$lab/peer.conf"
culvert_conf left pfs=14 >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
swan_do peer --initiate --child net >/dev/null
expect 10 "an answer through the tunnel" answers "$ha" 192.168.2.2

before=$(culvert_spis left)
ping_start ping "$hb" 192.168.1.2
sleep 50
expect_lossless ping 500
culvert_renewed left "$before" || fail "culvert shows no new SA"
[ "$(grep -c 'IKE_SA culvert\[[0-9]*\] established' "$lab/peer.charon.log")" -ge 3 ] ||
	fail "the IKE SA was not renewed twice"
[ "$(grep -c 'CHILD_SA net{[0-9]*} established' "$lab/peer.charon.log")" -ge 5 ] ||
	fail "the IPsec SA was not renewed often enough"
