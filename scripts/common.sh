# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What every script here needs: the root of the tree, a word to the user, one builder at a time.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Holds the tree for this process: two scripts that build at the same time wait for each other.
lock_tree()
{
	exec {tree_lock}<"$root"
	flock "$tree_lock"
}

unlock_tree()
{
	exec {tree_lock}<&-
}

# configure_and_build DIR TARGET MESON_ARGUMENT...   quiet; on failure the log is printed
configure_and_build()
{
	local dir=$1 target=$2 log
	shift 2
	log=$(mktemp)
	if { [ -e "$dir/build.ninja" ] || meson setup "$dir" "$root" "$@"; } >"$log" 2>&1 &&
		ninja -C "$dir" "$target" >>"$log" 2>&1; then
		rm -f "$log"
		return 0
	fi
	tail -n 60 "$log" >&2
	rm -f "$log"
	die "could not build $dir; the output above says why"
}
