#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `culvert diagnose` over captures of two strongSwans, of which neither is ours: each row is a fault
# of one of them, and what has to be said of it from each end. With CAPTURES=FOLDER the captures
# stay there: so were those made that the unit test reads (tests/fuzz/corpus/fuzz_capture).
#
#   strongSwan 10.0.0.1 === 10.0.0.2 strongSwan

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
SWAN_DAEMON='i_dont_care_about_security_and_use_aggressive_mode_psk = yes
retransmit_timeout = 1
retransmit_base = 1
retransmit_tries = 4
filelog { keys { path = /dev/stdout
  ike = 4
  flush_line = yes } }'
topology
router "$a" 192.168.1.1/24 10.0.0.1/24 10.0.0.2
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1

# left IKE ESP LINES / right the same, as the other one is
left()
{
	swan_connection 10.0.0.1 10.0.0.2 192.168.1.0/24 192.168.2.0/24 "$1" "$2" "${3:-}"
}

right()
{
	swan_connection 10.0.0.2 10.0.0.1 "${4:-192.168.2.0/24}" 192.168.1.0/24 "$1" "$2" "${3:-}"
}

started=no
apply()
{
	if [ "$started" = no ]; then
		swan_start left "$a" "$lab/left.conf"
		swan_start right "$b" "$lab/right.conf"
		started=yes
	else
		swan_reload left "$lab/left.conf"
		swan_reload right "$lab/right.conf"
	fi
}

# codes NAME END [ARGUMENT...]: "CODE CODE", as seen from that end
codes()
{
	"$programs/culvert" diagnose "$lab/$1.pcap" "${@:3}" json |
		python3 -c 'import json, sys
print(*(d["code"] for p in json.load(sys.stdin)["pairs"] for e in p["ends"]
        if e["address"] == sys.argv[1] for d in e["diagnoses"]))' "$2"
}

# keys NAME: the key that strongSwan has written last, as a table of Wireshark
keys()
{
	printf '%s,%s\n' \
		"$(tshark -n -r "$lab/$1.pcap" -c 1 -T fields -e isakmp.ispi 2>/dev/null)" \
		"$(awk '/encryption key Ka =>/ { key = ""; there = 1; next }
			there && / +[0-9]+: / { sub(/.*[0-9]+: /, ""); sub(/  .*/, "")
				key = key $0; next }
			{ there = 0 }
			END { gsub(/ /, "", key); print key }' "$lab/left.log")"
}

# through the tunnel, long enough to miss an answer
traffic()
{
	in_ns "$ha" ping -n -q -c 60 -i 0.3 -W 1 192.168.2.2 >/dev/null || true
}

# row NAME LEFT_CODES RIGHT_CODES [ARGUMENT...]
row()
{
	local name=$1 want_left=$2 want_right=$3 got_left got_right
	shift 3
	apply
	capture "$name" "$a" outside udp or proto 50
	swan_do left --initiate --child net --timeout 6 >>"$lab/left.log" 2>&1 || true
	${during:-sleep 1}
	stop "$name" INT
	[ -z "${CAPTURES:-}" ] || cp "$lab/$name.pcap" "$CAPTURES/"
	got_left=$(codes "$name" 10.0.0.1 "$@")
	got_right=$(codes "$name" 10.0.0.2 "$@")
	echo "$name: 10.0.0.1 [$got_left] 10.0.0.2 [$got_right]"
	if [ "$got_left" != "$want_left" ] || [ "$got_right" != "$want_right" ]; then
		"$programs/culvert" diagnose "$lab/$name.pcap" "$@"
		fail "$name: not [$want_left] [$want_right]"
	fi
}

ike=aes128-sha256-modp2048 esp=aes128-sha256

left $ike $esp >"$lab/left.conf"
right $ike $esp >"$lab/right.conf"
during=traffic
row healthy "" ""
during=
"$programs/culvert" diagnose "$lab/healthy.pcap" | has 'QM3; done' || fail "quick mode is not seen"

right aes128-sha1-modp2048 $esp >"$lab/right.conf"
row policy P1-REJECTED ""

SWAN_PSK=another right $ike $esp >"$lab/right.conf"
row key P1-PSK ""

right $ike aes256-sha1 >"$lab/right.conf"
row transform P2-PEER-REFUSED ""

right $ike $esp "" 192.168.9.0/24 >"$lab/right.conf"
row proxies P2-PEER-REFUSED ""

keys proxies >"$lab/proxies.keys"
[ -z "${CAPTURES:-}" ] || cp "$lab/proxies.keys" "$CAPTURES/"
"$programs/culvert" diagnose "$lab/proxies.pcap" keys "$lab/proxies.keys" |
	tee "$lab/proxies.log" | has 'refused quick mode: INVALID_ID_INFORMATION' ||
	fail "with the key the error is not read"
has '192.168.1.0/24 to 192.168.2.0/24' "$lab/proxies.log" || fail "the proxies are not read"

left $ike $esp "aggressive = yes" >"$lab/left.conf"
right $ike $esp "aggressive = yes" >"$lab/right.conf"
row aggressive "" "" key cisco
"$programs/culvert" diagnose "$lab/aggressive.pcap" key cisco |
	has '10.0.0.2 has the key that was given' || fail "the key is not proved"

SWAN_PSK=another left $ike $esp "aggressive = yes" >"$lab/left.conf"
row aggressive_key "" P1-PSK key cisco
"$programs/culvert" diagnose "$lab/aggressive_key.pcap" key another |
	has '10.0.0.2 has another key' || fail "the other key is taken for its own"
if "$programs/culvert" diagnose "$lab/aggressive_key.pcap" key cisco | has cisco; then
	fail "the key is printed"
fi

left $ike $esp >"$lab/left.conf"
right $ike $esp >"$lab/right.conf"
in_ns "$b" nft -f - <<-EOF || skip "this kernel cannot filter"
	table ip filter {
		chain in {
			type filter hook input priority 0;
			udp dport 4500 @th,64,32 != 0 drop
		}
	}
EOF
during=traffic
row one_way ESP-ONE-WAY-OUT ESP-ONE-WAY-IN
during=
in_ns "$b" nft add rule ip filter in udp dport 500 drop
row silent P1-NO-ANSWER ""
