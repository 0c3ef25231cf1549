#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two culverts with the shortest lifetimes there are renew both phases by time under a running ping
# that loses nothing: the IKE SA lives for 60 seconds, the IPsec SA for 120.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 culvert --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
expects_diagnosis IKE-SHORT-LIFE # phase 1 has a lifetime of 60 s
topology
short="crypto ipsec security-association lifetime seconds 120"
culvert_conf left isakmp_lifetime=60 pfs=14 more="$short" >"$lab/left.conf"
culvert_conf right isakmp_lifetime=60 pfs=14 more="$short" >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

ike_cookies()
{
	culvert_do left 'show crypto isakmp sa | json' | grep -oE '"cookie_i": *"[0-9a-f]+"' | sort
}

cookies=$(ike_cookies)
spis=$(culvert_spis left)
ping_start ping "$ha" 192.168.2.2 0.1
sleep 65
[ "$(ike_cookies)" != "$cookies" ] || fail "the IKE SA was not renewed"
sleep 65
expect_lossless ping 1000
culvert_renewed left "$spis" || fail "the IPsec SA was not renewed"
