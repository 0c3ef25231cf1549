#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What only a kernel's ESP shows, each at another peer (tests/interop/faults/kernel.ini): what `show
# crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin_kernel kernel
faults_call_kernel
faults_judge "${FAULTS_S:-90}"
