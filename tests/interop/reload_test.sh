#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `reload`: another culvert-iked takes over while numbered packets go through a tunnel with
# strongSwan. None is lost, and strongSwan notices nothing: DPD, a rekey of the IPsec SA and DELETEs
# of either end work under the same ISAKMP SA. The same when culvert-iked is killed.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
# shellcheck source=tests/interop/lib/numbers.sh
. "$(dirname "$0")/lib/numbers.sh"
lab_test
topology
swan_site 'dpd_delay = 2s
	dpd_timeout = 8s' 'crypto isakmp keepalive 10 2 periodic'

other_iked()
{
	local now
	now=$(iked_of left) && [ -n "$now" ] && [ "$now" != "$1" ]
}
established()
{
	grep -c "$1 established" "$lab/peer.charon.log" || true
}
acks()
{
	grep -c "N(DPD_ACK)" "$lab/peer.charon.log" || true
}
more_acks()
{
	[ "$(acks)" -ge "$1" ]
}
renewed_at_peer()
{
	[ "$(established 'CHILD_SA net{[0-9]*}')" -gt "$1" ]
}

# handed_over HOW...: another process, and the same SAs
handed_over()
{
	local first spis
	first=$(iked_of left)
	spis=$(culvert_spis left)
	"$@" || fail "$* failed"
	expect 15 "another culvert-iked after $1" other_iked "$first"
	expect 15 "an answer of it" culvert_do left 'show version'
	[ "$(culvert_spis left)" = "$spis" ] || fail "other SAs after $1"
	culvert_shows left 'show crypto isakmp sa' QM_IDLE || fail "no ISAKMP SA after $1"
}
killed()
{
	sleep 2 # the vault is written a moment after a change
	kill -9 "$(iked_of left)"
}

numbers_start 20 50 192.168.1.2 192.168.2.2
"$programs/culvert" --run-dir "$lab/left.run" -c 'configure terminal' -c 'hostname unsaved' ||
	fail "not configured"
handed_over culvert_do left reload
culvert_shows left 'show running-config' 'hostname unsaved' || fail "what was not saved is lost"

# quick modes of the peer and a second hand-over, by kill -9
renewals=$(established 'CHILD_SA net{[0-9]*}')
swan_do peer --rekey --child net >/dev/null || fail "the peer does not rekey"
expect 10 "a renewal of the peer" renewed_at_peer "$renewals"
handed_over killed
renewals=$(established 'CHILD_SA net{[0-9]*}')
swan_do peer --rekey --child net >/dev/null || fail "the peer does not rekey again"
expect 10 "another renewal of the peer" renewed_at_peer "$renewals"
numbers_end 60
[ "$(established 'IKE_SA culvert\[[0-9]*\]')" = 1 ] || fail "phase 1 was negotiated anew"

# without traffic either end looks after the other, and neither finds it dead
seen=$(acks)
sleep 14
more_acks $((seen + 4)) || fail "DPD is not answered: $seen, then $(acks)"
swan_has peer INSTALLED || fail "the peer gave the tunnel up"

# goodbyes: ours is understood, the peer's is ours
culvert_do left 'clear crypto sa' >/dev/null
expect 5 "the DELETE at the peer" sh -c "! swanctl --list-sas --uri \
	unix://$lab/peer.swan/charon.vici 2>/dev/null | grep -q INSTALLED"
expect 10 "an answer again" answers "$ha" 192.168.2.2
[ "$(established 'IKE_SA culvert\[[0-9]*\]')" = 1 ] || fail "a new phase 1 for a new pair"
handed_over culvert_do left reload
swan_do peer --terminate --ike culvert >/dev/null || fail "the peer does not end it"
expect 5 "the peer's DELETE here" culvert_is_idle left

# later, or not after all
culvert_do left 'reload in 5' | grep -q 'scheduled in' || fail "not scheduled"
culvert_do left 'reload cancel' | grep -q 'No reload' || fail "not cancelled"
culvert_shows left 'show reload' 'No reload is scheduled' || fail "still scheduled"
