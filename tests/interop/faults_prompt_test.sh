#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What is said at the prompt to a command (tests/interop/faults/prompt.ini), while tunnels to each
# peer are up: how many tunnels it ends, which end then, and what would have been the right source.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
interval=0.3
faults_begin prompt
faults_call
faults_prompt
