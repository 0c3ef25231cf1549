#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# ike-scan, a tool of others: from the configured peer's address it gets a main mode handshake with
# the proposal that fits and none for another; aggressive mode and IKEv2 get no answer at all.
#
#   culvert 10.0.0.1 === 10.0.0.2 ike-scan

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
command -v ike-scan >/dev/null || { echo "SKIPPED: ike-scan is not installed"; exit 77; }
lab_test
# each scan but the first is a fault
expects_diagnosis P1-AGGRESSIVE P1-POLICY-ENC P1-WAIT-MSG3 P1-IKEV2
topology
address "$b" outside 10.0.0.2/24
culvert_conf left encryption=3des hash=sha group=2 >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"

# scanned PATTERN ARGUMENT...: whether the answer matches
scanned()
{
	local pattern=$1
	shift
	in_ns "$b" ike-scan --sport=0 --retry=1 --timeout=1000 "$@" 10.0.0.1 |
		grep "$pattern" >/dev/null
}

# 5 = 3DES, 2 = SHA1, 1 = pre-shared key, 2 = group 2; 1 = DES is not configured
scanned 'Main Mode Handshake returned' --trans=5,2,1,2 || fail "main mode gets no answer"
scanned 'Handshake returned' --trans=1,2,1,2 && fail "an unwanted proposal is accepted"
scanned 'Handshake returned' --aggressive --id=test --trans=5,2,1,2 &&
	fail "aggressive mode gets an answer"
scanned 'Handshake returned' --ikev2 && fail "IKEv2 gets an answer"
culvert_shows left 'show crypto isakmp sa' QM_IDLE && fail "a scan made an SA"
exit 0
