#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A pair of SAs for each class of the service policy, with strongSwan: all of them carry data, one
# is renewed under a running ping, and when strongSwan deletes one culvert goes on with one pair,
# says so once, and asks again after `clear crypto sa`.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/parallel.sh
. "$(dirname "$0")/lib/parallel.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"

# children: how many pairs strongSwan has
children()
{
	swan_do peer --list-sas | grep -cE '^ +net: #' || true
}

has_children()
{
	[ "$(children)" = "$1" ]
}

lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/peer.conf"
culvert_conf left more="crypto ipsec security-association lifetime kilobytes 2560
$CLASSES" more_map="set security-association per-class" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
expect 10 "three pairs at culvert" parallel_count left 3
expect 10 "three pairs at strongSwan" has_children 3
pings_of_classes "$ha" 192.168.2.2
expect_classes left
# strongSwan received on all of them
[ "$(swan_do peer --list-sas | grep -cE '^ +in .* [1-9][0-9]* packets')" = 3 ] ||
	fail "strongSwan received nothing on one of the pairs"

ping_start through "$ha" 192.168.2.2
before=$(culvert_spis left)
in_ns "$ha" ping -n -q -f -s 1300 -c 1900 -Q 0xb8 192.168.2.2 >/dev/null ||
	fail "the flood got no answer"
expect 20 "a new pair" culvert_renewed left "$before"
sleep 5
expect_lossless through 100
expect 10 "three pairs after the renewal" parallel_count left 3
[ "$(parallel_refusals left)" = 0 ] || fail "culvert took the renewal for a refusal"

culvert_do left 'clear crypto sa' >/dev/null
expect 15 "an answer after clear crypto sa" answers "$ha" 192.168.2.2
expect 10 "three pairs after clear crypto sa" parallel_count left 3
child=$(swan_do peer --list-sas | sed -nE 's/^ +net: #([0-9]+),.*/\1/p' | tail -n 1)
swan_do peer --terminate --child-id "$child" >/dev/null
expect 10 "one line about it" grep -q PARALLEL_SA_REFUSED "$lab/left.log"
expect 15 "an answer with one pair" answers "$ha" 192.168.2.2
ping_start single "$ha" 192.168.2.2
sleep 15
expect_lossless single 100
parallel_count left 1 || fail "culvert has $(parallel_pairs left out | wc -l) pairs"
[ "$(parallel_refusals left)" = 1 ] || fail "culvert said it $(parallel_refusals left) times"

culvert_do left 'clear crypto sa' >/dev/null
expect 15 "an answer after the second clear" answers "$ha" 192.168.2.2
expect 10 "three pairs again" parallel_count left 3
