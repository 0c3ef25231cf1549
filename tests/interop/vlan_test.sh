#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two culverts whose tunnel ends on subinterfaces, over links of 9000 bytes: every ESP packet on the
# wire has the tag of the VLAN, packets up to the largest that fits cross whole, larger ones in
# fragments, and what is for another VLAN is counted.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 ==100== 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
for end in "$ha eth0" "$a inside" "$a outside" "$b outside" "$b inside" "$hb eth0"; do
	# shellcheck disable=SC2086 # namespace and link
	set -- $end
	ip -n "$1" link set "$2" mtu 9000
done
for side in left right; do
	culvert_conf $side more="interface GigabitEthernet0/0
 ip mtu 9000" | sed -E 's/^ ip address 10\.0\.0\..*/interface GigabitEthernet0\/1.100\
 encapsulation dot1Q 100\
 ip mtu 9000\
&/' >"$lab/$side.conf"
done
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
capture wire "$b" outside
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
culvert_shows left 'show interfaces GigabitEthernet0/1.100' 'Vlan ID  100' ||
	fail "no VLAN is shown"
culvert_shows left 'show ip arp' 'GigabitEthernet0/1.100' || fail "no neighbour in the VLAN"

# ping_of SIZE DO|DONT: one packet of so many bytes, IP header included
ping_of()
{
	in_ns "$ha" ping -n -c 1 -W 2 -M "$2" -s $(($1 - 28)) 192.168.2.2
}

told=$(ping_of 9000 'do' 2>&1 | sed -nE 's/.*mtu ?= ?([0-9]+).*/\1/p') || true
[ -n "$told" ] || fail "no ICMP fragmentation needed came"
# tunnel header, SPI and sequence number, IV and ICV take 20+8+16+16; blocks of 16 less 2
[ "$told" = 8926 ] || fail "told to send $told bytes, which is not the largest that fits (8926)"
in_ns "$ha" ip route flush cache
for size in 1500 1901 2048 2049 4096 8192 "$told"; do
	ping_of "$size" 'do' >/dev/null || fail "a packet of $size bytes does not cross"
done
for size in 9000 20000 60000; do
	ping_of "$size" dont >/dev/null || fail "$size bytes without DF do not cross"
done
in_ns "$hb" ping -n -c 1 -W 1 -s 20000 192.168.2.1 >/dev/null &&
	fail "more than 10240 bytes for the box itself were put together"
culvert_drops right | grep frag.oversize >/dev/null || fail "the reason is not counted"
in_ns "$hb" ping -n -c 1 -W 2 -s 9900 192.168.2.1 >/dev/null ||
	fail "9928 bytes for the box itself, in fragments, get no answer"

stop wire INT
[ "$(captured wire 'vlan.id == 100 && esp')" -gt 20 ] || fail "no ESP with the tag"
[ "$(captured wire 'esp && !vlan')" = 0 ] || fail "ESP without tag"
expect 5 "equal counters" sh -c "[ $(culvert_count left encaps) = $(culvert_count right decaps) ]"
