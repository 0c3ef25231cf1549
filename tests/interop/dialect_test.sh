#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Configurations in the lines of an ASA and of a PIX 6 as they stand: scenario C against strongSwan
# with its tunnel-group, its DefaultL2LGroup and another key; scenario B's groups of clients with
# vpnc, as vpngroup and as tunnel-group with a group-policy, which is inherited.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan, vpnc --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
topology

# asa_conf [LINES]: scenario C, less its tunnel-group; devices and the default route are ours
asa_conf()
{
	cat <<-EOF2
		: Saved
		ASA Version 8.3(1)
		hostname ASA1
		platform
		 memory 128
		interface GigabitEthernet0/0
		 device af_packet inside
		 nameif inside
		 security-level 100
		 ip address 192.168.1.1 255.255.255.0
		interface GigabitEthernet0/1
		 device af_packet outside
		 nameif outside
		 security-level 0
		 ip address 10.0.0.1 255.255.255.0
		object network INSIDE-RANGE
		 subnet 192.168.1.0 255.255.255.0
		object network FOREIGN_NETWORK
		 subnet 192.168.2.0 255.255.255.0
access-list VPN extended permit tcp 192.168.1.0 255.255.255.0 192.168.2.0 255.255.255.0
access-list VPN extended permit icmp 192.168.1.0 255.255.255.0 192.168.2.0 255.255.255.0
nat (inside,outside) source static INSIDE-RANGE INSIDE-RANGE no-proxy-arp route-lookup
		route outside 0.0.0.0 0.0.0.0 10.0.0.2 1
		crypto ipsec transform-set TRANSFORM esp-aes esp-sha-hmac
		crypto map MAP 10 match address VPN
		crypto map MAP 10 set peer 10.0.0.2
		crypto map MAP 10 set transform-set TRANSFORM
		crypto map MAP 10 set reverse-route
		crypto map MAP interface outside
		crypto isakmp enable outside
		crypto isakmp nat-traversal 20
		crypto isakmp policy 10
		 authentication pre-share
		 encryption 3des
		 hash sha
		 group 2
		 lifetime 86400
		$1
		: end
	EOF2
}

# hub_start NAME: with the configuration that is its input
hub_start()
{
	cat >"$lab/$1.conf"
	culvert_start "$1" "$a" "$lab/$1.conf"
}

router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
swan_connection 10.0.0.2 10.0.0.1 '192.168.2.0/24[icmp]' '192.168.1.0/24[icmp]' \
	3des-sha1-modp1024 aes128-sha1 >"$lab/peer.conf"
swan_start peer "$b" "$lab/peer.conf"

# the peer's own group
asa_conf 'tunnel-group 10.0.0.2 type ipsec-l2l
tunnel-group 10.0.0.2 ipsec-attributes
 pre-shared-key cisco
 isakmp keepalive threshold 15 retry 10' | hub_start asa
expect 20 "an answer with the tunnel-group of the peer" answers "$ha" 192.168.2.2
culvert_shows asa 'show running-config' '^ pre-shared-key \*+$' || fail "no masked key"
culvert_shows asa 'show running-config' '^ isakmp keepalive threshold 15 retry 10$' ||
	fail "no keepalive of the group"
culvert_shows asa 'show crypto isakmp sa' 'MM_ACTIVE' || fail "not the table of an ASA"
stop asa
swan_do peer --terminate --ike culvert --force >/dev/null 2>&1 || true

# a group of the wrong address: the peer lands on DefaultL2LGroup, without a key and with one
wrong='tunnel-group 10.0.0.3 type ipsec-l2l
tunnel-group 10.0.0.3 ipsec-attributes
 pre-shared-key cisco'
asa_conf "$wrong" | hub_start wrong
! wait_until 5 answers "$ha" 192.168.2.2 || fail "a tunnel without a key"
stop wrong
# and what is protected said with object-groups: a line that stands for two
cat >"$lab/groups.conf" <<'EOF2'
object-group network HERE
 network-object 192.168.1.0 255.255.255.0
object-group network THERE
 network-object 192.168.2.0 255.255.255.0
object-group protocol WHAT
 protocol-object tcp
 protocol-object icmp
access-list VPN extended permit object-group WHAT object-group HERE object-group THERE
EOF2
asa_conf "$wrong
tunnel-group DefaultL2LGroup ipsec-attributes
 pre-shared-key cisco" |
	sed -e "/^access-list VPN.*tcp/{r $lab/groups.conf" -e 'd}' \
		-e '/^access-list VPN.*permit icmp/d' |
	hub_start default
expect 20 "an answer with DefaultL2LGroup" answers "$ha" 192.168.2.2
culvert_shows default 'show access-list VPN' \
	'line 1 extended permit object-group WHAT object-group HERE object-group THERE 0x' ||
	fail "the line is not shown as it was typed"
culvert_shows default 'show access-list VPN' \
	'^  access-list VPN line 1 extended permit icmp .*hitcnt=[1-9]' ||
	fail "no hits of the line for icmp"
culvert_shows default 'show object-group' '^object-group protocol WHAT' || fail "no object-groups"
stop default
stop peer
in_ns "$b" ip link delete ipsec0 2>/dev/null || true

# given NAME LINE: whether the client's script was told this
given()
{
	grep -q "^$2" "$lab/$1.env" || fail "the client was not given $2: $(cat "$lab/$1.env")"
}

# dials NAME HUB
dials()
{
	client_start "$1" "$b" alice sesame
	expect 20 "a client of $2" client_up "$1"
	given "$1" 'INTERNAL_IP4_ADDRESS=10.9.0.1$'
	given "$1" 'INTERNAL_IP4_DNS=192.168.1.53'
	given "$1" 'CISCO_DEF_DOMAIN=example.org'
	given "$1" 'CISCO_SPLIT_INC_0_ADDR=192.168.1.0'
	expect 5 "an answer through the tunnel" answers "$b" 192.168.1.2
	client_stop "$1"
}

hub_start pix <<'EOF2'
: Saved
PIX Version 6.2(2)
platform
 memory 128
nameif ethernet0 outside security0
nameif ethernet1 inside security100
interface Ethernet0
 device af_packet outside
interface Ethernet1
 device af_packet inside
hostname snow
username alice password sesame
access-list split permit ip 192.168.1.0 255.255.255.0 10.9.0.0 255.255.255.0
ip address outside 10.0.0.1 255.255.255.0
ip address inside 192.168.1.1 255.255.255.0
ip local pool remote-VPN 10.9.0.1-10.9.0.34
nat (inside) 0 access-list split
route outside 0.0.0.0 0.0.0.0 10.0.0.2 1
sysopt connection permit-ipsec
crypto ipsec transform-set remote-TRANS esp-aes esp-sha-hmac
crypto dynamic-map DYN 10 set transform-set remote-TRANS
crypto map toOUT 10 ipsec-isakmp dynamic DYN
crypto map toOUT client authentication LOCAL
crypto map toOUT interface outside
isakmp enable outside
isakmp identity address
isakmp nat-traversal 20
isakmp policy 10 authentication pre-share
isakmp policy 10 encryption aes
isakmp policy 10 hash sha
isakmp policy 10 group 14
isakmp policy 10 lifetime 86400
vpngroup vpn address-pool remote-VPN
vpngroup vpn dns-server 192.168.1.53
vpngroup vpn default-domain example.org
vpngroup vpn split-tunnel split
vpngroup vpn idle-time 1800
vpngroup vpn password group-key
: end
EOF2
dials of-pix pix
culvert_shows pix 'show running-config' '^vpngroup vpn password \*+$' || fail "no vpngroup"
stop pix

hub_start remote <<'EOF2'
: Saved
ASA Version 8.3(1)
hostname hub
platform
 memory 128
interface GigabitEthernet0/0
 device af_packet inside
 nameif inside
 security-level 100
 ip address 192.168.1.1 255.255.255.0
interface GigabitEthernet0/1
 device af_packet outside
 nameif outside
 security-level 0
 ip address 10.0.0.1 255.255.255.0
access-list 10 standard permit 192.168.1.0 255.255.255.0
ip local pool testvpnpool 10.9.0.1-10.9.0.20
username alice password sesame
route outside 0.0.0.0 0.0.0.0 10.0.0.2 1
crypto ipsec transform-set SET esp-aes esp-sha-hmac
crypto dynamic-map DYN 10 set transform-set SET
crypto map MAP 65535 ipsec-isakmp dynamic DYN
crypto map MAP interface outside
crypto isakmp enable outside
crypto isakmp nat-traversal 20
crypto isakmp policy 10
 authentication pre-share
 encryption aes
 hash sha
 group 14
group-policy DfltGrpPolicy attributes
 dns-server value 192.168.1.53
group-policy MYPOLICY internal
group-policy MYPOLICY attributes
 default-domain value example.org
 split-tunnel-policy tunnelspecified
 split-tunnel-network-list value 10
 vpn-simultaneous-logins 20
tunnel-group vpn type remote-access
tunnel-group vpn general-attributes
 address-pool testvpnpool
 default-group-policy MYPOLICY
tunnel-group vpn ipsec-attributes
 pre-shared-key group-key
: end
EOF2
dials of-asa remote

# no session more than the box may have; an account without logins
culvert_configure()
{
	printf '%s\n' 'configure terminal' "$@" end >"$lab/lines"
	"$programs/culvert" --run-dir "$lab/remote.run" <"$lab/lines" >"$lab/lines.log" 2>&1 ||
		fail "$(cat "$lab/lines.log")"
}
culvert_configure 'username alice attributes' ' vpn-simultaneous-logins 0'
client_start refused "$b" alice sesame
expect 15 "vpnc to give up" is_gone refused
culvert_shows remote 'show logging' 'Session refused.*User=alice' || fail "no line for the refusal"

exit 0
