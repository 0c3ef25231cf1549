#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# scripts/demo does what the README promises: exit status 0, QM_IDLE on both ends, no process and no
# namespace left; with --keep it stays up until --down; `qos` prints the table it says.
#
#   left-host --- culvert left === culvert right --- right-host

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
demo=$tree/scripts/demo

leftovers()
{
	ip netns list | grep culvert-demo
	pgrep -f 'run-dir /run/culvert-demo'
	ls -d /run/culvert-demo 2>/dev/null
}

[ -z "$(leftovers)" ] || skip "a demonstration is up on this machine"
"$demo" >"$lab/demo.out" 2>&1 || fail "scripts/demo: $(tail -n 30 "$lab/demo.out")"
grep -q '5 packets transmitted, 5 received' "$lab/demo.out" || fail "the ping did not cross"
[ "$(grep -c QM_IDLE "$lab/demo.out")" -ge 2 ] || fail "QM_IDLE is not shown for both ends"
[ -z "$(leftovers)" ] || fail "scripts/demo leaves behind: $(leftovers)"

"$demo" --keep >"$lab/keep.out" 2>&1 || fail "scripts/demo --keep: $(tail -n 30 "$lab/keep.out")"
answers culvert-demo-ha 192.168.2.2 || fail "--keep does not keep the tunnel"
"$demo" --down || fail "scripts/demo --down"
[ -z "$(leftovers)" ] || fail "scripts/demo --down leaves behind: $(leftovers)"

# NAME: the replay drops of a row
drops()
{
	grep -F "$1" "$lab/qos.out" | awk '{ print $NF }'
}

"$demo" qos >"$lab/qos.out" 2>&1 || fail "scripts/demo qos: $(tail -n 30 "$lab/qos.out")"
[ "$(drops 'one SA    ')" -gt 100 ] || fail "the bottleneck did not reorder"
for row in 'one SA, window' 'an SA per class'; do
	[ "$(drops "$row")" = 0 ] || fail "$row: $(drops "$row") packets were dropped as replays"
done
# a machine that stalls makes a queue in the bottleneck however low the rate
[ "$(drops 'queues before ESP')" -lt 100 ] || fail "what left in order was dropped as replays"
[ -z "$(leftovers)" ] || fail "scripts/demo qos leaves behind: $(leftovers)"
