#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What does not fit must not work, must say why, and must not cross in clear: another pre-shared
# key, policy, transform set, PFS group, other proxy identities, with either end as the initiator.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
net=192.168.2.0/24

# refused NAME ROLE PATTERN IKE ESP: one peer that does not fit; the log of culvert says PATTERN
refused()
{
	local name=$1_$2 role=$2 pattern=$3
	swan_connection 10.0.0.2 10.0.0.1 "$net" 192.168.1.0/24 "$4" "$5" >"$lab/$name.peer"
	swan_reload peer "$lab/$name.peer"
	culvert_start "$name" "$a" "$lab/left.conf"
	capture "$name.wire" "$b" outside
	if [ "$role" = responder ]; then
		swan_do peer --initiate --child net --timeout 5 >/dev/null 2>&1 &&
			fail "the peer made a tunnel"
	fi
	in_ns "$ha" ping -n -q -c 4 -W 1 192.168.2.2 >/dev/null && fail "a ping crossed"
	[ "$(culvert_count "$name" encaps)" = 0 ] || fail "a packet was encrypted"
	stop "$name.wire" INT
	[ "$(captured "$name.wire" 'ip.addr == 192.168.0.0/16 && icmp.type == 8')" = 0 ] ||
		fail "a packet crossed in clear"
	# at once, or, when only the peer can know, after the last repetition
	expect 100 "a line of the log that says why ($pattern)" grep -iE "$pattern" "$lab/$name.log"
	stop "$name"
}

status=0
try()
{
	if (refused "$@" >"$lab/case" 2>&1); then
		echo "ok - $1 $2"
	else
		echo "not ok - $1 $2"
		cat "$lab/case"
		tail -n 25 "$lab/$1_$2.log"
		stop "$1_$2"
		status=1
	fi
}

ike=aes256-sha256-modp2048
esp=aes256-sha256
culvert_conf left pfs=14 >"$lab/left.conf"
swan_connection 10.0.0.2 10.0.0.1 "$net" 192.168.1.0/24 $ike $esp >"$lab/any.conf"
swan_start peer "$b" "$lab/any.conf"
for role in initiator responder; do
	SWAN_PSK=wrong try key $role 'pre-shared key' $ike $esp-modp2048
	try policy $role 'polic(y|ies)' aes128-md5-modp1536 $esp-modp2048
	try transform $role 'transform' $ike 3des-md5-modp2048
	try pfs $role 'transform|forward secrecy' $ike $esp-modp1536
	net=192.168.77.0/24 try proxy $role 'proxy' $ike $esp-modp2048
done
exit $status
