# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Certification authorities, certificates and CRLs in $pki, and both ends configured with them.
# shellcheck disable=SC2154  # who sources this sets pki

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "${BASH_SOURCE[0]}")/culvert.sh"

# ca NAME KEY [ISSUER]: a certification authority
ca()
{
	make_key "$1" "$2"
	certificate "$1" "${3:-$1}" "basicConstraints=critical,CA:TRUE
		keyUsage=critical,keyCertSign,cRLSign"
}

make_key()
{
	case $2 in
	rsa*) openssl genrsa -out "$pki/$1.key" "${2#rsa}" ;;
	ec*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${2#ec}" \
		-out "$pki/$1.key" ;;
	esac 2>/dev/null
}

# certificate NAME ISSUER EXTENSIONS [OPENSSL_X509_ARGUMENT...]
certificate()
{
	local name=$1 issuer=$2
	printf '%s\nsubjectKeyIdentifier=hash\n' "${3//$'\t'/}" >"$pki/$name.ext"
	shift 3
	openssl req -new -key "$pki/$name.key" -subj "/O=Test/CN=$name" -out "$pki/$name.csr"
	if [ "$issuer" = "$name" ]; then
		openssl x509 -req -in "$pki/$name.csr" -signkey "$pki/$name.key" -days 3650 \
			-extfile "$pki/$name.ext" -out "$pki/$name.crt"
	else
		openssl x509 -req -in "$pki/$name.csr" -CA "$pki/$issuer.crt" \
			-CAkey "$pki/$issuer.key" -CAcreateserial -days 365 \
			-extfile "$pki/$name.ext" -out "$pki/$name.crt" "$@"
	fi 2>/dev/null
}

# gateway NAME KEY ISSUER ADDRESS [OPENSSL_X509_ARGUMENT...]: names the address, or $san
gateway()
{
	local name=$1 key=$2 issuer=$3 address=$4
	shift 4
	make_key "$name" "$key"
	certificate "$name" "$issuer" "basicConstraints=CA:FALSE
		keyUsage=digitalSignature
		subjectAltName=${san:-IP:$address}" "$@"
}

# crl CA [REVOKED_CERTIFICATE]
crl()
{
	local dir=$pki/$1.db
	mkdir -p "$dir"
	: >"$dir/index.txt"
	echo 01 >"$dir/crlnumber"
	cat >"$dir/conf" <<-EOF
		[ca]
		default_ca = d
		[d]
		database = $dir/index.txt
		crlnumber = $dir/crlnumber
		default_md = sha256
		default_crl_days = 30
	EOF
	[ -z "${2:-}" ] || openssl ca -config "$dir/conf" -cert "$pki/$1.crt" \
		-keyfile "$pki/$1.key" -revoke "$pki/$2.crt" 2>/dev/null
	openssl ca -config "$dir/conf" -cert "$pki/$1.crt" -keyfile "$pki/$1.key" -gencrl \
		-out "$pki/$1.crl" 2>/dev/null
}

# left_conf FILE AUTHENTICATION CA OWN [TRUSTPOINT_LINE]: with the directory of keys beside it
left_conf()
{
	culvert_conf left more="crypto pki trustpoint LAB
 enrollment url file:lab
 ${5:-revocation-check none}" |
		sed -e "s/authentication pre-share/authentication $2/" \
			-e '/^crypto isakmp key/d' >"$1"
	mkdir -p "$1.pki" && chmod 0700 "$1.pki"
	cat "$pki/$3.crt" >"$1.pki/lab.ca"
	cat "$pki/$4.crt" >"$1.pki/lab.crt"
	cat "$pki/$4.key" >"$1.pki/lab.key"
}

# right_conf CA OWN [INTERMEDIATE]: says its address, or $swan_id
right_conf()
{
	local dir=$lab/peer.swan id
	mkdir -p "$dir"/{x509,x509ca,private}
	rm -f "$dir"/x509/* "$dir"/x509ca/* "$dir"/private/*
	cp "$pki/$1.crt" "$dir/x509ca/"
	[ -z "${3:-}" ] || cp "$pki/$3.crt" "$dir/x509ca/"
	cp "$pki/$2.crt" "$dir/x509/"
	cp "$pki/$2.key" "$dir/private/"
	id=${swan_id:-10.0.0.2}
	cat <<-EOF
		connections { culvert { version = 1
		  local_addrs = 10.0.0.2
		  remote_addrs = 10.0.0.1
		  proposals = aes256-sha256-modp2048
		  send_cert = always
		  local { auth = pubkey
		    certs = $2.crt
		    id = $id }
		  remote { auth = pubkey
		    id = %any }
		  children { net { local_ts = 192.168.2.0/24
		    remote_ts = 192.168.1.0/24
		    esp_proposals = aes256-sha256 } }
		} }
	EOF
}

# comes_up NAME initiator|responder: the role is culvert's
comes_up()
{
	swan_reload peer "$lab/peer.new"
	swan_do peer --load-creds --clear >/dev/null 2>&1
	culvert_start "$1" "$a" "$lab/$1.conf"
	[ "$2" = initiator ] || swan_do peer --initiate --child net >/dev/null ||
		fail "$1: strongSwan could not bring it up"
	expect 15 "$1: an answer through the tunnel" answers "$ha" 192.168.2.2
	expect 15 "$1: an answer the other way" answers "$hb" 192.168.1.2
	swan_has peer ESTABLISHED || fail "$1: the peer has no IKE SA"
	stop "$1"
	expect 5 "the peer to have lost its SA" swan_is_idle peer
	echo "ok - $1"
}

# is_refused NAME PATTERN_OF_THE_LOG
is_refused()
{
	swan_reload peer "$lab/peer.new"
	swan_do peer --load-creds --clear >/dev/null 2>&1
	culvert_start "$1" "$a" "$lab/$1.conf"
	swan_do peer --initiate --child net --timeout 3 >/dev/null 2>&1 &&
		fail "$1: strongSwan brought it up"
	expect 15 "$1: the reason" culvert_shows "$1" 'show logging' "$2"
	culvert_shows "$1" 'show crypto isakmp sa' QM_IDLE && fail "$1: there is an SA"
	stop "$1"
	swan_do peer --terminate --ike culvert --force >/dev/null 2>&1
	echo "ok - $1"
}
