#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Keys in tunnel groups, each at another peer (tests/interop/faults/groups.ini): what
# `show crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin groups
faults_call
faults_judge 60
