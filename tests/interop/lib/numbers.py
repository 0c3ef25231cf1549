#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Numbered datagrams of one host to another, and those of the other counted: sends RATE a second
for SECONDS from every LOCAL to the REMOTE in the same place, then waits for the rest. Prints for
every REMOTE what it sent there, what came from there, and how much of that was different.

    numbers.py GO RATE SECONDS LOCAL REMOTE [LOCAL REMOTE]...

Says "# ready" when it receives, and sends nothing before the file GO is there.
"""
import os
import selectors
import socket
import struct
import sys
import time

PORT = 7000
REST_S = 3
RECEIVE_BUFFER = 4 << 20
SO_RCVBUFFORCE = 33


class Flow:
    """Both directions between LOCAL and one REMOTE."""

    def __init__(self, local, remote):
        self.remote = remote
        self.sent = 0
        self.seen = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((local, PORT))
        self.socket.connect((remote, PORT))
        self.socket.setblocking(False)

    def send(self):
        self.socket.send(struct.pack("!Q", self.sent) + bytes(100))
        self.sent += 1

    def receive(self):
        while True:
            try:
                self.seen.append(struct.unpack("!Q", self.socket.recv(2048)[:8])[0])
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                continue


def main():
    rate, seconds = (float(word) for word in sys.argv[2:4])
    pairs = list(zip(sys.argv[4::2], sys.argv[5::2]))
    flows = [Flow(local, remote) for local, remote in pairs]
    selector = selectors.DefaultSelector()
    for flow in flows:
        selector.register(flow.socket, selectors.EVENT_READ, flow)
    print("# ready", flush=True)
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.05)
    due = begin = time.monotonic()
    while time.monotonic() < begin + seconds + REST_S:
        now = time.monotonic()
        while due <= now and due < begin + seconds - 0.5 / rate:
            for flow in flows:
                flow.send()
            due += 1 / rate
        wait = max(0, min(due - now, 0.1))
        for key, _ in selector.select(wait if due < begin + seconds else 0.1):
            key.data.receive()
    for (local, remote), flow in zip(pairs, flows):
        gaps = [n for n in sorted(set(range(flow.sent)) - set(flow.seen))]
        if gaps:
            print("# missing:", " ".join(f"{n / rate:.2f}" for n in gaps[:200]), file=sys.stderr)
        print(local, remote, flow.sent, len(flow.seen), len(set(flow.seen)), flush=True)


if __name__ == "__main__":
    main()
