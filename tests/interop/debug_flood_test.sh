#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# debug under a flood of IKE (H199): a peer sends first messages as fast as it can while one session
# listens to all of debug; another session is answered at once, and the tunnel loses nothing.
#
#   HA 192.168.1.2 --- culvert 10.0.0.1 ==+== 10.0.0.2 culvert --- 192.168.2.2 HB
#                                         +-- 10.0.0.9, the flood

# shellcheck source=tests/interop/lib/culvert.sh
. "$(dirname "$0")/lib/culvert.sh"
lab_test
expects_diagnosis IKE-FLOOD # the flood
lab_switch
address "$m" switch 10.0.0.9/24
culvert_conf left more='crypto isakmp key cisco address 10.0.0.9' >"$lab/left.conf"
culvert_conf right >"$lab/right.conf"
culvert_start left "$a" "$lab/left.conf"
culvert_start right "$b" "$lab/right.conf"
expect 15 "an answer through the tunnel" answers "$ha" 192.168.2.2

printf '%s\n' 'debug crypto isakmp' 'debug crypto ipsec' >"$lab/commands"
spawn debug "$a" "$programs/culvert" --run-dir "$lab/left.run" -f "$lab/commands"
expect 5 "debug to be on" has 'debugging is on' "$lab/debug.log"
spawn flood "$m" /usr/bin/python3 -c '
import socket, sys
sys.path.insert(0, sys.argv[1])
import isakmp
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.bind(("10.0.0.9", 500))
    sender.connect(("10.0.0.1", 500))
    while True:
        try:
            sender.send(isakmp.main_mode())
        except OSError:
            pass # an ICMP error of a port that nobody has
' "$tree/tests/hostile"
expect 10 "lines of debug about the flood" has '10\.0\.0\.9' "$lab/debug.log"

ping_start beside "$ha" 192.168.2.2 0.02
/usr/bin/python3 - "$lab/left.run/api.sock" <<'EOF2' || fail "the box cannot be managed"
import json, socket, struct, sys, time
CALLS, BAR_MS = 200, 500

def call(api, method):
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method}).encode()
    begin = time.monotonic()
    api.sendall(struct.pack(">I", len(text)) + text)
    size = struct.unpack(">I", api.recv(4, socket.MSG_WAITALL))[0]
    answer = json.loads(api.recv(size, socket.MSG_WAITALL))
    assert "result" in answer, answer
    return 1000 * (time.monotonic() - begin)

with socket.socket(socket.AF_UNIX) as api:
    api.settimeout(20)
    api.connect(sys.argv[1])
    times = []
    for n in range(CALLS):
        times.append(call(api, ("show.version", "show.isakmp_sa", "show.logging")[n % 3]))
        time.sleep(0.02)
times.sort()
p99 = times[CALLS * 99 // 100 - 1]
print("%d calls: half in %.1f ms, 99 %% in %.1f ms" % (CALLS, times[CALLS // 2], p99))
sys.exit(p99 > BAR_MS)
EOF2
expect_lossless beside 100
stop flood KILL
[ "$(wc -l <"$lab/debug.log")" -gt 200 ] || fail "there were $(wc -l <"$lab/debug.log") lines only"
echo "ok - $(wc -l <"$lab/debug.log") lines of debug, and the box is manageable"
