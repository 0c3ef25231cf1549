#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `test crypto peer` and `test crypto path` with strongSwan: beside SAs in use, which go on; a way
# that swallows large packets is found and told, and so is one on which they pass again.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
expects_diagnosis P1-NO-ANSWER P1-PSK MTU-PROBE MTU-BLACKHOLE DPD-BLOCKED # each of its faults
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
culvert_conf left >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/peer.conf"

# says COMMAND: what the shell prints, in $said
says()
{
	said=$(culvert_do left "$1" 2>&1) || true
}

has()
{
	grep -qE "$1" <<<"$said" || fail "$2: $said"
}

lacks()
{
	! grep -qE "$1" <<<"$said" || fail "$2: $said"
}

ike_sas()
{
	swan_do peer --list-sas 2>/dev/null | grep -c '^culvert: .*ESTABLISHED' || true
}

has_ike_sas()
{
	[ "$(ike_sas)" = "$1" ]
}

says 'test crypto peer 10.0.0.9'
has 'names peer 10\.0\.0\.9' "a peer that is not configured"

# nobody is there
says 'test crypto peer 10.0.0.2'
has 'phase 1 no answer, quick mode not run' "no peer"
has '^    P1-NO-ANSWER: ' "no peer"

# no SA yet: quick mode too, and nothing is left of it
swan_start peer "$b" "$lab/peer.conf"
says 'test crypto peer 10.0.0.2'
has '^Peer 10\.0\.0\.2: phase 1 up, quick mode up$' "a peer without SAs"
has 'Chosen: AES-CBC-256 SHA256 pre-share group 14' "the offer that was taken"
has 'Its identity: .*10\.0\.0\.2' "who it is"
has 'Nothing is wrong' "a peer without SAs"
culvert_is_idle left || fail "an SA is left"
expect 5 "no IKE SA at the peer" has_ike_sas 0
! grep -q 'N(INITIAL_CONTACT)' "$lab/peer.swan/charon.log" || fail "INITIAL-CONTACT was sent"

# beside SAs in use
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
spis=$(culvert_spis left)
conn=$(culvert_do left 'show crypto isakmp sa' | grep QM_IDLE)
count=$(culvert_count left encaps)
says 'test crypto peer 10.0.0.2'
has 'phase 1 agreed, quick mode not run: 1 SA pair is up, and goes on$' "beside SAs"
has 'Not tried: key or certificate, identities, and all of quick mode' "what was not tried"
lacks 'Nothing is wrong that can be seen from here' "not all was tried"
expect 5 "one IKE SA at the peer" has_ike_sas 1
answers "$ha" 192.168.2.2 || fail "the tunnel does not carry any more"
[ "$(culvert_spis left)" = "$spis" ] || fail "the SAs are others"
[ "$(culvert_do left 'show crypto isakmp sa' | grep QM_IDLE)" = "$conn" ] || fail "another IKE SA"
[ "$(culvert_count left encaps)" -ge "$count" ] || fail "counters have gone back"

# a good way
says 'test crypto path 10.0.0.2'
has '^UDP 500: +passes$' "UDP 500"
has '^UDP 4500: +passes$' "UDP 4500"
has '^ESP: +passes, in UDP 4500: ' "ESP"
has '^Largest packet: +1422 bytes with DF, from 192\.168\.1\.1 to 192\.168\.2\.1$' "the size"
has '^    MTU-PROBE: Largest DF packet through the tunnel: 1422\.$' "the size as a sentence"
lacks 'MTU-BLACKHOLE' "a good way"

# one that swallows what is larger than 1300 bytes
in_ns "$b" nft -f - <<-EOF
	table ip narrow {
	  chain in {
	    type filter hook prerouting priority -300
	    udp dport 4500 ip length > 1300 drop
	  }
	}
EOF
says 'test crypto path 10.0.0.2 inside 192.168.2.2'
has '^Largest packet: +1230 bytes with DF' "a narrow way"
has '^Lost: +1231 bytes and more' "a narrow way"
has '^    MTU-BLACKHOLE: ' "a narrow way"
says 'show crypto diagnose'
has 'MTU-BLACKHOLE' "what show crypto diagnose knows"
says 'test crypto path 10.0.0.2 inside 192.168.2.77'
has '^Largest packet: +not known: nobody answered from inside' "nobody inside"
says 'test crypto path 10.0.0.2 inside 192.168.9.9'
has 'not known: the address is behind no tunnel' "an address behind no tunnel"
in_ns "$b" nft delete table ip narrow

# its ports
in_ns "$b" nft -f - <<-EOF
	table ip closed {
	  chain in {
	    type filter hook prerouting priority -300
	    udp dport 500 drop
	  }
	}
EOF
says 'test crypto path 10.0.0.2 | json'
has '"udp500": "no answer"' "UDP 500 closed"
has '"udp4500": "passes"' "UDP 500 closed"
has '"largest": 1422' "UDP 500 closed"
in_ns "$b" nft delete table ip closed
says 'show crypto diagnose'
lacks 'MTU-BLACKHOLE' "the way is good again"
[ "$(culvert_spis left)" = "$spis" ] || fail "the SAs are others"

# another key
SWAN_PSK=another swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
	"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
	>"$lab/other.conf"
swan_reload peer "$lab/other.conf"
says 'test crypto peer 10.0.0.2'
has '^Peer 10\.0\.0\.2: phase 1 failed' "another key"
has '^    P1-PSK: ' "another key"
