#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Answers of a RADIUS server that were forged on the way (Blast-RADIUS, CVE-2024-3596) let nobody
# in, and the log says what is wrong; an old server that sends no Message-Authenticator needs the
# line that says so. Then what happens to sessions when culvert-iked dies, is started again and
# ends: stops for what was forgotten, and the appliance off and on. Guessed passwords have to
# wait.
#
#   culvert 10.0.0.1 === 10.0.0.2 vpnc
#   freeradius 127.0.0.1:1812, forger 127.0.0.1:1822 in the namespace of culvert

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
expects_diagnosis RA-XAUTH RA-AAA-TIMEOUT # forged answers, guessed passwords
command -v vpnc >/dev/null || skip "vpnc is not installed"
command -v freeradius >/dev/null || skip "freeradius is not installed"
topology
address "$b" outside 10.0.0.2/24

# hub PORT MORE: a hub that asks a server at this port, with these lines more of it
hub()
{
	client_hub 'group radius local' "username bob secret locksmith
radius server main
 address ipv4 127.0.0.1 auth-port $1
 key sec,ret:1
 timeout 2
 retransmit 0
$2
aaa accounting network ACC start-stop group radius
crypto map MAP client accounting list ACC" >"$lab/hub.conf"
	: >"$lab/hub.log"
	culvert_start hub "$a" "$lab/hub.conf"
}

logged()
{
	culvert_shows hub 'show logging' "$1"
}

# a reject that has become an accept on the way
radius_conf
radius_start
spawn forger "$a" /usr/bin/python3 "$(dirname "$0")/lib/radius_forger.py" 1822 1812 sec,ret:1
hub 1822 ''
client_start forged "$b" alice wrong
expect 15 "vpnc to give up" is_gone forged
! client_up forged || fail "a forged Access-Accept was believed"
logged 'RADIUS_DEAD: .*its answers lack a Message-Authenticator' ||
	fail "the log does not say what is wrong with the answers"
stop hub

# the same, where the configuration says that it is to be believed: the forger does forge
hub 1822 ' message-authenticator optional'
grep -q 'CVE-2024-3596' "$lab/hub.log" || fail "no warning about message-authenticator optional"
client_start believed "$b" alice wrong
expect 15 "a tunnel by a forged answer" client_up believed
client_stop believed
stop hub
stop forger

# an old server, straight
radius_stop
radius_conf unsealed
radius_start
hub 1812 ''
client_start old "$b" alice radius-only
expect 15 "vpnc to give up" is_gone old
! client_up old || fail "an answer without Message-Authenticator was believed"
stop hub
hub 1812 ' message-authenticator optional'
client_start old "$b" alice radius-only
expect 15 "a tunnel with an old server" client_up old
client_stop old
stop hub
radius_stop

# the sessions of a crashed culvert-iked are stopped by the next one
radius_conf
radius_start
rm -f "$lab/radlog/detail"
hub 1812 ''
expect 5 "Accounting-On" radius_records Accounting-On
client_start alice "$b" alice radius-only
expect 15 "a tunnel for alice" client_up alice
expect 5 "an accounting start" radius_record Start alice
iked=$(pgrep -P "$(pid_of hub)" culvert-iked) || fail "no culvert-iked"
kill -KILL "$iked"
expect 15 "a stop for alice" radius_record Stop alice
radius_field Stop Acct-Terminate-Cause NAS-Error || fail "the cause of the end"
two_ons()
{
	[ "$(radius_records Accounting-On | wc -l)" = 2 ]
}
expect 5 "Accounting-On again" two_ons
client_stop alice KILL

# a clean end: a stop for everybody, then off, and nothing is left
client_start again "$b" alice radius-only
expect 20 "a tunnel for alice again" client_up again
rm -f "$lab/radlog/detail"
stop hub
radius_record Stop alice >/dev/null || fail "no stop at the end"
radius_records Accounting-Off >/dev/null || fail "no Accounting-Off"
client_stop again KILL

# wrong passwords: some at once, then nobody is asked any more
hub 1812 ''
asked()
{
	grep -c 'Received Access-Request' "$lab/radius.log"
}
before=$(asked)
for i in 1 2 3 4 5 6 7 8; do
	client_start "guess$i" "$b" alice "guess$i"
	expect 15 "vpnc to give up" is_gone "guess$i"
done
[ $(($(asked) - before)) -le 7 ] || fail "$(($(asked) - before)) guesses were asked about"
logged 'Authentication FAILED User=alice .*too many wrong passwords' ||
	fail "no line for a guess that was held back"
culvert_shows hub 'show aaa servers' 'logins held back: [1-9]' || fail "held logins are not counted"
! grep -rE 'radius-only|locksmith|sec,ret|guess1' "$lab"/hub.log || fail "a secret is in the log"
