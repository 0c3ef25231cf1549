# SPDX-License-Identifier: BSD-3-Clause
"""ISAKMP messages as somebody hostile builds them: every length, number and flag can be wrong."""
import os
import struct

SA, PROPOSAL, TRANSFORM, KE, ID, NONCE, VENDOR = 1, 2, 3, 4, 5, 10, 13
MAIN, AGGRESSIVE, INFORMATIONAL, TRANSACTION, QUICK = 2, 4, 5, 6, 32

# phase 1 attributes, RFC 2409 appendix A; TV form
ENCRYPTION, HASH, AUTH, GROUP, LIFE_TYPE, LIFE, KEY_LENGTH = 1, 2, 3, 4, 11, 12, 14


def tv(kind, value):
    return struct.pack("!HH", 0x8000 | kind, value)


def tlv(kind, value, declared=None):
    return struct.pack("!HH", kind, len(value) if declared is None else declared) + value


def payload(body, following=0, reserved=0, declared=None):
    length = len(body) + 4 if declared is None else declared
    return struct.pack("!BBH", following, reserved, length & 0xFFFF) + body


def attributes(encryption=7, key_bits=256, hash_id=4, auth=1, group=14, life=86400, more=b""):
    """What tests/hostile configures: AES-256, SHA-256, pre-shared key, group 14."""
    data = tv(ENCRYPTION, encryption) + tv(HASH, hash_id) + tv(AUTH, auth) + tv(GROUP, group)
    if key_bits is not None:
        data += tv(KEY_LENGTH, key_bits)
    if life is not None:
        data += tv(LIFE_TYPE, 1) + tlv(LIFE, struct.pack("!I", life))
    return data + more


def transform(attrs=None, number=1, ident=1, following=0, **lengths):
    body = struct.pack("!BBH", number, ident, 0) + (attributes() if attrs is None else attrs)
    return payload(body, following, **lengths)


def proposal(transforms=None, count=None, protocol=1, spi=b"", number=1, following=0, spi_size=None,
             **lengths):
    transforms = [transform()] if transforms is None else transforms
    count = len(transforms) if count is None else count
    size = len(spi) if spi_size is None else spi_size
    body = struct.pack("!BBBB", number, protocol, size, count) + spi + b"".join(transforms)
    return payload(body, following, **lengths)


def sa_body(proposals=None, doi=1, situation=1):
    proposals = [proposal()] if proposals is None else proposals
    return struct.pack("!II", doi, situation) + b"".join(proposals)


def chain(*bodies):
    """(type, body) pairs as one chain of payloads."""
    data = b""
    for index, (_, body) in enumerate(bodies):
        following = bodies[index + 1][0] if index + 1 < len(bodies) else 0
        data += payload(body, following)
    return data


def message(data, first=SA, cookie_i=None, cookie_r=bytes(8), version=0x10, exchange=MAIN, flags=0,
            message_id=0, length=None):
    cookie_i = os.urandom(8) if cookie_i is None else cookie_i
    length = 28 + len(data) if length is None else length
    return cookie_i + cookie_r + struct.pack(
        "!BBBBII", first, version, exchange, flags, message_id, length) + data


def main_mode(**fields):
    """A first message that is right, but for the header fields given."""
    return message(payload(sa_body()), **fields)
