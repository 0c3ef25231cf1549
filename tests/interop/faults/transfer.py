# SPDX-License-Identifier: BSD-3-Clause
"""TCP as applications use it: as large segments as fit, DF, and nobody knows the way.

	transfer.py serve			takes and gives
	transfer.py call ADDRESS up|down [MSS]	again and again; what is stuck begins anew
"""

import socket
import socketserver
import sys
import time

PORT, BYTES, STUCK = 7000, 200000, 8


class Both(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.readline() == b"down\n":
            self.wfile.write(bytes(BYTES))
        elif self.rfile.read(BYTES):
            self.wfile.write(b"done\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def call(address, what, mss):
    with socket.socket() as s:
        s.settimeout(STUCK)
        if mss:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, int(mss))
        s.connect((address, PORT))
        s.sendall(what.encode() + b"\n" + (bytes(BYTES) if what == "up" else b""))
        with s.makefile("rb") as f:
            return len(f.read(BYTES if what == "down" else 5))


def main():
    if sys.argv[1] == "serve":
        Server(("", PORT), Both).serve_forever()
    while True:
        try:
            print(*sys.argv[2:], call(sys.argv[2], sys.argv[3], "".join(sys.argv[4:])), flush=True)
        except OSError as error:
            print(*sys.argv[2:], error, flush=True)
        time.sleep(1)


main()
