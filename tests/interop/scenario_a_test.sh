#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario A: a pair of IOS routers, with the lines of the seed. Then one change each, and what the
# state and the log say about it.
#
#   h1 20.1.1.2 --- 20.1.1.1 R1 12.1.1.1 === 12.1.1.2 R2 10.1.1.1 --- 10.1.1.2 h2

# shellcheck disable=SC2317 # the cases are called by try
# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"

# router_conf 1|2 [NAME=VALUE...]: R1 or R2
router_conf()
{
	local me=$1 peer=2 near=20 far=10 encryption=des hash=sha group=2 lifetime=240 key=cisco
	local transform="esp-3des esp-md5-hmac" acl="" more="" map="crypto map test"
	shift
	[ "$me" = 1 ] || peer=1 near=10 far=20
	[ $# = 0 ] || local "$@"
	cat <<-EOF
		hostname R$me
		platform
		 memory 128
		crypto isakmp policy 1
		 encryption $encryption
		 hash $hash
		 group $group
		 authentication pre-share
		 lifetime $lifetime
		${key:+crypto isakmp key $key address 12.1.1.$peer}
		crypto ipsec transform-set ts1 $transform
		access-list 103 ${acl:-permit ip $near.1.1.0 0.0.0.255 $far.1.1.0 0.0.0.255}
		crypto map test 10 ipsec-isakmp
		 match address 103
		 set peer 12.1.1.$peer
		 set transform-set ts1
		interface FastEthernet0
		 device af_packet outside
		 ip address 12.1.1.$me 255.255.255.0
		 $map
		interface FastEthernet1
		 device af_packet inside
		 ip address $near.1.1.1 255.255.255.0
		ip route $far.1.1.0 255.255.255.0 12.1.1.$peer
		$more
	EOF
}

ping_far()
{
	answers "$ha" 10.1.1.2
}

says()
{
	grep -E "$2" "$lab/$1.log"
}

# start_both NAME R1_CHANGE R2_CHANGE: as R1-NAME and R2-NAME
start_both()
{
	router_conf 1 ${2:+"$2"} >"$lab/R1.conf"
	router_conf 2 ${3:+"$3"} >"$lab/R2.conf"
	culvert_start "R1-$1" "$a" "$lab/R1.conf"
	culvert_start "R2-$1" "$b" "$lab/R2.conf"
}

stop_both()
{
	stop "R1-$1"
	stop "R2-$1"
}

as_the_seed_shows_it()
{
	start_both seed "" ""
	expect 15 "an answer" ping_far
	culvert_shows R1-seed 'show crypto isakmp sa' '12.1.1.2 +12.1.1.1 +QM_IDLE' ||
		fail "show crypto isakmp sa"
	for line in 'local +ident .*\(20.1.1.0/255.255.255.0/0/0\)' \
		'remote ident .*\(10.1.1.0/255.255.255.0/0/0\)' \
		'current_peer:? 12.1.1.2' 'transform: esp-3des esp-md5-hmac' \
		'local crypto endpt.: 12.1.1.1, remote crypto endpt.: 12.1.1.2' \
		'remaining key lifetime \(k/sec\): \([0-9]+/3[0-9]{3}\)'; do
		culvert_shows R1-seed 'show crypto ipsec sa' "$line" || fail "no line $line"
	done
	[ "$(culvert_spis R1-seed | wc -l)" = 2 ] || fail "not two SAs"
	[ "$(culvert_spis R1-seed | sort)" = "$(culvert_spis R2-seed | sort)" ] ||
		fail "the ends have different SAs"
	culvert_do R1-seed 'clear crypto sa counters' >/dev/null
	in_ns "$ha" ping -n -q -c 5 -i 0.1 10.1.1.2 >/dev/null || fail "pings were lost"
	[ "$(culvert_count R1-seed encaps) $(culvert_count R1-seed decaps)" = "5 5" ] ||
		fail "packets do not count"
	# each SA of the engine counts one way only
	for counts in ' 0 +5$' ' 5 +0$'; do
		culvert_shows R1-seed 'show crypto engine connections active' "$counts" ||
			fail "show crypto engine connections active"
	done
	# the other end has forgotten: ESP without an SA there, until it asks for a new one
	culvert_do R2-seed 'clear crypto sa' >/dev/null
	expect 30 "an answer after clear crypto sa" ping_far
	stop_both seed
}

# P1: nothing comes up. NAME CHANGE_OF_R2 PATTERN_IN_R1 PATTERN_IN_R2
refused()
{
	start_both "$1" "" "$2"
	ping_far && fail "a ping crossed"
	[ -z "$3" ] || expect 90 "R1 to say: $3" says "R1-$1" "$3"
	[ -z "$4" ] || expect 90 "R2 to say: $4" says "R2-$1" "$4"
	culvert_shows "R1-$1" 'show crypto ipsec sa' 'spi: 0x[0-9A-F]+' && fail "there is an SA"
	[ "$(culvert_count "R1-$1" 'send errors')" -ge 1 ] || fail "send errors do not count"
	stop_both "$1"
}

# The shorter lifetime is used, and says so to the initiator.
shorter_lifetime()
{
	start_both lifetime "" lifetime=120
	expect 15 "an answer" ping_far
	culvert_do R1-lifetime 'show crypto isakmp sa | json' >"$lab/isakmp.json"
	expect 5 "120 seconds at R1" sh -c \
		"'$programs/culvert' --run-dir '$lab/R1-lifetime.run' -c \
		'show crypto isakmp sa | json' | grep -E '\"lifetime_s\": *120'"
	stop_both lifetime
}

map_taken_off()
{
	start_both map "" "map="
	ping_far && fail "a ping crossed"
	expect 90 "R1 to say why" says R1-map 'no crypto map|does not answer|refused our proxy'
	stop_both map
}

status=0
# try NAME COMMAND...
try()
{
	local name=$1
	shift
	if ("$@" >"$lab/case" 2>&1); then
		echo "ok - $name"
	else
		echo "not ok - $name"
		cat "$lab/case"
		tail -v -n 15 "$lab/R1-$name.log" "$lab/R2-$name.log" 2>/dev/null
		stop_both "$name" || true
		status=1
	fi
}

# variant NAME CHANGE R1_SAYS R2_SAYS: one negative variant
variant()
{
	try "$1" refused "$@"
}

lab_test
for ns in "${namespaces[@]}"; do
	ip netns add "$ns"
	in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	ip -n "$ns" link set lo up
done
link "$ha" eth0 "$a" inside
link "$a" outside "$b" outside
link "$b" inside "$hb" eth0
address "$ha" eth0 20.1.1.2/24 20.1.1.1
address "$hb" eth0 10.1.1.2/24 10.1.1.1

try seed as_the_seed_shows_it
variant hash hash=md5 'none of our ISAKMP policies' 'no ISAKMP policy in common'
variant encryption encryption=3des 'none of our ISAKMP policies' 'no ISAKMP policy in common'
variant group group=5 'none of our ISAKMP policies' 'no ISAKMP policy in common'
variant key key=other 'IKMP_BAD_MESSAGE.*pre-shared keys of both ends differ' \
	'IKMP_BAD_MESSAGE.*pre-shared keys of both ends differ'
variant no-key key= 'does not answer' ''
variant proxy 'acl=permit ip host 10.1.1.9 20.1.1.0 0.0.0.255' 'refused our proxy identities' \
	'match no crypto ACL line'
variant transform 'transform=esp-des esp-sha-hmac' 'accepts none of our transform sets' \
	'no transform set in common'
variant local-address 'more=interface FastEthernet2
 device tap far
 ip address 12.9.9.9 255.255.255.0
crypto map test local-address FastEthernet2' 'crypto map|proxy|answer' ''
try lifetime shorter_lifetime
try map map_taken_off
exit $status
