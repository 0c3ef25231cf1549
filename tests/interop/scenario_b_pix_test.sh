#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario B with the configurations of its two PIX 6 as they stand in the note (tests/golden): what
# is added are the devices, the group of the clients, which the note shows elsewhere, and a login.
# rain says its name, as a PIX does, and its key is of its address. The client reaches the third
# site through both of them, and each shows it in the words of a PIX.

# shellcheck source=tests/interop/lib/scenario_b.sh
. "$(dirname "$0")/lib/scenario_b.sh"
lab_test
# the group has no DNS, the policy is DES
expects_diagnosis RA-NO-DNS P1-CLIENT-DES-SHA
command -v vpnc >/dev/null || skip "vpnc is not installed"
sites

# pix NAME [LINES]: the configuration with devices behind its names of interfaces
pix()
{
	local name=$1 lines=${2:-}
	{
		sed '/^names$/,$d' "$tree/tests/golden/config/s2-$name.conf"
		echo names
		printf 'platform\n memory 128\n'
		printf 'interface Ethernet%s\n device af_packet %s\n' 0 outside 1 inside
		[ "$name" = rain ] || printf 'interface Ethernet2\n device af_packet intf2\n'
		sed -e '1,/^names$/d' -e '/^telnet timeout/,$d' \
			"$tree/tests/golden/config/s2-$name.conf"
		printf '%s\n: end\n' "$lines"
	} >"$lab/$name.conf"
}

pix snow 'username alice password wonderland
crypto map toOUT client authentication LOCAL
vpngroup VPNclient address-pool remote-VPN
vpngroup VPNclient idle-time 1800
vpngroup VPNclient password group-key'
pix rain
culvert_start snow "$a" "$lab/snow.conf"
culvert_start rain "$b" "$lab/rain.conf"
capture wire "$carrion" any 'icmp or esp'
dial
ip=$(cat "$lab/client.address")
[[ $ip == 12.0.0.* ]] || fail "the client has $ip, which is not of the pool"

expect 20 "an answer of the third site to the client" answers "$client" 11.0.0.2
expect 5 "an answer of the inside to the client" answers "$client" 10.0.0.2
expect 5 "an answer of the client to the third site" answers "$hb" "$ip"
expect 15 "an answer of the third site to the inside" answers "$ha" 11.0.0.2
pings hairpin "$client" 11.0.0.2 40
stop wire INT
[ "$(captured wire 'icmp && !esp && (ip.addr == 12.0.0.0/24 || ip.addr == 11.0.0.0/24)')" = 0 ] ||
	fail "a packet crossed in clear"

culvert_shows snow 'show isakmp sa' '^Total     : 2$' || fail "not two ISAKMP SAs"
culvert_shows snow 'show isakmp sa' ' 10\.48\.66\.76 .* QM_IDLE ' || fail "not the client"
culvert_shows snow 'show crypto ipsec sa' '^interface: intf2$' || fail "no intf2"
culvert_shows snow 'show crypto ipsec sa' "^   dynamic allocated peer ip: $ip$" || fail "no address"
culvert_shows snow 'show access-list' \
	'^access-list vpn-intf2 permit ip 12\.0\.0\.0 255.* 11\.0\.0\.0 255.* \(hitcnt=[1-9]' ||
	fail "no hits of the pool"
culvert_shows snow 'show access-list' '^ *access-list +dynacl' || fail "no list of the client"
culvert_shows rain 'show crypto ipsec sa' \
	'^    Crypto map tag: vpn-outside, local addr. 10.48.66.156' || fail "rain shows no map"
culvert_shows rain 'show running-config' '^isakmp key \*+ address 193.0.0.5 ' || fail "no PIX line"
client_stop client
