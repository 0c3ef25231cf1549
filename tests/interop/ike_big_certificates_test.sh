#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Certificates of 8 KB in IKE fragments, with strongSwan over a path of 1280 bytes that loses every
# larger packet and every IP fragment: a gateway with many names under an intermediate CA with a key
# of 4096 bits, at both ends, and either begins.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/ca.sh
. "$(dirname "$0")/lib/ca.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
lab_test
pki=$lab/ca
mkdir -p "$pki"

# many ADDRESS: subjectAltName with so many names that the certificate has 6 KB
many()
{
	local i
	printf 'IP:%s' "$1"
	for i in {1..118}; do
		printf ',DNS:a-gateway-with-a-rather-long-name-%03d.example.com' "$i"
	done
}

topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
ca root rsa4096
ca middle rsa4096 root
san=$(many 10.0.0.1) gateway west rsa4096 middle 10.0.0.1
san=$(many 10.0.0.2) gateway east rsa4096 middle 10.0.0.2
size=$(cat "$pki/middle.crt" "$pki/east.crt" | openssl storeutl -certs /dev/stdin 2>/dev/null |
	grep -v '^[0-9-]' | tr -d '\n' | wc -c)
echo "a chain of $((size * 3 / 4)) bytes"
[ "$((size * 3 / 4))" -ge 8000 ] || fail "the certificates are too small"

in_ns "$b" nft -f - <<-END || skip "this kernel does not filter"
	table ip narrow {
		chain in {
			type filter hook prerouting priority -450;
			iifname outside ip length > 1280 drop
			iifname outside ip frag-off & 0x3fff != 0 drop
		}
		chain out {
			type filter hook postrouting priority 300;
			oifname outside ip length > 1280 drop
			oifname outside ip frag-off & 0x1fff != 0 drop
		}
	}
END
# Their first payload, type 132: behind the header of UDP 500, or that and the marker.
pieces()
{
	captured "$1" "ip.src == $2 && ((udp.port == 500 && udp.payload[16:1] == 84) ||
		(udp.port == 4500 && udp.payload[0:4] == 00:00:00:00 && udp.payload[20:1] == 84))"
}

right_conf root east middle | sed 's/version = 1/&\n fragmentation = yes/' >"$lab/peer.new"
SWAN_DAEMON="fragment_size = 1280" swan_start peer "$b" "$lab/peer.new"
for role in initiator responder; do
	left_conf "$lab/big_$role.conf" rsa-sig root west
	cat "$pki/middle.crt" >>"$lab/big_$role.conf.pki/lab.crt"
	sed -i 's/ip address 10.0.0.1.*/&\n ip mtu 1280/' "$lab/big_$role.conf"
	capture "$role.wire" "$b" outside udp
	comes_up "big_$role" "$role"
	stop "$role.wire" INT
	[ "$(captured "$role.wire" 'isakmp && ip.len > 1280')" = 0 ] || fail "a large packet"
	[ "$(pieces "$role.wire" 10.0.0.1)" -ge 7 ] || fail "no fragments of culvert"
	[ "$(pieces "$role.wire" 10.0.0.2)" -ge 7 ] || fail "no fragments of strongSwan"
done
