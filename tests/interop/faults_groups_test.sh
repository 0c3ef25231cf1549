#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Keys in tunnel groups, each at another peer (tests/interop/faults/groups.ini): what
# `show crypto diagnose` says is the fault, and nothing else. A flood of negotiations that are begun
# and left alone, some in the name of peers that are well, is the appliance's own; they come up.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin groups
spawn flood "$b" /usr/bin/python3 "$faults/flood.py" 5 10.0.1.1 10.0.1.2
sleep 2
faults_call
faults_judge 60
if grep -E 'DIAGNOSIS: .*, peer 10\.0\.1\.[12]:' "$lab/left.log"; then
	fail "the flood was laid upon peers that are well"
fi
