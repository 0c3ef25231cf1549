#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Certificates in aggressive mode: RSA and ECDSA signatures with strongSwan, both roles; hybrid
# authentication with strongSwan and with vpnc as the client, who logs in and shows no certificate.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 peer --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
# shellcheck source=tests/interop/lib/ca.sh
. "$(dirname "$0")/lib/ca.sh"
lab_test
expects_diagnosis RA-XAUTH # a guess at a password is refused
pki=$lab/ca
mkdir -p "$pki"
SWAN_DAEMON='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'

# keys_of FILE CA OWN: the directory of keys beside a configuration
keys_of()
{
	mkdir -p "$1.pki" && chmod 0700 "$1.pki"
	cat "$pki/$2.crt" >"$1.pki/lab.ca"
	cat "$pki/$3.crt" >"$1.pki/lab.crt"
	cat "$pki/$3.key" >"$1.pki/lab.key"
}

trustpoint='crypto pki trustpoint LAB
 enrollment url file:lab
 revocation-check none'

# connection CA OWN OUR_ID: strongSwan's side, with its certificate
connection()
{
	local dir=$lab/peer.swan
	mkdir -p "$dir"/{x509,x509ca,private}
	rm -f "$dir"/x509/* "$dir"/x509ca/* "$dir"/private/*
	cp "$pki/$1.crt" "$dir/x509ca/"
	cp "$pki/$2.crt" "$dir/x509/"
	cp "$pki/$2.key" "$dir/private/"
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 aes256-sha256-modp2048 \
		aes256-sha256 "aggressive = yes
		send_cert = always" |
		sed "s/local { auth = psk/local { auth = pubkey\\n certs = $2.crt/
			s/remote { auth = psk/remote { auth = pubkey/
			s/id = 10.0.0.1 }/id = $3 }/; /^secrets/d"
}

# signed NAME ROLE METHOD CA LEFT RIGHT LINES OUR_ID: the role is culvert's
signed()
{
	local name=$1
	culvert_conf left more="$trustpoint
crypto isakmp peer address 10.0.0.2
$7" | sed -e "s/authentication pre-share/authentication $3/" -e '/^crypto isakmp key/d' \
		>"$lab/$name.conf"
	keys_of "$lab/$name.conf" "$4" "$5"
	connection "$4" "$6" "$8" >"$lab/$name.swan.conf"
	if [ -e "$lab/peer.pid" ]; then
		swan_reload peer "$lab/$name.swan.conf"
		swan_do peer --load-creds --clear >/dev/null 2>&1
	else
		swan_start peer "$b" "$lab/$name.swan.conf"
	fi
	culvert_start "$name" "$a" "$lab/$name.conf"
	capture "$name.wire" "$b" outside
	[ "$2" = initiator ] || swan_do peer --initiate --child net >/dev/null ||
		fail "$name: strongSwan gets no tunnel"
	expect 15 "$name: an answer through the tunnel" answers "$ha" 192.168.2.2
	expect 15 "$name: an answer the other way" answers "$hb" 192.168.1.2
	culvert_shows "$name" 'show crypto isakmp sa' QM_IDLE || fail "$name: no SA in QM_IDLE"
	stop "$name"
	stop "$name.wire" INT
	[ "$(captured "$name.wire" 'isakmp.exchangetype == 4')" -ge 3 ] ||
		fail "$name: not in aggressive mode"
	expect 5 "the peer to have lost its SA" swan_is_idle peer
	echo "ok - $name"
}

topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
ca root rsa2048
ca ecroot ec256
gateway west rsa2048 root 10.0.0.1
gateway east rsa2048 root 10.0.0.2
gateway ecwest ec256 ecroot 10.0.0.1
gateway eceast ec256 ecroot 10.0.0.2
for role in responder initiator; do
	signed "rsa_$role" $role rsa-sig root west east '' 10.0.0.1
	signed "ecdsa_$role" $role ecdsa-sig ecroot ecwest eceast '' 10.0.0.1
	signed "dn_$role" $role rsa-sig root west east 'crypto isakmp identity dn' \
		'"O=Test, CN=west"'
done

# hybrid: a group without a key
client_hub local "$trustpoint
username alice secret sesame
crypto isakmp policy 20
 encryption aes 256
 hash sha
 authentication rsa-sig
 group 14
crypto isakmp client configuration group vpn
 no key
 isakmp ikev1-user-authentication hybrid" >"$lab/hub.conf"
keys_of "$lab/hub.conf" root west
culvert_start hub "$a" "$lab/hub.conf"
swan_connection 10.0.0.2 10.0.0.1 0.0.0.0/0 192.168.1.0/24 aes256-sha1-modp2048 aes256-sha1 \
	"aggressive = yes
	vips = 0.0.0.0" |
	sed 's/local { auth = psk/local { auth = xauth\n xauth_id = alice/
		s/remote { auth = psk/remote { auth = pubkey/; s/id = 10.0.0.2 }/id = keyid:vpn }/
		s/local_ts = .*/local_ts = dynamic/; /^secrets/d' >"$lab/hybrid.swan.conf"
echo 'secrets { xauth-1 { id = alice
	secret = sesame } }' >>"$lab/hybrid.swan.conf"
rm -f "$lab"/peer.swan/{x509,private}/*
swan_reload peer "$lab/hybrid.swan.conf"
swan_do peer --load-creds --clear >/dev/null 2>&1
swan_do peer --load-all --file "$lab/hybrid.swan.conf" >/dev/null 2>&1
swan_do peer --initiate --child net >/dev/null || fail "hybrid: strongSwan gets no tunnel"
swan_has peer 'ESTABLISHED' || fail "hybrid: strongSwan has no SA"
culvert_shows hub 'show logging' 'Authentication PASSED User=alice Group=vpn' ||
	fail "hybrid: no line for the login of strongSwan's user"
swan_do peer --terminate --ike culvert >/dev/null 2>&1
stop peer
echo "ok - hybrid with strongSwan"

command -v vpnc >/dev/null || skip "vpnc is not installed"
hybrid="IKE Authmode hybrid
CA-File $pki/root.crt"
client_key=any client_start vpnc "$b" alice sesame "$hybrid"
expect 20 "a tunnel of vpnc" client_up vpnc
expect 5 "an answer through the tunnel" answers "$b" 192.168.1.2
grep -q '^INTERNAL_IP4_DNS=192.168.1.53' "$lab/vpnc.env" || fail "vpnc was given no DNS server"
client_stop vpnc
expect 5 "the end of the session" culvert_shows hub 'show logging' 'Connection DOWN User=alice'
echo "ok - hybrid with vpnc"

client_key=any client_start guess "$b" alice wrong "$hybrid"
expect 15 "vpnc to give up" is_gone guess
client_up guess && fail "a wrong password let vpnc in"
client_group=nobody client_key=any client_start nobody "$b" alice sesame "$hybrid"
expect 15 "vpnc to give up on the group" is_gone nobody
client_up nobody && fail "a group that is not there let vpnc in"
for why in 'user name or the password is wrong' 'no client configuration group'; do
	culvert_shows hub 'show logging' "Authentication FAILED User=alice.*$why" ||
		fail "no line for the refusal: $why"
done
echo "ok - hybrid refusals"
