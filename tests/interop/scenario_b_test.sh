#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario B: a client dials the hub, is taken by its dynamic map and gets an address of a pool;
# what it sends to the third site comes out of one tunnel and goes into another, by another
# interface, and back, and the third site reaches the client as well. The lists of the client's
# tunnels are seen, and all of it goes when the client hangs up.
#
#   client 10.48.66.76 --+-- 10.48.66.44 carrion 193.0.0.2 --- 193.0.0.1 outside  snow 10.0.0.1 - HA
#                        |                       193.0.0.6 --- 193.0.0.5 intf2
#                        +-- 10.48.66.156 rain 11.0.0.1 --- 11.0.0.2 HB

# shellcheck source=tests/interop/lib/scenario_b.sh
. "$(dirname "$0")/lib/scenario_b.sh"

POLICY="crypto isakmp policy 10
 encryption des
 hash sha
 authentication pre-share
 group 2
 lifetime 86400"

snow_conf()
{
	cat <<-EOF2
		hostname snow
		platform
		 memory 128
		aaa new-model
		aaa authentication login USERS local
		aaa authorization network GROUPS local
		username alice password 0 wonderland
		ip local pool remote-VPN 12.0.0.1 12.0.0.34
		crypto isakmp client configuration group VPNclient
		 key group-key
		 pool remote-VPN
		$POLICY
		crypto isakmp key cisco address 10.48.66.156
		crypto ipsec transform-set TRANS esp-des esp-sha-hmac
		crypto ipsec transform-set remote-TRANS esp-des esp-md5-hmac
		ip access-list extended vpn-intf2
		 permit ip 10.0.0.0 0.0.0.255 11.0.0.0 0.0.0.255
		 permit ip 12.0.0.0 0.0.0.255 11.0.0.0 0.0.0.255
		crypto dynamic-map DYN 10
		 set transform-set remote-TRANS
		 reverse-route
		crypto map vpn-intf2 10 ipsec-isakmp
		 match address vpn-intf2
		 set peer 10.48.66.156
		 set transform-set TRANS
		crypto map toOUT client authentication list USERS
		crypto map toOUT isakmp authorization list GROUPS
		crypto map toOUT client configuration address respond
		crypto map toOUT 10 ipsec-isakmp dynamic DYN
		interface GigabitEthernet0/0
		 device af_packet outside
		 ip address 193.0.0.1 255.255.255.252
		 crypto map toOUT
		interface GigabitEthernet0/1
		 device af_packet inside
		 ip address 10.0.0.1 255.255.255.0
		interface GigabitEthernet0/2
		 device af_packet intf2
		 ip address 193.0.0.5 255.255.255.252
		 crypto map vpn-intf2
		ip route 0.0.0.0 0.0.0.0 193.0.0.2
		ip route 10.48.66.156 255.255.255.255 193.0.0.6
		ip route 11.0.0.0 255.255.255.0 193.0.0.6
	EOF2
}

# rain_conf SECOND_LINE
rain_conf()
{
	cat <<-EOF2
		hostname rain
		platform
		 memory 128
		$POLICY
		crypto isakmp key cisco address 193.0.0.5
		crypto ipsec transform-set TRANS esp-des esp-sha-hmac
		ip access-list extended vpn-to-snow
		 permit ip 11.0.0.0 0.0.0.255 10.0.0.0 0.0.0.255
		 permit ip 11.0.0.0 0.0.0.255 12.0.0.0 0.0.0.255
		crypto map vpn-outside 10 ipsec-isakmp
		 match address vpn-to-snow
		 set peer 193.0.0.5
		 set transform-set TRANS
		interface GigabitEthernet0/0
		 device af_packet outside
		 ip address 10.48.66.156 255.255.255.0
		 crypto map vpn-outside
		interface GigabitEthernet0/1
		 device af_packet inside
		 ip address 11.0.0.1 255.255.255.0
		ip route 0.0.0.0 0.0.0.0 10.48.66.44
	EOF2
}

no_dynamic_list()
{
	! culvert_shows snow 'show access-list' dynacl &&
		! culvert_shows snow 'show ip route' '12\.0\.0\.'
}

lab_test
# rain forgets the pool; the group has no DNS, the policy is DES
expects_diagnosis P2-PROXY P2-PEER-REFUSED RA-NO-DNS P1-CLIENT-DES-SHA
command -v vpnc >/dev/null || skip "vpnc is not installed"
sites
snow_conf >"$lab/snow.conf"
rain_conf >"$lab/rain.conf"
culvert_start snow "$a" "$lab/snow.conf"
culvert_start rain "$b" "$lab/rain.conf"
capture wire "$carrion" any 'icmp or esp'
dial
ip=$(cat "$lab/client.address")
[[ $ip == 12.0.0.* ]] || fail "the client has $ip, which is not of the pool"

expect 20 "an answer of the third site to the client" answers "$client" 11.0.0.2
expect 5 "an answer of the inside to the client" answers "$client" 10.0.0.2
expect 5 "an answer of the client to the inside" answers "$ha" "$ip"
expect 5 "an answer of the client to the third site" answers "$hb" "$ip"
expect 15 "an answer of the third site to the inside" answers "$ha" 11.0.0.2
ping_start hairpin "$client" 11.0.0.2
ping_start back "$hb" "$ip"
sleep 3
expect_lossless hairpin 40
expect_lossless back 40

culvert_shows snow 'show crypto isakmp sa' '193\.0\.0\.5 .*QM_IDLE|10\.48\.66\.156 .*QM_IDLE' ||
	fail "no ISAKMP SA with rain"
culvert_shows snow 'show crypto isakmp sa' '10\.48\.66\.76 .*QM_IDLE' ||
	fail "no ISAKMP SA with the client"
culvert_shows snow 'show access-list' "permit ip any host $ip \([1-9][0-9]* matches\)" ||
	fail "the dynamic list does not count"
culvert_shows snow 'show access-list' \
	'permit ip 12\.0\.0\.0 0\.0\.0\.255 11\.0\.0\.0 0\.0\.0\.255 \([1-9][0-9]* matches\)' ||
	fail "the hairpin does not count in vpn-intf2"
culvert_shows snow 'show crypto ipsec sa' "dynamic allocated peer ip: $ip" ||
	fail "the block of the client does not say its address"
culvert_shows snow 'show crypto ipsec sa' "$ip/255\.255\.255\.255/0/0" || fail "no client idents"
culvert_shows snow 'show crypto map' 'created from dynamic map DYN/10' || fail "no temporary entry"
culvert_shows snow 'show ip route' "S .*$ip/32 .*via 193\.0\.0\.2.*reverse-route" ||
	fail "no route to the client"
stop wire INT
[ "$(captured wire 'icmp && !esp && (ip.addr == 12.0.0.0/24 || ip.addr == 11.0.0.0/24)')" = 0 ] ||
	fail "a packet crossed in clear"

client_stop client
expect 15 "the lists and the route of the client to be gone" no_dynamic_list
answers "$ha" 11.0.0.2 || fail "the third site is gone with the client"

# rain forgot the pool: its refusal is said, and nothing leaves in clear
dial
sed -i '/12\.0\.0\.0/d' "$lab/rain.conf"
stop rain
culvert_start rain "$b" "$lab/rain.conf"
expect 20 "an answer of the third site to the inside again" answers "$ha" 11.0.0.2
answers "$client" 11.0.0.2 && fail "an answer that rain did not agree to"
grep -qE 'proxy|Quick mode' "$lab/snow.log" || fail "snow does not say why"
