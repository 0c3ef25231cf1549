#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every `show` there is, from the table of the shell itself, as JSON from a box that has something
# to tell: a site, a client that logged in by RADIUS, certificates, queues, conditions of debug.
# Each answer is what lib/rpc/rpc_schema.def says, and none of them is hollow. The example of
# docs/api.md sees the tunnels come.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 ==+== 10.0.0.2 vpnc
#                    freeradius           +== 10.0.0.3 culvert 192.168.3.1

# shellcheck source=tests/interop/lib/ca.sh
. "$(dirname "$0")/lib/ca.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
lab_test
command -v vpnc >/dev/null || skip "vpnc is not installed"
command -v freeradius >/dev/null || skip "freeradius is not installed"
lab_switch
site=$tag-site
namespaces+=("$site")
ip netns add "$site"
ip -n "$site" link set lo up
link "$site" outside "$m" port-site
ip -n "$m" link set dev port-site master switch
ip -n "$site" tuntap add inside mode tap
ip -n "$site" link set inside up
address "$b" outside 10.0.0.2/24

pki=$lab/pki
mkdir -p "$pki" "$lab/hub.conf.pki"
chmod 0700 "$lab/hub.conf.pki"
ca root ec256
gateway hub ec256 root 10.0.0.1
crl root
for part in ca:root.crt crt:hub.crt key:hub.key crl:root.crl; do
	cp "$pki/${part#*:}" "$lab/hub.conf.pki/lab.${part%%:*}"
done

# shellcheck disable=SC2119
radius_conf
radius_start
cat >"$lab/more" <<EOF2
username bob secret locksmith
aaa local authentication attempts max-fail 1
radius server main
 address ipv4 127.0.0.1
 key sec,ret:1
crypto pki trustpoint LAB
 enrollment url file:lab
 revocation-check none
crypto isakmp key site-key address 10.0.0.3 no-xauth
ip access-list extended VPN
 permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255
crypto map MAP 10 ipsec-isakmp
 match address VPN
 set peer 10.0.0.3
 set transform-set SET
class-map match-any VOICE
 match dscp ef
policy-map OUT
 class VOICE
  priority percent 30
 class class-default
  fair-queue
interface GigabitEthernet0/1
 nameif outside
 service-policy output OUT
logging host 10.0.0.2
enable secret open-sesame
EOF2
client_hub 'group radius local' "$(cat "$lab/more")" >"$lab/hub.conf"
cat >"$lab/site.conf" <<EOF2
hostname site
platform
 memory 128
crypto isakmp policy 10
 encryption aes 256
 hash sha
 authentication pre-share
 group 14
crypto isakmp key site-key address 10.0.0.1
crypto ipsec transform-set SET esp-aes 256 esp-sha-hmac
ip access-list extended VPN
 permit ip 192.168.3.0 0.0.0.255 192.168.1.0 0.0.0.255
crypto map MAP 10 ipsec-isakmp
 match address VPN
 set peer 10.0.0.1
 set transform-set SET
interface GigabitEthernet0/0
 device af_packet inside
 ip address 192.168.3.1 255.255.255.0
interface GigabitEthernet0/1
 device af_packet outside
 ip address 10.0.0.3 255.255.255.0
 crypto map MAP
ip route 0.0.0.0 0.0.0.0 10.0.0.1
EOF2
culvert_start hub "$a" "$lab/hub.conf"
culvert_start site "$site" "$lab/site.conf"
spawn watch "$a" /usr/bin/python3 "$tree/docs/examples/watch_tunnels.py" "$lab/hub.run/api.sock" 1
client_start alice "$b" alice radius-only
expect 15 "a tunnel for alice" client_up alice
expect 15 "an answer of the site" culvert_shows site 'ping 192.168.1.2 source 192.168.3.1' \
	'Success rate is [1-9]'
expect 5 "the example to say it" has 'GigabitEthernet0/1 10\.0\.0\.3:500 .*-> UP-ACTIVE' \
	"$lab/watch.log"
expect 5 "the example to name the client" has ' 10\.0\.0\.2:[0-9]* .*-> UP-ACTIVE' "$lab/watch.log"
echo "ok - the example of docs/api.md watches tunnels"

# bob is locked by a wrong password
/usr/bin/python3 - "$lab/hub.run/api.sock" <<EOF2 || fail "no login over the API"
import json, socket, struct, sys
with socket.socket(socket.AF_UNIX) as api:
    api.connect(sys.argv[1])
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "access.login",
                       "params": {"user": "bob", "password": "wrong"}}).encode()
    api.sendall(struct.pack(">I", len(text)) + text)
    sys.exit(b"error" not in api.recv(4096))
EOF2

# and somebody captures
culvert_do hub 'monitor capture CAP interface gi0/1 cipher limit packets 2' ||
	fail "no capture"
culvert_do hub 'monitor capture CAP start' || fail "no capture starts"
culvert_do site 'ping 192.168.1.2 source 192.168.3.1' >/dev/null
expect 5 "captured packets" culvert_shows hub 'show monitor capture CAP' 'Inactive'

# what the startup configuration has not
printf '%s\n' 'configure terminal' 'access-list 77 permit any' end >"$lab/commands"
"$programs/culvert" --run-dir "$lab/hub.run" -f "$lab/commands" >/dev/null || fail "no change"

# the commands as the shell is given them
values=(interface=GigabitEthernet0/1 map=MAP peer=10.0.0.3 section=crypto trustpoint=LAB
	name=MAP 'show access-lists:name=VPN' 'show class-map:name=VOICE' 'show policy-map:name=OUT'
	'show crypto dynamic-map:name=CLIENTS' 'show monitor:name=CAP' 'show capture:name=CAP'
	from=startup-config to=running-config
	"spi=$(culvert_spis hub | head -n 1)")
build=${programs%/app}/tests/interop
"$build/show_schema" rows "${values[@]}" >"$lab/rows"
[ "$(wc -l <"$lab/rows")" -gt 80 ] || fail "only $(wc -l <"$lab/rows") commands"
for dialect in ios asa pix; do
	{
		echo "terminal dialect $dialect"
		echo 'debug crypto condition peer ipv4 10.0.0.3'
		echo 'debug crypto isakmp'
		sed 's/$/ | json/' "$lab/rows"
		echo 'undebug all'
	} >"$lab/commands"
	timeout 60 "$programs/culvert" --run-dir "$lab/hub.run" -f "$lab/commands" >"$lab/answers" \
		2>"$lab/complaints" || true
	[ ! -s "$lab/complaints" ] || { cat "$lab/complaints"; fail "a show does not answer"; }
	# what says that debugging is on is not JSON
	sed -n '/^{/,$p' "$lab/answers" >"$lab/json"
	"$build/show_schema" check <"$lab/json" >"$lab/verdict" ||
		{ cat "$lab/verdict"; fail "an answer in $dialect is not as the schema says"; }
	[ ! -s "$lab/verdict" ] || { cat "$lab/verdict"; fail "this box has nothing to tell"; }
	echo "ok - $(wc -l <"$lab/rows") answers in $dialect are as the schema says"
done
