#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Tunnels that are well, in whose name somebody without a key speaks as well
# (tests/interop/faults/forged.ini): none ends, and `show crypto diagnose` blames no peer for it.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin forged
spawn forger "$b" /usr/bin/python3 "$here/../faults/forger.py" outside "$lab/injected"
expect 15 "a forger" grep -q ready "$lab/forger.log"
interval=0.2
faults_call
sleep 25 # of forgeries
faults_judge 20
culvert_do left 'show crypto diagnose' | has 'packets with bad ICV from 10.0.9.9' ||
	fail "a peer is blamed for what comes from elsewhere"
