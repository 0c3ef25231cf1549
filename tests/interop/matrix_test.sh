#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every row of matrix.tsv: a tunnel is made, pings cross it both ways, both ends have the SA that
# was asked for, and on the wire is ESP of the right kind and nothing in clear.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 peer --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
PINGS=10
declare -A WIRE=([libipsec]='udp.port == 4500 && esp' [kernel]='ip.proto == 50'
	[culvert]='ip.proto == 50')

# The peer of a kind, started once; each row gives it another configuration.
start_peer()
{
	topology
	[ "$1" != culvert ] || return 0
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 aes128-sha1-modp1024 \
		aes128-sha1 >"$lab/none.conf"
	if [ "$1" = kernel ]; then
		swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/none.conf"
	else
		router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
		swan_start peer "$b" "$lab/none.conf"
	fi
}

# The peer as the row in the variables of the caller wants it.
configure_peer()
{
	if [ "$peer" = culvert ]; then
		culvert_conf right "${wants[@]}" >"$lab/peer.conf"
		culvert_start peer "$b" "$lab/peer.conf"
		return
	fi
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
		"$(swan_ike "$encryption" "$hash" "$group")" "$(swan_esp "$transform" "$pfs")" \
		>"$lab/peer.new"
	swan_reload peer "$lab/peer.new"
}

peer_starts()
{
	if [ "$peer" = culvert ]; then
		expect 15 "an answer from behind the peer" answers "$hb" 192.168.1.2
	else
		swan_do peer --initiate --child net >/dev/null
	fi
}

peer_is_up()
{
	if [ "$peer" = culvert ]; then
		culvert_shows peer 'show crypto isakmp sa' QM_IDLE
	else
		swan_has peer "ESTABLISHED"
	fi
}

run_row()
{
	local name=$1 peer=$2 role=$3 encryption=$4 hash=$5 group=$6 transform=$7 pfs=$8
	local enough=$PINGS
	local wants=(encryption="$encryption" hash="$hash" group="$group"
		transform="$transform" pfs="$pfs")
	culvert_conf left "${wants[@]}" >"$lab/$name.conf"
	[ "$role" != dynamic ] || culvert_make_dynamic "$lab/$name.conf"
	configure_peer
	culvert_start "$name" "$a" "$lab/$name.conf"
	capture "$name.wire" "$b" outside
	[ "$role" = initiator ] || peer_starts
	expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
	pings "$name.pings" "$hb" 192.168.1.2 $PINGS
	culvert_shows "$name" 'show crypto isakmp sa' QM_IDLE || fail "no SA in QM_IDLE"
	peer_is_up || fail "the peer has no IKE SA"
	[ "$(culvert_count "$name" decaps)" -ge $PINGS ] || fail "decaps do not count"
	[ "$(culvert_count "$name" "recv errors")" = 0 ] || fail "recv errors"
	stop "$name"
	stop "$name.wire" INT
	if [ "$peer" = culvert ]; then
		stop peer
	else
		expect 5 "the peer to have lost its SA" swan_is_idle peer
	fi
	# what a culvert sends by an interface does not show there
	[ "$peer" = culvert ] || enough=$((2 * PINGS))
	[ "$(captured "$name.wire" "${WIRE[$peer]}")" -ge $enough ] ||
		fail "no ESP of the right kind on the wire"
	[ "$(captured "$name.wire" icmp)" = 0 ] || fail "a packet crossed in clear"
}

if [ $# = 0 ]; then # each kind in a laboratory of its own, all at once
	for kind in "${!WIRE[@]}"; do
		"$0" "$kind" >"/tmp/matrix-$$.$kind" 2>&1 &
		jobs[$!]=$kind
	done
	status=0
	for job in "${!jobs[@]}"; do
		wait "$job" || status=1
		cat "/tmp/matrix-$$.${jobs[$job]}"
		rm -f "/tmp/matrix-$$.${jobs[$job]}"
	done
	exit $status
fi
lab_test
start_peer "$1"
status=0
while IFS=$'\t' read -r name peer rest <&3; do
	[ "$peer" = "$1" ] || continue
	IFS=$'\t' read -ra columns <<<"$rest"
	if (run_row "$name" "$peer" "${columns[@]}" >"$lab/row" 2>&1); then
		echo "ok - $name"
	else
		echo "not ok - $name"
		cat "$lab/row"
		tail -n 25 "$lab/$name.log"
		stop "$name"
		[ "$1" != culvert ] || stop peer
		status=1
	fi
done 3<"$(dirname "$0")/matrix.tsv"
exit $status
