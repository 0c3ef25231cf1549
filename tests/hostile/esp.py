# SPDX-License-Identifier: BSD-3-Clause
"""ESP packets (AES-CBC with HMAC-SHA1-96) and the frames around them, right or wrong on request."""
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ESP, AH, UDP, ICMP, IPIP = 50, 51, 17, 1, 4
BLOCK, ICV = 16, 12


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return bytes(int(part) for part in text.split("."))


def ip(src, dst, data, protocol=ICMP, first=0x45, length=None, ttl=64, wrong_checksum=False):
    length = 20 + len(data) if length is None else length
    header = struct.pack("!BBHHHBBH", first, 0, length, 0, 0, ttl, protocol, 0)
    header += address(src) + address(dst)
    total = checksum(header) ^ (1 if wrong_checksum else 0)
    return header[:10] + struct.pack("!H", total) + header[12:] + data


def udp(data, port=4500):
    return struct.pack("!HHHH", port, port, 8 + len(data), 0) + data


def echo(src, dst, kind=8, **fields):
    data = struct.pack("!BBHHH", kind, 0, 0, 0x6375, 1) + b"culvert hostile test"
    data = data[:2] + struct.pack("!H", checksum(data)) + data[4:]
    return ip(src, dst, data, **fields)


class Sender:
    """The peer's end of one SA, in hostile hands."""

    def __init__(self, spi, cipher_key, hash_key, sequence):
        self.spi = spi
        self.cipher_key = cipher_key
        self.hash_key = hash_key
        self.sequence = sequence

    def next_sequence(self):
        self.sequence += 1
        return self.sequence

    def packet(self, inner, next_header=IPIP, sequence=None, padding=None, pad_len=None):
        sequence = self.next_sequence() if sequence is None else sequence
        if padding is None:
            padding = bytes(range(1, (-(len(inner) + 2)) % BLOCK + 1))
        pad_len = len(padding) if pad_len is None else pad_len
        clear = inner + padding + bytes([pad_len, next_header])
        iv = os.urandom(BLOCK)
        encryptor = Cipher(algorithms.AES(self.cipher_key), modes.CBC(iv)).encryptor()
        data = struct.pack("!II", self.spi, sequence) + iv
        data += encryptor.update(clear) + encryptor.finalize()
        return data + hmac.new(self.hash_key, data, hashlib.sha1).digest()[:ICV]
