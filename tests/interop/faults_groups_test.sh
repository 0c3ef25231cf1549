#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Keys in tunnel groups, a list of the interface and packets that turn round, each at another peer
# (tests/interop/faults/groups.ini): what `show crypto diagnose` says is the fault, and no more.
# What is then permitted is not said any longer. A flood of negotiations that are begun and left
# alone, some in the name of peers that are well, is the appliance's own; they come up.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin groups
spawn flood "$b" /usr/bin/python3 "$faults/flood.py" 5 10.0.1.1 10.0.1.2
sleep 2
faults_call
faults_judge 60 || exit 1
if grep -E 'DIAGNOSIS: .*, peer 10\.0\.1\.[12]:' "$lab/left.log"; then
	fail "the flood was laid upon peers that are well"
fi

is_denied()
{
	culvert_shows left 'show access-list OUT' 'deny ip 172\.16\..*(hitcnt=|\()[1-9]' &&
		culvert_shows left 'show logging' '106023.*Deny icmp src outside:172\.16\..*"OUT"'
}
expect 10 "the list to count and tell what it denied" is_denied

is_permitted()
{
	! culvert_shows left 'show crypto diagnose' 'CFG-SYSOPT|CFG-HAIRPIN'
}
printf '%s\n' 'configure terminal' 'sysopt connection permit-vpn' \
	'same-security-traffic permit intra-interface' end >"$lab/lines"
"$programs/culvert" --run-dir "$lab/left.run" <"$lab/lines" >"$lab/lines.log" 2>&1 ||
	fail "$(cat "$lab/lines.log")"
expect 30 "what is permitted to be said no more" is_permitted
