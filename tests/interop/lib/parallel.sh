# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Tunnels with an SA pair for each of three classes (EF, AF11 and the rest) or for each worker.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "${BASH_SOURCE[0]}")/culvert.sh"

# shellcheck disable=SC2034 # for those who source this
CLASSES="class-map VOICE
 match dscp ef
class-map DATA
 match dscp af11
policy-map P
 class VOICE
  priority 100000
 class DATA
  bandwidth 100000
interface GigabitEthernet0/1
 bandwidth 1000000
 service-policy output P"

# parallel_pairs NAME in|out: "LANE PACKETS" of every SA, the newest first
parallel_pairs()
{
	culvert_do "$1" 'show crypto ipsec sa | json' | /usr/bin/python3 -c '
import json, sys
for interface in json.load(sys.stdin)["interfaces"]:
    for block in interface["blocks"]:
        for sa in block[sys.argv[1] + "bound_esp"]:
            print(sa["lane"] or "-", sa["packets"])' "$2"
}

# parallel_count NAME N: whether it has so many SAs to send on
parallel_count()
{
	[ "$(parallel_pairs "$1" out | wc -l)" = "$2" ]
}

# parallel_carried NAME in|out LANE: packets of the SAs of a lane
parallel_carried()
{
	parallel_pairs "$1" "$2" |
		awk -v lane="$3" '$0 ~ "^" lane " " { n += $NF } END { print n + 0 }'
}

# parallel_refusals NAME: how often it logged that the peer wants one pair
parallel_refusals()
{
	grep -c PARALLEL_SA_REFUSED "$lab/$1.log" || true
}

# pings_of_classes NAMESPACE ADDRESS: ten of each class, all answered
pings_of_classes()
{
	local tos
	for tos in 0xb8 0x28 0; do
		rm -f "$lab/pings.log"
		pings pings "$1" "$2" 10 -Q $tos
	done
}

# expect_classes NAME: each class went out on a pair of its own
expect_classes()
{
	local lane
	for lane in VOICE DATA class-default; do
		[ "$(parallel_carried "$1" out "class $lane")" -ge 10 ] ||
			fail "$1 sent nothing on the pair of $lane"
	done
}
