#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A service policy typed at the prompt of a running culvert: classes count what they carry, voice
# overtakes a full queue, the rate of the shaper holds, the peer drops nothing as a replay, and all
# of it survives the control plane.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology

# counted CLASS FIELD: of the first attachment
counted()
{
	culvert_do left 'show policy-map interface | json' | /usr/bin/python3 -c '
import json, sys
for row in json.load(sys.stdin)["attachments"][0]["classes"]:
    if row["name"] == sys.argv[1]:
        print(row[sys.argv[2]])' "$1" "$2"
}

culvert_conf left >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

"$programs/culvert" --run-dir "$lab/left.run" >"$lab/typed" <<-EOF
	enable
	configure terminal
	class-map match-any VOICE
	 match dscp ef
	policy-map LLQ
	 class VOICE
	  priority percent 20
	 class class-default
	  queue-limit 500
	policy-map UPLINK
	 class class-default
	  shape average 4000000
	  service-policy LLQ
	interface GigabitEthernet0/1
	 service-policy output UPLINK
	end
	write memory
EOF
culvert_shows left 'show policy-map interface' 'Service-policy output: UPLINK' ||
	fail "no service policy: $(cat "$lab/typed")"
culvert_shows left 'show policy-map interface GigabitEthernet0/1' 'target shape rate 4000000' ||
	fail "the shaper is not shown"
! culvert_shows left 'show logging' 'refused|not known' || fail "a service policy was not welcome"

# 8 Mbit/s of best effort into 4 Mbit/s, and voice beside it
spawn flood "$ha" /usr/bin/python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
start = time.monotonic()
sent = 0
while time.monotonic() < start + 8:
    # what is due by the clock: a busy machine sleeps longer
    while sent < (time.monotonic() - start) * 1000:
        s.sendto(bytes(1000), ("192.168.2.2", 9))
        sent += 1
    time.sleep(0.01)'
sleep 2
in_ns "$ha" ping -q -c 100 -i 0.02 -Q 0xb8 192.168.2.2 >"$lab/voice" || true
grep -q ' 0% packet loss' "$lab/voice" || fail "voice was lost: $(cat "$lab/voice")"
/usr/bin/python3 - "$lab/voice" <<-'EOF' || fail "voice waited: $(cat "$lab/voice")"
	import re, sys
	average = float(re.search(r"= [\d.]+/([\d.]+)/", open(sys.argv[1]).read())[1])
	# a full queue of the flood is one second
	sys.exit(average > 250)
EOF
expect 12 "the end of the flood" is_gone flood
[ "$(counted VOICE packets)" -ge 100 ] || fail "class VOICE counted $(counted VOICE packets)"
[ "$(counted VOICE drops)" = 0 ] || fail "class VOICE dropped"
[ "$(counted class-default drops)" -gt 500 ] || fail "the shaper dropped nothing"
[ "$(counted class-default sent_bytes)" -lt 6500000 ] || fail "more than the shaper lets through"
[ "$(counted class-default sent_bytes)" -gt 3000000 ] || fail "less than the shaper lets through"
culvert_shows left 'show policy-map interface' 'raise queue-limit' || fail "no advice"
! culvert_drops right | grep -i replay || fail "the peer dropped packets as replays"

# the other process dies: what it told the data plane is told again, the numbers go on
before=$(counted VOICE packets)
kill -9 "$(iked_of left)"
expect 15 "a new culvert-iked" culvert_shows left 'show policy-map interface' UPLINK
[ "$(counted VOICE packets)" -ge "$before" ] || fail "the counters began anew"
in_ns "$ha" ping -q -c 5 -i 0.1 -Q 0xb8 192.168.2.2 >/dev/null || true
[ "$(counted VOICE packets)" -gt "$before" ] || fail "voice is not counted any more"
culvert_do left 'clear counters'
voice_is_cleared()
{
	[ "$(counted VOICE packets)" = 0 ]
}
expect 10 "cleared counters of classes" voice_is_cleared
