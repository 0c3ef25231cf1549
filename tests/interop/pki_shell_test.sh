#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Certificates at the prompt: a key is made, a request printed, a CA signs it, both certificates are
# pasted; after write memory and a restart everything is there, and the key is in no configuration.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
culvert_conf left more="crypto pki trustpoint LAB
 enrollment terminal
 fqdn west.example
 ip-address 10.0.0.1
 subject-name cn=west, o=Example
 revocation-check none
 rsakeypair west" >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"

culvert_do left 'crypto key generate rsa modulus 2048 label west' | has 'west' ||
	fail "no key"
culvert_do left 'crypto pki enroll LAB' | sed -n '/BEGIN/,/END/p' >"$lab/west.csr"
openssl req -in "$lab/west.csr" -noout -verify 2>/dev/null || fail "no request"
openssl req -in "$lab/west.csr" -noout -text | has 'DNS:west.example, IP Address:10.0.0.1' ||
	fail "the request does not name us"
openssl req -x509 -newkey rsa:2048 -nodes -subj /O=Example/CN=ca -days 30 -keyout "$lab/ca.key" \
	-out "$lab/ca.crt" 2>/dev/null
openssl x509 -req -in "$lab/west.csr" -CA "$lab/ca.crt" -CAkey "$lab/ca.key" -CAcreateserial \
	-days 30 -copy_extensions copy -out "$lab/west.crt" 2>/dev/null

{
	echo 'crypto pki authenticate LAB'
	cat "$lab/ca.crt"
	echo quit
	echo 'crypto pki import LAB certificate'
	cat "$lab/west.crt"
	echo quit
	echo 'write memory'
} >"$lab/script"
"$programs/culvert" --run-dir "$lab/left.run" -f "$lab/script" >"$lab/script.out" 2>&1 ||
	fail "the certificates were not taken: $(cat "$lab/script.out")"
grep -q 'CA certificate accepted' "$lab/script.out" || fail "no CA"
grep -q 'successfully imported' "$lab/script.out" || fail "no certificate"
grep -q 'crypto pki certificate chain LAB' "$lab/left.conf" || fail "not in the configuration"
grep -q 'PRIVATE' "$lab/left.conf" && fail "a private key in the configuration"
[ "$(stat -c %a "$lab/left.conf.pki")" = 700 ] || fail "the directory of keys is open"
[ "$(stat -c %a "$lab/left.conf.pki/west.key")" = 600 ] || fail "the key is open"

stop left
culvert_start left "$a" "$lab/left.conf"
expect 5 "the certificate" culvert_shows left 'show crypto pki certificates' 'CN=west'
# culvertd reads the directory of keys while the API answers already
expect 5 "the key" culvert_shows left 'show crypto pki trustpoints' 'Key: west$'
culvert_do left 'show logging' | has 'PKI-4' && fail "something is wrong with the trustpoint"
culvert_do left 'crypto pki export LAB pem terminal' | has 'PRIVATE' &&
	fail "the key leaves without a password"
culvert_do left 'crypto pki export LAB pem terminal password secret12' |
	has 'ENCRYPTED PRIVATE KEY' || fail "the key does not leave with a password"
culvert_do left 'crypto key zeroize west' || fail "zeroize"
[ ! -e "$lab/left.conf.pki/west.key" ] || fail "the key is still there"
echo "ok - certificates at the prompt"
