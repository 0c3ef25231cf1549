#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every row of matrix.tsv: a tunnel is made, pings cross it both ways, both ends have the SA that
# was asked for, and on the wire is ESP of the right kind and nothing in clear.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
PINGS=10
declare -A WIRE=([libipsec]='udp.port == 4500 && esp' [kernel]='ip.proto == 50')

# The peer of a kind, started once; each row gives it another configuration.
start_peer()
{
	topology
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 aes128-sha1-modp1024 \
		aes128-sha1 >"$lab/none.conf"
	if [ "$1" = kernel ]; then
		swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/none.conf"
	else
		router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
		swan_start peer "$b" "$lab/none.conf"
	fi
}

run_row()
{
	local name=$1 peer=$2 role=$3 encryption=$4 hash=$5 group=$6 transform=$7 pfs=$8 pings
	culvert_conf left encryption="$encryption" hash="$hash" group="$group" \
		transform="$transform" pfs="$pfs" >"$lab/$name.conf"
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
		"$(swan_ike "$encryption" "$hash" "$group")" "$(swan_esp "$transform" "$pfs")" \
		>"$lab/peer.new"
	swan_reload peer "$lab/peer.new"
	culvert_start "$name" "$a" "$lab/$name.conf"
	capture "$name.wire" "$b" outside
	[ "$role" = initiator ] || swan_do peer --initiate --child net >/dev/null
	expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
	pings=$(in_ns "$hb" ping -n -c $PINGS -i 0.02 -W 3 192.168.1.2) || true
	grep ' 0% packet loss' <<<"$pings" || fail "pings from behind the peer were lost: $pings"
	culvert_shows "$name" 'show crypto isakmp sa' QM_IDLE || fail "no SA in QM_IDLE"
	swan_has peer "ESTABLISHED" || fail "the peer has no IKE SA"
	[ "$(culvert_count "$name" decaps)" -ge $PINGS ] || fail "decaps do not count"
	[ "$(culvert_count "$name" "recv errors")" = 0 ] || fail "recv errors"
	stop "$name"
	stop "$name.wire" INT
	expect 5 "the peer to have lost its SA" swan_is_idle peer
	[ "$(captured "$name.wire" "${WIRE[$peer]}")" -ge $((2 * PINGS)) ] ||
		fail "no ESP of the right kind on the wire"
	[ "$(captured "$name.wire" icmp)" = 0 ] || fail "a packet crossed in clear"
}

case ${1:-} in
libipsec | kernel) lab_test ;;
*) # each kind in a laboratory of its own
	status=0
	"$0" libipsec || status=1
	"$0" kernel || status=1
	exit $status
	;;
esac
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
		status=1
	fi
done 3<"$(dirname "$0")/matrix.tsv"
exit $status
