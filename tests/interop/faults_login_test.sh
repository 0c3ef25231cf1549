#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Peers that are no clients and are asked for a user (tests/interop/faults/login.ini): what `show
# crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin login
faults_call
faults_judge 60
