#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Limits of remote access with real clients (vpnc): a pool that is empty, one login too many, a
# login that replaces the oldest, idle time, the end by command; the address is free again each
# time.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 two vpncs

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
# an empty pool, a second login, and a client that is silent
expects_diagnosis RA-POOL-EMPTY RA-SIM-LOGIN RA-IDLE
command -v vpnc >/dev/null || skip "vpnc is not installed"
topology
address "$b" outside 10.0.0.2/24
users='username alice secret wonderland
username bob secret locksmith'

# hub MORE: a hub with these lines more
hub()
{
	client_hub local "$users
$1" >"$lab/hub.conf"
	: >"$lab/hub.log"
	culvert_start hub "$a" "$lab/hub.conf"
}

logged()
{
	culvert_shows hub 'show logging' "$1"
}

pool_says()
{
	culvert_shows hub 'show ip local pool' "^ POOL .* $1 +$2\$"
}

# one address: the second client gets none, until the first one leaves
hub 'no ip local pool POOL
ip local pool POOL 10.9.0.7'
client_start one "$b" alice wonderland
expect 15 "a tunnel for alice" client_up one
expect 5 "an answer through the tunnel" answers "$b" 192.168.1.2
pool_says 0 1 || fail "the address is not in use"
client_start two "$b" bob locksmith
expect 15 "a line about the pool" logged 'POOL_EMPTY: Pool POOL exhausted'
! client_up two || fail "the second client is up"
client_stop two KILL
client_stop one
expect 5 "the address to be free" pool_says 1 0
client_start two "$b" bob locksmith
expect 15 "a tunnel for bob now" client_up two
client_stop two
stop hub

# one login at a time: the second one of alice is refused, that of bob is not
hub 'crypto isakmp client configuration group vpn
 max-logins 1'
client_start one "$b" alice wonderland
expect 15 "a tunnel for alice" client_up one
client_start two "$b" alice wonderland
expect 15 "a line about the limit" logged 'Session refused User=alice .*max-logins 1'
! client_up two || fail "the second login is up"
client_stop two KILL
client_start three "$b" bob locksmith
expect 15 "a tunnel for bob" client_up three
client_stop three
client_stop one
stop hub

# the second login ends the first
hub 'crypto isakmp client configuration group vpn
 max-logins 1 replace-oldest
 idle-time 5
 banner ^Be careful^
 acl SPLIT
ip access-list extended SPLIT
 permit ip 192.168.1.0 0.0.0.255 any
 permit ip host 172.16.0.1 any'
client_start one "$b" alice wonderland
expect 15 "a tunnel for alice" client_up one
client_start two "$b" alice wonderland
expect 15 "alice again" client_up two
client_stop one KILL
grep -q 'CISCO_BANNER=Be careful' "$lab/two.env" || fail "no banner"
grep -q 'CISCO_SPLIT_INC_0_ADDR=192.168.1.0' "$lab/two.env" || fail "no first network"
grep -q 'CISCO_SPLIT_INC_1_MASK=255.255.255.255' "$lab/two.env" || fail "no second network"
expect 5 "the first login to end" logged \
	'Connection DOWN User=alice .*the same user has logged in again'
pool_says 19 1 || fail "not one address in use"

# and idle time ends the second, which pings put off
in_ns "$b" ping -n -q -c 8 -i 1 -W 1 192.168.1.2 >/dev/null || fail "pings over the idle time"
! logged 'no traffic for the idle time' || fail "the session ended in spite of its traffic"
expect 15 "the idle time to end it" logged \
	'Connection DOWN User=alice .*no traffic for the idle time'
pool_says 20 0 || fail "the address is still in use"
client_stop two KILL

# by command
client_start three "$b" bob locksmith
expect 15 "a tunnel for bob" client_up three
culvert_shows hub 'show crypto session' 'Username: bob' || fail "bob is not shown"
culvert_do hub 'clear crypto session username nobody'
culvert_shows hub 'show crypto session' 'Username: bob' || fail "somebody else's session ended"
culvert_do hub 'clear crypto session username bob'
! culvert_shows hub 'show crypto session' 'Username: bob' || fail "bob is still there"
[ -z "$(culvert_spis hub)" ] || fail "SAs are left"
