#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Says what is wrong with a tunnel, at the moment it is known, and when it is over (docs/api.md).

usage: watch_diagnoses.py [SOCKET]
"""
import json
import socket
import struct
import sys


def receive(sock):
    head = sock.recv(4, socket.MSG_WAITALL)
    if not head:
        sys.exit("the appliance has gone")
    return json.loads(sock.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL))


def main(path="/run/culvert/api.sock"):
    request = {"jsonrpc": "2.0", "id": 1, "method": "diagnose.watch", "params": {"on": True}}
    text = json.dumps(request).encode()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        sock.sendall(struct.pack(">I", len(text)) + text)
        while True:
            message = receive(sock)
            if "error" in message:
                sys.exit(message["error"]["message"])
            if message.get("method") != "diagnose.event":
                continue
            d = message["params"]["diagnosis"]
            print(message["params"]["state"], d.get("peer", "-"), d["code"] + ":", d["sentence"],
                  "->", d["command"], flush=True)


main(*sys.argv[1:])
