# SPDX-License-Identifier: BSD-3-Clause
"""Sends every row of esp_cases into one SA of a culvert.

    esp_wire.py CULVERT_PROGRAM RUN_DIR INTERFACE MAC < output of `ip xfrm state` at the peer
"""
import json
import re
import socket
import struct
import sys
import time

from bars import Culvert, Report
from esp import Sender
from esp_cases import rows

PACE_S = 0.001
FIRST_SEQUENCE = 1000
# of the first of eight equal packets, which is right; its reply needs no more counters
ACCEPTED = {"H143": 1}


def inbound_spi(culvert):
    for interface in json.loads(culvert.ask("show crypto ipsec sa | json"))["interfaces"]:
        for block in interface["blocks"]:
            if block["remote_ident"]["addr"] == "192.168.3.0" and block["inbound_esp"]:
                return number(block["inbound_esp"][0]["spi"])
    raise SystemExit("culvert has no SA for 192.168.3.0/24")


def number(value):
    return value if isinstance(value, int) else int(value, 16)


def keys_of(spi, states):
    for state in re.split(r"^src ", states, flags=re.MULTILINE):
        if re.search(rf"spi 0x{spi:08x}\b", state):
            auth = re.search(r"auth-trunc hmac\(sha1\) 0x([0-9a-f]+) 96", state).group(1)
            cipher = re.search(r"enc cbc\(aes\) 0x([0-9a-f]+)", state).group(1)
            return bytes.fromhex(cipher), bytes.fromhex(auth)
    raise SystemExit(f"the peer has no SA with SPI {spi:08x}")


def main():
    program, run_dir, interface, mac = sys.argv[1:]
    culvert = Culvert(program, run_dir)
    spi = inbound_spi(culvert)
    send = Sender(spi, *keys_of(spi, sys.stdin.read()), FIRST_SEQUENCE)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((interface, 0))
    frame = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\x66" + struct.pack("!H", 0x0800)
    report = Report(culvert)
    for item, what, packets, counter in rows(send):
        before = culvert.drops()
        for packet in packets:
            wire.send(frame + packet)
            time.sleep(PACE_S)
        count = len(packets) - ACCEPTED.get(item, 0)
        report.case(f"{item} {what}", report.counted(before, counter, count))
    report.end()


main()
