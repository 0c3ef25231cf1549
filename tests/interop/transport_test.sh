#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Transport mode, host to host, with a Linux kernel: what the peer says to culvert's own address
# and the answers cross the SA, IKE crosses beside it, and what the list protects is not taken in
# clear. Either end makes the SA: culvert for an ICMP error of its own, as a packet dies at it.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan on a kernel

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
PINGS=10
lab_test
topology
swan_connection 10.0.0.2 10.0.0.1 10.0.0.2/32 10.0.0.1/32 aes256-sha256-modp2048 aes256-sha256 "" \
	"mode = transport" >"$lab/peer.conf"
swan_start_uml peer "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1 "$lab/peer.conf"
culvert_conf left acl="permit ip host 10.0.0.1 host 10.0.0.2" \
	transform="esp-aes 256 esp-sha256-hmac
mode transport" >"$lab/left.conf"

culvert_has_no_sa()
{
	! culvert_shows "$1" "show crypto ipsec sa" "in use settings"
}

peer_pings()
{
	uml_do peer "ping -n -q -c $1 -i 0.05 -W 2 10.0.0.1" | grep ' 0% packet loss' >/dev/null
}

# A packet of the peer dies here: the ICMP error is from one end to the other.
packet_dies()
{
	uml_do peer "ping -n -q -c 1 -W 1 -t 1 192.168.1.2" >/dev/null || true
	swan_has peer 'net: .*INSTALLED, TRANSPORT'
}

for role in responder initiator; do
	culvert_start $role "$a" "$lab/left.conf"
	peer_pings 1 && fail "a ping was answered in clear"
	culvert_drops $role | grep policy.clear >/dev/null ||
		fail "what came in clear does not count"
	capture $role.wire "$b" outside
	if [ $role = responder ]; then
		swan_do peer --initiate --child net >/dev/null || fail "the peer made no SA"
	else
		expect 30 "an SA of culvert's making" packet_dies
	fi
	expect 15 "an answer through the SA" peer_pings 1
	peer_pings $PINGS || fail "pings were lost"
	swan_has peer 'TRANSPORT' || fail "the peer has no SA in transport mode"
	culvert_shows $role 'show crypto ipsec sa' 'in use settings =\{Transport, \}' ||
		fail "no SA in transport mode"
	culvert_shows $role 'show crypto isakmp sa' QM_IDLE || fail "no SA in QM_IDLE"
	[ "$(culvert_count $role decaps)" -ge $PINGS ] || fail "decaps do not count"
	[ "$(culvert_count $role encaps)" -ge $PINGS ] || fail "encaps do not count"
	# IKE goes on beside it, in clear: DELETE of the peer arrives
	swan_do peer --terminate --ike culvert >/dev/null
	expect 10 "the DELETE of the peer to arrive" culvert_has_no_sa $role
	stop $role.wire INT
	[ "$(captured $role.wire 'ip.proto == 50')" -ge $((2 * PINGS)) ] ||
		fail "no ESP on the wire"
	[ "$(captured $role.wire 'icmp && ip.dst == 10.0.0.2')" = 0 ] ||
		fail "an answer went in clear"
	stop $role
	echo "ok - $role"
done
