#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Transport mode with a peer behind a NAT (RFC 3947 5): it names itself by the address it has,
# culvert knows it by the one it is seen with. ESP goes in UDP, pings cross.
#
#   culvert 10.0.0.1 === 10.0.0.2 NAT 172.31.0.1 === 172.31.0.2 strongSwan on a kernel

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
PINGS=10
lab_test
lab_nat "$b" 172.31.0.1/24 "$a" 10.0.0.2/24
swan_connection 172.31.0.2 10.0.0.1 172.31.0.2/32 10.0.0.1/32 aes256-sha256-modp2048 \
	aes256-sha256 "" "mode = transport" >"$lab/peer.conf"
swan_start_uml peer "$b" 192.168.2.1/24 172.31.0.2/24 172.31.0.1 "$lab/peer.conf"
culvert_conf left acl="permit ip host 10.0.0.1 host 10.0.0.2" \
	transform="esp-aes 256 esp-sha256-hmac
mode transport" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
capture wire "$nat" public
swan_do peer --initiate --child net >/dev/null || fail "the peer made no SA"

peer_pings()
{
	uml_do peer "ping -n -q -c $1 -i 0.05 -W 2 10.0.0.1" | grep ' 0% packet loss' >/dev/null
}

expect 15 "an answer through the SA" peer_pings 1
peer_pings $PINGS || fail "pings were lost"
swan_has peer 'TRANSPORT-in-UDP' || fail "the peer has no SA in transport mode in UDP"
culvert_shows left 'show crypto ipsec sa' 'in use settings =\{Transport UDP-Encaps, \}' ||
	fail "no SA in transport mode in UDP"
culvert_shows left 'show crypto ipsec sa' 'remote *ident.*10.0.0.2/255.255.255.255/0/0' ||
	fail "the identity is not the address the peer is seen with"
stop wire INT
[ "$(captured wire 'esp && udp.srcport == 4500 && udp.dstport >= 20000')" -ge $PINGS ] ||
	fail "no ESP in UDP to the peer"
[ "$(captured wire icmp)" = 0 ] || fail "a packet crossed in clear"
