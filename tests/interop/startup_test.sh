#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What is missing when culvertd starts is one sentence with the remedy and status 1: the right to
# open devices, an interface, its MTU, huge pages, a core, the program culvert-iked, the run
# directory of another instance. And nothing is left behind.
#
#   A: culvert with `inside` and `outside`

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
culvert_conf left >"$lab/good.conf"

# refuses PATTERN CONFIGURATION [COMMAND...]: status 1, PATTERN in the only error, no leftovers
refuses()
{
	local pattern=$1 conf=$2 status=0
	shift 2
	timeout 20 ip netns exec "$a" "$@" "$programs/culvertd" --config "$conf" \
		--run-dir "$lab/refused.run" >"$lab/refused.out" 2>&1 || status=$?
	[ "$status" = 1 ] || fail "status $status where '$pattern' was expected"
	grep 'culvertd: error:' "$lab/refused.out" >"$lab/errors" ||
		fail "no sentence: $(cat "$lab/refused.out")"
	grep -qE "$pattern" "$lab/errors" || fail "'$pattern' is not in: $(cat "$lab/errors")"
	[ "$(wc -l <"$lab/errors")" = 1 ] || fail "more than one sentence: $(cat "$lab/errors")"
	[ ! -e "$lab/refused.run" ] || fail "the run directory stays after '$pattern'"
	[ -z "$(ip netns pids "$a")" ] || fail "a process stays after '$pattern'"
	echo "ok - $pattern"
}

# changed SED_SCRIPT: the good configuration, changed
changed()
{
	sed "$1" "$lab/good.conf" >"$lab/changed.conf"
	echo "$lab/changed.conf"
}

chmod 644 "$lab/good.conf"
refuses 'start it as root' "$lab/good.conf" setpriv --reuid 65534 --regid 65534 --clear-groups
refuses 'GigabitEthernet0/1: device af_packet nothere: .*no such network interface' \
	"$(changed 's/af_packet outside/af_packet nothere/')"
refuses 'CAP_NET_RAW' "$lab/good.conf" setpriv --bounding-set -net_raw
ip -n "$a" link set outside mtu 1400
refuses 'MTU is 1400, less than 1500: .ip link set dev outside mtu 1500' "$lab/good.conf"
ip -n "$a" link set outside mtu 1500
[ "$(cat /proc/sys/vm/nr_hugepages)" != 0 ] ||
	refuses 'hugepages.*vm.nr_hugepages=' "$(changed 's/^ memory 128/ hugepages on/')"
refuses 'no core 63 here' "$(changed 's/^ memory 128/ worker-cores 63/')"
refuses 'install it beside culvertd' "$lab/good.conf" env CULVERT_IKED=/nothere/culvert-iked
refuses 'memory' "$(changed 's/^ memory 128/ memory 64/')"

# a second instance on the run directory of a living one
culvert_start left "$a" "$lab/good.conf"
if timeout 20 ip netns exec "$b" "$programs/culvertd" --config "$lab/good.conf" \
	--run-dir "$lab/left.run" >"$lab/second.out" 2>&1; then
	fail "two instances share a run directory"
fi
grep -q 'another culvertd (process [0-9]*) runs with --run-dir' "$lab/second.out" ||
	fail "the second one says: $(cat "$lab/second.out")"
culvert_do left 'show version' >"$lab/version" || fail "the first one suffered"

# only the capabilities that af_packet and starting culvert-iked need, for every thread
for status in /proc/"$(pid_of left)"/task/*/status; do
	[ "$(sed -n 's/^CapEff:\t0*//p' "$status")" = 70e0 ] || fail "$(grep Cap "$status")"
done
iked=$(iked_of left)
[ "$(sed -n 's/^CapEff:\t0*//p' "/proc/$iked/status")" = "" ] || fail "culvert-iked has rights"
[ "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$iked/status")" = 1 ] || fail "no_new_privs is not set"

# killed outright it takes culvert-iked with it and leaves a lock that holds nobody up
kill -9 "$(pid_of left)"
expect 8 "the end of culvert-iked" test ! -e "/proc/$iked"
culvert_start left "$a" "$lab/good.conf"
stop left
[ ! -e "$lab/left.run" ] || fail "the run directory stays: $(ls -l "$lab/left.run")"
