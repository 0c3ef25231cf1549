#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Phase 1 is renewed every 12 seconds and phase 2 every 4, for two pairs of SAs, under numbered
# packets both ways: none is lost and none comes twice, and no diagnosis is made of it, whoever asks
# and whenever. For 40 seconds, or SOAK_SECONDS.
#
#   HA 192.168.1.2, .130 --- culvert 10.0.0.1 === 10.0.0.2 peer --- 192.168.2.2, .130 HB
#
#   libipsec   culvert renews, strongSwan in user space answers
#   kernel     the same with strongSwan on a Linux kernel
#   culvert    both ends may renew
#
# That strongSwan renews is rekey_peer's: at such a pace it loses a child of its own now and then,
# when that is being renewed while phase 1 is.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/numbers.sh
. "$(dirname "$0")/lib/numbers.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
seconds=${SOAK_SECONDS:-40}
RATE=50
ESP='esp-aes 256 esp-sha256-hmac'

# 75 % of 480 and 85 % of 141 seconds, thirty times faster.
hasty()
{
	culvert_conf "$@" isakmp_lifetime=480 |
		sed 's/^ memory 128$/&\n hasten-renewal 30/'
	echo "crypto ipsec security-association lifetime seconds 141"
}

# Two lines of the ACL, so two pairs.
lines_left="permit ip 192.168.1.0 0.0.0.127 192.168.2.0 0.0.0.127
 permit ip 192.168.1.128 0.0.0.127 192.168.2.128 0.0.0.127"
lines_right="permit ip 192.168.2.0 0.0.0.127 192.168.1.0 0.0.0.127
 permit ip 192.168.2.128 0.0.0.127 192.168.1.128 0.0.0.127"

# swan_two CONNECTION_LINES CHILD_LINES
swan_two()
{
	local esp
	esp=$(swan_esp "$ESP" no)
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/25 192.168.1.0/25 \
		"$(swan_ike 'aes 256' sha256 14)" "$esp" "$1" "$2
		} second { local_ts = 192.168.2.128/25
		  remote_ts = 192.168.1.128/25
		  esp_proposals = $esp
		  $2"
}

start_libipsec()
{
	router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
	# its user space wants an address of its own in every selector
	address "$b" inside 192.168.2.129/24
	hasty left acl="$lines_left" >"$lab/left.conf"
	swan_two "" "" >"$lab/peer.conf"
	swan_start peer "$b" "$lab/peer.conf"
}

start_kernel()
{
	hasty left acl="$lines_left" >"$lab/left.conf"
	swan_two "" "" >"$lab/peer.conf"
	swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/peer.conf"
}

start_culvert()
{
	hasty left acl="$lines_left" >"$lab/left.conf"
	hasty right acl="$lines_right" >"$lab/right.conf"
	culvert_start right "$b" "$lab/right.conf"
}

# highest WORD: the highest connection id of `show crypto WORD sa`: each SA has the next one
highest()
{
	culvert_do left "show crypto $1 sa | json" | grep -oE '"conn_id": *[0-9]+' |
		grep -oE '[0-9]+$' | sort -n | tail -n 1
}

if [ $# = 0 ]; then # each peer in a laboratory of its own, all at once
	for peer in libipsec kernel culvert; do
		"$0" $peer >"/tmp/soak-$$.$peer" 2>&1 &
		jobs[$!]=$peer
	done
	status=0
	for job in "${!jobs[@]}"; do
		result="ok"
		wait "$job" || result="not ok" status=1
		echo "$result - ${jobs[$job]}"
		sed 's/^/    /' "/tmp/soak-$$.${jobs[$job]}"
		rm -f "/tmp/soak-$$.${jobs[$job]}"
	done
	exit $status
fi

lab_test
topology
address "$ha" eth0 192.168.1.130/24
address "$hb" eth0 192.168.2.130/24
"start_$1"
culvert_start left "$a" "$lab/left.conf"
expect 30 "an answer through the first tunnel" answers "$ha" 192.168.2.2
expect 15 "an answer through the second tunnel" in_ns "$ha" \
	ping -n -q -c 1 -W 1 -I 192.168.1.130 192.168.2.130
isakmp=$(highest isakmp) ipsec=$(highest ipsec)
culvert_watch left
numbers_start "$seconds" $RATE 192.168.1.2 192.168.2.2 192.168.1.130 192.168.2.130
if ! (numbers_end $((seconds + 30))); then
	culvert_drops left
	fail "packets were lost or came twice"
fi
isakmp=$(($(highest isakmp) - isakmp)) ipsec=$((($(highest ipsec) - ipsec) / 2))
echo "$seconds s: phase 1 renewed $isakmp times, phase 2 $ipsec times"
[ $isakmp -ge $((seconds / 14)) ] || fail "phase 1 was not renewed often enough"
[ $ipsec -ge $((2 * seconds / 5)) ] || fail "phase 2 was not renewed often enough"
[ "$(culvert_count left 'recv errors')" = 0 ] || fail "recv errors"
asked=$(grep -c asked "$lab/left.asked")
echo "asked $asked times what is wrong"
[ "$asked" -ge $((seconds / 10)) ] || fail "nobody has asked what is wrong"
is_running left-events || fail "nobody listened"
