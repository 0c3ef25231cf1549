#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `ping` and `traceroute` of the shell: from an inside address through a tunnel to strongSwan, with
# DF, with sizes, without an answer, by the questions of the dialogue; and in clear.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/peer.conf"
culvert_conf left >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"

# times as T, no blanks at the end
normal()
{
	sed -E 's#= [0-9]+/[0-9]+/[0-9]+ ms#= T ms#; s/ [0-9]+ msec/ T msec/g; s/ +$//'
}

# says COMMAND: runs a command of the shell; what it prints in $said
says()
{
	said=$(culvert_do left "$1" 2>&1 | normal) || true
}

# is WHAT EXPECTED: compares $said with the golden text
is()
{
	[ "$said" = "$2" ] || fail "$1 says:"$'\n'"$said"
}

# brings up the tunnel: its first packets are lost, as on any box
says 'ping 192.168.2.2 source 192.168.1.1 repeat 2 timeout 5'
expect 15 "an answer through the tunnel" culvert_shows left \
	'ping 192.168.2.2 source 192.168.1.1 repeat 1 timeout 1' '^!$'

before=$(culvert_count left encaps)
says 'ping 192.168.2.2 source 192.168.1.1'
is "a ping through the tunnel" "Type escape sequence to abort.
Sending 5, 100-byte ICMP Echos to 192.168.2.2, timeout is 2 seconds:
Packet sent with a source address of 192.168.1.1
!!!!!
Success rate is 100 percent (5/5), round-trip min/avg/max = T ms"
[ "$(culvert_count left encaps)" -ge $((before + 5)) ] || fail "the pings were not encrypted"

says 'ping GigabitEthernet0/0 192.168.2.2 repeat 3'
is "a ping from a named interface" "Type escape sequence to abort.
Sending 3, 100-byte ICMP Echos to 192.168.2.2, timeout is 2 seconds:
Packet sent with a source address of 192.168.1.1
!!!
Success rate is 100 percent (3/3), round-trip min/avg/max = T ms"

says 'ping 192.168.2.2 source 192.168.1.1 size 1500 df-bit repeat 3'
is "a ping that is too big" "Type escape sequence to abort.
Sending 3, 1500-byte ICMP Echos to 192.168.2.2, timeout is 2 seconds:
Packet sent with a source address of 192.168.1.1
Packet sent with the DF bit set
MMM
Success rate is 0 percent (0/3)"
says 'ping 192.168.2.2 source 192.168.1.1 size 4000 repeat 3 validate data 1234'
is "a ping in fragments" "Type escape sequence to abort.
Sending 3, 4000-byte ICMP Echos to 192.168.2.2, timeout is 2 seconds:
Packet sent with a source address of 192.168.1.1
Packet has data pattern 0x1234
Reply data will be validated
!!!
Success rate is 100 percent (3/3), round-trip min/avg/max = T ms"

# by the dialogue, a sweep across the largest that fits: 1422 (mtu_test.sh)
cat >"$lab/dialogue" <<-EOF
	ping

	192.168.2.2
	1

	1
	y
	Gi0/0

	y



	y
	1414
	1430
	4
EOF
said=$("$programs/culvert" --run-dir "$lab/left.run" -f "$lab/dialogue" 2>&1 |
	normal) || true
is "the dialogue" "Protocol [ip]:
Target IP address: 192.168.2.2
Repeat count [5]: 1
Datagram size [100]:
Timeout in seconds [2]: 1
Extended commands [n]: y
Source address or interface: Gi0/0
Type of service [0]:
Set DF bit in IP header? [no]: y
Validate reply data? [no]:
Data pattern [0xABCD]:
Loose, Strict, Record, Timestamp, Verbose[none]:
Sweep range of sizes [n]: y
Sweep min size [36]: 1414
Sweep max size [18024]: 1430
Sweep interval [1]: 4
Type escape sequence to abort.
Sending 5, [1414..1430]-byte ICMP Echos to 192.168.2.2, timeout is 1 seconds:
Packet sent with a source address of 192.168.1.1
Packet sent with the DF bit set
!!!MM
Success rate is 60 percent (3/5), round-trip min/avg/max = T ms
MTU-PROBE: Largest DF packet through the tunnel: 1422. Type: ping 192.168.2.2 df-bit size 1422"

# in one session: what the data plane saw, and what the operator is told
said=$("$programs/culvert" --run-dir "$lab/left.run" -c 'debug ip icmp' -c 'show debugging' \
	-c 'ping 10.0.0.2 repeat 1' -c 'ping 10.0.0.2 repeat 1 size 1501 df-bit' \
	-c 'no debug ip icmp' 2>&1 | normal | sed -E 's/^.*: ICMP: /ICMP: /') || true
is "a ping with debug" "ICMP packet debugging is on
Generic IP:
  ICMP packet debugging is on
Type escape sequence to abort.
Sending 1, 100-byte ICMP Echos to 10.0.0.2, timeout is 2 seconds:
ICMP: echo reply rcvd, src 10.0.0.2, dst 10.0.0.1
!
Success rate is 100 percent (1/1), round-trip min/avg/max = T ms
Type escape sequence to abort.
Sending 1, 1501-byte ICMP Echos to 10.0.0.2, timeout is 2 seconds:
Packet sent with the DF bit set
ICMP: dst (10.0.0.2): frag. needed and DF set.
M
Success rate is 0 percent (0/1)
ICMP packet debugging is off"
says 'ping 10.0.0.2 repeat 2'
is "a ping in clear" "Type escape sequence to abort.
Sending 2, 100-byte ICMP Echos to 10.0.0.2, timeout is 2 seconds:
!!
Success rate is 100 percent (2/2), round-trip min/avg/max = T ms"
says 'ping 192.168.2.77 source 192.168.1.1 repeat 2 timeout 1'
grep -E '^(\.|U){2}$' <<<"$said" >/dev/null || fail "nobody answers: $said"
says 'ping 10.0.0.2 source 172.16.0.1'
is "a foreign source" "% Invalid source address- IP address not on any of our up interfaces"

says 'traceroute 192.168.2.2 source 192.168.1.1 timeout 1'
is "a traceroute through the tunnel" "Type escape sequence to abort.
Tracing the route to 192.168.2.2

  1 192.168.2.1 T msec T msec T msec
  2 192.168.2.2 T msec T msec T msec"

# two operators at once, and the far side reaches the inside interface
culvert_do left 'ping 192.168.2.2 source 192.168.1.1 repeat 100' >"$lab/first" &
first=$!
culvert_do left 'ping 10.0.0.2 repeat 100' >"$lab/second" || fail "a second ping beside a first"
wait "$first" || fail "a first ping beside a second"
for said in "$(<"$lab/first")" "$(<"$lab/second")"; do
	[[ $said == *"100 percent (100/100)"* ]] || fail "two pings at once lost packets: $said"
done
in_ns "$hb" ping -n -q -c 3 -i 0.2 -W 2 192.168.1.1 >/dev/null ||
	fail "the far side does not reach the inside interface"

# from an address that no line of the crypto ACL has: which one would do
says 'ping 192.168.2.77 repeat 1 timeout 1'
advice='try 192\.168\.1\.1\. Type: ping 192\.168\.2\.77 source 192\.168\.1\.1$'
grep -qE "^CFG-PING-SRC: Ping source 10\.0\.0\.1 .* $advice" \
	<<<"$said" || fail "a ping from the wrong source says: $said"
