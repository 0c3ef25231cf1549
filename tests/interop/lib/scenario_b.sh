# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Scenario B: where its sites and its client are, and how the client dials.
#
#   client 10.48.66.76 --+-- 10.48.66.44 carrion 193.0.0.2 --- 193.0.0.1 outside  snow 10.0.0.1 - HA
#                        |                       193.0.0.6 --- 193.0.0.5 intf2
#                        +-- 10.48.66.156 rain 11.0.0.1 --- 11.0.0.2 HB
# shellcheck disable=SC2154 # lab and the names of namespaces are those of lab.sh

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "${BASH_SOURCE[0]}")/culvert.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

# The drawing: A is snow, B rain; carrion is a router of the kernel with a bridge for the office.
sites()
{
	local ns
	client=$tag-client carrion=$tag-carrion
	namespaces+=("$client" "$carrion")
	for ns in "${namespaces[@]}"; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
	link "$ha" eth0 "$a" inside
	link "$hb" eth0 "$b" inside
	link "$a" outside "$carrion" e51
	link "$a" intf2 "$carrion" e52
	link "$b" outside "$carrion" rain
	link "$client" eth0 "$carrion" client
	ip -n "$carrion" link add office type bridge
	ip -n "$carrion" link set rain master office
	ip -n "$carrion" link set client master office
	ip -n "$carrion" link set office up
	in_ns "$carrion" ethtool -K office tx off >/dev/null
	in_ns "$carrion" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.office.send_redirects=0
	address "$carrion" office 10.48.66.44/24
	address "$carrion" e51 193.0.0.2/30
	address "$carrion" e52 193.0.0.6/30
	address "$ha" eth0 10.0.0.2/24 10.0.0.1
	address "$hb" eth0 11.0.0.2/24 11.0.0.1
	address "$client" eth0 10.48.66.76/24 10.48.66.44
}

dial()
{
	cat >"$lab/client.script" <<-EOF2
		#!/bin/sh
		[ "\$reason" = connect ] || exit 0
		ip link set "\$TUNDEV" up mtu 1300
		ip addr add "\$INTERNAL_IP4_ADDRESS/32" dev "\$TUNDEV"
		ip route add 10.0.0.0/24 dev "\$TUNDEV" src "\$INTERNAL_IP4_ADDRESS"
		ip route add 11.0.0.0/24 dev "\$TUNDEV" src "\$INTERNAL_IP4_ADDRESS"
		echo "\$INTERNAL_IP4_ADDRESS" >"$lab/client.address"
		echo connected >>"$lab/client.env"
	EOF2
	chmod +x "$lab/client.script"
	cat >"$lab/client.vpnc" <<-EOF2
		IPSec gateway 193.0.0.1
		IPSec ID VPNclient
		IPSec secret group-key
		Xauth username alice
		Xauth password wonderland
		IKE DH Group dh2
		Perfect Forward Secrecy nopfs
		Enable Single DES
		NAT Traversal Mode natt
		Local Port 500
		Enable weak authentication
		Vendor cisco
		Script $lab/client.script
	EOF2
	: >"$lab/client.env"
	spawn client "$client" vpnc --non-inter --no-detach --pid-file "$lab/client.vpncpid" \
		--debug 1 "$lab/client.vpnc"
	expect 20 "the client to be connected" client_up client
}
