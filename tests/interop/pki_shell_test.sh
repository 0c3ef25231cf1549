#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Certificates at the prompt: a key is made, a request printed, a CA signs it, both certificates are
# pasted; after write memory and a restart everything is there, and the key is in no configuration.
# Then an EC key, and certificates that come with their keys: PKCS #12 from a file, PEM pasted.

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

culvert_shows left 'crypto key generate rsa modulus 2048 label west' west ||
	fail "no key"
culvert_do left 'crypto pki enroll LAB' >"$lab/enroll"
sed -n '/BEGIN/,/END/p' "$lab/enroll" >"$lab/west.csr"
openssl req -in "$lab/west.csr" -noout -verify 2>/dev/null ||
	fail "no request: $(cat "$lab/enroll")"
[[ $(openssl req -in "$lab/west.csr" -noout -text) = *"DNS:west.example, IP Address:10.0.0.1"* ]] ||
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
culvert_shows left 'show logging' PKI-4 && fail "something is wrong with the trustpoint"
culvert_shows left 'crypto pki export LAB pem terminal' PRIVATE &&
	fail "the key leaves without a password"
culvert_shows left 'crypto pki export LAB pem terminal password secret12' \
	'ENCRYPTED PRIVATE KEY' || fail "the key does not leave with a password"
culvert_do left 'crypto key zeroize west' || fail "zeroize"
[ ! -e "$lab/left.conf.pki/west.key" ] || fail "the key is still there"

# shell LINE...: at one prompt, what it says in script.out
shell()
{
	printf '%s\n' "$@" >"$lab/script"
	"$programs/culvert" --run-dir "$lab/left.run" -f "$lab/script" >"$lab/script.out" 2>&1
}

# own NAME KEYTYPE_ARGUMENT...: a certificate of the CA with its key
own()
{
	local name=$1
	shift
	openssl req -newkey "$@" -nodes -subj "/O=Example/CN=$name" -keyout "$lab/$name.key" \
		-out "$lab/$name.csr" 2>/dev/null
	openssl x509 -req -in "$lab/$name.csr" -CA "$lab/ca.crt" -CAkey "$lab/ca.key" \
		-CAcreateserial -days 30 -out "$lab/$name.crt" 2>/dev/null
}

# point NAME: a trustpoint with a key of that name
point()
{
	shell 'configure terminal' "crypto pki trustpoint $1" 'enrollment terminal' \
		'revocation-check none' "rsakeypair $1" end || fail "trustpoint $1"
}

culvert_shows left 'crypto key generate ec keysize 384 label curve' curve || fail "no EC key"
[[ $(openssl pkey -in "$lab/left.conf.pki/curve.key" -noout -text) = *384* ]] ||
	fail "it is no key of 384 bits"
point curve
culvert_do left 'crypto pki enroll curve' | sed -n '/BEGIN/,/END/p' |
	openssl req -noout -verify 2>/dev/null || fail "no request with an EC key"

own bundle rsa:2048
openssl pkcs12 -export -in "$lab/bundle.crt" -inkey "$lab/bundle.key" -certfile "$lab/ca.crt" \
	-passout pass:secret12 -out "$lab/bundle.p12"
point bundle
shell "crypto pki import bundle pkcs12 $lab/bundle.p12 password wrong" &&
	! grep -q '^%' "$lab/script.out" && fail "a wrong password is taken"
shell "crypto pki import bundle pkcs12 $lab/bundle.p12 password secret12" ||
	fail "no PKCS #12: $(cat "$lab/script.out")"
own pasted ec -pkeyopt ec_paramgen_curve:P-256
openssl pkey -in "$lab/pasted.key" -aes256 -passout pass:secret12 -out "$lab/pasted.enc"
point pasted
shell 'crypto pki import pasted pem password secret12' "$(cat "$lab/pasted.crt" "$lab/ca.crt" \
	"$lab/pasted.enc")" quit || fail "no PEM: $(cat "$lab/script.out")"
for name in bundle pasted; do
	culvert_shows left "show crypto pki certificates $name" "CN=$name" ||
		fail "$name has no certificate"
	expect 5 "the key of $name" culvert_shows left 'show crypto pki trustpoints' "Key: $name\$"
	[ "$(openssl pkey -in "$lab/left.conf.pki/$name.key" -pubout)" = \
		"$(openssl pkey -in "$lab/$name.key" -pubout)" ] || fail "it is another key"
done
echo "ok - certificates at the prompt"
