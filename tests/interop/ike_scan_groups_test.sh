#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# ike-scan tries out the names of groups in aggressive mode (R031, H098): for whatever it offers, a
# group that exists and one that does not get the same answer, or the same refusal, or the same
# silence; and so they do when it asks faster than there are places.
#
#   culvert 10.0.0.1 === 10.0.0.2 ike-scan

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
# each scan is a fault of a client
expects_diagnosis IKE-FLOOD P1-AUTH P1-GROUP P1-POLICY-ENC P1-AG-STUCK RA-GROUP-KEY
command -v ike-scan >/dev/null || skip "ike-scan is not installed"
topology
address "$b" outside 10.0.0.2/24
client_hub local 'username alice secret sesame
crypto isakmp keepalive 10
crypto isakmp fragmentation' >"$lab/hub.conf"
culvert_start hub "$a" "$lab/hub.conf"

# vendor IDs: DPD, XAUTH, Unity, NAT traversal (RFC 3947), fragmentation
vendors=(--vendor=afcad71368a1f1c96b8696fc77570100 --vendor=09002689dfd6b712
	--vendor=12f5f28c457168a9702d9fe274cc0100 --vendor=4a131c81070358455c5728f20e95452f
	--vendor=4048b7d56ebce88525e7de7f00d6c2d3)

# scan NAME ARGUMENT...: what ike-scan prints of the answer but for what is drawn at random, or
# "silence". Its public value is any number, here always the same.
scan()
{
	local name=$1
	shift
	in_ns "$b" ike-scan --sport=0 --randomseed=1 --retry=1 --timeout=3000 --aggressive \
		--id="$name" "$@" 10.0.0.1 >"$lab/scan.log"
	sed -nE 's/(CKY-R|msgid)=[0-9a-f]+//g; s/^10\.0\.0\.1\t//p' "$lab/scan.log" |
		grep . || echo silence
}

# alike EXPECTED ARGUMENT...: the same answer for both, and it is of this kind. Refusals in clear
# are a second apart from each other.
alike()
{
	local expected=$1 known unknown
	shift
	known=$(scan vpn "$@")
	sleep 1.2
	unknown=$(scan vqn "$@")
	sleep 1.2
	[ "$known" = "$unknown" ] || fail "$*: ike-scan sees '$known' or '$unknown'"
	[[ $known == *$expected* ]] || fail "$*: expected '$expected', got '$known'"
}

answer='Aggressive Mode Handshake returned'
for type in 2 3 11; do # FQDN, USER_FQDN, KEY_ID
	alike "$answer" --idtype=$type --dhgroup=14 --trans=7/256,2,65001,14
	alike "$answer" --idtype=$type --dhgroup=14 --trans=7/256,2,1,14
done
alike "$answer" --idtype=11 --dhgroup=14 --trans=7/256,2,65001,14 "${vendors[@]}"
alike "$answer" --idtype=11 --dhgroup=14 --trans=7/256,2,1,14 "${vendors[@]}"
alike "$answer" --idtype=11 --dhgroup=14 --lifetime=60 --trans=7/256,2,65001,14
alike "$answer" --idtype=11 --dhgroup=14 --trans=5,2,1,14 --trans=7/256,2,1,14 \
	--trans=7/256,2,65001,14
# a group of Diffie-Hellman, a method, a cipher that are not configured
alike NO-PROPOSAL-CHOSEN --idtype=11 --dhgroup=2 --trans=7/256,2,65001,2
alike NO-PROPOSAL-CHOSEN --idtype=11 --dhgroup=14 --trans=7/256,2,3,14
alike NO-PROPOSAL-CHOSEN --idtype=11 --dhgroup=14 --trans=5,2,65001,14
alike NO-PROPOSAL-CHOSEN --idtype=11 --dhgroup=14 --trans=7/256,2,64221,14
# an address is not the name of a group
alike silence --idtype=1 --dhgroup=14 --trans=7/256,2,65001,14

# more than there are places: each puts out an old one, and all are answered
for i in {1..6}; do
	for name in vpn vqn; do
		found=$(scan "$name" --idtype=11 --dhgroup=14 --trans=7/256,2,65001,14)
		[[ $found == *$answer* ]] || fail "scan $i of $name at once gets $found"
	done
done
exit 0
