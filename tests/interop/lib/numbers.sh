# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Numbered packets both ways between HA and HB, none lost and none twice.

# shellcheck source=tests/interop/lib/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

# numbers_start SECONDS RATE HA_ADDRESS HB_ADDRESS [HA_ADDRESS HB_ADDRESS]...
numbers_start()
{
	local seconds=$1 rate=$2 go=$lab/numbers.go back=() end
	shift 2
	for ((i = 1; i < $#; i += 2)); do
		back+=("${@:i+1:1}" "${@:i:1}")
	done
	rm -f "$go"
	spawn numbers-b "$hb" "$here/numbers.py" "$go" "$rate" "$seconds" "${back[@]}"
	spawn numbers-a "$ha" "$here/numbers.py" "$go" "$rate" "$seconds" "$@"
	for end in numbers-a numbers-b; do
		expect 20 "$end to listen" grep -q ready "$lab/$end.log"
	done
	touch "$go"
}

# numbers_end SECONDS: waits for both ends so long, and fails when a packet was lost or came twice
numbers_end()
{
	expect "$1" "the end of the numbered packets" is_gone numbers-a
	expect 10 "the end of those the other way" is_gone numbers-b
	awk '
		/^#/ { next }
		{ end = FILENAME ~ /numbers-a/ ? 0 : 1
		  flow = end ? $1 : $2
		  flows[flow]
		  sent[flow, end] = $3; got[flow, end] = $4; different[flow, end] = $5 }
		END {
			for (flow in flows)
				for (end = 0; end < 2; end++) {
					s = sent[flow, end]; g = got[flow, !end]
					d = different[flow, !end]
					printf "%s %s: %d sent, %d lost, %d twice\n",
						flow, end ? "to A" : "from A",
						s, s - d, g - d
					bad += !s || d != s || g != d
				}
			exit bad ? 1 : 0
		}' "$lab/numbers-a.log" "$lab/numbers-b.log" ||
		fail "packets were lost or came twice"
}
