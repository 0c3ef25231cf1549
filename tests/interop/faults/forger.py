# SPDX-License-Identifier: BSD-3-Clause
"""Somebody on the way who hears everything and has no key, in the namespace of the peers.

	forger.py INTERFACE FILE	FILE: lines of "PEER INNER KIND", until it is ended

In the name of PEER, or of somebody else: refuse, delete, invalid-spi: a notify or a delete in
clear with the cookies and SPIs that are in use; sealed: one that is nonsense behind its header;
unknown: of an IKE SA that is nobody's; again: each IKE message of PEER twice more; esp: its SPI
with nonsense behind, from PEER; elsewhere: from another address.
"""

import collections
import os
import socket
import struct
import sys
import time

ETH_P_ALL, OUTGOING, ETHERNET, IKE, NATT = 3, 4, 14, 500, 4500
BOX, STRANGER = socket.inet_aton("10.0.0.1"), socket.inet_aton("10.0.9.9")
EVERY, AGAIN = 1.0, 3.0
NOTIFY, DELETE, INFORMATIONAL, ENCRYPTED = 11, 12, 5, 1
INVALID_SPI, NO_PROPOSAL_CHOSEN = 11, 14
PROTO_ISAKMP, PROTO_ESP = 1, 3


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return 0xffff - ((total >> 16) + (total & 0xffff))


def frame_of(ethernet, source, port, payload):
    udp = struct.pack("!HHHH", port, port, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, source, BOX)
    return ethernet + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + udp


def message(cookies, first, flags, body):
    return cookies + struct.pack("!BBBB4sI", first, 0x10, INFORMATIONAL, flags, os.urandom(4),
                                 28 + len(body)) + body


def payload(body):
    return struct.pack("!BBH", 0, 0, 4 + len(body)) + body


def notify(kind, protocol, spi):
    return payload(struct.pack("!IBBH", 1, protocol, len(spi), kind) + spi)


def delete(protocol, spi):
    return payload(struct.pack("!IBBH", 1, protocol, len(spi), 1) + spi)


class Peer:
    """What has been heard of one."""

    def __init__(self, kind):
        self.kind = kind
        self.cookies = bytes(16)
        self.port, self.marker = IKE, b""
        self.spi_in, self.spi_out = bytes(4), bytes(4)  # of the box
        self.again = collections.deque()

    def hear(self, ours, port, data):
        if port == NATT and data[:4] != bytes(4):
            if len(data) > 8 and ours:
                self.spi_in = data[:4]
            elif len(data) > 8:
                self.spi_out = data[:4]
            return
        marker = data[:4] if port == NATT else b""
        data = data[len(marker):]
        if len(data) < 28:
            return
        self.port, self.marker, self.cookies = port, marker, data[:16]
        if ours and self.kind == "again":
            now = time.monotonic()
            self.again += [(now + AGAIN, port, marker + data), (now + 2 * AGAIN, port,
                                                               marker + data)]

    def clear(self):
        """Messages without protection."""
        if self.kind == "refuse":
            yield self.cookies, NOTIFY, 0, notify(NO_PROPOSAL_CHOSEN, PROTO_ISAKMP, b"")
            yield self.cookies[:8] + bytes(8), NOTIFY, 0, notify(NO_PROPOSAL_CHOSEN, PROTO_ISAKMP,
                                                                 b"")
        elif self.kind == "invalid-spi":
            for cookies in (bytes(16), self.cookies):
                yield cookies, NOTIFY, 0, notify(INVALID_SPI, PROTO_ESP, self.spi_out)
        elif self.kind == "delete":
            yield self.cookies, DELETE, 0, delete(PROTO_ISAKMP, self.cookies)
            yield self.cookies, DELETE, 0, delete(PROTO_ESP, self.spi_out)
        elif self.kind == "sealed":
            yield self.cookies, NOTIFY, ENCRYPTED, os.urandom(64)
        elif self.kind == "unknown":
            yield os.urandom(16), NOTIFY, ENCRYPTED, os.urandom(64)

    def says(self, ethernet, address):
        for cookies, first, flags, body in self.clear():
            yield frame_of(ethernet, address, self.port,
                           self.marker + message(cookies, first, flags, body))
        if self.kind in ("esp", "elsewhere") and self.spi_in != bytes(4):
            source = address if self.kind == "esp" else STRANGER
            yield frame_of(ethernet, source, NATT,
                           self.spi_in + struct.pack("!I", 1 << 20) + os.urandom(80))

    def repeats(self, ethernet, address):
        while self.again and self.again[0][0] <= time.monotonic():
            _, port, data = self.again.popleft()
            yield frame_of(ethernet, address, port, data)


def udp_of(frame):
    """(source, destination, port, payload) of what is IKE or ESP in UDP, else None"""
    if frame[12:14] != b"\x08\x00" or frame[23] != 17 or len(frame) < ETHERNET + 29:
        return None
    sport, dport = struct.unpack("!HH", frame[ETHERNET + 20:ETHERNET + 24])
    if sport not in (IKE, NATT) or dport not in (IKE, NATT):
        return None
    return frame[26:30], frame[30:34], sport, frame[ETHERNET + 28:]


def main():
    peers = {}
    for line in open(sys.argv[2], encoding="ascii"):
        address, _, kind = line.split()
        peers[socket.inet_aton(address)] = Peer(kind)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    wire.bind((sys.argv[1], 0))
    wire.settimeout(0.1)
    print("ready", flush=True)
    ethernet, due = None, 0

    def send(frames):
        for frame in frames:  # a socket does not hear itself
            wire.send(frame)

    while True:
        try:
            frame, where = wire.recvfrom(2048)
        except TimeoutError:
            frame = None
        heard = udp_of(frame) if frame else None
        if heard:
            source, destination, port, data = heard
            outgoing = where[2] == OUTGOING
            if outgoing:
                ethernet = frame[:ETHERNET]
            peer = peers.get(source if outgoing else destination)
            if peer:
                peer.hear(outgoing, port, data)
        if not ethernet:
            continue
        for address, peer in peers.items():
            send(peer.repeats(ethernet, address))
        if time.monotonic() >= due:
            due = time.monotonic() + EVERY
            for address, peer in peers.items():
                send(peer.says(ethernet, address))


main()
