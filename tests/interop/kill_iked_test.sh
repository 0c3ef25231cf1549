#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# culvert-iked is killed: traffic of the established SA goes on without a loss, and the process is
# started again, unprivileged as before. The windows outlive it (H154): what was recorded before is
# refused after, to the last packet.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
expects_diagnosis ESP-REPLAY # recorded packets are played back
topology
culvert_conf left >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

other_iked()
{
	local now
	now=$(iked_of left) && [ -n "$now" ] && [ "$now" != "$1" ]
}

# refused: packets below the window or already received
refused()
{
	culvert_drops left | awk '$2 ~ /^esp\.replay_/ { n += $1 } END { print n + 0 }'
}

play_back()
{
	in_ns "$b" /usr/bin/python3 -c '
import socket, sys
from scapy.utils import RawPcapReader
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("outside", 0))
print(sum(s.send(frame) > 0 for frame, _ in RawPcapReader(sys.argv[1])))' "$lab/recorded.pcap"
}

refused_all()
{
	[ "$(refused)" = "$played" ]
}

capture recorded "$a" outside esp and dst 10.0.0.1
ping_start ping "$ha" 192.168.2.2
sleep 1
stop recorded
first=$(iked_of left) || fail "culvertd has no culvert-iked"
[ "$(ps -o user= -p "$first")" = culvert ] || fail "culvert-iked is not run by the user culvert"
kill -9 "$first"
expect 10 "another culvert-iked" other_iked "$first"
expect 10 "an answer of the new one" culvert_do left 'show version'
[ "$(ps -o user= -p "$(iked_of left)")" = culvert ] || fail "the new one is privileged"
sleep 5
expect_lossless ping 60

decaps=$(culvert_count left decaps)
[ "$(refused)" = 0 ] || fail "$(refused) packets were refused that nobody played back"
played=$(play_back)
[ "$played" -ge 10 ] || fail "only $played packets were recorded"
expect 5 "$played packets of before refused" refused_all
[ "$(culvert_count left decaps)" = "$decaps" ] || fail "a packet of before was accepted"
