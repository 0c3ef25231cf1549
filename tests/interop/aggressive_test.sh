#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Aggressive mode with strongSwan, both roles, by address and by names; XAUTH with strongSwan as the
# client, in main mode too. A table: each row is a tunnel that pings cross both ways.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
SWAN_DAEMON='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1

peer_lines='crypto isakmp peer address 10.0.0.2
 set aggressive-mode password cisco'
login='aaa new-model
aaa authentication login USERS local
username alice secret sesame
crypto map MAP client authentication list USERS'

# connection AGGRESSIVE OUR_ID THEIR_ID [LOGIN]: strongSwan's side; PASSWORD is of alice
connection()
{
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 aes256-sha256-modp2048 \
		aes256-sha256 "aggressive = $1
		${4:+local-xauth { round = 2
		  auth = xauth
		  xauth_id = alice \}}" |
		sed "s/id = 10.0.0.2 }/id = $3 }/; s/id = 10.0.0.1 }/id = $2 }/"
	[ -z "${4:-}" ] || echo "secrets { xauth-1 { id = alice
		secret = ${PASSWORD:-sesame} } }"
}

# row NAME ROLE KEY AGGRESSIVE OUR_ID THEIR_ID LINES [LOGIN]: KEY is the one for the address
row()
{
	local name=$1
	culvert_conf left key="$3" more="$7" >"$lab/$name.conf"
	connection "$4" "$5" "$6" "${8:-}" >"$lab/$name.swan.conf"
	if [ -e "$lab/peer.pid" ]; then
		swan_reload peer "$lab/$name.swan.conf"
	else
		swan_start peer "$b" "$lab/$name.swan.conf"
	fi
	culvert_start "$name" "$a" "$lab/$name.conf"
	[ "$2" = initiator ] || swan_do peer --initiate --child net >/dev/null ||
		fail "$name: strongSwan gets no tunnel"
	expect 15 "$name: an answer through the tunnel" answers "$ha" 192.168.2.2
	pings "$name.pings" "$hb" 192.168.1.2 10
	culvert_shows "$name" 'show crypto isakmp sa' QM_IDLE || fail "$name: no SA in QM_IDLE"
	stop "$name"
	expect 5 "the peer to have lost its SA" swan_is_idle peer
	echo "ok - $name"
}

endpoint=' set aggressive-mode client-endpoint'
row address_r responder wrong yes 10.0.0.1 10.0.0.2 "$peer_lines"
row address_i initiator wrong yes 10.0.0.1 10.0.0.2 "$peer_lines"
row fqdn_r responder wrong yes 10.0.0.1 fqdn:b.example \
	'crypto isakmp key cisco hostname b.example'
row fqdn_i initiator wrong yes fqdn:hub.example 10.0.0.2 "$peer_lines
$endpoint fqdn hub.example"
row user_fqdn_i initiator wrong yes 'userfqdn:hub@b.example' 10.0.0.2 "$peer_lines
$endpoint user-fqdn hub@b.example"
row key_id_i initiator wrong yes keyid:hub7 10.0.0.2 "$peer_lines
crypto isakmp identity key-id hub7"
row xauth_main responder cisco no 10.0.0.1 10.0.0.2 "$login" login
row xauth_aggressive responder wrong yes 10.0.0.1 10.0.0.2 "$login
$peer_lines" login

# aggressive mode that is off: nothing is said, and no tunnel comes up
culvert_conf left more='crypto isakmp aggressive-mode disable
'"$peer_lines" >"$lab/off.conf"
connection yes 10.0.0.1 10.0.0.2 >"$lab/off.swan.conf"
swan_reload peer "$lab/off.swan.conf"
culvert_start off "$a" "$lab/off.conf"
capture off.wire "$b" outside
swan_do peer --initiate --child net --timeout 3 >/dev/null 2>&1 && fail "off: a tunnel came up"
stop off.wire INT
[ "$(captured off.wire 'isakmp && ip.src == 10.0.0.1')" = 0 ] || fail "off: an answer"
exit 0
