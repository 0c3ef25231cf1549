#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Certificates against strongSwan: RSA and ECDSA signatures, culvert in both roles, a chain with an
# intermediate CA, and certificates that must be refused: revoked, expired, of another CA.
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

topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
ca root rsa2048
ca middle rsa2048 root
ca ecroot ec256
ca other rsa2048
gateway west rsa2048 root 10.0.0.1
gateway east rsa2048 root 10.0.0.2
gateway deep rsa4096 middle 10.0.0.2
gateway deepwest rsa4096 middle 10.0.0.1
gateway stranger rsa2048 other 10.0.0.2
gateway old rsa2048 root 10.0.0.2 -days -1
gateway ecwest ec256 ecroot 10.0.0.1
gateway eceast ec256 ecroot 10.0.0.2
crl root east
cp "$pki/root.crl" "$pki/revoked.crl"
rm -r "$pki/root.db"
crl root

right_conf root east >"$lab/peer.new"
swan_start peer "$b" "$lab/peer.new"
for role in initiator responder; do
	left_conf "$lab/rsa_$role.conf" rsa-sig root west
	comes_up "rsa_$role" $role
done

left_conf "$lab/crl.conf" rsa-sig root west "crl file lab.crl"
cp "$pki/root.crl" "$lab/crl.conf.pki/lab.crl"
comes_up crl responder
left_conf "$lab/revoked.conf" rsa-sig root west "crl file lab.crl"
cp "$pki/revoked.crl" "$lab/revoked.conf.pki/lab.crl"
is_refused revoked 'certificate is revoked'
left_conf "$lab/no_crl.conf" rsa-sig root west "crl file lab.crl"
is_refused no_crl 'there is no CRL'

right_conf root old >"$lab/peer.new"
left_conf "$lab/expired.conf" rsa-sig root west
is_refused expired 'certificate has expired'
right_conf root stranger >"$lab/peer.new"
left_conf "$lab/stranger.conf" rsa-sig root west
is_refused stranger 'from a CA that is not ours'

# both ends under an intermediate CA, whose certificate only its owner has
right_conf root deep middle >"$lab/peer.new"
for role in initiator responder; do
	left_conf "$lab/chain_$role.conf" rsa-sig root deepwest
	cat "$pki/middle.crt" >>"$lab/chain_$role.conf.pki/lab.crt"
	comes_up "chain_$role" $role
done

right_conf ecroot eceast >"$lab/peer.new"
for role in initiator responder; do
	left_conf "$lab/ecdsa_$role.conf" ecdsa-sig ecroot ecwest
	comes_up "ecdsa_$role" $role
done
