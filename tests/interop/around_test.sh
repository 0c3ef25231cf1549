#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What a router does around ESP: ARP, echo to its own addresses, TTL, unreachable destinations, and
# forwarding in clear what no crypto map wants.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 --- 10.0.0.2 a plain router --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
address "$b" inside 192.168.9.1/24
culvert_conf left more="no ip route 0.0.0.0 0.0.0.0 10.0.0.2
ip route 192.168.9.0 255.255.255.0 10.0.0.2
ip route 192.168.2.0 255.255.255.0 10.0.0.2" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"

# ping_says PATTERN PING_ARGUMENT...: from HA
ping_says()
{
	local pattern=$1 said
	shift
	said=$(in_ns "$ha" ping -n -c 2 -i 0.2 -W 2 "$@" 2>&1) || true
	grep -qE "$pattern" <<<"$said" || fail "ping $* does not say: $pattern"
}

ping_says ' 0% packet loss' 192.168.1.1
ping_says ' 0% packet loss' 10.0.0.1
expect 5 "forwarding in clear" answers "$ha" 10.0.0.2
ping_says ' 0% packet loss' 192.168.9.1
ping_says 'From 192.168.1.1 .*Time to live exceeded' -t 1 192.168.9.1
ping_says 'From 192.168.1.1 .*Unreachable' 172.16.0.1
ping_says '100% packet loss' 192.168.2.2

culvert_shows left 'show arp' '10\.0\.0\.2 .*outside|10\.0\.0\.2 .*0/1' ||
	fail "show arp does not know 10.0.0.2"
culvert_shows left 'show arp' '192\.168\.1\.2 ' || fail "show arp does not know the host"
culvert_shows left 'show ip route' 'S +192\.168\.9\.0' || fail "show ip route has no static route"
culvert_shows left 'show ip route' 'C +10\.0\.0\.0' || fail "show ip route has no connected route"
culvert_shows left 'show drops' '[1-9][0-9]* .*no SA is up yet' ||
	fail "show drops does not count what waits for an SA"
