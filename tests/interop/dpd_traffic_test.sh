#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario D6: a firewall between the ends drops IKE while ESP flows. Traffic is proof of life: the
# tunnel stays as long as it flows, and ends when it stops; without dead peer detection it stays.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === M (drops UDP 500) === 10.0.0.2 culvert --- HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
expects_diagnosis DPD-DEAD # the firewall swallows IKE, then nothing flows
lab_switch
firewall()
{
	in_ns "$m" nft "$@"
}
keepalive="crypto isakmp keepalive 10 2 periodic"
culvert_conf left more="$keepalive" >"$lab/left.conf"
culvert_conf right more="$keepalive" >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

firewall add table bridge wall
firewall add chain bridge wall forward '{ type filter hook forward priority 0; }'
firewall add rule bridge wall forward udp dport 500 counter drop
before=$(culvert_spis left)
ping_start ping "$ha" 192.168.2.2 0.5
sleep 40
expect_lossless ping 70
[ "$(culvert_spis left)" = "$before" ] || fail "the tunnel was given up while traffic flowed"
culvert_shows left 'show crypto isakmp sa' QM_IDLE || fail "the IKE SA was given up"

# silence: now nothing proves that the peer lives
expect 40 "the SAs of a peer that is silent to go" \
	sh -c "! '$programs/culvert' --run-dir '$lab/left.run' -c 'show crypto isakmp sa' |
		grep -q QM_IDLE"
[ -z "$(culvert_spis left)" ] || fail "IPsec SAs are left"
grep 'dead peer detection got no answer' "$lab/left.log" || fail "the log does not say why"

# without dead peer detection nobody asks, and nothing ends
firewall flush ruleset
for end in left right; do
	stop $end
	culvert_conf $end >"$lab/$end.conf"
done
culvert_start right "$b" "$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
expect 15 "an answer through the tunnel again" answers "$ha" 192.168.2.2
before=$(culvert_spis left)
capture wire "$m" port-a udp port 500
sleep 30
[ "$(culvert_spis left)" = "$before" ] || fail "an SA ended without dead peer detection"
stop wire INT
[ "$(captured wire isakmp)" = 0 ] || fail "somebody asks though dead peer detection is off"
