#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every known mistake in a window or an oracle is found, and the case that is named finds it again.
set -uo pipefail
stress=$1
status=0

# finds ARGUMENT...: whether it disagrees, and says where
finds()
{
	said=$("$stress" "$@")
	[ $? = 1 ] && grep -q '^DISAGREES, first at: stream .* packet [0-9]* .* must be ' <<<"$said"
}

while read -r mutant _; do
	if ! finds --receiver window --packets 20000 --mutant "$mutant"; then
		echo "not ok - $mutant is not found"
		status=1
		continue
	fi
	again=$(sed -n 's/^again: culvert-stress //p' <<<"$said")
	if eval "finds $again"; then
		echo "ok - $mutant is found, and again by: $again"
	else
		echo "not ok - $mutant is not found again by: $again"
		status=1
	fi
done < <("$stress" --list | sed '1,/^Mutants/d' | grep '^ ')

if finds --receiver path --stream replay-now --window 64 --esn off --packets 20000 \
	--mutant oracle-deaf; then
	echo "ok - a wrong oracle is found by the whole path"
else
	echo "not ok - a wrong oracle is not found by the whole path"
	status=1
fi
exit $status
