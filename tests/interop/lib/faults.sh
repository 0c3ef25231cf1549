# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# One culvert and many peers, each with another fault: tests/interop/faults/GROUP.ini.
# shellcheck disable=SC2154 # lab and the names of namespaces are those of lab.sh
#
#   HA 192.168.1.2 --- .1 culvert 10.0.0.1 === strongSwan 10.0.1.N (172.16.N.1), N for each row

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "${BASH_SOURCE[0]}")/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "${BASH_SOURCE[0]}")/swan.sh"

faults=$here/../faults

faults_do()
{
	/usr/bin/python3 "$faults/faults.py" "$@"
}

# faults_lay GROUP [PREPARE]: the box runs, and there are the addresses of its peers
faults_lay()
{
	local n
	lab_test
	expects_diagnosis '.*' # faults.py judges it
	topology
	group=$1
	faults_do lay "$group" "$lab"
	[ -z "${2:-}" ] || "$2"
	address "$b" outside 10.0.0.2/16 10.0.0.1
	while read -r n; do
		ip -n "$b" address add "10.0.1.$n/16" dev outside
		ip -n "$b" address add "172.16.$n.1/32" dev lo
	done <"$lab/addresses"
	in_ns "$b" nft -f "$lab/nft" || skip "this kernel cannot filter"
	faults_second
	faults_hide
	culvert_start left "$a" "$lab/left.conf"
}

# faults_second: another cable between the box and its peers, where there is to be one
faults_second()
{
	[ -e "$lab/second" ] || return 0
	link "$a" outside2 "$b" outside2
	address "$b" outside2 10.5.0.2/24
	in_ns "$b" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.outside.rp_filter=0 \
		net.ipv4.conf.outside2.arp_announce=2
}

# faults_begin_kernel GROUP: the peers are on a kernel of their own, behind a router that may be
# narrow
#
#   culvert 10.0.0.1 --- near M far --- 10.0.1.N strongSwan on a User-Mode Linux
faults_begin_kernel()
{
	local n peer mtu commands=""
	lab_test
	m=$tag-m
	namespaces+=("$m")
	topology
	ip -n "$a" link delete outside
	link "$a" outside "$m" near
	link "$m" far "$b" outside
	address "$m" near 10.0.0.2/16
	address "$m" far 10.0.1.254/24
	in_ns "$m" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.near.proxy_arp=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.near.rp_filter=0 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.near.send_redirects=0
	group=$1
	faults_do lay "$group" "$lab"
	while read -r peer mtu; do
		ip -n "$m" route add "$peer/32" dev far mtu lock "$mtu"
	done <"$lab/narrow"
	in_ns "$m" nft -f "$lab/nft" || skip "this kernel cannot filter"
	culvert_start left "$a" "$lab/left.conf"
	swan_start_uml peer "$b" 192.168.2.1/24 10.0.1.253/24 10.0.1.254 "$lab/swanctl.conf"
	while read -r n; do
		commands+="ip address add 10.0.1.$n/24 dev vec0;"
		commands+="ip address add 172.16.$n.1/32 dev lo;"
	done <"$lab/addresses"
	cp "$lab/calls" "$lab/peer.uml/calls"
	cp "$lab/their-deeds" "$lab/peer.uml/deeds"
	uml_do peer "$commands setsid python3 $faults/transfer.py serve >/dev/null 2>&1 &" ||
		fail "no addresses on the User-Mode Linux"
}

# faults_call_kernel: everybody who is to begin does
faults_call_kernel()
{
	local who what pause
	uml_do peer "while read -r who; do
		swanctl --initiate --uri unix:///run/charon.vici --child \$who --timeout 1 &
		done <$lab/peer.uml/calls; wait" >>"$lab/calls.log" || true
	while read -r who pause; do
		spawn "ping-$who" "$ha" ping -n -q -i "${pause:-2}" "$who"
	done <"$lab/pings"
	while read -r who what; do
		# shellcheck disable=SC2086 # words
		spawn "transfer-$who" "$ha" /usr/bin/python3 "$faults/transfer.py" call "$who" $what
	done <"$lab/transfers"
	spawn injector "$m" /usr/bin/python3 "$faults/injector.py" near "$lab/injected"
	expect 30 "an answer through a tunnel" answers "$ha" 172.16.2.1
	uml_do peer "sh $lab/peer.uml/deeds" >>"$lab/calls.log" || fail "the peers cannot do that"
}

# faults_hide: peers with an address behind a NAT are there, in $behind, which is $b where none is
faults_hide()
{
	local n
	behind=$b
	[ -s "$lab/behind-nat" ] || return 0
	behind=$hb
	address "$b" inside 172.31.0.254/24
	in_ns "$b" sysctl -qw net.ipv4.ip_forward=1
	in_ns "$b" nft -f "$lab/nft-nat" || skip "this kernel cannot translate addresses"
	while read -r n; do
		ip -n "$hb" address add "172.31.0.$n/24" dev eth0
		ip -n "$hb" address add "172.16.$n.1/32" dev lo
	done <"$lab/behind-nat"
	ip -n "$hb" route replace default via 172.31.0.254
}

# faults_begin GROUP [PREPARE]: both ends run, nobody has called yet
faults_begin()
{
	faults_lay "$@"
	swan_start peer "$behind" "$lab/swanctl.conf"
}

# faults_clients: those who log in, each when its time is, and then ping through their tunnels
faults_clients()
{
	local n client_group client_key user password after how inner
	while read -r n client_group client_key user password after how; do
		sleep "$after"
		inner=10.0.1.$n
		[ "$behind" = "$b" ] || inner=172.31.0.$n
		if [ "$how" = old-draft ]; then
			spawn "client$n" "$behind" /usr/bin/python3 "$faults/old_client.py" \
				"$inner" "$client_group" "$client_key"
		else
			client_start "client$n" "$behind" "$user" "$password" "Local Addr $inner"
		fi
	done <"$lab/clients"
	while read -r n to pause; do
		# shellcheck disable=SC2016 # of the shell there
		spawn "client-ping-$n" "$behind" sh -c '
			until dev=$(sed -n "s/^TUNDEV=//p" "$1"); [ -n "$dev" ]; do sleep 0.3; done
			until ping -n -q -i "$3" -I "$dev" "$2"; do sleep 0.3; done' \
			sh "$lab/client$n.env" "$to" "$pause"
	done <"$lab/client-pings"
}

# faults_call: everybody who is to begin does
faults_call()
{
	local who to pause
	while read -r who; do
		swan_do peer --initiate --child "$who" --timeout 1 >>"$lab/calls.log" 2>&1 &
	done <"$lab/calls"
	while read -r who pause; do
		spawn "ping-$who" "$ha" ping -n -q -i "${pause:-${interval:-2}}" "$who"
	done <"$lab/pings"
	while read -r who to; do
		# and nobody behind us knows the way back
		ip -n "$ha" route add blackhole "$who/32"
		spawn "ping-$who" "$b" ping -n -q -i "${interval:-2}" -I "$who" "$to"
	done <"$lab/their-pings"
}

# faults_later SECONDS: what was fine for so long is not so any more
faults_later()
{
	local line
	sleep "$1"
	in_ns "$b" nft -f "$lab/nft-later" || fail "nothing can be lost later"
	while read -r line; do
		culvert_do left "$line" >>"$lab/typed.log" 2>&1 ||
			fail "$line: $(cat "$lab/typed.log")"
	done <"$lab/typed-later"
}

faults_look()
{
	culvert_do left 'show crypto diagnose detail | json' >"$lab/diagnose.json" || return 1
	{
		cat "$lab/diagnose.json"
		culvert_do left 'show crypto diagnose detail'
		culvert_do left 'show logging'
	} >"$lab/everything"
	faults_do "${verdict:-judge}" "$group" "$lab" >"$lab/verdict"
}

# faults_judge SECONDS: until everything is named as it is, and then for five seconds more
faults_judge()
{
	wait_until "$1" faults_look || true
	sleep 5
	local status=0
	faults_look || status=1
	cat "$lab/verdict"
	[ "$status" = 0 ] || culvert_do left 'show crypto diagnose detail'
	return "$status"
}

# faults_tunnels: whether every tunnel of the table is up, and no other pair beside it
faults_tunnels()
{
	[ "$(culvert_spis left | wc -l)" = $((2 * $(wc -l <"$lab/pings"))) ]
}

# faults_ended SPIS: how many of these the box has no more
faults_ended()
{
	comm -23 <(sort -u <<<"$1") <(culvert_spis left | sort -u) | wc -l
}

# faults_type FILE: its lines, in one session
faults_type()
{
	local line lines=()
	while read -r line; do
		lines+=(-c "$line")
	done <"$1"
	"$programs/culvert" --run-dir "$lab/left.run" "${lines[@]}" </dev/null
}

# faults_prompt: what is typed, row by row, while all tunnels are up: what is said, what has ended
faults_prompt()
{
	local row before
	while read -r row; do
		row=$lab/row-$row
		[ -e "$row.typed" ] || continue
		expect 60 "every tunnel to be up before ${row##*/}" faults_tunnels
		before=$(culvert_spis left)
		faults_type "$row.typed" >"$row.said" 2>&1 || true
		echo $(($(faults_ended "$before") / 2)) >"$row.ended"
		[ ! -s "$row.after" ] || faults_type "$row.after" >"$row.log" 2>&1 ||
			fail "$(cat "$row.log")"
	done <"$lab/addresses"
	cat "$lab"/row-*.said >"$lab/everything"
	faults_do prompt "$group" "$lab" || {
		tail -v -n +1 "$lab"/row-*.said
		return 1
	}
}
