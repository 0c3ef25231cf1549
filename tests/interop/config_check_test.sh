#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `culvertd --check`: silence and status 0 for the configurations of the demo; for faulty ones a
# status, the line number, the word, and what would be right.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test

checked()
{
	"$programs/culvertd" --check "$1" 2>&1
}

for conf in "$tree"/scripts/demo.d/*.conf; do
	checked "$conf" >"$lab/out" || fail "$conf: $(cat "$lab/out")"
done

# faulty PATTERN LINE...: as the last lines of a good configuration
faulty()
{
	local pattern=$1
	shift
	{
		culvert_conf left
		printf '%s\n' "$@"
	} >"$lab/faulty.conf"
	if checked "$lab/faulty.conf" >"$lab/out"; then
		fail "accepted: $*"
	fi
	grep -qE "$pattern" "$lab/out" || fail "$* gives: $(cat "$lab/out")"
}

last=$(($(culvert_conf left | wc -l) + 1))
faulty ":$last: error:.*encryptoin" 'encryptoin aes'
faulty ":$((last + 1)): error:.*257" 'interface GigabitEthernet0/1' \
	' ip address 257.0.0.1 255.0.0.0'
faulty ":$((last + 1)): error:.*99" 'crypto isakmp policy 20' ' group 99'
faulty ":$last: error:.*10001" 'crypto isakmp policy 10001'
faulty ":$last: error:.*119" 'crypto ipsec security-association lifetime seconds 119'
checked "$lab/missing.conf" >"$lab/out" && fail "a file that is not there is accepted"
grep -q 'missing.conf' "$lab/out" || fail "the missing file is not named: $(cat "$lab/out")"
