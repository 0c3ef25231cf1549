#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What one can ask before a packet goes: `test crypto config` of one file and of two ends, the peer
# a swanctl.conf or a router, `test crypto acl`, and what is said at the prompt.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
culvert_conf left >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"

# peer ESP [WORD]: a swanctl.conf of the other end
peer()
{
	SWAN_PSK=${2:-cisco} swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
		"$(swan_ike 'aes 256' sha256 14)" "$1"
}

# says COMMAND: what the shell prints, in $said
says()
{
	said=$(culvert_do left "$1" 2>&1) || true
}

has()
{
	grep -qE "$1" <<<"$said" || fail "$2: $said"
}

right=$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)
peer "$right" >"$lab/peer.conf"
says "test crypto config running-config $lab/peer.conf"
has '^    The two ends agree\.$' "two ends that agree"
peer aes128-sha1 otherword >"$lab/other.conf"
says "test crypto config running-config $lab/other.conf"
has '^    P1-PSK: ' "keys that differ"
has '^    P2-TRANSFORM: 10\.0\.0\.2 offers esp-aes esp-sha-hmac' "transforms that differ"
[[ $said != *otherword* && $said != *cisco* ]] || fail "a key is printed: $said"
says "test crypto config running-config $lab/other.conf | json"
has '"code": "P1-PSK"' "the same as JSON"

# a router that translates what it should encrypt, and one that is told not to
culvert_conf right >"$lab/router.conf"
says "test crypto config running-config $lab/router.conf"
has '^    The two ends agree\.$' "a router that translates nothing"
cat >>"$lab/router.conf" <<-EOF
	access-list 101 permit ip 192.168.2.0 0.0.0.255 any
	ip nat inside source list 101 interface GigabitEthernet0/1 overload
EOF
says "test crypto config running-config $lab/router.conf"
has '^    CFG-NAT: NAT: packets of crypto ACL VPN are translated before IPsec\.' "no exemption"

sed 's/ set peer .*/ set peer 10.0.0.9/' "$lab/left.conf" >"$lab/wrong.conf"
says "test crypto config $lab/wrong.conf"
has '^    P1-NO-KEY: No pre-shared key for 10\.0\.0\.9\.' "a peer without key"
says "test crypto config $lab/left.conf"
has '^    Nothing is wrong by itself\.$' "a sound configuration"
says "test crypto config $lab/none.conf"
has 'none\.conf' "a file that is not there"

says 'test crypto acl 192.168.1.2 192.168.2.2'
has '^Result:    protected: line [0-9]+ of access list ' "a packet of the tunnel"
has '^SA:        none yet' "no SA yet"
says 'test crypto acl 192.168.1.2 10.0.0.2 tcp 1024 80'
has '^Result:    clear: ' "a packet in clear"
says 'test crypto acl 10.0.0.1 192.168.2.2'
has '^    CFG-PING-SRC: ' "a ping from the wrong address"

# at the prompt: at once what a line makes wrong, at the end what is missing
said=$("$programs/culvert" --run-dir "$lab/left.run" -c 'configure terminal' \
	-c 'ip local pool CLIENTS 192.168.1.100 192.168.1.120' -c 'show clock' -c 'end' \
	2>&1) || true
has '^CFG-POOL-OVERLAP: Pool CLIENTS overlaps 192\.168\.1\.0/24' "a pool inside a network"
[ "$(grep -c CFG-POOL-OVERLAP <<<"$said")" = 1 ] || fail "said more than once: $said"
said=$("$programs/culvert" --run-dir "$lab/left.run" -c 'configure terminal' \
	-c 'crypto map EXTRA 10 ipsec-isakmp' -c 'end' 2>&1) || true
has '^CFG-NO-PEER: crypto map EXTRA 10 has no peer' "an entry without peer"
