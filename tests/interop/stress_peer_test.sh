#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# culvert-stress between culvert and strongSwan: the Linux kernel counts what an exact window must
# refuse; strongSwan's ESP in user space (inside UDP) delivers nothing twice.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === left M right === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/stress.sh
. "$(dirname "$0")/lib/stress.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"

case ${1:-} in
libipsec | kernel) lab_test ;;
*) # each kind in a laboratory of its own
	status=0
	"$0" libipsec || status=1
	"$0" kernel || status=1
	exit $status
	;;
esac

middle
culvert_conf left encryption=aes hash=sha256 group=14 transform=esp-gcm >"$lab/left.conf"
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike aes sha256 14)" "$(swan_esp esp-gcm no)" '' 'replay_window = 64' \
	>"$lab/peer.conf"
# the options that compare with the peer
asks=()
if [ "$1" = kernel ]; then
	swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/peer.conf"
	cat >"$lab/ask" <<-EOF
		. $tree/tests/interop/lib/uml.sh
		lab=$lab
		uml_do peer 'ip -s xfrm state'
	EOF
	# a kernel in user space drops what comes faster
	PACKETS=1000 pause=0.025
	asks=(--receiver "xfrm:bash $lab/ask")
else
	PACKETS=3000
	router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
	swan_start peer "$b" "$lab/peer.conf"
fi
culvert_start left "$a" "$lab/left.conf"

# send NAME STRESS_OPTION...
send()
{
	local name=$1
	stress_start "$name" "${asks[@]}" "${@:2}"
	expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
	datagrams_start "$name.hb" "$hb" 192.168.2.2
	datagrams_send "$ha" 192.168.2.2 $PACKETS
	read -r got different <<<"$(datagrams_end "$name.hb")"
	stress_end "$name"
}

# overflows: what the socket of strongSwan had no room for
overflows()
{
	in_ns "$b" cat /proc/net/snmp | awk '/^Udp: [0-9]/ { print $6 }'
}

# lost NAME OVERFLOWS: whether packets never reached the window of the peer: on a busy machine the
# kernel has no time to take them from its device, or strongSwan from its socket
lost()
{
	if [ ${#asks[@]} = 0 ]; then
		[ "$(overflows)" -gt "$2" ]
		return
	fi
	stress_says "$1" \
		'sum(got[v] for v in ("accepted", "late", "seen", "auth", "other")) <
		 sum(must(64)[v] for v in ("accepted", "late", "seen", "auth"))' >/dev/null 2>&1
}

# run NAME STRESS_OPTION...
run()
{
	local name=$1 try before
	for try in 1 2 3 4; do
		before=$(overflows)
		send "$name.$try" "${@:2}"
		lost "$name.$try" "$before" || break
		echo "$name: the peer lost packets, again"
	done
	name=$name.$try
	stress_says "$name" 'flow["received"] >= '$PACKETS || fail "$name: packets went another way"
	[ ${#asks[@]} = 0 ] || stress_says "$name" 'report["agrees"] and got' ||
		fail "$name: the receiver counts otherwise"
	[ "$got" = "$different" ] || fail "$name: $((got - different)) packets were delivered twice"
	echo "ok - $name: $got of $PACKETS delivered"
}

run duplicate --duplicate 30
[ "$got" = $PACKETS ] || fail "duplicates cost $((PACKETS - got)) packets"
run replay --replay 20 --replay-age 500
[ "$got" = $PACKETS ] || fail "replays cost $((PACKETS - got)) packets"
run forge --forge 20 --forge-ahead
[ "$got" = $PACKETS ] || fail "forged packets cost $((PACKETS - got)) packets"
run beyond --reorder 5 --model two-path --distance 150
[ "$got" -lt $PACKETS ] || fail "reordering beyond the window cost nothing"
