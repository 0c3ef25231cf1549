#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Key derivation of RFC 2409 written a second time, from the RFC alone, with hashlib.

Two copies of one mistake agree with each other, so the engine is compared with this:
    tests/exchange/keys_vectors.py > tests/exchange/keys_vectors.inc
"""

import hashlib
import hmac
import struct

HASHES = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
CIPHERS = {
    "DES": (8, 8), "3DES": (24, 8), "AES_128": (16, 16), "AES_192": (24, 16), "AES_256": (32, 16),
}


def seq(start, n):
    return bytes((start + 7 * i) & 255 for i in range(n))


PSK = b"correct horse battery staple"
NI, NR = seq(1, 20), seq(99, 32)
CKY_I, CKY_R = seq(3, 8), seq(4, 8)
GXI, GXR, GXY = seq(17, 128), seq(18, 128), seq(19, 128)
SA_B, ID_B = seq(5, 48), bytes([1, 17, 1, 244, 10, 0, 0, 1])
MSGID = 0x89ABCDEF
LAST_BLOCK = seq(77, 16)
QM_REST = seq(200, 100)
QNI, QNR = seq(9, 16), seq(10, 24)
QM_GXY = seq(31, 128)
SPI = 0xCAFE0123
KEYMAT = 96


def c_string(data):
    digits = data.hex()
    return " ".join('"%s"\n\t ' % digits[i:i + 80] for i in range(0, len(digits), 80)).strip()


def vector(hash_name, cipher):
    algorithm = HASHES[hash_name]
    key_bytes, block = CIPHERS[cipher]

    def prf(key, data):
        return hmac.new(key, data, algorithm).digest()

    skeyid = prf(PSK, NI + NR)
    d = prf(skeyid, GXY + CKY_I + CKY_R + b"\0")
    a = prf(skeyid, d + GXY + CKY_I + CKY_R + b"\1")
    e = prf(skeyid, a + GXY + CKY_I + CKY_R + b"\2")
    if key_bytes <= len(e):
        enc = e[:key_bytes]
    else:
        enc, k = b"", b"\0"
        while len(enc) < key_bytes:
            k = prf(e, k)
            enc += k
        enc = enc[:key_bytes]
    iv = hashlib.new(algorithm, GXI + GXR).digest()[:block]
    mid = struct.pack(">I", MSGID)
    iv2 = hashlib.new(algorithm, LAST_BLOCK[:block] + mid).digest()[:block]
    hash_i = prf(skeyid, GXI + GXR + CKY_I + CKY_R + SA_B + ID_B)
    hash_r = prf(skeyid, GXR + GXI + CKY_R + CKY_I + SA_B + ID_B)
    hash1 = prf(a, mid + QM_REST)
    hash2 = prf(a, mid + QNI + QM_REST)
    hash3 = prf(a, b"\0" + mid + QNI + QNR)

    def keymat(shared):
        base = shared + b"\x03" + struct.pack(">I", SPI) + QNI + QNR
        out = k = prf(d, base)
        while len(out) < KEYMAT:
            k = prf(d, k + base)
            out += k
        return out[:KEYMAT]

    print("\t{ALG_HASH_%s, ALG_CIPHER_%s," % (hash_name, cipher))
    for value in [skeyid, d, a, enc, iv, iv2, hash_i, hash_r, hash1, hash2, hash3,
                  keymat(b""), keymat(QM_GXY)]:
        print("\t %s," % c_string(value).replace("\n\t  ", "\n\t "))
    print("\t},")


print("/* SPDX-License-Identifier: BSD-3-Clause */")
print("/* Written by keys_vectors.py: rows of struct vector. */")
for h in HASHES:
    for c in CIPHERS:
        vector(h, c)
