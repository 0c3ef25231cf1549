# SPDX-License-Identifier: BSD-3-Clause
"""Sends every row of ike_cases to a culvert, from a configured peer's address and a stranger's.

    ike_wire.py CULVERT_PROGRAM RUN_DIR TARGET PEER STRANGER
"""
import select
import socket
import sys
import time

from bars import Culvert, Report
from ike_cases import PEER, rows

PACE_S = 0.002
ANSWER_S = 0.3


def answered(sender, wait_s=ANSWER_S):
    size = 0
    while select.select([sender], [], [], wait_s if size == 0 else 0)[0]:
        size += len(sender.recv(65536))
    return size


def main():
    program, run_dir, target, peer, stranger = sys.argv[1:]
    culvert = Culvert(program, run_dir)
    report = Report(culvert)
    for source in (peer, stranger):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((source, 0))
        for item, what, datagrams, port, counter, each, whose in rows():
            if whose == PEER and source == stranger:
                counter = "ike.no_psk"
            before = culvert.drops()
            answered(sender, 0)  # what a busy machine still owed to the case before
            for datagram in datagrams:
                sender.sendto(datagram, (target, port))
                time.sleep(PACE_S)
            size = answered(sender)
            faults = report.counted(before, counter, each * len(datagrams))
            if size > (len(datagrams[-1]) if counter == "ike.no_proposal" else 0):
                faults.append(f"{size} bytes came back")
            report.case(f"{item} {what}, from {source}", faults)
        sender.close()
    report.end()


main()
