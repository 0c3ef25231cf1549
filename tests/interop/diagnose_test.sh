#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A key that differs is named by the one command an operator types, in the log, in debug and to a
# client that watches; it clears when the key is right, and a tunnel that works raises nothing.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
expects_diagnosis P1-PSK # the fault
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
ike=$(swan_ike 'aes 256' sha256 14)
esp=$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)
SWAN_PSK=wrong swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 "$ike" "$esp" \
	>"$lab/wrong.conf"
swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 "$ike" "$esp" >"$lab/right.conf"
culvert_conf left >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"
swan_start peer "$b" "$lab/wrong.conf"

culvert_shows left 'show crypto diagnose' 'Nothing is wrong that can be seen from here' ||
	fail "something is wrong before anybody has spoken"
spawn watch "$a" python3 "$tree/docs/examples/watch_diagnoses.py" "$lab/left.run/api.sock"
in_ns "$ha" ping -n -q -c 20 -i 0.5 -W 1 192.168.2.2 >/dev/null && fail "a ping crossed"
expect 40 "the fault by its name" culvert_shows left 'show crypto diagnose' 'down .* P1-PSK'
culvert_shows left 'show crypto diagnose' 'Type: crypto isakmp key <key> address 10.0.0.2' ||
	fail "it does not say what to type"
culvert_shows left 'show crypto diagnose peer 10.0.0.2 detail' 'Saw: ' ||
	fail "it does not say what it saw"
culvert_shows left 'show crypto diagnose detail' 'phase 1 as initiator, main' ||
	fail "it does not tell the negotiation"
culvert_do left 'show crypto diagnose | json' | python3 -m json.tool >"$lab/json" ||
	fail "that is no JSON"
grep -q '"code": "P1-PSK"' "$lab/json" || fail "the JSON has no code"
grep -q 'CRYPTO-4-DIAGNOSIS: P1-PSK, peer 10.0.0.2' "$lab/left.log" || fail "the log is silent"
[ "$(grep -c 'CRYPTO-4-DIAGNOSIS: P1-PSK' "$lab/left.log")" = 1 ] || fail "it was told again"
[ "$(culvert_do left 'show crypto diagnose' | grep -c 'P[12]-[A-Z-]*:')" = 1 ] ||
	fail "there is more than one cause"

swan_reload peer "$lab/right.conf"
culvert_do left "clear crypto isakmp"
expect 30 "an answer through the tunnel" answers "$ha" 192.168.2.2
expect 20 "the end of the diagnosis" culvert_shows left 'show crypto diagnose' \
	'Nothing is wrong that can be seen from here'
culvert_shows left 'show crypto diagnose' '10.0.0.2 .* up ' || fail "the tunnel is not shown as up"
expect 5 "the event of it" grep -q 'cleared.*P1-PSK' "$lab/watch.log"
grep -q 'appeared.*P1-PSK' "$lab/watch.log" || fail "a client that watches heard nothing"
stop watch
