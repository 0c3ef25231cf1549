#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Peers and clients behind a NAT, and NAT traversal is off here (tests/interop/faults/nat.ini): what
# `show crypto diagnose` says is that, and nothing else. Then it is on, and nothing is wrong.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
faults_begin nat
faults_call
faults_clients
faults_judge 60

while read -r n _; do
	client_stop "client$n"
done <"$lab/clients"
printf '%s\n' 'configure terminal' 'crypto ipsec nat-transparency udp-encapsulation' end \
	>"$lab/lines"
"$programs/culvert" --run-dir "$lab/left.run" <"$lab/lines" >"$lab/lines.log" 2>&1 ||
	fail "$(cat "$lab/lines.log")"
while read -r who; do
	swan_do peer --terminate --ike "$who" --force >/dev/null 2>&1 || true
done <"$lab/calls"
culvert_do left 'clear crypto isakmp' >/dev/null
faults_call
faults_clients
verdict=healed
faults_judge 60
