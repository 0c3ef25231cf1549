#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every `show` of a live pair in three dialects: each answers, in the layout of its box, and as
# JSON; then `clear` in the words of an ASA.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
culvert_conf left key=Canary4711 >"$lab/left.conf"
culvert_conf right key=Canary4711 >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

printf '%s\n' 'configure terminal' 'interface GigabitEthernet0/0' 'nameif inside' \
	'interface GigabitEthernet0/1' 'nameif outside' 'end' >"$lab/commands"
"$programs/culvert" --run-dir "$lab/left.run" -f "$lab/commands" >/dev/null ||
	fail "interfaces get no names"

shows=(
	'access-list' 'arp' 'asp drop' 'capacity' 'class-map' 'crypto call admission statistics'
	'crypto clients' 'crypto dynamic-map' 'crypto engine connections'
	'crypto engine connections active' 'crypto ikev1 sa' 'crypto ipsec sa'
	'crypto ipsec sa address' 'crypto ipsec sa detail' 'crypto ipsec sa entry'
	'crypto ipsec sa identity' 'crypto ipsec sa map MAP' 'crypto ipsec sa peer 10.0.0.2 detail'
	'crypto ipsec security-association lifetime' 'crypto ipsec transform-set' 'crypto isakmp'
	'crypto isakmp key' 'crypto isakmp peers' 'crypto isakmp policy' 'crypto isakmp profile'
	'crypto isakmp sa' 'crypto isakmp sa detail' 'crypto key mypubkey all' 'crypto map'
	'crypto map interface GigabitEthernet0/0' 'crypto map tag MAP' 'crypto pki certificates'
	'crypto pki trustpoints' 'crypto session' 'crypto session brief' 'crypto session detail'
	'debugging' 'drops' 'interfaces' 'interfaces outside' 'ip' 'ip arp'
	'ip interface brief' 'ip local pool' 'ip route' 'ipsec sa' 'isakmp sa' 'logging'
	'management-access' 'platform cerm-information' 'policy-map'
	'policy-map interface' 'processes cpu' 'route' 'running-config' 'running-config all'
	'running-config all crypto isakmp' 'running-config crypto' 'tech-support' 'version'
	'vpn-sessiondb' 'vpn-sessiondb detail' 'vpn-sessiondb l2l' 'vpn-sessiondb remote' 'vpngroup'
)
for dialect in ios asa pix; do
	commands=()
	for s in "${shows[@]}"; do
		commands+=("terminal dialect $dialect" "show $s" "show $s | json")
	done
	printf '%s\n' "${commands[@]}" >"$lab/commands"
	"$programs/culvert" --run-dir "$lab/left.run" -f "$lab/commands" \
		>"$lab/$dialect.out" 2>"$lab/$dialect.err" || {
		head "$lab/$dialect.err"
		fail "a show in $dialect does not answer"
	}
	[ ! -s "$lab/$dialect.err" ] || fail "a show in $dialect complains"
done
! grep -q Canary4711 "$lab"/*.out || fail "a key is shown"

sees()
{
	grep -qE -- "$2" "$lab/$1.out" || fail "no \"$2\" in $1"
}
sees ios '^10\.0\.0\.[12] +10\.0\.0\.[12] +QM_IDLE +[0-9]+ +0 ACTIVE$'
sees asa '^ +Type    : L2L +Role    : (initiator|responder)$'
sees asa '^ +Rekey   : no +State   : MM_ACTIVE$'
sees asa 'in use settings =\{L2L, Tunnel, \}$'
sees asa '^ +access-list VPN extended permit ip 192\.168\.1\.0 255\.255\.255\.0 192\.168\.2\.0 255'
sees asa 'ipsec overhead 77, media mtu 1500$'
sees asa '^access-list VPN line 1 extended permit ip .* \(hitcnt=[1-9][0-9]*\) 0x'
sees asa '^sysopt connection permit-vpn$'
sees asa '^interface: outside$'
sees asa '^Interface: outside$'
sees asa '^Interface GigabitEthernet0/0 "inside", is up, line protocol is up$'
sees asa '^C +192\.168\.1\.0 255\.255\.255\.0 is directly connected, inside$'
sees asa '^GigabitEthernet0/1 +outside +10\.0\.0\.1 +255\.255\.255\.0 +manual$'
sees asa '^1: outside: address is [0-9a-f]{4}\.'
sees ios '^interface: GigabitEthernet0/1$'
sees pix '^interface: outside$'
sees pix '^outside 0\.0\.0\.0 0\.0\.0\.0 10\.0\.0\.2 1 OTHER static$'
sees pix '^Total     : 1$'
sees pix '^ +10\.0\.0\.[12] +10\.0\.0\.[12] +QM_IDLE +0 +1$'
sees pix '^access-list VPN permit ip 192\.168\.1\.0 255\.255\.255\.0 .* \(hitcnt='
sees pix ' OTHER static$'
sees ios '^Session status: UP-ACTIVE$'
sees asa '^Connection   : 10\.0\.0\.2'

printf '%s\n' 'terminal dialect asa' 'clear crypto ipsec sa' 'clear crypto isakmp sa' \
	>"$lab/commands"
"$programs/culvert" --run-dir "$lab/left.run" -f "$lab/commands" >"$lab/cleared"
grep -qx '1 pair of IPsec SAs removed, of 1 peer' "$lab/cleared" ||
	fail "clear does not say how many pairs"
grep -qx '1 IKE SA removed' "$lab/cleared" || fail "clear does not say how many IKE SAs"
expect 15 "an answer after clear" answers "$ha" 192.168.2.2
