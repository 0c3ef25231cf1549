#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# culvert-stress on the cable between two culverts: what the receiver counts as late, seen and
# forged is what the middle box made of the packets, one by one; nothing is delivered twice.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === left M right === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/stress.sh
. "$(dirname "$0")/lib/stress.sh"
lab_test
expects_diagnosis ESP-HMAC ESP-REPLAY ESP-INV-SPI # the box in the middle
middle
culvert_conf left >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
PACKETS=3000

tos=(0)

# run NAME STRESS_OPTION...: packets through the box, its report and what arrived
run()
{
	local name=$1
	stress_start "$name" --receiver "culvert:$lab/right.run" "${@:2}"
	# also brings the tunnel up: a box that only just came needs no number before the first
	expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
	datagrams_start "$name.hb" "$hb" 192.168.2.2
	datagrams_send "$ha" 192.168.2.2 $PACKETS "${tos[@]}"
	read -r got different <<<"$(datagrams_end "$name.hb")"
	stress_end "$name"
	stress_says "$name" 'flow["received"] >= '$PACKETS || fail "$name: packets went another way"
	stress_says "$name" 'report["agrees"] and got' ||
		fail "$name: the receiver counts otherwise"
	[ "$got" = "$different" ] || fail "$name: $((got - different)) packets were delivered twice"
	echo "ok - $name: $got of $PACKETS delivered"
}

run untouched
[ "$got" = $PACKETS ] || fail "$((PACKETS - got)) packets were lost on an untouched cable"

run duplicate --duplicate 30 --html "$lab/page.html"
[ "$got" = $PACKETS ] || fail "duplicates cost $((PACKETS - got)) packets"
[ "$(grep -c '</svg>' "$lab/page.html")" -ge 5 ] || fail "the page has no plots"
stress_says duplicate 'flow["duplicated"] > 500 and got["seen"] == flow["duplicated"]' ||
	fail "duplicates were not all refused"

run replay --replay 20 --replay-age 200
stress_says replay 'flow["replayed"] > 300 and got["late"] == flow["replayed"]' ||
	fail "replays were not all refused"

run within --reorder 30 --distance 60
[ "$got" = $PACKETS ] || fail "reordering within the window cost $((PACKETS - got)) packets"

run beyond --reorder 5 --model two-path --distance 150
stress_says beyond 'got["late"] > 50 and must(256)["late"] == 0' ||
	fail "reordering beyond the window was not refused"

run forge --forge 20 --forge-ahead
[ "$got" = $PACKETS ] || fail "forged packets cost $((PACKETS - got)) packets"
stress_says forge 'got["auth"] == flow["forged"] > 300' ||
	fail "forged packets were not all refused"

run loss --loss 10 --duplicate 10 --reorder 20 --model geometric --distance 40 --replay 5 --forge 5
stress_says loss 'flow["lost"] > 200 and got["accepted"] < flow["received"]' ||
	fail "nothing was lost"

tos=(184 184 184 0)
run qos --model qos --starve 0 --distance 300
stress_says qos 'got["late"] > 300 and must(512)["late"] == 0' ||
	fail "the starved class lost nothing to the window"

run bottleneck --model qos --starve 0 --rate 2 --queue 3000
stress_says bottleneck 'got["late"] > 300 and must(8192)["late"] == 0' ||
	fail "the scheduler of the bottleneck did not reorder"
