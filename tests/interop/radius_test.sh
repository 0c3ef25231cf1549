#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# vpnc logs in at culvert, which asks a freeradius: accepted with what the server says of the user
# (address, times, a message), refused, not answered: then the local users are asked, and the server
# is left alone. What the session carried is in the accounts of the server.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 vpnc
#   freeradius 127.0.0.1 in the namespace of culvert

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
expects_diagnosis RA-XAUTH RA-AAA-TIMEOUT # refused logins, and a server that does not answer
command -v vpnc >/dev/null || skip "vpnc is not installed"
command -v freeradius >/dev/null || skip "freeradius is not installed"
topology
address "$b" outside 10.0.0.2/24

# shellcheck disable=SC2119
radius_conf
radius_start
client_hub 'group radius local' 'username bob secret locksmith
username alice secret local-only
radius server main
 address ipv4 127.0.0.1
 key sec,ret:1
 timeout 2
 retransmit 1
aaa accounting network ACC start-stop group radius
crypto map MAP client accounting list ACC' >"$lab/hub.conf"
culvert_start hub "$a" "$lab/hub.conf"

spawn debug "$a" "$programs/culvert" --run-dir "$lab/hub.run" -c 'debug radius'
expect 5 "debug to be on" has -i 'debugging is on' "$lab/debug.log"

# accepted: the address is the server's, not the pool's
client_start alice "$b" alice radius-only
expect 15 "a tunnel for alice" client_up alice
grep -q 'INTERNAL_IP4_ADDRESS=10.9.0.77' "$lab/alice.env" || fail "not the address of the server"
grep -q 'INTERNAL_IP4_DNS=192.168.1.53' "$lab/alice.env" || fail "no DNS server"
grep -q 'CISCO_DEF_DOMAIN=example.org' "$lab/alice.env" || fail "no domain"
culvert_shows hub 'show logging' 'Authentication PASSED User=alice .*Server says: welcome' ||
	fail "the server's message is not in the log"
expect 5 "an answer through the tunnel" answers "$b" 192.168.1.2
in_ns "$b" ping -n -q -c 5 -i 0.1 -W 1 192.168.1.2 >/dev/null || fail "pings through the tunnel"
expect 5 "an accounting start" radius_record Start alice
expect 10 "an accounting update" radius_record Interim-Update alice
culvert_shows hub 'show aaa servers' 'State: current UP' || fail "the server is not shown"
culvert_shows hub 'show crypto session' '10\.9\.0\.77' || fail "the session is not shown"

# what debug radius tells of it, and what not
for line in 'Send Access-Request to 127\.0\.0\.1' 'Access-Accept' \
	'Send Accounting-Request to 127\.0\.0\.1' 'Accounting-[Rr]esponse' '"\?alice'; do
	has "$line" "$lab/debug.log" || fail "debug radius has no \"$line\""
done
has -E 'radius-only|sec,ret|group-key' "$lab/debug.log" && fail "debug radius tells a secret"
echo "ok - debug radius with a live server"

# the end: a stop with octets, and the address is free
client_stop alice
expect 5 "an accounting stop" radius_record Stop alice
radius_field Stop Acct-Terminate-Cause User-Request || fail "the cause of the end"
octets=$(radius_number Stop Acct-Input-Octets)
[ "$octets" -ge 420 ] || fail "only $octets octets were accounted"
culvert_shows hub 'show logging' 'Connection DOWN User=alice ' || fail "no line at the end"

# refused: nobody else is asked, though there is a local alice with this password
client_start wrong "$b" alice local-only
expect 10 "vpnc to give up" is_gone wrong
culvert_shows hub 'show logging' 'Authentication FAILED User=alice .*Reason=413' ||
	fail "no line for the refusal"

has 'Access-Reject' "$lab/debug.log" || fail "debug radius does not tell of the refusal"

# silent: the server is dead, the local users are asked, at once the second time
radius_stop
client_start bob "$b" bob locksmith
expect 20 "a tunnel for bob, a local user" client_up bob
culvert_shows hub 'show logging' \
	'RADIUS_DEAD: RADIUS server 127.0.0.1:1812,1813 is not responding' ||
	fail "the server is not called dead"
grep -q 'INTERNAL_IP4_ADDRESS=10.9.0.1$' "$lab/bob.env" || fail "not the first address of the pool"
client_stop bob
begin=$EPOCHSECONDS
client_start again "$b" bob locksmith
expect 20 "bob again" client_up again
[ $((EPOCHSECONDS - begin)) -le 3 ] || fail "the dead server was asked again"
grep -q 'INTERNAL_IP4_ADDRESS=10.9.0.1$' "$lab/again.env" || fail "bob has another address now"

# back: what nobody took is sent then
radius_start
expect 90 "the accounts of bob" radius_record Stop bob
culvert_shows hub 'show logging' 'RADIUS_ALIVE' || fail "the server is not called alive"
client_stop again

! grep -rE 'radius-only|local-only|locksmith|sec,ret' "$lab"/hub.log ||
	fail "a secret is in the log"
