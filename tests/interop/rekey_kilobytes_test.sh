#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# culvert renews the IPsec SA after 2560 kB, again and again, under a flood that loses nothing;
# strongSwan answers.
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
culvert_conf left more="crypto ipsec security-association lifetime kilobytes 2560" \
	>"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

spawn flood "$ha" ping -n -s 1300 -i 0.004 -W 2 192.168.2.2
sleep 40
expect_lossless flood 4000
[ "$(grep -c 'CHILD_SA net{[0-9]*} established' "$lab/peer.charon.log")" -ge 3 ] ||
	fail "the IPsec SA was not renewed twice"
