#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""scapy as an independent judge of ESP.

scapy_esp.py make            prints esp_scapy.txt: packets scapy made, for us to decrypt
scapy_esp.py judge PROGRAM   runs PROGRAM --write, and decrypts what it made with scapy

A line is: cipher hash flags sequence key+salt integrity-key inner-packet wire-packet.
Exits 77 when scapy is not there.
"""

import hashlib
import hmac
import random
import struct
import subprocess
import sys

try:
    from scapy.all import ESP, IP, SecurityAssociation, UDP, raw
except ImportError:
    sys.exit(77)

CIPHERS = {
    "null": ("NULL", 0, 0),
    "des": ("DES", 8, 0),
    "3des": ("3DES", 24, 0),
    "aes-128": ("AES-CBC", 16, 0),
    "aes-192": ("AES-CBC", 24, 0),
    "aes-256": ("AES-CBC", 32, 0),
    "aes-128-gcm": ("AES-GCM", 16, 4),
    "aes-192-gcm": ("AES-GCM", 24, 4),
    "aes-256-gcm": ("AES-GCM", 32, 4),
}
HASHES = {
    "none": ("NULL", 0, None, 0),
    "md5": ("HMAC-MD5-96", 16, hashlib.md5, 12),
    "sha": ("HMAC-SHA1-96", 20, hashlib.sha1, 12),
    "sha256": ("SHA2-256-128", 32, hashlib.sha256, 16),
    "sha384": ("SHA2-384-192", 48, hashlib.sha384, 24),
    "sha512": ("SHA2-512-256", 64, hashlib.sha512, 32),
}
SPI = 0x01000000
ESN_HIGH = 5


def is_bare(cipher, digest):
    """A cipher without integrity: no ESN then, and a damaged packet is not seen."""
    return digest == "none" and cipher != "null" and "gcm" not in cipher


def suites():
    for cipher in CIPHERS:
        for digest in HASHES:
            if ("gcm" in cipher) == (digest == "none"):
                yield cipher, digest
    for cipher in CIPHERS:
        if is_bare(cipher, "none"):
            yield cipher, "none"


def association(cipher, digest, esn, key, auth):
    options = {"esn_en": True, "esn": ESN_HIGH} if esn else {}
    return SecurityAssociation(
        ESP,
        spi=SPI,
        crypt_algo=CIPHERS[cipher][0],
        crypt_key=key,
        auth_algo=HASHES[digest][0],
        auth_key=auth,
        tunnel_header=IP(src="10.9.0.1", dst="10.9.0.2"),
        **options,
    )


def icv(digest, auth, esp, esn):
    """The ICV of an ESP packet without its ICV; with ESN the upper half is hashed too."""
    _, _, function, length = HASHES[digest]
    upper = ESN_HIGH.to_bytes(4, "big") if esn else b""
    return hmac.new(auth, esp + upper, function).digest()[:length]


def swap_icv(packet, digest, auth, have_esn, want_esn):
    """scapy knows ESN only with GCM: checks one ICV by hand and puts the other in its place."""
    length = HASHES[digest][3]
    esp = raw(packet[IP].payload)
    if icv(digest, auth, esp[:-length], have_esn) != esp[-length:]:
        raise ValueError("ICV")
    return IP(raw(packet)[:-length] + icv(digest, auth, esp[:-length], want_esn))


def to_udp(packet):
    """scapy's own NAT-T does not work: the ESP bytes go into UDP by hand."""
    esp = raw(packet[IP].payload)
    return IP(src="10.9.0.1", dst="10.9.0.2") / UDP(sport=4500, dport=4500, chksum=0) / esp


def from_udp(wire):
    packet = IP(wire)
    if UDP not in packet:
        return packet
    esp = raw(packet[UDP].payload)
    return IP(raw(IP(src=packet.src, dst=packet.dst, proto=50) / esp))


def make():
    random.seed(1998)
    print("# SPDX-License-Identifier: BSD-3-Clause")
    print("# ESP tunnel packets made by scapy: tests/vectors/scapy_esp.py make")
    print("# cipher hash flags sequence key+salt integrity-key inner-packet wire-packet")
    for cipher, digest in suites():
        _, key_len, salt_len = CIPHERS[cipher]
        for flags in ("-", "udp") if is_bare(cipher, digest) else ("-", "udp", "esn"):
            for size in (20, random.randrange(21, 80), random.randrange(80, 400)):
                key = random.randbytes(key_len + salt_len)
                auth = random.randbytes(HASHES[digest][1])
                inner = raw(
                    IP(src="192.168.1.10", dst="192.168.2.10", proto=99, id=random.randrange(65536))
                    / random.randbytes(size - 20)
                )
                sequence = random.randrange(1, 1 << 32)
                sa = association(cipher, digest, flags == "esn", key, auth)
                wire = sa.encrypt(IP(inner), seq_num=sequence)
                if flags == "udp":
                    wire = to_udp(wire)
                elif flags == "esn" and HASHES[digest][3]:
                    wire = swap_icv(wire, digest, auth, False, True)
                number = sequence + (ESN_HIGH << 32 if flags == "esn" else 0)
                fields = [key, auth, inner, raw(wire)]
                print(cipher, digest, flags, number, *(f.hex() or "-" for f in fields))


def unhex(field):
    return b"" if field == "-" else bytes.fromhex(field)


def decrypt(cipher, digest, flags, key, auth, wire):
    packet = from_udp(wire)
    if flags == "esn" and HASHES[digest][3]:
        packet = swap_icv(packet, digest, auth, True, False)
    return raw(association(cipher, digest, flags == "esn", key, auth).decrypt(packet))


def judge(program):
    lines = subprocess.run([program, "--write"], stdout=subprocess.PIPE, check=True, text=True)
    seen = set()
    n = 0
    for line in lines.stdout.splitlines():
        if not line.startswith("esp "):
            continue
        _, cipher, digest, flags, number, *rest = line.split()
        key, auth, inner, wire = map(unhex, rest)
        if decrypt(cipher, digest, flags, key, auth, wire) != inner:
            sys.exit(f"scapy decrypts something else: {line}")
        if raw(from_udp(wire))[20:28] != struct.pack("!LL", SPI, int(number) % 2**32):
            sys.exit(f"wrong SPI or sequence number: {line}")
        seen.add((cipher, digest))
        n += 1
        if is_bare(cipher, digest):
            continue
        try:
            decrypt(cipher, digest, flags, key, auth, wire[:-1] + bytes([wire[-1] ^ 1]))
        except Exception:  # whatever is raised for a wrong ICV
            pass
        else:
            sys.exit(f"scapy takes a damaged packet: {line}")
    if seen != set(suites()):
        sys.exit(f"suites missing: {set(suites()) - seen}")
    print(f"scapy decrypted {n} packets of {len(seen)} suites")


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    elif len(sys.argv) == 3 and sys.argv[1] == "judge":
        judge(sys.argv[2])
    else:
        sys.exit(__doc__)
