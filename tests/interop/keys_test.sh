#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `monitor crypto keys`: with its files tshark decrypts a negotiation with strongSwan and what
# crosses
# behind it, for each suite; and nobody else learns a key.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 === 10.0.0.2 strongSwan --- 192.168.2.2 HB

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
# shellcheck source=tests/interop/lib/swan.sh
. "$(dirname "$0")/lib/swan.sh"
command -v tshark >/dev/null || skip "tshark is not installed"
lab_test
topology
router "$b" 192.168.2.1/24 10.0.0.2/24 10.0.0.1

# decrypted FILTER FIELD: what tshark sees with the keys
decrypted()
{
	HOME=$lab/home tshark -r "$lab/wire.pcapng" -o esp.enable_encryption_decode:TRUE -Y "$1" \
		-T fields -e "$2" 2>"$lab/tshark.err" || fail "tshark: $(cat "$lab/tshark.err")"
	! grep -qiE 'error|cannot|invalid' "$lab/tshark.err" ||
		fail "tshark: $(cat "$lab/tshark.err")"
}

# suite ENCRYPTION HASH GROUP TRANSFORM: a tunnel from nothing, its keys and its packets
suite()
{
	local profile=$lab/home/.config/wireshark

	swan_connection 10.0.0.2 10.0.0.1 192.168.2.0/24 192.168.1.0/24 \
		"$(swan_ike "$1" "$2" "$3")" "$(swan_esp "$4" no)" >"$lab/peer.conf"
	culvert_conf left encryption="$1" hash="$2" group="$3" transform="$4" >"$lab/left.conf"
	culvert_start left "$a" "$lab/left.conf"
	swan_start peer "$b" "$lab/peer.conf"
	"$programs/culvert" --run-dir "$lab/left.run" -c "monitor crypto keys $lab/k" \
		>"$lab/keys.out" 2>&1 &
	shell=$!
	expect 5 "the shell to say so" has 'whoever reads them reads the traffic' "$lab/keys.out"
	culvert_do left 'monitor capture W interface gi0/1 both cipher' || fail "no capture"
	culvert_do left 'monitor capture W start' >/dev/null || fail "no capture starts"
	expect 15 "an answer through the tunnel" in_ns "$ha" ping -c 1 -W 1 192.168.2.2
	in_ns "$ha" ping -c 3 -i 0.2 192.168.2.2 >/dev/null || fail "the pings were lost"
	sleep 0.7
	culvert_do left 'monitor capture W stop' >/dev/null || fail "no capture stops"
	culvert_do left "monitor capture W export $lab/wire.pcapng" >/dev/null || fail "no export"
	kill "$shell"
	wait "$shell" 2>/dev/null || true

	mkdir -p "$profile"
	for table in ikev1_decryption_table esp_sa; do
		[ "$(stat -c %a "$lab/k.$table")" = 600 ] || fail "anybody may read $table"
		cp "$lab/k.$table" "$profile/$table"
	done
	[ -n "$(decrypted 'isakmp.exchangetype == 2 && isakmp.typepayload == 8' frame.number)" ] ||
		fail "$1: main mode stays encrypted: $(cat "$lab/k.ikev1_decryption_table")"
	filter='isakmp.exchangetype == 32 && isakmp.typepayload == 10'
	[ -n "$(decrypted "$filter" frame.number)" ] ||
		fail "$1: quick mode stays encrypted"
	[ "$(decrypted 'icmp.type == 8' ip.src | grep -c ',192.168.1.2$')" -ge 3 ] ||
		fail "$4 stays encrypted on the way out: $(cat "$lab/k.esp_sa")"
	[ "$(decrypted 'icmp.type == 0' ip.src | grep -c ',192.168.2.2$')" -ge 3 ] ||
		fail "$4 stays encrypted on the way in: $(cat "$lab/k.esp_sa")"

	expect 5 "the log to say who" culvert_shows left 'show logging' \
		'%CRYPTO-1-KEYS_EXPOSED: User:.* is given the keys of all IKE and ESP SAs'
	expect 5 "the log to say that it is over" culvert_shows left 'show logging' \
		'%CRYPTO-1-KEYS_EXPOSED: User:.* is given no keys'
	! grep -q "$(cut -d, -f2 "$lab/k.ikev1_decryption_table" | head -n 1)" "$lab/left.log" ||
		fail "a key is in the log"
	stop peer
	rm -f "$lab/peer.swan/charon.vici"
	stop left
	echo "ok - $1 $2, $4"
}

suite 'aes 256' sha256 14 'esp-aes 256 esp-sha256-hmac'
suite 3des md5 2 'esp-3des esp-md5-hmac'
suite aes sha 5 'esp-gcm'
