#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Who a certificate may speak for: a static peer is whoever's certificate names its address, or whom
# an isakmp profile or a crypto identity takes, in both roles; and SAs end when a CRL or the loss of
# the trustpoint takes away what they stand on.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/ca.sh
. "$(dirname "$0")/lib/ca.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
pki=$lab/ca
mkdir -p "$pki"

# profile_conf NAME ENTRY_LINE GLOBAL_LINES: as left_conf, with a line in the map entry
profile_conf()
{
	left_conf "$lab/$1.conf" rsa-sig root west
	sed -i "s/^ *set peer .*/&\n $2/" "$lab/$1.conf"
	printf '%s\n' "$3" >>"$lab/$1.conf"
}

topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
ca root rsa2048
gateway west rsa2048 root 10.0.0.1
san=DNS:east.example.com gateway east rsa2048 root 10.0.0.2
crl root
cp "$pki/root.crl" "$pki/good.crl"
rm -r "$pki/root.db"
crl root east

swan_id=east.example.com
right_conf root east >"$lab/peer.new"
swan_start peer "$b" "$lab/peer.new"
left_conf "$lab/nameless.conf" rsa-sig root west
is_refused nameless 'does not name its address'

right='crypto isakmp profile EAST
 match identity host east.example.com
 keepalive 10 retry 2'
profile_conf host_initiator 'set isakmp-profile EAST' "$right"
comes_up host_initiator initiator
profile_conf host_responder 'set isakmp-profile EAST' "$right"
comes_up host_responder responder
profile_conf map 'set isakmp-profile EAST' 'crypto pki certificate map EAST 10
 subject-name co cn=east
 issuer-name eq o=Test, cn=root
 alt-subject-name eq east.example.com
crypto isakmp profile EAST
 match certificate EAST
 ca trust-point LAB'
comes_up map responder
profile_conf dn 'identity EAST' 'crypto identity EAST
 dn o=Test, cn=east'
comes_up dn responder

profile_conf other 'set isakmp-profile EAST' 'crypto isakmp profile EAST
 match identity host south.example.com
 match identity host domain example.net'
is_refused other 'isakmp profile or the identity of the crypto map entry'
profile_conf other_map 'set isakmp-profile EAST' 'crypto pki certificate map EAST 10
 subject-name co cn=south
crypto isakmp profile EAST
 match certificate EAST'
is_refused other_map 'isakmp profile or the identity of the crypto map entry'
profile_conf absent 'set isakmp-profile EAST' ''
is_refused absent 'isakmp profile or the identity of the crypto map entry'

# goes NAME PATTERN_OF_THE_LOG COMMAND...: a tunnel that stands ends with the commands
goes()
{
	local name=$1 pattern=$2
	shift 2
	expect 15 "$name: an answer through the tunnel" answers "$ha" 192.168.2.2
	printf '%s\n' "$@" >"$lab/script"
	"$programs/culvert" --run-dir "$lab/$name.run" -f "$lab/script" >"$lab/script.out" 2>&1 ||
		fail "$name: $(cat "$lab/script.out")"
	expect 10 "$name: the reason" culvert_shows "$name" 'show logging' "$pattern: its SAs end"
	expect 10 "$name: the peer to have lost its SA" swan_is_idle peer
	culvert_shows "$name" 'show crypto isakmp sa' QM_IDLE && fail "$name: there is an SA"
	stop "$name"
	swan_do peer --terminate --ike culvert --force >/dev/null 2>&1 || true
	echo "ok - $name"
}

swan_reload peer "$lab/peer.new"
profile_conf revoked 'set isakmp-profile EAST' "$right"
sed -i 's/revocation-check none/crl file lab.crl/' "$lab/revoked.conf"
cp "$pki/good.crl" "$lab/revoked.conf.pki/lab.crl"
culvert_start revoked "$a" "$lab/revoked.conf"
cp "$pki/root.crl" "$lab/revoked.conf.pki/lab.crl.new"
expect 15 "revoked: an answer before" answers "$ha" 192.168.2.2
mv "$lab/revoked.conf.pki/lab.crl.new" "$lab/revoked.conf.pki/lab.crl"
goes revoked 'certificate is revoked' 'crypto pki crl request'
profile_conf gone 'set isakmp-profile EAST' "$right"
culvert_start gone "$a" "$lab/gone.conf"
goes gone 'from a CA that is not ours' 'configure terminal' 'no crypto pki trustpoint LAB' end
