# SPDX-License-Identifier: BSD-3-Clause
"""The catalogue of malformed ESP: one row a case.

    (item of the catalogue, what, IP packets to the culvert, counter)

Every packet of a row must cost exactly one count of the row's counter. `send` is the peer's end of
an SA between 192.168.3.0/24 (its side) and 192.168.1.0/24.
"""
import os
import struct

from esp import AH, BLOCK, ESP, ICV, UDP, echo, ip, udp

US, PEER, STRANGER = "10.0.0.1", "10.0.0.2", "10.0.0.66"
HERE, THERE = "192.168.1.2", "192.168.3.2"
HEADER = 8
SMALLEST = HEADER + BLOCK + BLOCK + ICV


def outer(data, protocol=ESP, src=PEER):
    return ip(src, US, data, protocol=protocol)


def junk(send, size):
    return (struct.pack("!II", send.spi, send.next_sequence()) + os.urandom(size))[:size]


def flipped(data, bit):
    data = bytearray(data)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def before_crypto(send):
    yield "H126", "0 to 7 bytes", [outer(junk(send, n)) for n in range(8)], "esp.runt"
    yield "H127", "8 bytes to one less than the transform needs", [
        outer(junk(send, n)) for n in range(8, HEADER + BLOCK + 2 + ICV)], "esp.runt"
    sizes = range(SMALLEST, SMALLEST + 64)
    yield "H128", "ciphertext that is no whole number of blocks", [
        outer(junk(send, n)) for n in sizes if (n - SMALLEST) % BLOCK], "esp.align"
    spis = [0, 1, 255, 256, 0xFFFFFFFF, *(send.spi ^ 1 << bit for bit in range(32))]
    yield "H129", "SPIs of no SA", [
        outer(struct.pack("!II", spi, 1) + os.urandom(60)) for spi in spis], "esp.no_sa"
    good = echo(THERE, HERE)
    yield "H130", "another source, and UDP where the SA has none", [
        outer(send.packet(good), src=STRANGER),
        outer(udp(send.packet(good)), protocol=UDP),
    ], "esp.endpoint"
    yield "H205", "clear packets that should have come through the tunnel", [
        echo("192.168.2.2", HERE), echo(THERE, HERE)], "policy.clear"
    yield "H130", "AH", [outer(send.packet(good), protocol=AH)], "punt.protocol"


def integrity(send):
    packet = send.packet(echo(THERE, HERE))
    yield "H131", "every bit flipped behind the sequence number", [
        outer(flipped(packet, bit)) for bit in range(8 * HEADER, 8 * len(packet))], "esp.auth"
    yield "H145", "sequence number zero", [
        outer(send.packet(echo(THERE, HERE), sequence=0))], "esp.seq0"


def after_crypto(send):
    good = echo(THERE, HERE)
    blocks = good + bytes(-len(good) % BLOCK)
    yield "H132", "pad length beyond the payload", [
        outer(send.packet(blocks, padding=bytes(14), pad_len=n)) for n in (200, 255)], "esp.pad"
    yield "H132", "padding that does not count 1, 2, 3", [
        outer(send.packet(blocks, padding=bytes(14))),
        outer(send.packet(blocks, padding=bytes(range(2, 16)))),
    ], "esp.pad"
    yield "H133", "next header that is not IP", [
        outer(send.packet(good, next_header=n)) for n in range(256) if n not in (4, 41, 59)], \
        "esp.next_header"
    yield "H133", "dummy packets", [outer(send.packet(good, next_header=59))], "esp.dummy"
    sources = ["192.168.2.255", "192.168.4.0", "192.168.1.5", "127.0.0.1", "0.0.0.0",
               "224.0.0.1", "255.255.255.255", US, "192.168.2.2"]
    yield "H135", "inner source outside the SA", [
        outer(send.packet(echo(src, HERE))) for src in sources], "esp.policy"
    targets = ["192.168.0.255", "192.168.2.0", "127.0.0.1", US, "255.255.255.255"]
    yield "H135", "inner destination outside the SA", [
        outer(send.packet(echo(THERE, dst))) for dst in targets], "esp.policy"
    yield "H136", "inner header malformed", [
        outer(send.packet(echo(THERE, HERE, **fault))) for fault in (
            {"first": 0x05}, {"first": 0x55}, {"first": 0x65}, {"first": 0x44}, {"first": 0x4F},
            {"length": 19}, {"length": 400}, {"wrong_checksum": True})], "esp.inner"


def replays(send):
    # an echo reply that nobody asked for: nobody answers the one that is accepted
    packet = send.packet(echo(THERE, HERE, kind=0), sequence=send.next_sequence() + 5000)
    send.sequence += 5000
    yield "H143", "eight copies", [outer(packet)] * 8, "esp.replay_seen"
    old = send.sequence - 2000
    yield "H142", "older than any window", [
        outer(send.packet(echo(THERE, HERE), sequence=old + n)) for n in range(10)], \
        "esp.replay_late"


def rows(send):
    for group in (before_crypto, integrity, after_crypto, replays):
        yield from group(send)
