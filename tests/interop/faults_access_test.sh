#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every fault of remote access at once, each at another client (tests/interop/faults/access.ini):
# what `show crypto diagnose` says is the fault, and nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
faults_begin access
# who is behind the box does not know the way to this pool
ip -n "$ha" route add blackhole 10.9.2.0/24
faults_call
faults_clients
faults_judge 60
