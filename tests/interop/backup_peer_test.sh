#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Scenario D4: two peers in one crypto map entry. The first dies: dead peer detection, then the
# second. It comes back: the next negotiation begins with it again. The first refuses: the second.
#
#                                        +--- 10.0.0.2 strongSwan B (192.168.2.1)
#   HA 192.168.1.2 --- culvert 10.0.0.1 =+
#                                        +--- 10.0.0.3 strongSwan C (192.168.2.1)

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
c=$tag-c m=$tag-m
namespaces+=("$c" "$m")
topology
# the cable between A and B becomes a switch, and C is at it, too
ip -n "$a" link delete outside
ip -n "$m" link add switch type bridge
ip -n "$m" link set dev switch up
for port in a b c; do
	link "${!port}" outside "$m" "port-$port"
	ip -n "$m" link set dev "port-$port" master switch
done
link "$c" inside "$m" behind-c
ike=$(swan_ike 'aes 256' sha256 14)
esp=$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)
for peer in b:2 c:3; do
	ns=${peer%:*}
	router "${!ns}" 192.168.2.1/24 "10.0.0.${peer#*:}/24" 10.0.0.1
	swan_connection "10.0.0.${peer#*:}" 10.0.0.1 192.168.2.0/24 192.168.1.0/24 "$ike" "$esp" \
		>"$lab/$ns.conf"
done
culvert_conf left more_map="set peer 10.0.0.3" more="crypto isakmp key cisco address 10.0.0.3
crypto isakmp keepalive 10 2 periodic" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start b "$b" "$lab/b.conf"
swan_start c "$c" "$lab/c.conf"

uses()
{
	culvert_shows left 'show crypto ipsec sa' "current_peer:? 10.0.0.$1(:4500)?( |$)"
}

expect 20 "an answer of the first peer" answers "$ha" 192.168.2.1
uses 2 || fail "the first peer is not the current one"

stop b KILL
in_ns "$b" ip link delete ipsec0 2>/dev/null || true
since=$SECONDS
expect 60 "an answer of the second peer" answers "$ha" 192.168.2.1
echo "the second peer answers $((SECONDS - since)) s after the first died"
uses 3 || fail "the second peer is not the current one"
grep 'dead peer detection got no answer' "$lab/left.log" || fail "the log does not say why"
[ $((SECONDS - since)) -ge 8 ] || fail "that was not dead peer detection"

rm -f "$lab/b.swan/charon.vici"
swan_start b "$b" "$lab/b.conf"
expect 5 "an answer of the second peer still" answers "$ha" 192.168.2.1
uses 3 || fail "culvert left a peer that works"
culvert_do left 'clear crypto sa' >/dev/null
culvert_do left 'clear crypto isakmp' >/dev/null
expect 30 "an answer of the first peer again" answers "$ha" 192.168.2.1
uses 2 || fail "a new negotiation did not begin with the first peer"

# the first refuses the quick mode: the second is asked at once
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 "$ike" 3des-md5 >"$lab/b.new"
swan_reload b "$lab/b.new"
expect 30 "an answer of the second peer after a refusal" answers "$ha" 192.168.2.1
uses 3 || fail "the second peer is not the current one after a refusal"
