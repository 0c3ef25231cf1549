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
topology
address "$b" outside 10.0.0.2/24
culvert_conf left encryption=3des hash=sha group=2 >"$lab/left.conf"
culvert_start left "$a" "$lab/left.conf"

scan()
{
	in_ns "$b" ike-scan --sport=0 --retry=1 --timeout=1000 "$@" 10.0.0.1
}

# 5 = 3DES, 2 = SHA1, 1 = pre-shared key, 2 = group 2; 1 = DES is not configured
scan --trans=5,2,1,2 | grep -q 'Main Mode Handshake returned' || fail "main mode gets no answer"
scan --trans=1,2,1,2 | grep -q 'Handshake returned' && fail "an unwanted proposal is accepted"
scan --aggressive --id=test --trans=5,2,1,2 | grep -q 'returned' && fail "aggressive mode answers"
scan --ikev2 | grep -q 'returned' && fail "IKEv2 gets an answer"
culvert_do left 'show crypto isakmp sa' | grep -q QM_IDLE && fail "a scan made an SA"
exit 0
