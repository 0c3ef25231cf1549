#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A branch (strongSwan) whose address nobody knows, as from DHCP: a dynamic map takes it; its
# tunnel, list and route come and go with its SAs, also under another address; what is not its own
# is refused; it is never called; a restart of the control plane does not leave a trace of it.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.x strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"

# branch_conf ADDRESS NETWORK
branch_conf()
{
	swan_connection "$1" 10.0.0.1 "$2" 192.168.1.0/24 "$(swan_ike 'aes 256' sha256 14)" \
		"$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)"
}

# move ADDRESS: DHCP gave the branch another one
move()
{
	ip -n "$b" address flush dev outside
	address "$b" outside "$1/24" 10.0.0.1
}

shows_nothing()
{
	! culvert_shows left 'show access-list' dynacl &&
		! culvert_shows left 'show ip route' '192\.168\.2\.0' &&
		! culvert_shows left 'show crypto ipsec sa' 'current_peer'
}

lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.77/24 10.0.0.1
culvert_conf left more="no ip route 0.0.0.0 0.0.0.0 10.0.0.2" \
	more_map="reverse-route
 set reverse-route tag 42" >"$lab/left.conf"
culvert_make_dynamic "$lab/left.conf"
branch_conf 10.0.0.77 192.168.2.0/24 >"$lab/branch.conf"
culvert_start left "$a" "$lab/left.conf"
shows_nothing || fail "there is a tunnel before anybody called"
culvert_shows left 'show crypto map' 'Dynamic map template tag: DYN' ||
	fail "show crypto map does not name the template"
culvert_shows left 'show crypto dynamic-map tag DYN' 'Crypto Map Template"DYN" 10' ||
	fail "show crypto dynamic-map does not show it"

swan_start branch "$b" "$lab/branch.conf"
swan_do branch --initiate --child net >/dev/null
expect 15 "an answer to the branch" answers "$hb" 192.168.1.2
expect 5 "an answer of the branch" answers "$ha" 192.168.2.2
ping_start through "$ha" 192.168.2.2
sleep 2
expect_lossless through 30
culvert_shows left 'show access-list' 'Extended IP access list dynacl1' || fail "no dynacl1"
culvert_shows left 'show access-list' \
	'permit ip 192\.168\.1\.0 0.* 192\.168\.2\.0 0\.0\.0\.255 \([1-9][0-9]* matches\)' ||
	fail "the line of dynacl1 is not there, or does not count"
culvert_shows left 'show crypto map' 'Crypto Map "MAP" 65536 ipsec-isakmp' ||
	fail "no temporary entry"
culvert_shows left 'show crypto ipsec sa' 'current_peer: 10\.0\.0\.77:4500' || fail "no peer"
culvert_shows left 'show crypto ipsec sa' 'flags=\{\}' || fail "flags of a static entry"
culvert_shows left 'show ip route' \
	'S +192\.168\.2\.0/24 \[1/0\] via 10\.0\.0\.77, .*reverse-route tag 42' || fail "no route"

swan_do branch --terminate --ike culvert --force >/dev/null
expect 10 "all of it to be gone" shows_nothing

move 10.0.0.88
branch_conf 10.0.0.88 192.168.2.0/24 >"$lab/branch.conf"
swan_reload branch "$lab/branch.conf"
swan_do branch --initiate --child net >/dev/null
expect 15 "an answer under another address" answers "$ha" 192.168.2.2
culvert_shows left 'show ip route' '192\.168\.2\.0/24 .*via 10\.0\.0\.88' || fail "the old route"
culvert_shows left 'show access-list' 'dynacl2' || fail "no dynacl2"

# without SA a packet calls nobody: the way back is dropped or goes by the routes
swan_do branch --terminate --ike culvert --force >/dev/null
expect 10 "all of it to be gone again" shows_nothing
capture wire "$b" outside udp
answers "$ha" 192.168.2.2 && fail "an answer without a tunnel"
stop wire INT
[ "$(captured wire isakmp)" = 0 ] || fail "the branch was called"

# the LAN here is not behind the branch
branch_conf 10.0.0.88 192.168.1.128/25 >"$lab/branch.conf"
swan_reload branch "$lab/branch.conf"
swan_do branch --initiate --child net >/dev/null 2>&1 && fail "the branch took the LAN here"
grep -q 'may not have 192.168.1.128/25 .*: it is in a network that is connected here' \
	"$lab/left.log" || fail "the log does not say why"

# SAs of a control plane that died are nobody's
branch_conf 10.0.0.88 192.168.2.0/24 >"$lab/branch.conf"
swan_reload branch "$lab/branch.conf"
swan_do branch --initiate --child net >/dev/null
expect 15 "an answer before the restart" answers "$ha" 192.168.2.2
kill -9 "$(ip netns pids "$a" | xargs -r ps -o pid=,comm= -p |
	awk '/culvert-iked/ { print $1; exit }')"
sleep 2
expect 15 "an answer of the new process" culvert_do left 'show version'
expect 10 "nothing of before" shows_nothing
swan_do branch --terminate --ike culvert --force >/dev/null 2>&1 || true
swan_do branch --initiate --child net >/dev/null
expect 15 "an answer after the restart" answers "$ha" 192.168.2.2
