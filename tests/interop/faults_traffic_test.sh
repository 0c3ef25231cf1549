#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What happens to ESP on the way, each at another peer (tests/interop/faults/traffic.ini): what
# `show crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin traffic
interval=0.05
faults_call
spawn injector "$b" /usr/bin/python3 "$here/../faults/injector.py" outside "$lab/injected"
faults_judge 75
