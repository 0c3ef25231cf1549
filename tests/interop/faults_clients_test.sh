#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Clients of a hub that is configured as an ASA, each with another fault, and sessions that end by
# their times (tests/interop/faults/clients.ini): what `show crypto diagnose` says is the fault, and
# nothing else.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
# shellcheck source=tests/interop/lib/client.sh
. "$(dirname "$0")/lib/client.sh"
faults_lay clients
faults_clients
faults_judge 90
culvert_shows left 'show logging' \
	'%ASA-3-713206: Group = l2tp, Username = user2, .*Tunnel Rejected: Conflicting' ||
	fail "the log does not say it as an ASA does"
