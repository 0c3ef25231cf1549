#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `monitor capture`, `capture` and `debug packet`: both sides of a tunnel to strongSwan into files
# that tshark reads, each packet with its SA, verdict and drop reason.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
command -v tshark >/dev/null || skip "tshark is not installed"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/peer.conf"
culvert_conf left more="access-list 150 permit icmp any any
logging file events 4096 notifications" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/peer.conf"

# says COMMAND: runs a command of the shell; what it prints in $said
says()
{
	said=$(culvert_do left "$1" 2>&1) || fail "$1: $said"
}

# is WHAT EXPECTED: compares $said with the golden text
is()
{
	[ "$said" = "$2" ] || fail "$1 says:"$'\n'"$said"
}

# fields FILE FILTER FIELD...: of the packets of a file that a filter lets through
fields()
{
	local file=$1 filter=$2 wanted=()
	shift 2
	for field in "$@"; do
		wanted+=(-e "$field")
	done
	tshark -r "$file" -Y "$filter" -T fields "${wanted[@]}" 2>"$lab/tshark.err" ||
		fail "tshark: $(cat "$lab/tshark.err")"
}

# counted WHAT EXPECTED TEXT: as many lines
counted()
{
	[ "$(grep -c . <<<"$3")" = "$2" ] || fail "$1:"$'\n'"$3"
}

expect 15 "an answer through the tunnel" in_ns "$ha" ping -c 1 -W 1 192.168.2.2

# both sides at once, three pings each way
says 'monitor capture PLAIN interface gi0/1 both plain access-list 150'
says 'monitor capture WIRE interface GigabitEthernet 0/1 both cipher limit packets 100 duration 60'
for name in PLAIN WIRE; do
	says "monitor capture $name start"
	is "start" "Started capture point : $name"
done
sleep 1 # the worker has begun
in_ns "$ha" ping -c 3 -i 0.2 192.168.2.2 >/dev/null || fail "the pings were lost"
sleep 2 # what has no verdict yet is told after half a second
says 'show monitor capture WIRE buffer'
grep -q 'packets dropped  : 0' <<<"$said" || fail "packets were lost: $said"
for name in PLAIN WIRE; do
	says "monitor capture $name stop"
	is "stop" "Stopped capture point : $name"
	says "monitor capture $name export $lab/$name.pcapng"
	is "export" "Exported Successfully"
	[ "$(stat -c %a "$lab/$name.pcapng")" = 600 ] || fail "anybody may read $name.pcapng"
done

spis=$(culvert_spis left | sed 's/0x//' | tr a-f A-F | sort -u)
plain=$(fields "$lab/PLAIN.pcapng" icmp ip.src ip.dst frame.comment)
counted "plain" 6 "$plain"
counted "encrypted" 3 "$(grep -E '^192.168.1.2	192.168.2.2	.*: encrypted$' <<<"$plain")"
counted "decrypted" 3 "$(grep -E '^192.168.2.2	192.168.1.2	SPI .*: sent$' <<<"$plain")"
wire=$(fields "$lab/WIRE.pcapng" esp ip.src esp.spi esp.sequence frame.comment frame.interface_name)
counted "wire" 6 "$wire"
counted "sent" 3 "$(grep -E '^10.0.0.1.*: sent	GigabitEthernet0/1$' <<<"$wire")"
counted "decrypted" 3 "$(grep -E '^10.0.0.2.*: decrypted	GigabitEthernet0/1$' <<<"$wire")"
while read -r _ spi sequence comment; do
	text="SPI 0x$(printf %08X "$spi"), sequence $((sequence)): "
	[ "${comment#"$text"}" != "$comment" ] || fail "$spi $sequence is said to be: $comment"
	grep -q "$(printf %X "$spi")" <<<"$spis" || fail "$spi is no SA of ours"
done <<<"$wire"
directions=$(fields "$lab/WIRE.pcapng" 'esp && frame.packet_flags_direction == 1' ip.src | sort -u)
[ "$directions" = 10.0.0.2 ] || fail "inbound are: $directions"

# in the words of IOS
says 'show monitor capture WIRE buffer brief'
port='GigabitEthernet0/1' number='SPI 0x[0-9A-F]{8}, sequence [0-9]+:'
way='10\.0\.0\.1 +-> +10\.0\.0\.2 +0 +BE +(ESP|UDP)'
grep -Eq "^ *0 +[0-9]+ +0\.000000 +$way +$port out $number sent$" \
	<<<"$said" || fail "brief says:"$'\n'"$said"
says 'show monitor capture PLAIN buffer detailed'
grep -Eq '^  0000: 45[0-9A-F]{6} ' <<<"$said" || fail "detailed says:"$'\n'"$said"
says 'show monitor capture PLAIN'
is "the status" "
Status Information for Capture PLAIN
  Target Type:
   Interface: GigabitEthernet0/1, Direction: both, View: plain
   Status : Inactive
  Filter Details:
   Access-list: 150
  Buffer Details:
   Buffer Type: LINEAR (default)
   Buffer Size (in MB): 10
   Packets in buffer: 6, dropped: 0
  Limit Details:
   Number of Packets to capture: 0 (no limit)
   Number of Bytes to capture: 0 (no limit)
   Packet Capture duration: 0 (no limit)"

# what is discarded says why: ESP of nobody's SA
says 'monitor capture WIRE clear'
says 'monitor capture WIRE limit packets 1'
says 'monitor capture WIRE start'
in_ns "$b" /usr/bin/python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 50)
s.sendto(bytes.fromhex("12345678" "00000009") + bytes(40), ("10.0.0.1", 0))'
expect 5 "the end of the capture" culvert_shows left 'show monitor capture WIRE' 'Inactive'
says "monitor capture WIRE export $lab/drop.pcapng"
dropped=$(fields "$lab/drop.pcapng" esp frame.comment)
[ "$dropped" = "SPI 0x12345678, sequence 9: dropped, esp.no_sa: SPI belongs to no SA" ] ||
	fail "the discarded packet is said to be: $dropped"
says 'no monitor capture WIRE'
said=$(culvert_do left 'show monitor capture WIRE' 2>&1) && fail "it is still there"
culvert_shows left 'show logging' '%BUFCAP-6-ENABLE: Capture Point WIRE enabled\.' ||
	fail "the log does not say who captures"

# an ASA: both views in one, by a match for both directions
cat >"$lab/asa" <<-EOF
	terminal dialect asa
	capture CAP interface $port include-decrypted match icmp 192.168.1.0 255.255.255.0 any
	show capture
EOF
said=$("$programs/culvert" --run-dir "$lab/left.run" -f "$lab/asa" 2>&1) || fail "asa: $said"
grep -q "^capture CAP type raw-data include-decrypted interface $port \[Capturing - 0 bytes\]$" \
	<<<"$said" || fail "show capture says: $said"
sleep 1 # the worker has begun
in_ns "$ha" ping -c 1 192.168.2.2 >/dev/null || fail "the ping was lost"
printf '%s\n' 'terminal dialect asa' 'show capture CAP' >"$lab/count"
captured_two()
{
	"$programs/culvert" --run-dir "$lab/left.run" -f "$lab/count" | has '^2 packets captured$'
}
expect 10 "two packets in CAP" captured_two
cat >"$lab/asa" <<-EOF
	terminal dialect asa
	show capture CAP
	copy /pcap capture:CAP $lab/asa.pcapng
	no capture CAP
EOF
said=$("$programs/culvert" --run-dir "$lab/left.run" -f "$lab/asa" 2>&1) || fail "asa: $said"
grep -q '^2 packets captured$' <<<"$said" || fail "show capture CAP says: $said"
way='192\.168\.1\.2 > 192\.168\.2\.2'
grep -Eq "^   1: [0-9:]+\.[0-9]{6}       $way: icmp: echo request \($number encrypted\)$" \
	<<<"$said" || fail "show capture CAP says: $said"
counted "copied" 2 "$(fields "$lab/asa.pcapng" icmp ip.src)"

# debug packet: the same, a line each; packets pass as ever
cat >"$lab/debug" <<-EOF
	debug packet
	ping 192.168.2.2 source 192.168.1.1 repeat 2
EOF
said=$({
	cat "$lab/debug"
	sleep 2
	echo "undebug all"
} | "$programs/culvert" --run-dir "$lab/left.run" 2>&1) || fail "debug packet: $said"
way='192\.168\.1\.1 > 192\.168\.2\.2: icmp: echo request, 100 bytes'
grep -Eq "PACKET: $port out plain: $way: $number encrypted" \
	<<<"$said" || fail "debug packet says: $said"
way='10\.0\.0\.1(\.4500)? > 10\.0\.0\.2(\.4500)?: (ip-proto-50|esp in udp)'
grep -Eq "PACKET: $port out encrypted: $way" <<<"$said" ||
	fail "debug packet says: $said"

# and the log has its file, in a folder beside the configuration
grep -q '%CRYPTO-5-SESSION_STATUS: Crypto tunnel is UP' "$lab/left.conf.log/events" ||
	fail "the log file holds: $(cat "$lab/left.conf.log/events" 2>&1)"
! grep -q 'BUFCAP-6' "$lab/left.conf.log/events" || fail "the log file has lines of another level"
