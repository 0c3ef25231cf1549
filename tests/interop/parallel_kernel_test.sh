#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A pair of SAs for each class of the service policy, with strongSwan on a Linux kernel: what the
# kernel does with several SAs of one policy. It decrypts all of them, and sends on the newest.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/parallel.sh
. "$(dirname "$0")/lib/parallel.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/peer.conf"
culvert_conf left more="$CLASSES" more_map="set security-association per-class" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/peer.conf"
expect 30 "an answer through the tunnel" answers "$ha" 192.168.2.2
expect 20 "three pairs at culvert" parallel_count left 3
pings_of_classes "$ha" 192.168.2.2
expect_classes left
[ "$(swan_do peer --list-sas | grep -cE '^ +in .* [1-9][0-9]* packets')" = 3 ] ||
	fail "the kernel received nothing on one of the pairs"
[ "$(parallel_refusals left)" = 0 ] || fail "culvert took something for a refusal"
