#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What becomes of tunnels that were up, each at another peer (tests/interop/faults/life.ini): what
# `show crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin life
faults_call
faults_later 15
faults_judge 120
