#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario C in the lines of IOS: main mode and quick mode message by message, the timers of both
# roles, RESPONDER-LIFETIME, and one pair of SAs for the line of the ACL that a packet met.
#
#   192.168.1.2 --- left 10.0.0.1 === 10.0.0.2 right --- 192.168.2.2

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
lab_switch
s4=(encryption=3des hash=sha group=2 transform="esp-aes esp-sha-hmac")
culvert_conf left "${s4[@]}" acl="permit tcp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255
 permit icmp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255" more_map="reverse-route
 set security-association lifetime seconds 28800" >"$lab/left.conf"
culvert_conf right "${s4[@]}" acl="permit tcp 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255
 permit icmp 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255" >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
for end in left right; do
	spawn "debug-$end" "$a" "$programs/culvert" --run-dir "$lab/$end.run" \
		-c 'debug crypto isakmp' -c 'debug crypto ipsec'
done
capture wire "$m" switch udp
sleep 1
expect 20 "an answer" answers "$ha" 192.168.2.2
in_ns "$ha" ping -n -q -c 3 -i 0.1 192.168.2.2 >/dev/null || fail "pings were lost"
stop wire INT

# ladder: source, exchange and the payloads in their order, vendor IDs left out
ladder()
{
	tshark -n -r "$lab/wire.pcap" -Y isakmp -T fields -e ip.src -e isakmp.exchangetype \
		-e isakmp.nextpayload -e isakmp.typepayload 2>/dev/null
}
ladder >"$lab/ladder"
expect_message()
{
	local n=$1 from=$2 exchange=$3 payloads=$4 line
	line=$(sed -n "${n}p" "$lab/ladder")
	read -r src type _ <<<"$line"
	[ "$src $type" = "$from $exchange" ] || fail "message $n is: $line"
	[ -z "$payloads" ] || grep -qE "$payloads" <<<"$line" || fail "message $n has: $line"
}
expect_message 1 10.0.0.1 2 '\s1,'
expect_message 2 10.0.0.2 2 '\s1,'
expect_message 3 10.0.0.1 2 '\s4,10,.*20,20'
expect_message 4 10.0.0.2 2 '\s4,10,.*20,20'
expect_message 5 10.0.0.1 2 ''
expect_message 6 10.0.0.2 2 ''
expect_message 7 10.0.0.1 32 ''
expect_message 8 10.0.0.2 32 ''
expect_message 9 10.0.0.1 32 ''
[ "$(wc -l <"$lab/ladder")" = 9 ] || fail "not nine messages"

culvert_shows left 'show crypto isakmp sa' '10.0.0.2 +10.0.0.1 +QM_IDLE' || fail "no QM_IDLE"
[ "$(culvert_spis left | wc -l)" = 2 ] || fail "not one pair"
culvert_shows left 'show crypto ipsec sa' 'remote ident .*\(192.168.2.0/255.255.255.0/1/0\)' ||
	fail "not the line for icmp"
# ours of 28800 seconds gives way to the responder's 3600
culvert_shows left 'show crypto ipsec sa' \
	'remaining key lifetime \(k/sec\): \([0-9]+/3[56][0-9]{2}\)' ||
	fail "the responder's lifetime is not used"
expect 5 "the rekey timer of the initiator" grep -E 'Starting P1 rekey timer: 64800 seconds' \
	"$lab/debug-left.log"
expect 5 "the rekey timer of the responder" grep -E 'Starting P1 rekey timer: 82080 seconds' \
	"$lab/debug-right.log"
expect 5 "the rekey timer of phase 2" grep -E 'Starting P2 rekey timer: 3060 seconds' \
	"$lab/debug-left.log"
culvert_do left 'show ip route' | grep -E '192.168.2.0.*10.0.0.2' >/dev/null ||
	fail "no reverse route"
