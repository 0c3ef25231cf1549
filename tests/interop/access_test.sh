#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Operators who are not root: the recipe of docs/howto/access.md with a real sshd, who may and who
# may not, who did what, and what ends when nobody sits there. The users live in namespaces of their
# own: nothing is added to this machine.

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
topology
run=$lab/left.run
port=2222

# alice is an operator, bob is not.
users()
{
	local gid
	gid=$(getent group culvert | cut -d: -f3)
	cp /etc/passwd /etc/group "$lab/"
	sed "s/^\(culvert:.*\)$/\1alice/" -i "$lab/group"
	cat >>"$lab/passwd" <<-EOF2
		alice:x:20001:20001::$lab/alice:/bin/sh
		bob:x:20002:20002::$lab/bob:/bin/sh
	EOF2
	printf 'alice:x:20001:\nbob:x:20002:\n' >>"$lab/group"
	{ cat /etc/shadow; printf 'alice:*:1::::::\nbob:*:1::::::\n'; } >"$lab/shadow"
	cat >"$lab/with_users" <<-EOF2
		#!/bin/sh
		for file in passwd group shadow; do mount --bind "$lab/\$file" "/etc/\$file"; done
		mkdir -p /run/sshd
		exec "\$@"
	EOF2
	chmod +x "$lab/with_users"
	[ -n "$gid" ] || fail "there is no group culvert; run scripts/setup"
}

# as USER COMMAND...: without a terminal
as()
{
	local user=$1
	shift
	in_ns "$a" "$lab/with_users" setpriv --reuid "$user" --regid "$user" --init-groups "$@"
}

culvert_as()
{
	as "$1" "$programs/culvert" --run-dir "$run" -c "$2" 2>&1
}

is_unknown_to()
{
	local said
	said=$(culvert_as "$1" "$2") && fail "$1 may type $2"
	[[ $said == *"Invalid input"* ]] || fail "$1 types $2 and is told: $said"
}

users
culvert_conf left more="enable secret open-sesame
username alice privilege 1
line vty 0 4
 exec-timeout 0 3" >"$lab/left.conf"
spawn left "$a" "$lab/with_users" "$programs/culvertd" --config "$lab/left.conf" --run-dir "$run"
expect 30 "an answer of culvert left" culvert_do left 'show version'

culvert_as alice 'show privilege' | has 'level is 1$' || fail "alice has not her privilege"
culvert_as alice 'show version' | has uptime || fail "alice may not look"
is_unknown_to alice 'show running-config'
is_unknown_to alice 'clear crypto sa'
echo "ok - an operator has the privilege of his line"

said=$(culvert_as bob 'show version') && fail "bob is let in"
[[ $said == *"root or in the group of culvert-iked (adduser NAME culvert"* ]] ||
	fail "bob is told: $said"
echo "ok - somebody else is refused and told what to do"

for pid in "$(pid_of left)" "$(iked_of left)"; do
	grep -q '^Max core file size  *0 ' "/proc/$pid/limits" || fail "$pid leaves core files"
	setpriv --bounding-set -sys_ptrace,-perfmon,-sys_admin head -c 1 "/proc/$pid/environ" \
		>/dev/null 2>&1 &&
		fail "the memory of $pid can be read"
done
echo "ok - no core file, and no look into the memory of the programs"

[ -x /usr/sbin/sshd ] || skip "sshd is missing, the rest is about it"
mkdir -p "$lab/alice/.ssh"
ssh-keygen -q -t ed25519 -N '' -f "$lab/host_key"
ssh-keygen -q -t ed25519 -N '' -f "$lab/key"
cp "$lab/key.pub" "$lab/alice/.ssh/authorized_keys"
chown -R 20001:20001 "$lab/alice"
chmod 700 "$lab/alice" "$lab/alice/.ssh"
# the recipe, as it stands in the documentation, in front of what this place needs
cat >"$lab/sshd_config" <<-EOF2
	Port $port
	ListenAddress 127.0.0.1
	HostKey $lab/host_key
	PidFile none
	UsePAM no
	PasswordAuthentication no
EOF2
sed -n '/^    Match Group culvert/,/^$/p' "$tree/docs/howto/access.md" |
	sed "s,/usr/bin/culvert,$programs/culvert --run-dir $run," >>"$lab/sshd_config"
grep -q ForceCommand "$lab/sshd_config" || fail "docs/howto/access.md has no recipe any more"
spawn sshd "$a" "$lab/with_users" /usr/sbin/sshd -D -e -f "$lab/sshd_config"
expect 10 "sshd" in_ns "$a" sh -c "ss -Htln | grep -q :$port"

# remote ARGUMENT...: ssh to this box as alice
remote()
{
	in_ns "$a" timeout 20 ssh -F none -i "$lab/key" -p "$port" -o StrictHostKeyChecking=no \
		-o "UserKnownHostsFile=$lab/known_hosts" -o LogLevel=ERROR "$@" alice@127.0.0.1
}

# prompted FILE SIZE: more than SIZE bytes have come, and last a prompt
prompted()
{
	[ "$(stat -c %s "$1")" -gt "$2" ] && [[ $(tail -c 12 "$1") =~ ([#>]|:)\ ?$ ]]
}

# typed LINE...: what a terminal shows in which these are typed, each when the prompt is there
# shellcheck disable=SC2094 # looked at while it grows
typed()
{
	local size=0
	: >"$lab/terminal"
	{
		for line; do
			sleep 0.4
			wait_until 5 prompted "$lab/terminal" "$size" || true
			size=$(stat -c %s "$lab/terminal")
			printf '%s\r' "$line"
		done
		sleep 0.4
	} | remote -tt >"$lab/terminal"
	tr -d '\r' <"$lab/terminal"
}

typed 'show privilege' exit >"$lab/plain"
has '^Current privilege level is 1$' "$lab/plain" || fail "SSH does not end in the shell"
typed enable wrong wrong wrong exit >"$lab/guesses"
has '^% Bad secrets$' "$lab/guesses" || fail "a wrong password is not refused"
typed enable open-sesame 'show privilege' 'show users' 'configure terminal' 'hostname by-alice' \
	end exit >"$lab/enabled"
has '^Current privilege level is 15$' "$lab/enabled" || fail "enable does not work over SSH"
has '^\*.* vty .*alice' "$lab/enabled" || fail "show users does not name alice"
has 'open-sesame' "$lab/enabled" && fail "the password is echoed"
has '^by-alice#' "$lab/enabled" || fail "the configuration is not changed"
culvert_do left 'show logging' >"$lab/logged"
has 'SEC_LOGIN-4-LOGIN_FAILED: .*user: alice' "$lab/logged" || fail "the guesses are not logged"
has 'User:alice  logged command:hostname by-alice' "$lab/logged" || fail "who did it is not logged"
has 'open-sesame' "$lab/logged" && fail "the password is logged"
echo "ok - the recipe: the shell instead of a command line, enable, and a line of the log"

echo 'show privilege' | in_ns "$a" timeout 20 ssh -F none -i "$lab/key" -p "$port" -T \
	-o StrictHostKeyChecking=no -o "UserKnownHostsFile=$lab/known_hosts" -o LogLevel=ERROR \
	alice@127.0.0.1 id >"$lab/forced" 2>&1 || true
has 'level is 1$' "$lab/forced" || fail "a command given to ssh is not that of the shell"
has 'uid=' "$lab/forced" && fail "ssh runs what alice wants"
remote -W "127.0.0.1:$port" </dev/null >"$lab/forwarded" 2>&1 || true
has 'SSH-2.0' "$lab/forwarded" && fail "TCP is forwarded"
echo "ok - nothing but the shell over SSH"

started=$SECONDS
sleep 6 | remote -tt >"$lab/idle" 2>&1 &
expect 12 "the end of a terminal without keys" grep -q 'Line timeout expired' "$lab/idle"
[ $((SECONDS - started)) -ge 3 ] || fail "it ended too soon"
wait
started=$SECONDS
p='show privilege'
typed "$p" "$p" "$p" "$p" "$p" "$p" "$p" "$p" "$p" "$p" exit >"$lab/busy"
has 'timeout expired' "$lab/busy" && fail "a terminal at which somebody types ended"
[ $((SECONDS - started)) -ge 4 ] || fail "this test typed too fast to show anything"
echo "ok - a terminal at which nobody sits ends, one at which somebody types does not"
