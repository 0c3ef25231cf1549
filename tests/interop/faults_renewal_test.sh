#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Both ends renew the same thing at once (tests/interop/faults/renewal.ini): what the box sends of
# its renewal is held up until the peer has begun its own. `show crypto diagnose` says so where it
# was, and no ping is lost.

# shellcheck source=tests/interop/lib/faults.sh
. "$(dirname "$0")/lib/faults.sh"
faults_begin renewal
faults_call
for n in 1 2 3; do
	expect 15 "an answer through tunnel $n" answers "$ha" "172.16.$n.1"
	ping_start "renewing$n" "$ha" "172.16.$n.1" 0.1
done
faults_later 1
# by then the box has begun
sleep 14
swan_do peer --rekey --child r2 >/dev/null || fail "the peer does not renew its pair"
swan_do peer --rekey --ike r3 >/dev/null || fail "the peer does not renew phase 1"
sleep 1
in_ns "$b" nft flush table ip faults
faults_judge 40
for n in 1 2 3; do
	expect_lossless "renewing$n" 150
done
