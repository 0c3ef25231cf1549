#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two culverts with a pair of SAs for each class: both ends send each class on its own pair, one
# pair is renewed under a running ping, and `clear crypto sa` renews all of them. Then a pair for
# each of two workers, which the other end takes though it has no such line itself.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/parallel.sh
. "$(dirname "$0")/lib/parallel.sh"

# expect_quiet: neither end refused anything
expect_quiet()
{
	[ "$(parallel_refusals left)$(parallel_refusals right)" = 00 ] ||
		fail "an end took something for a refusal"
}

lab_test
topology
for side in left right; do
	culvert_conf $side more="crypto ipsec security-association lifetime kilobytes 2560
$CLASSES" more_map="set security-association per-class" >"$lab/$side.conf"
done
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
for side in left right; do
	expect 10 "three pairs at $side" parallel_count $side 3
done
pings_of_classes "$ha" 192.168.2.2
expect_classes left
expect_classes right

ping_start through "$ha" 192.168.2.2
before=$(culvert_spis left)
in_ns "$ha" ping -n -q -f -s 1300 -c 1900 -Q 0xb8 192.168.2.2 >/dev/null ||
	fail "the flood got no answer"
expect 20 "a new pair" culvert_renewed left "$before"
sleep 5
expect_lossless through 100
for side in left right; do
	expect 10 "three pairs at $side after the renewal" parallel_count $side 3
done
expect_quiet

culvert_do left 'clear crypto sa' >/dev/null
expect 15 "an answer after clear crypto sa" answers "$ha" 192.168.2.2
for side in left right; do
	expect 10 "three pairs at $side after clear crypto sa" parallel_count $side 3
done
expect_quiet
stop left
stop right

[ "$(nproc)" -ge 2 ] || { echo "one core: no pairs per worker"; exit 0; }
culvert_conf left more="platform
 worker-cores 0-1" more_map="set security-association per-worker 2" >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer with a pair for each worker" answers "$ha" 192.168.2.2
expect 10 "two pairs" parallel_count left 2
for worker in 0 1; do
	[ "$(parallel_pairs left out | grep -c "^worker $worker ")" = 1 ] ||
		fail "worker $worker has no pair"
done
[ "$(parallel_pairs right in | wc -l)" = 2 ] || fail "the other end has not taken both"
ping_start workers "$ha" 192.168.2.2
sleep 10
expect_lossless workers 100
parallel_count left 2 || fail "one of the pairs is gone"
expect_quiet
