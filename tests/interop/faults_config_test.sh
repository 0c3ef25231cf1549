#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What is wrong with a configuration before a packet goes (tests/interop/faults/config.ini): each is
# a file, and `culvertd --check` says what is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
lab_test
faults_do lay config "$lab"
cp "$lab/left.conf" "$lab/row-1.conf"
for file in "$lab"/row-*.conf; do
	"$programs/culvertd" --check "$file" >"${file%.conf}.said" 2>&1 ||
		fail "$(cat "${file%.conf}.said")"
done
cat "$lab"/row-*.said >"$lab/everything"
faults_do check config "$lab"
