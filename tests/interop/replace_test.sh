#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A configuration in place of another, while numbered packets go through a tunnel that both have:
# what drops is told before, only that drops, what is not confirmed comes back, also when
# culvert-iked has died meanwhile; no packet of the other tunnel is lost.
#
#   HA 192.168.1.2 --- left 10.0.0.1 === 10.0.0.2 right --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/numbers.sh
. "$(dirname "$0")/lib/numbers.sh"
lab_test
topology
culvert_conf left acl="permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255
 permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255" >"$lab/left.conf"
culvert_conf right acl="permit ip 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255
 permit ip 192.168.3.0 0.0.0.255 192.168.1.0 0.0.0.255" >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

pairs()
{
	[ "$(culvert_spis left | wc -l)" = $((2 * $1)) ]
}
second_up()
{
	in_ns "$ha" ping -n -q -c 1 -W 1 192.168.3.1 >/dev/null 2>&1
	pairs 2
}
lines()
{
	culvert_shows left 'show running-config' '192.168.3.0'
}
expect 15 "a second tunnel" second_up
numbers_start 80 50 192.168.1.2 192.168.2.2

# a copy that loads again, and is for its owner alone
# a link leads nowhere, and what was there is whole until the new file is
echo mine >"$lab/mine"
ln -s "$lab/mine" "$lab/link"
! culvert_do left "copy running-config $lab/link" >/dev/null || fail "a link was written through"
[ "$(cat "$lab/mine")" = mine ] || fail "what a link leads to was written"
echo old >"$lab/whole.conf"
chmod 644 "$lab/whole.conf"
culvert_do left "copy running-config $lab/whole.conf" | grep -q 'bytes copied' ||
	fail "no copy of the running configuration"
[ "$(stat -c %a "$lab/whole.conf")" = 600 ] || fail "others may read the copy"
grep -q 'key cisco' "$lab/whole.conf" || fail "the copy has no key"
grep -v 192.168.3.0 "$lab/whole.conf" >"$lab/less.conf"

# what would happen, and nothing does
culvert_do left "show archive config differences running-config $lab/less.conf" >"$lab/dry" ||
	fail "no dry run"
grep -q '^ -permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255' "$lab/dry" ||
	fail "the line is not among the differences: $(<"$lab/dry")"
grep -q '^!Tunnels that drop: 1 of 2 up' "$lab/dry" || fail "not told what drops"
grep -q '192.168.1.0/24 -> 192.168.3.0/24  peer 10.0.0.2' "$lab/dry" || fail "not which one"
culvert_do left "show archive config differences running-config $lab/less.conf | count permit" |
	grep -q 1 || fail "no filter for the differences"
pairs 2 || fail "the dry run was none"
culvert_do left "configure replace $lab/less.conf" >"$lab/asked" 2>&1 &&
	fail "nobody was asked and nobody said force"
pairs 2 || fail "something was done without force"

# for a minute: iked dies in it, and the clock goes on
started=$(date +%s)
culvert_do left "configure replace $lab/less.conf list force time 1" >"$lab/replaced" ||
	fail "not replaced: $(<"$lab/replaced")"
grep -q '^  *no permit ip 192.168.1.0' "$lab/replaced" || fail "the commands are not listed"
grep -q 'Rollback Done' "$lab/replaced" || fail "not told that it is done"
pairs 1 || fail "not one pair is left"
sleep 2
kill -9 "$(iked_of left)"
expect 15 "an answer of another culvert-iked" culvert_do left 'show version'
lines && fail "the new process has the configuration of before"
culvert_shows left 'show archive config rollback timer' 'Timer value' || fail "no clock runs"
expect 70 "the configuration from before" lines
[ $(($(date +%s) - started)) -ge 58 ] || fail "it came back too soon"
expect 15 "the second tunnel again" second_up
numbers_end 40

# confirmed, it stays; and what was saved is what comes back with it
culvert_do left 'write memory' | grep -q OK || fail "not saved"
culvert_do left "configure replace $lab/less.conf force time 1" >/dev/null || fail "not replaced"
culvert_do left 'configure confirm' || fail "not confirmed"
culvert_do left 'configure confirm' 2>/dev/null && fail "confirmed twice"
culvert_do left 'show archive config differences' >"$lab/saved" || fail "no differences"
grep -q '^ -permit ip .* 192.168.3.0' "$lab/saved" || fail "the saved line is not missed"
culvert_do left 'copy startup-config running-config' || fail "not copied"
lines || fail "the saved line is not there again"
culvert_do left "copy $lab/less.conf startup-config" | grep -q OK || fail "not copied"
culvert_shows left 'show startup-config' '192.168.3.0' && fail "the old one is saved still"
culvert_shows left 'show startup-config' 'cisco' && fail "a key is shown"
culvert_do left 'write erase' | grep -q complete || fail "not erased"
grep -q 'crypto map' "$lab/left.conf" && fail "a crypto map is left"
"$programs/culvertd" --check "$lab/left.conf" >/dev/null 2>&1 ||
	fail "the appliance would not start with what is left"

# copies with numbers, and lines by their words
culvert_do left 'archive config' 2>/dev/null && fail "archived to nowhere"
"$programs/culvert" --run-dir "$lab/left.run" -c 'configure terminal' -c archive \
	-c "path $lab/copy-\$h" -c 'maximum 2' -c end || fail "no archive"
for n in 1 2 3; do
	culvert_do left 'archive config' | grep -q "copy-left-$n" || fail "no copy $n"
done
[ -e "$lab/copy-left-1" ] && fail "more copies than wanted"
culvert_shows left 'show archive' 'copy-left-3 <- Most Recent' || fail "copies not shown"
"$programs/culvert" --run-dir "$lab/left.run" -c 'terminal dialect asa' -c 'configure terminal' \
	-c 'clear configure crypto map' >"$lab/cleared" || fail "not cleared"
grep -q '^!Tunnels that drop: ' "$lab/cleared" || fail "not told what drops"
expect 5 "no pair" pairs 0
culvert_do left "configure replace $lab/copy-left-3 force" >/dev/null || fail "no way back"
expect 15 "an answer again" answers "$ha" 192.168.2.2
