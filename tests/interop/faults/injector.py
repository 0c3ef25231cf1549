# SPDX-License-Identifier: BSD-3-Clause
"""What a bad network or somebody else does to ESP, seen from the namespace of the peers.

	injector.py INTERFACE FILE	FILE: lines of "PEER INNER KIND", until it is ended

repeat: every packet of ESP once more; late: once more 200 packets later; pieces: so its
fragments; spi: once more with an SPI that is nobody's; clear: a packet in clear from INNER to
192.168.1.2 five times a second; malformed: so often IKE from PEER that says it is longer than it
is.
"""

import collections
import socket
import struct
import sys
import time

ETH_P_ALL, OUTGOING, ETHERNET, NATT = 3, 4, 14, 4500
LATE = 200


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return 0xffff - ((total >> 16) + (total & 0xffff))


def frame_of(ethernet, source, destination, protocol, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
                       source, socket.inet_aton(destination))
    return ethernet + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def malformed_frame(ethernet, peer):
    ike = struct.pack("!QQBBBBII", 0x1122334455667788, 0, 1, 0x10, 2, 0, 0, 4000) + bytes(20)
    return frame_of(ethernet, peer, "10.0.0.1", 17,
                    struct.pack("!HHHH", 500, 500, 8 + len(ike), 0) + ike)


def clear_frame(ethernet, inner):
    icmp = struct.pack("!BBHHH", 8, 0, 0, 7, 7) + bytes(32)
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    return frame_of(ethernet, socket.inet_aton(inner), "192.168.1.2", 1, icmp)


def is_esp(frame):
    """In UDP, as strongSwan in user space sends it."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 17 or len(frame) < ETHERNET + 36:
        return False
    sport, = struct.unpack("!H", frame[ETHERNET + 20:ETHERNET + 22])
    return sport == NATT and frame[ETHERNET + 28:ETHERNET + 32] != bytes(4)


def is_piece(frame):
    """Of ESP that was too large for the way."""
    return frame[12:14] == b"\x08\x00" and frame[23] == 50 and (
        struct.unpack("!H", frame[20:22])[0] & 0x3fff) != 0


def main():
    kinds, inners = {}, {}
    for line in open(sys.argv[2], encoding="ascii"):
        peer, inner, kind = line.split()
        kinds[socket.inet_aton(peer)] = kind
        inners[inner] = kind
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    wire.bind((sys.argv[1], 0))
    wire.settimeout(0.1)
    kept, sent, ethernet, due = collections.defaultdict(collections.deque), set(), None, 0
    while True:
        try:
            frame, where = wire.recvfrom(2048)
        except TimeoutError:
            frame = None
        kind = frame and where[2] == OUTGOING and kinds.get(frame[26:30])
        if kind and (is_piece if kind == "pieces" else is_esp)(frame):
            data = frame
            ethernet = frame[:ETHERNET]
            if data in sent:
                sent.discard(data)
                kind = None
            if kind in ("late", "pieces"):
                kept[frame[26:30]].append(frame)
                data = kept[frame[26:30]].popleft() if len(kept[frame[26:30]]) > LATE else None
            elif kind == "spi":
                at = ETHERNET + 28
                data = frame[:at] + bytes([frame[at] ^ 0xff]) + frame[at + 1:26 + at]
                data += frame[len(data):]
            if kind in ("repeat", "late", "pieces", "spi") and data:
                sent.add(data)
                wire.send(data)
        if ethernet and time.monotonic() >= due:
            due = time.monotonic() + 0.2
            for inner in (i for i, kind in inners.items() if kind == "clear"):
                wire.send(clear_frame(ethernet, inner))
            for peer in (p for p, kind in kinds.items() if kind == "malformed"):
                wire.send(malformed_frame(ethernet, peer))


main()
