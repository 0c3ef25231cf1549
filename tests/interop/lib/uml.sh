# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# A Linux kernel as a process (package user-mode-linux), attached to interfaces of a namespace. The
# host's files are its files, read-only; what it writes stays in its memory. Commands go in and
# results come out as files in $lab/NAME.uml, which is the same folder for both.

# shellcheck source=tests/interop/lib/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

# uml_start NAME NAMESPACE IF...: the interfaces are vec0 vec1 ... inside
uml_start()
{
	local name=$1 ns=$2 dir=$lab/$1.uml n=0 interfaces=() if
	shift 2
	command -v linux.uml >/dev/null || skip "package user-mode-linux is not installed"
	for if in "$@"; do
		interfaces+=("vec$n:transport=raw,ifname=$if,depth=128")
		n=$((n + 1))
	done
	mkdir -p "$dir/modules/lib/modules"
	ln -s /usr/lib/uml/modules/* "$dir/modules/lib/modules/"
	printf '#!/bin/sh\nexec /sbin/modprobe -d %s/modules "$@"\n' "$dir" >"$dir/modprobe"
	chmod +x "$dir/modprobe"
	echo 0 >"$dir/commands"
	gcc -O2 -shared -fPIC -o "$dir/shim.so" "$here/uml_shim.c" || fail "gcc: no shim"
	LD_PRELOAD=$dir/shim.so spawn "$name" "$ns" linux.uml mem=192M umid="$name" uml_dir="$dir" \
		root=/dev/root rootfstype=hostfs rootflags=/ ro init="$here/uml_init" LAB="$dir" \
		"${interfaces[@]}" con=null con0=null,fd:2 con1=fd:0,fd:1 \
		ipv6.disable_ipv6=1 quiet
	expect 90 "a User-Mode Linux that has booted" test -e "$dir/ready"
}

# uml_do NAME COMMAND: runs it inside, prints its output, returns its status
uml_do()
{
	local dir=$lab/$1.uml n
	n=$(($(cat "$dir/commands") + 1))
	echo "$n" >"$dir/commands"
	printf '%s\n' "$2" >"$dir/next"
	mv "$dir/next" "$dir/command.$n"
	expect 60 "an answer of the User-Mode Linux to: $2" test -e "$dir/status.$n"
	cat "$dir/output.$n"
	return "$(cat "$dir/status.$n")"
}
