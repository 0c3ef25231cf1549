#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A bad option says its range or what to do, and the exit status is 2.
set -uo pipefail
stress=$1
status=0

# refuses PATTERN ARGUMENT...
refuses()
{
	local pattern=$1 said code
	shift
	said=$("$stress" "$@" 2>&1)
	code=$?
	if [ $code = 2 ] && grep -qE -- "$pattern" <<<"$said"; then
		echo "ok - $*"
	else
		echo "not ok - $*: status $code: $said"
		status=1
	fi
}

refuses 'power of two from 64 to 65536, or 0' --window 100
refuses 'power of two from 64 to 65536, or 0' --window 131072
refuses 'not 1 to 1000000000 packets' --packets 0
refuses 'not 1 to 1000000000 packets' --packets 1e3
refuses 'see --list' --stream nothing
refuses 'see --list' --mutant nothing
refuses 'on or off' --esn perhaps
refuses 'give --window 64 or more' --esn on --window 0
refuses 'esp-gcm, "esp-aes esp-sha-hmac"' --transform esp-des
refuses 'window or path' --receiver both
refuses 'unexpected "more"' more
refuses 'not 0 to 100 percent' wire --loss 101 a b
refuses 'not 0 to 131072 packets' wire --distance 131073 a b
refuses 'not 0 to 131072 packets' wire --replay-age -1 a b
refuses 'DSCP from 0 to 63' wire --starve 0,64 a b
refuses 'uniform, geometric, burst, two-path or qos' wire --model random a b
refuses 'left-to-right or right-to-left' wire --only left a b
refuses 'culvert:RUN_DIR or xfrm:COMMAND' wire --receiver culvert: a b
refuses 'nothing is late' wire --window 0 a b
refuses 'two devices: LEFT RIGHT' wire a
exit $status
