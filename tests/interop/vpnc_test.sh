#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# vpnc, the Cisco VPN client of others, logs in at culvert: aggressive mode with a group, XAUTH,
# mode config, with NAT traversal, with it forced, and with raw ESP; data both ways; what it was
# given; its address is free again when it goes. Wrong passwords and keys, and a group that is not
# there, which looks like a wrong key.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 vpnc

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
expects_diagnosis RA-XAUTH RA-GROUP-KEY # a wrong password, a wrong key
command -v vpnc >/dev/null || skip "vpnc is not installed"
topology
address "$b" outside 10.0.0.2/24
client_hub local 'username alice secret sesame
ip access-list extended SPLIT
 permit ip 192.168.1.0 0.0.0.255 any
 permit ip 172.20.0.0 0.3.255.255 any
crypto isakmp client configuration group vpn
 acl SPLIT
 split-dns example.org
 split-dns example.net
 banner #Welcome#
 wins 192.168.1.54' >"$lab/hub.conf"
culvert_start hub "$a" "$lab/hub.conf"

# given NAME LINE: whether the client's script was told this
given()
{
	grep -q "^$2" "$lab/$1.env" || fail "the client was not given $2: $(cat "$lab/$1.env")"
}

# natt mode -> what is on the wire. vpnc does not send from port 500, which looks like a NAT.
in_udp='udp.port == 4500 && esp'
clear='icmp.type == 0 || icmp.type == 8'
declare -A wire=([natt]=$in_udp [force-natt]=$in_udp [none]='ip.proto == 50')
for natt in natt force-natt none; do
	capture "$natt.wire" "$b" outside
	client_start "$natt" "$b" alice sesame
	expect 20 "a tunnel with $natt" client_up "$natt"
	given "$natt" 'INTERNAL_IP4_ADDRESS=10.9.0.1$'
	given "$natt" 'INTERNAL_IP4_DNS=192.168.1.53'
	given "$natt" 'INTERNAL_IP4_NBNS=192.168.1.54'
	given "$natt" 'CISCO_DEF_DOMAIN=example.org'
	given "$natt" 'CISCO_BANNER=Welcome'
	given "$natt" 'CISCO_SPLIT_INC=2'
	given "$natt" 'CISCO_SPLIT_INC_0_ADDR=192.168.1.0'
	given "$natt" 'CISCO_SPLIT_INC_1_MASK=255.252.0.0'
	expect 5 "an answer through the tunnel" answers "$b" 192.168.1.2
	pings "$natt.of" "$b" 192.168.1.2 10
	pings "$natt.to" "$ha" 10.9.0.1 10
	culvert_shows hub 'show crypto isakmp sa' 'QM_IDLE' || fail "$natt: no SA in QM_IDLE"
	[ "$(culvert_count hub "recv errors")" = 0 ] || fail "$natt: recv errors"
	client_stop "$natt"
	expect 5 "$natt: the end of the session" culvert_shows hub 'show logging' \
		'Connection DOWN User=alice'
	stop "$natt.wire" INT
	[ "$(captured "$natt.wire" "${wire[$natt]}")" -ge 40 ] ||
		fail "$natt: not the ESP it should be"
	[ "$(captured "$natt.wire" "$clear")" = 0 ] || fail "$natt: a packet crossed in clear"
done
natt=natt

# three wrong passwords are the end
client_start wrong "$b" alice guess
expect 15 "vpnc to give up" is_gone wrong
culvert_shows hub 'show logging' 'Authentication FAILED User=alice' ||
	fail "no line for the refusal"

# a wrong key and a group that is not there look alike
client_key=another client_start key "$b" alice sesame
expect 15 "vpnc to give up on the key" is_gone key
client_group=nobody client_start group "$b" alice sesame
expect 15 "vpnc to give up on the group" is_gone group
for wrong in key group; do
	[ "$(grep -c 'hash comparison failed' "$lab/$wrong.log")" = 1 ] ||
		fail "$wrong: $(cat "$lab/$wrong.log")"
done

exit 0
