#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Says when a tunnel comes up or goes down (docs/api.md).

usage: watch_tunnels.py [SOCKET [SECONDS]]
"""
import json
import socket
import struct
import sys
import time


def receive(sock):
    length = struct.unpack(">I", sock.recv(4, socket.MSG_WAITALL))[0]
    return json.loads(sock.recv(length, socket.MSG_WAITALL))


def call(sock, method, **params):
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    sock.sendall(struct.pack(">I", len(text)) + text)
    while "id" not in (reply := receive(sock)):
        pass  # a notification
    if "error" in reply:
        sys.exit("%s: %s" % (reply["error"]["data"]["name"], reply["error"]["message"]))
    return reply["result"]


def main(path="/run/culvert/api.sock", seconds="5"):
    before = {}
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        while True:
            for s in call(sock, "show.crypto_session")["sessions"]:
                name = "%s %s:%d" % (s["interface"], s["peer"], s["port"])
                if before.get(name) != s["status"]:
                    print(name, before.get(name, "-"), "->", s["status"], flush=True)
                before[name] = s["status"]
            time.sleep(float(seconds))


main(*sys.argv[1:])
