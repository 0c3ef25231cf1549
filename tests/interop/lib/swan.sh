# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# strongSwan as the peer: in user space (its ESP is then always inside UDP), or on the kernel of a
# User-Mode Linux (raw ESP). Several run at once, each with its own folder and control socket.

# shellcheck source=tests/interop/lib/uml.sh
. "$(dirname "${BASH_SOURCE[0]}")/uml.sh"

# The words of a crypto map and of strongSwan for the same algorithm.
declare -A SWAN_WORD=(
	[des]=des [3des]=3des [aes]=aes128 ["aes 192"]=aes192 ["aes 256"]=aes256
	[md5]=md5 [sha]=sha1 [sha256]=sha256 [sha384]=sha384 [sha512]=sha512
	[1]=modp768 [2]=modp1024 [5]=modp1536 [14]=modp2048 [15]=modp3072 [16]=modp4096
	[19]=ecp256 [20]=ecp384 [21]=ecp521
	[esp-des]=des [esp-3des]=3des [esp-null]=null
	[esp-aes]=aes128 ["esp-aes 192"]=aes192 ["esp-aes 256"]=aes256
	[esp-gcm]=aes128gcm16 ["esp-gcm 192"]=aes192gcm16 ["esp-gcm 256"]=aes256gcm16
	[esp-md5-hmac]=md5 [esp-sha-hmac]=sha1 [esp-sha256-hmac]=sha256
	[esp-sha384-hmac]=sha384 [esp-sha512-hmac]=sha512
)

# swan_esp "esp-aes 256 esp-sha-hmac" PFS_GROUP|no -> aes256-sha1-modp1024
swan_esp()
{
	local suite=${1% esn} cipher hash
	cipher=${suite%% esp-*}
	hash=${suite#"$cipher"}
	printf '%s' "${SWAN_WORD[$cipher]}${hash:+-${SWAN_WORD[${hash# }]}}"
	[ "$suite" = "$1" ] || printf -- '-esn'
	[ "$2" = no ] || printf -- '-%s' "${SWAN_WORD[$2]}"
}

# swan_ike "aes 256" sha256 14 -> aes256-sha256-modp2048
swan_ike()
{
	printf '%s-%s-%s' "${SWAN_WORD[$1]}" "${SWAN_WORD[$2]}" "${SWAN_WORD[$3]}"
}

# swan_connection LOCAL REMOTE LOCAL_NET REMOTE_NET IKE ESP [CONNECTION_LINES [CHILD_LINES]]
swan_connection()
{
	cat <<-EOF
		connections { culvert { version = 1
		  local_addrs = $1
		  remote_addrs = $2
		  proposals = $5
		  ${7:-}
		  local { auth = psk
		    id = $1 }
		  remote { auth = psk
		    id = $2 }
		  children { net { local_ts = $3
		    remote_ts = $4
		    esp_proposals = $6
		    ${8:-} } }
		} }
		secrets { ike-1 { secret = "${SWAN_PSK:-cisco}" } }
	EOF
}

# swan_daemon_conf FOLDER LIBIPSEC(yes|no)
swan_daemon_conf()
{
	cat <<-EOF
		charon-systemd {
		  load_modular = yes
		  dos_protection = no
		  ${SWAN_DAEMON:-}
		  plugins {
		    include /etc/strongswan.d/charon/*.conf
		    kernel-libipsec { load = $2 }
		    kernel-netlink { load = yes }
		    bypass-lan { load = no }
		    dhcp { load = no }
		    farp { load = no }
		    forecast { load = no }
		    connmark { load = no }
		    stroke { load = no }
		    resolve { load = no }
		    openssl { load_legacy = yes }
		    vici { socket = unix://$1/charon.vici }
		  }
		  filelog { log { path = $1/charon.log
		    default = 1
		    ike = 2
		    flush_line = yes } }
		}
		swanctl { load = pem pkcs1 x509 revocation constraints pubkey openssl random }
	EOF
}

# swan_start NAME NAMESPACE CONNECTION_FILE: user-space ESP
swan_start()
{
	local dir=$lab/$1.swan
	mkdir -p "$dir"
	ln -sf "$dir/charon.log" "$lab/$1.charon.log"
	cp "$3" "$dir/swanctl.conf"
	swan_daemon_conf "$dir" yes >"$dir/strongswan.conf"
	STRONGSWAN_CONF=$dir/strongswan.conf spawn "$1" "$2" charon-systemd
	expect 10 "the control socket of strongSwan" test -S "$dir/charon.vici"
	swan_do "$1" --load-all --file "$dir/swanctl.conf" >>"$lab/$1.log" 2>/dev/null ||
		fail "strongSwan refused its configuration"
}

# swan_reload NAME CONNECTION_FILE: of either kind; SAs there are end
swan_reload()
{
	local dir=$lab/$1.swan
	[ ! -e "$lab/$1.uml" ] || dir=$lab/$1.uml
	cp "$2" "$dir/swanctl.conf"
	swan_do "$1" --terminate --ike culvert --force >/dev/null 2>&1 || true
	swan_do "$1" --load-all --file "$dir/swanctl.conf" >/dev/null 2>&1 ||
		fail "strongSwan refused its configuration"
}

# swan_do NAME SWANCTL_ARGUMENT...: of either kind
swan_do()
{
	local name=$1 dir=$lab/$1.swan command=$2
	shift 2
	if [ -e "$lab/$name.uml" ]; then
		uml_do "$name" "swanctl $command --uri unix:///run/charon.vici $*"
		return
	fi
	SWANCTL_DIR=$dir STRONGSWAN_CONF=$dir/strongswan.conf \
		swanctl "$command" --uri "unix://$dir/charon.vici" "$@"
}

# swan_has NAME PATTERN: whether the list of its SAs matches
swan_has()
{
	swan_do "$1" --list-sas | grep -E "$2" >/dev/null
}

swan_is_idle()
{
	[ -z "$(swan_do "$1" --list-sas)" ]
}

# swan_site [CONNECTION_LINES [CULVERT_LINES]]: culvert `left` and strongSwan `peer` at A and B,
# with a tunnel between their networks that is up
swan_site()
{
	router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1
	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
		"$(swan_ike 'aes 256' sha256 14)" "$(swan_esp 'esp-aes 256 esp-sha256-hmac' no)" \
		"${1:-}" >"$lab/peer.conf"
	culvert_conf left more="${2:-}" >"$lab/left.conf"
	culvert_start left "$a" "$lab/left.conf"
	swan_start peer "$b" "$lab/peer.conf"
	expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2
}

# swan_start_uml NAME NAMESPACE INSIDE OUTSIDE GATEWAY CONNECTION_FILE: a kernel's ESP; the two
# interfaces of the namespace become those of the User-Mode Linux
swan_start_uml()
{
	local dir=$lab/$1.uml
	uml_start "$1" "$2" outside inside
	cp "$6" "$dir/swanctl.conf"
	swan_daemon_conf /run no >"$dir/strongswan.conf"
	uml_do "$1" "
		ip link set vec0 up && ip link set vec1 up
		ip address add $4 dev vec0 && ip address add $3 dev vec1
		ip route add default via $5
		sysctl -qw net.ipv4.ip_forward=1
		cp $dir/strongswan.conf /etc/strongswan.conf
		charon-systemd >/run/charon.out 2>&1 &
		for i in \$(seq 100); do [ -S /run/charon.vici ] && break; sleep 0.1; done
		swanctl --load-all --uri unix:///run/charon.vici --file $dir/swanctl.conf
	" >>"$lab/$1.log" || fail "strongSwan did not start on the User-Mode Linux"
}
