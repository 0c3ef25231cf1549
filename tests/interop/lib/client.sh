# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Remote access: vpnc as the client, a culvert as the hub, freeradius behind it.
# shellcheck disable=SC2154 # lab and the names of namespaces are those of lab.sh

# client_hub METHODS MORE: prints the configuration of a hub for clients of the group `vpn`
client_hub()
{
	cat <<-EOF2
		hostname hub
		platform
		 memory 128
		aaa new-model
		aaa authentication login USERS $1
		aaa authorization network GROUPS local
		ip local pool POOL 10.9.0.1 10.9.0.20
		crypto isakmp client configuration group vpn
		 key group-key
		 pool POOL
		 dns 192.168.1.53
		 domain example.org
		crypto isakmp policy 10
		 encryption aes 256
		 hash sha
		 authentication pre-share
		 group 14
		crypto ipsec transform-set SET esp-aes 256 esp-sha-hmac
		crypto dynamic-map CLIENTS 10
		 set transform-set SET
		crypto map MAP client authentication list USERS
		crypto map MAP isakmp authorization list GROUPS
		crypto map MAP client configuration address respond
		crypto map MAP 65000 ipsec-isakmp dynamic CLIENTS
		interface GigabitEthernet0/0
		 device af_packet inside
		 ip address 192.168.1.1 255.255.255.0
		interface GigabitEthernet0/1
		 device af_packet outside
		 ip address 10.0.0.1 255.255.255.0
		 crypto map MAP
		ip route 0.0.0.0 0.0.0.0 10.0.0.2
		$2
	EOF2
}

# client_start NAME NAMESPACE USER PASSWORD [LINES]: vpnc with the NAT traversal mode $natt, the
# group $client_group and its key $client_key where these are set; its environment goes to
# $lab/NAME.env
client_start()
{
	rm -f "$lab/$1.env"
	cat >"$lab/$1.script" <<-EOF2
		#!/bin/sh
		env | grep -E '^(reason|INTERNAL|CISCO|TUNDEV)' >>"$lab/$1.env"
		[ "\$reason" = connect ] || exit 0
		ip link set "\$TUNDEV" up mtu 1300
		ip addr add "\$INTERNAL_IP4_ADDRESS/32" dev "\$TUNDEV"
		ip route replace 192.168.1.0/24 dev "\$TUNDEV" src "\$INTERNAL_IP4_ADDRESS"
		echo connected >>"$lab/$1.env"
	EOF2
	chmod +x "$lab/$1.script"
	cat >"$lab/$1.vpnc" <<-EOF2
		IPSec gateway 10.0.0.1
		IPSec ID ${client_group:-vpn}
		IPSec secret ${client_key:-group-key}
		Xauth username $3
		Xauth password $4
		IKE DH Group dh14
		Perfect Forward Secrecy nopfs
		NAT Traversal Mode ${natt:-natt}
		Local Port 0
		Vendor cisco
		Script $lab/$1.script
		${5:-}
	EOF2
	spawn "$1" "$2" vpnc --non-inter --no-detach --pid-file "$lab/$1.vpncpid" \
		--debug 1 "$lab/$1.vpnc"
}

client_up()
{
	grep -q '^connected' "$lab/$1.env" 2>/dev/null
}

client_stop()
{
	# a signal that comes while vpnc runs its script is lost
	kill -s "${2:-INT}" "$(pid_of "$1")" 2>/dev/null || true
	wait_until 3 is_gone "$1" || stop "$1" "${2:-INT}"
}

# radius_conf [UNSEALED]: freeradius, which puts a Message-Authenticator in its answers unless told
# otherwise (3.2.5 does so by itself), with the users of this test, on loopback, in $lab/raddb
radius_conf()
{
	local seal='update reply {
				Message-Authenticator := 0x00
			}'
	[ -z "${1:-}" ] || seal=
	mkdir -p "$lab/raddb" "$lab/radlog"
	cat >"$lab/raddb/users" <<-EOF2
		alice	Cleartext-Password := "radius-only"
		 	Framed-IP-Address = 10.9.0.77, Session-Timeout = 600, Class = 0x0102ff,
		 	Reply-Message = "welcome", Acct-Interim-Interval = 3
	EOF2
	cat >"$lab/raddb/radiusd.conf" <<-EOF2
		name = radiusd
		logdir = $lab/radlog
		run_dir = $lab/radlog
		pidfile = $lab/radlog/pid
		client lo {
			ipaddr = 127.0.0.1
			secret = "sec,ret:1"
			require_message_authenticator = yes
		}
		modules {
			pap {
			}
			files {
				filename = $lab/raddb/users
			}
			detail {
				filename = $lab/radlog/detail
				permissions = 0644
			}
		}
		server default {
			listen {
				type = auth
				ipaddr = 127.0.0.1
				port = 1812
			}
			listen {
				type = acct
				ipaddr = 127.0.0.1
				port = 1813
			}
			authorize {
				files
				pap
			}
			authenticate {
				pap
			}
			post-auth {
				$seal
				Post-Auth-Type REJECT {
					$seal
				}
			}
			accounting {
				detail
			}
		}
	EOF2
	chown -R freerad "$lab/raddb" "$lab/radlog"
}

radius_start()
{
	: >"$lab/radius.log"
	spawn radius "$a" freeradius -fxx -d "$lab/raddb" -l stdout
	expect 15 "freeradius" grep -q 'Ready to process' "$lab/radius.log"
}

radius_stop()
{
	stop radius
}

# radius_records TYPE: the accounting records of a type, one a line
radius_records()
{
	awk -v RS= '{ gsub(/\n\t*/, " | "); print }' "$lab/radlog/detail" 2>/dev/null |
		grep -F "Acct-Status-Type = $1 |"
}

# radius_record TYPE USER
radius_record()
{
	radius_records "$1" | grep -F "User-Name = \"$2\""
}

# radius_field TYPE ATTRIBUTE VALUE
radius_field()
{
	radius_records "$1" | grep -F "$2 = $3 " >/dev/null
}

# radius_number TYPE ATTRIBUTE: of the last record of the type
radius_number()
{
	radius_records "$1" | tail -n 1 | sed -nE "s/.*$2 = ([0-9]+).*/\1/p"
}
