#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `crypto map ... local-address Loopback0`: the tunnel ends at the address of a loopback interface,
# which is also the identity (R049), and the answers come from the address that was called (R022).
# What is routed to Null0 is dropped and counted. Then the idle time: the SAs of a tunnel that
# carries nothing end, and both ends know (R050).
#
#   HA 192.168.1.2 --- A 10.0.0.1, 10.9.9.1 === 10.0.0.2 B --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
expects_diagnosis RA-IDLE # the tunnel is silent for its idle time
topology
culvert_conf left more="interface Loopback0
 ip address 10.9.9.1 255.255.255.255
ip route 10.66.0.0 255.255.0.0 Null0
crypto map MAP local-address Loopback0" \
	more_map="set security-association idle-time 60" >"$lab/left.conf"
culvert_conf right |
	sed 's/address 10.0.0.1$/address 10.9.9.1/; s/set peer 10.0.0.1/set peer 10.9.9.1/' \
		>"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
capture wire "$b" outside udp port 500
# B calls the address of the interface behind
expect 20 "an answer through the tunnel" answers "$hb" 192.168.1.2
answers "$ha" 192.168.2.2 || fail "no answer the other way"
culvert_shows left 'show crypto ipsec sa' 'local crypto endpt.: 10.9.9.1' || fail "another endpoint"
culvert_shows right 'show crypto ipsec sa' 'current_peer:? 10.9.9.1' || fail "another peer"
answers "$hb" 10.9.9.1 || answers "$b" 10.9.9.1 || fail "no answer of the loopback itself"
! answers "$ha" 10.66.0.1 || fail "an answer from nowhere"
culvert_shows left 'show drops' 'Null0' || fail "what went to Null0 is not counted"
culvert_shows left 'show ip route' '10.66.0.0/16 .*Null0' || fail "no route to Null0"
stop wire INT
[ "$(captured wire 'isakmp && ip.src == 10.9.9.1')" -ge 4 ] || fail "no answers from 10.9.9.1"
[ "$(captured wire 'isakmp && ip.src == 10.0.0.1')" = 0 ] ||
	fail "an answer from an address that was not called"

since=$SECONDS
expect 75 "the idle SAs to go" culvert_is_idle left
[ $((SECONDS - since)) -ge 50 ] || fail "they went too early"
grep -E 'SA to 10.0.0.2 idle 60 s, deleted' "$lab/left.log" || fail "the log does not say why"
expect 5 "the peer to have heard of it" culvert_is_idle right
expect 20 "an answer again" answers "$ha" 192.168.2.2
