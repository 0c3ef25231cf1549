# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Culverts in namespaces: their configuration, starting them and asking them.

# shellcheck source=tests/interop/lib/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

programs=${CULVERT_BUILD:-$tree/build}/app
# shellcheck disable=SC2034 # lab.sh calls them
about_to_stop=culvert_look at_end=culverts_are_healthy
expected_diagnoses=

# expects_diagnosis CODE...: what this test breaks, as extended regular expressions; whatever else a
# culvert of it says of a tunnel, then or at the end, is a false alarm
expects_diagnosis()
{
	expected_diagnoses+=$(printf '%s\n' '' "$@")
}

# culvert_look NAME: what `show crypto diagnose` says of it, added to $lab/NAME.said
culvert_look()
{
	[ -S "$lab/$1.run/api.sock" ] || return 0
	timeout 10 "$programs/culvert" --run-dir "$lab/$1.run" \
		-c 'show crypto diagnose detail | json' 2>/dev/null |
		grep -oE '"(code|sentence|saw)": ".*"' >>"$lab/$1.said" || true
}

# culvert_watch NAME: looks every few seconds as long as it runs, and beside that there is a client
# that is told of each diagnosis
culvert_watch()
{
	spawn "$1-events" "$a" /usr/bin/python3 "$tree/docs/examples/watch_diagnoses.py" \
		"$lab/$1.run/api.sock"
	while is_running "$1" && sleep 3; do
		culvert_look "$1"
		echo asked >>"$lab/$1.asked"
	done 2>/dev/null &
}

# culvert_said NAME: the codes of every diagnosis that it has logged or shown
culvert_said()
{
	sed -nE -e 's/.*CRYPTO-4-DIAGNOSIS: ([A-Z0-9-]+).*/\1/p' \
		-e 's/.*, Diagnosis ([A-Z0-9-]+)( \(was .*)?: .* -> .*/\1/p' "$lab/$1.log"
	sed -nE 's/^appeared [^ ]+ ([A-Z0-9-]+):.*/\1/p' "$lab/$1-events.log" 2>/dev/null || true
	[ ! -e "$lab/$1.said" ] || sed -nE 's/^"code": "([A-Z0-9-]+)".*/\1/p' "$lab/$1.said"
}

# culverts_are_healthy: no culvert of this test has said anything that is not expected
culverts_are_healthy()
{
	local folder name alarms status=0
	for folder in "$lab"/*.run; do
		name=$(basename "$folder" .run)
		[ -e "$lab/$name.log" ] || continue
		culvert_look "$name"
		alarms=$(culvert_said "$name" | sort -u | grep -vxE "$expected_diagnoses" || true)
		[ -n "$alarms" ] || continue
		echo "FAILED: a false alarm of $name: $alarms"
		grep -hE 'DIAGNOSIS|, Diagnosis ' "$lab/$name.log" || true
		cat "$lab/$name.said" 2>/dev/null || true
		status=1
	done
	return $status
}

# culvert_conf left|right [NAME=VALUE...]: prints a configuration for A or B; the names,
# and what they are when not given, stand in the first lines of the function
culvert_conf()
{
	local side=$1 me=1 peer=2 encryption="aes 256" hash=sha256 group=14 isakmp_lifetime=86400
	local transform="esp-aes 256 esp-sha256-hmac" pfs=no key=cisco more="" more_map="" acl=""
	local inside="af_packet inside" outside="af_packet outside"
	shift
	[ "$side" = left ] || me=2 peer=1
	[ $# = 0 ] || local "$@"
	cat <<-EOF
		hostname $side
		platform
		 memory 128
		crypto isakmp policy 10
		 encryption $encryption
		 hash $hash
		 authentication pre-share
		 group $group
		 lifetime $isakmp_lifetime
		crypto isakmp key $key address 10.0.0.$peer
		crypto ipsec transform-set SET $transform
		ip access-list extended VPN
		 ${acl:-permit ip 192.168.$me.0 0.0.0.255 192.168.$peer.0 0.0.0.255}
		crypto map MAP 10 ipsec-isakmp
		 match address VPN
		 set peer 10.0.0.$peer
		 set transform-set SET
		 $([ "$pfs" = no ] || echo "set pfs group$pfs")
		 $more_map
		interface GigabitEthernet0/0
		 device $inside
		 ip address 192.168.$me.1 255.255.255.0
		interface GigabitEthernet0/1
		 device $outside
		 ip address 10.0.0.$me 255.255.255.0
		 crypto map MAP
		ip route 0.0.0.0 0.0.0.0 10.0.0.$peer
		$more
	EOF
}

# culvert_make_dynamic FILE: of a configuration of culvert_conf, one that does not know its peer
culvert_make_dynamic()
{
	sed -i -e 's/^\(crypto isakmp key .* address\) .*/\1 0.0.0.0 0.0.0.0/' \
		-e 's/^crypto map MAP 10 ipsec-isakmp/crypto dynamic-map DYN 10/' \
		-e '/^ *match address/d' -e '/^ *set peer/d' "$1"
	echo "crypto map MAP 65535 ipsec-isakmp dynamic DYN" >>"$1"
}

# culvert_start NAME NAMESPACE CONFIGURATION_FILE
culvert_start()
{
	[ -x "$programs/culvertd" ] || fail "$programs/culvertd is not built; run scripts/setup"
	spawn "$1" "$2" "$programs/culvertd" --config "$3" --run-dir "$lab/$1.run"
	expect 30 "an answer of culvert $1" culvert_do "$1" 'show version'
}

# culvert_do NAME COMMAND
culvert_do()
{
	"$programs/culvert" --run-dir "$lab/$1.run" -c "$2"
}

# culvert_shows NAME COMMAND PATTERN
culvert_shows()
{
	culvert_do "$1" "$2" | grep -E "$3" >/dev/null
}

# culvert_count NAME WORD: the sum of "#pkts WORD: N" or "#WORD N" over `show crypto ipsec sa`
culvert_count()
{
	culvert_do "$1" 'show crypto ipsec sa' |
		sed -nE "s/.*#(pkts )?$2:? ([0-9]+).*/\2/p" | awk '{ n += $1 } END { print n + 0 }'
}

# culvert_drops NAME: "COUNT REASON" for every reason with a count, sorted by name
culvert_drops()
{
	culvert_do "$1" 'show drops | json' | /usr/bin/python3 -c '
import json, sys
for row in sorted(json.load(sys.stdin)["drops"], key=lambda row: row["name"]):
    if row["count"]:
        print(row["count"], row["name"])'
}

# culvert_spis NAME: the SPIs of its SAs, one a line
culvert_spis()
{
	culvert_do "$1" 'show crypto ipsec sa' | sed -nE 's/^ *spi: (0x[0-9A-Fa-f]+).*/\1/p'
}

# culvert_is_idle NAME: whether it has no IPsec SA
culvert_is_idle()
{
	[ -z "$(culvert_spis "$1")" ]
}

# culvert_renewed NAME SPIS: whether it has a pair that was not among these
culvert_renewed()
{
	[ "$(comm -13 <(sort -u <<<"$2") <(culvert_spis "$1" | sort -u) | wc -l)" -ge 2 ]
}

# iked_of NAME: process id of the culvert-iked that belongs to a culvertd
iked_of()
{
	pgrep -P "$(pid_of "$1")"
}
