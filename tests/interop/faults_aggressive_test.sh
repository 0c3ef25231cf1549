#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every fault of aggressive mode at once, each at another peer (faults/aggressive.ini): what `show
# crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
SWAN_DAEMON="i_dont_care_about_security_and_use_aggressive_mode_psk = yes"
faults_begin aggressive
faults_call
faults_judge 90
