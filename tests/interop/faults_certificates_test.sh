#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What is wrong with certificates, each at another peer (tests/interop/faults/certificates.ini):
# what `show crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
# shellcheck source=tests/interop/lib/ca.sh
. "$(dirname "$0")/lib/ca.sh"

# those of the peers, by their number and kind
make_certificates()
{
	local n kind revoked=""
	while read -r n kind; do
		case $kind in
		expired) gateway "r$n" rsa2048 lab "10.0.1.$n" -days -1 ;;
		stranger) gateway "r$n" rsa2048 foreign "10.0.1.$n" ;;
		other) gateway "r$n" rsa2048 lab "10.0.9.$n" ;;
		*) gateway "r$n" rsa2048 lab "10.0.1.$n" ;;
		esac
		[ "$kind" != revoked ] || revoked=r$n
		cp "$pki/r$n.crt" "$lab/peer.swan/x509/"
		cp "$pki/r$n.key" "$lab/peer.swan/private/"
	done <"$lab/certificates"
	crl lab "$revoked"
}

certify()
{
	pki=$lab/ca
	mkdir -p "$pki" "$lab"/peer.swan/{x509,x509ca,private}
	ca lab rsa2048
	ca foreign rsa2048
	gateway left rsa2048 lab 10.0.0.1
	make_certificates
	cp "$pki/lab.crt" "$lab/peer.swan/x509ca/"
	mkdir -m 0700 "$lab/left.conf.pki"
	cp "$pki/lab.crt" "$lab/left.conf.pki/lab.ca"
	cp "$pki/lab.crl" "$lab/left.conf.pki/lab.crl"
	cp "$pki/left.crt" "$lab/left.conf.pki/lab.crt"
	cp "$pki/left.key" "$lab/left.conf.pki/lab.key"
}

faults_begin certificates certify
faults_call
faults_judge 90
