# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Namespaces, processes in them, waiting and pinging. Whoever sources this owns a laboratory that
# is taken down when the script ends, however it ends.
#
#   HA 192.168.1.2 --- .1 A 10.0.0.1 === 10.0.0.2 B .1 --- 192.168.2.2 HB
#
# Interfaces of A and B are called `inside` and `outside`, that of a host `eth0`.

SKIPPED=77
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for those who source this
tree=$(cd "$here/../../.." && pwd)
about_to_stop=: # NAME: what has to be seen of a process before `stop NAME` ends it
at_end=:        # the last word over a test that has passed; the processes run still

# lab_begin TAG FOLDER: names the namespaces TAG-ha TAG-a TAG-b TAG-hb
lab_begin()
{
	tag=$1
	lab=$2
	ha=$tag-ha a=$tag-a b=$tag-b hb=$tag-hb
	namespaces=("$ha" "$a" "$b" "$hb")
	mkdir -p "$lab"
	chmod 755 "$lab"
}

# What every test does first.
lab_test()
{
	set -euo pipefail
	[ "$(id -u)" = 0 ] || skip "namespaces need root"
	lab_begin "culvert-$$" "$(mktemp -d /tmp/culvert-lab.XXXXXX)"
	export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
	trap 'lab_exit $?' EXIT
	trap 'exit 1' INT TERM
}

# Programs end before the folder is looked at: a sanitizer speaks last.
lab_exit()
{
	local status=$1
	trap - EXIT INT TERM
	[ "$status" != 0 ] || $at_end || status=1
	lab_stop
	if grep -E 'ERROR: [A-Za-z]+Sanitizer|: runtime error: ' "$lab"/*.log 2>/dev/null; then
		echo "FAILED: a sanitizer found something"
		status=1
	fi
	if [ "$status" != 0 ] && [ "$status" != $SKIPPED ]; then
		tail -v -n 25 "$lab"/*.log 2>/dev/null || true
	fi
	lab_end
	exit "$status"
}

lab_processes()
{
	local ns
	for ns in "${namespaces[@]}"; do
		[ -e "/run/netns/$ns" ] && ip netns pids "$ns"
	done
	return 0
}

lab_is_idle()
{
	[ -z "$(lab_processes)" ]
}

lab_stop()
{
	lab_processes | xargs -r kill 2>/dev/null || true
	wait_until 8 lab_is_idle || lab_processes | xargs -r kill -9 2>/dev/null || true
}

# Everything that runs in our namespaces ends, then the namespaces, then the folder.
lab_end()
{
	local ns
	lab_stop
	for ns in "${namespaces[@]}"; do
		ip netns delete "$ns" 2>/dev/null || true
	done
	rm -rf "$lab"
}

fail()
{
	echo "FAILED: $*"
	exit 1
}

skip()
{
	echo "SKIPPED: $*"
	exit $SKIPPED
}

# wait_until SECONDS COMMAND...: tries the command until it succeeds
wait_until()
{
	local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# expect SECONDS WHAT COMMAND...: the same, and the test fails when it never does
expect()
{
	local seconds=$1 what=$2
	shift 2
	wait_until "$seconds" "$@" || fail "not within $seconds s: $what"
}

# has GREP_ARGUMENT...: `grep -q` for the end of a pipe: reads all of it, so that who writes into it
# does not fail
has()
{
	grep "$@" >/dev/null
}

# in_ns NAMESPACE COMMAND...
in_ns()
{
	ip netns exec "$@"
}

# spawn NAME NAMESPACE COMMAND...: in the background; output in $lab/NAME.log, pid in $lab/NAME.pid
spawn()
{
	local name=$1
	shift
	ip netns exec "$@" >>"$lab/$name.log" 2>&1 </dev/null &
	echo $! >"$lab/$name.pid"
	disown
}

pid_of()
{
	cat "$lab/$1.pid"
}

is_running()
{
	kill -0 "$(pid_of "$1")" 2>/dev/null
}

is_gone()
{
	! is_running "$1"
}

# stop NAME [SIGNAL]
stop()
{
	$about_to_stop "$1"
	kill -s "${2:-TERM}" "$(pid_of "$1")" 2>/dev/null || true
	wait_until 8 is_gone "$1" || fail "$1 does not end on ${2:-TERM}"
}

# link NAMESPACE IF NAMESPACE IF: a cable; checksums are computed, since user space reads them
link()
{
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3"
	for end in "$1 $2" "$3 $4"; do
		read -r ns if <<<"$end"
		in_ns "$ns" ethtool -K "$if" tx off >/dev/null
		ip -n "$ns" link set "$if" up
	done
}

# address NAMESPACE IF ADDRESS/LEN [GATEWAY]
address()
{
	ip -n "$1" address add "$3" dev "$2"
	[ -z "${4:-}" ] || ip -n "$1" route add default via "$4"
}

# The drawing above; A and B have no addresses yet, that is the business of what runs there.
topology()
{
	local ns
	for ns in "${namespaces[@]}"; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
	link "$ha" eth0 "$a" inside
	link "$a" outside "$b" outside
	link "$b" inside "$hb" eth0
	address "$ha" eth0 192.168.1.2/24 192.168.1.1
	address "$hb" eth0 192.168.2.2/24 192.168.2.1
}

# lab_switch: between A and B a namespace M with a bridge `switch`: both directions show there, and
# its ports port-a and port-b may filter
lab_switch()
{
	local port
	m=$tag-m
	namespaces+=("$m")
	topology
	ip -n "$a" link delete outside
	ip -n "$m" link add switch type bridge
	ip -n "$m" link set dev switch up
	for port in a b; do
		link "${!port}" outside "$m" "port-$port"
		ip -n "$m" link set dev "port-$port" master switch
	done
}

# lab_nat PRIVATE_NS PRIVATE_ADDRESS PUBLIC_NS PUBLIC_ADDRESS: between A and B a router NAT, which
# gives what leaves by `public` its own address and a port from 20000 to 30000
lab_nat()
{
	nat=$tag-nat
	namespaces+=("$nat")
	topology
	ip -n "$a" link delete outside
	link "$1" outside "$nat" private
	link "$3" outside "$nat" public
	address "$nat" private "$2"
	address "$nat" public "$4"
	in_ns "$nat" sysctl -qw net.ipv4.ip_forward=1
	in_ns "$nat" nft -f - <<-EOF || skip "this kernel cannot translate addresses"
		table ip nat {
			chain out {
				type nat hook postrouting priority 100;
				oifname "public" ip protocol udp masquerade to :20000-30000
			}
		}
	EOF
}

# router NAMESPACE INSIDE OUTSIDE GATEWAY: makes the kernel of a namespace a router (for user-space
# strongSwan, which lives on it)
router()
{
	address "$1" inside "$2"
	address "$1" outside "$3" "$4"
	in_ns "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0
}

# answers NAMESPACE ADDRESS: one ping, one answer
answers()
{
	in_ns "$1" ping -n -q -c 1 -W 1 "$2" >/dev/null
}

# ping_start NAME NAMESPACE ADDRESS [INTERVAL [OPTION...]]: numbered packets until ping_lost
ping_start()
{
	spawn "$1" "$2" ping -n -W 2 -i "${4:-0.05}" "${@:5}" "$3"
}

# ping_lost NAME: ends it; prints how many of how many got no answer, as "LOST SENT". ping does not
# wait for the answers that are on their way when it ends: up to 50 at the very end are no loss.
ping_lost()
{
	kill -s INT "$(pid_of "$1")"
	wait_until 5 is_gone "$1" || fail "ping does not end"
	awk '
		match($0, /icmp_seq=[0-9]+ ttl/) {
			n = substr($0, RSTART + 9) + 0
			if (!(n in seen)) { seen[n] = 1; answered++ }
			if (n > last) last = n
		}
		/packets transmitted/ { sent = $1 }
		END {
			if (sent - last <= 50) sent = last
			print sent - answered, sent
		}' "$lab/$1.log"
}

# ping_has NAME COUNT: whether it got so many answers
ping_has()
{
	[ "$(grep -c 'icmp_seq=[0-9]* ttl' "$lab/$1.log")" -ge "$2" ]
}

# expect_lossless NAME AT_LEAST: ends it when it got so many answers; a busy machine needs longer
expect_lossless()
{
	local lost sent
	wait_until 30 ping_has "$1" "$2" || true
	read -r lost sent <<<"$(ping_lost "$1")"
	[ "$sent" -ge "$2" ] || fail "$1 sent only $sent packets"
	[ "$lost" = 0 ] || fail "$lost of $sent packets of $1 were lost"
	echo "$1: $sent packets, none lost"
}

# pings NAME NAMESPACE ADDRESS COUNT [OPTION...]: all are answered, however late: `ping -c` itself
# waits for its last ones only twice as long as the others took
pings()
{
	ping_start "$1" "$2" "$3" 0.02 "${@:5}"
	expect_lossless "$1" "$4"
}

# capture NAME NAMESPACE IF [FILTER...]: into $lab/NAME.pcap until `stop NAME`. Sees what arrives at
# IF; what a culvert sends by IF only shows at the other end of the cable.
capture()
{
	local name=$1 ns=$2 if=$3
	shift 3
	spawn "$name" "$ns" tcpdump -n -U --immediate-mode -Z root -i "$if" \
		-w "$lab/$name.pcap" "$@"
	expect 5 "a capture on $if" grep -q 'listening on' "$lab/$name.log"
}

# captured NAME DISPLAY_FILTER: how many packets of a capture match
captured()
{
	tshark -n -r "$lab/$1.pcap" -Y "$2" 2>/dev/null | wc -l
}
