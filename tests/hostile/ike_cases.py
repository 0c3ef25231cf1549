# SPDX-License-Identifier: BSD-3-Clause
"""The catalogue of malformed IKE, as far as somebody without keys can send it: one row a case.

    (item of the catalogue, what, datagrams, UDP port, counter, count each, whose)

Every datagram of a row must cost exactly one count of the row's counter and no answer. What stands
behind the header of a first message is read for configured peers (PEER) only; from a stranger it
costs `ike.no_psk`, whatever it is. The other rows are for ANYBODY.
"""
import os
import struct

from isakmp import (
    AGGRESSIVE, GROUP, ID, INFORMATIONAL, KE, LIFE, LIFE_TYPE, NONCE, QUICK, SA, TRANSACTION,
    VENDOR,
    attributes, chain, main_mode, message, payload, proposal, sa_body, tlv, transform, tv,
)

PRIME, GENERATOR, GROUP_TYPE = 6, 7, 5
MARKER = bytes(4)
PEER, ANYBODY = "peer", "anybody"


def sa_message(*proposals, **fields):
    return message(payload(sa_body(list(proposals), **fields)))


def attribute_message(attrs):
    return sa_message(proposal([transform(attrs)]))


def header():
    whole = main_mode()
    size = len(whole)
    yield "H001", "no byte", [b""], "ike.empty"
    yield "H001", "lengths 1 to 27", [whole[:n] for n in range(1, 28)], "ike.runt"
    lengths = [0, 1, 27, 28, size - 1, size + 1, 0x7FFFFFFF, 0xFFFFFFFF]
    yield "H002", "length in the header", [main_mode(length=n) for n in lengths], \
        "ike.len_mismatch"
    yield "H003", "trailing bytes", [whole + bytes(n) for n in (1, 3, 4, 1000)], \
        "ike.len_mismatch"
    versions = (0x00, 0x11, 0x1F, 0x20, 0x21, 0xFF)
    yield "H005", "version", [main_mode(version=v) for v in versions], "ike.bad_version"
    exchanges = [0, 1, 3, *range(7, 32), 33, 34, 35, 36, 37, 239, 240, 255]
    yield "H006", "exchange type", [main_mode(exchange=e) for e in exchanges], "ike.bad_exchange"
    yield "H066", "transaction before phase 1", [
        main_mode(exchange=TRANSACTION, message_id=7)], "ike.bad_cookie"
    yield "H066", "transaction in clear", [
        main_mode(exchange=TRANSACTION, message_id=7, cookie_r=os.urandom(8))], "ike.enc_expected"
    nameless = chain((SA, sa_body()), (KE, os.urandom(256)), (NONCE, os.urandom(20)))
    yield "H016", "aggressive mode without identity", [
        message(nameless, exchange=AGGRESSIVE)], "ike.missing_payload"
    flags = [0x08, 0x10, 0x20, 0x40, 0x80, 0xF8]
    yield "H007", "reserved flags", [main_mode(flags=f) for f in flags], "ike.bad_flags"
    yield "H008", "first message encrypted", [main_mode(flags=1)], "ike.enc_unexpected"
    same = os.urandom(8)
    yield "H009", "cookies", [
        main_mode(cookie_i=bytes(8)), main_mode(cookie_i=same, cookie_r=same)], "ike.bad_cookie"
    yield "H010", "unknown cookies", [
        main_mode(cookie_r=os.urandom(8)),
        message(payload(bytes(20)), first=8, exchange=QUICK, flags=1, message_id=7,
                cookie_r=os.urandom(8)),
        message(payload(bytes(20)), first=8, exchange=INFORMATIONAL, flags=1, message_id=7,
                cookie_r=os.urandom(8)),
    ], "ike.no_sa"
    yield "H011", "message ID in phase 1", [main_mode(message_id=n) for n in (1, 0xFFFFFFFF)], \
        "ike.bad_msgid"


def payloads():
    body = sa_body()
    for_each_length = [message(payload(body, declared=n)) for n in (0, 1, 2, 3)]
    yield "H013", "payload length below its header", for_each_length, "ike.payload_len"
    beyond = [message(payload(body, declared=n)) for n in (len(body) + 5, 0xFFFF)]
    yield "H014", "payload length beyond the datagram", beyond, "ike.payload_len"
    yield "H015", "chain does not end with the message", [
        message(payload(body) + payload(b"vendor")),
        message(payload(body) + b"x"),
    ], "ike.chain"
    yield "H016", "no SA payload", [message(payload(os.urandom(16)), first=VENDOR)], \
        "ike.missing_payload"
    yield "H017", "SA payload again", [
        message(chain(*[(SA, body)] * n)) for n in (2, 3)], "ike.dup_payload"
    yield "H018", "33 and 255 payloads", [
        message(chain((SA, body), *[(VENDOR, b"vendor-id")] * n)) for n in (32, 100)], \
        "ike.too_many"
    yield "H019", "unknown payload types", [
        message(chain((SA, body), (kind, b"12345678"))) for kind in (15, 19, 33, 46, 53, 127)], \
        "ike.unknown_payload"
    aggressive = [(SA, body), (KE, os.urandom(256)), (NONCE, os.urandom(20))]
    address = (ID, bytes([1, 17, 1, 244, 10, 0, 0, 2]))
    yield "H097", "aggressive mode where it is off", [
        message(chain(*aggressive, address), exchange=AGGRESSIVE)], "ike.aggressive"
    yield "H020", "reserved byte", [message(payload(body, reserved=1))], "ike.reserved"


def proposals():
    good = proposal()
    yield "H021", "lengths inside the SA payload", [
        sa_message(proposal(declared=n)) for n in (0, 7, len(good) - 1, len(good) + 1, 0xFFFF)
    ] + [
        sa_message(proposal([transform(declared=n)])) for n in (0, 7, 0xFFFF)
    ], "ike.sa_malformed"
    yield "H022", "domain and situation", [sa_message(good, doi=d) for d in (0, 2, 0xFFFFFFFF)] + [
        sa_message(good, situation=s) for s in (0, 2, 4, 0xFFFFFFFF)], "ike.bad_doi"
    yield "H023", "protocol of a phase 1 proposal", [
        sa_message(proposal(protocol=p)) for p in (0, 2, 3, 4, 5, 255)], "ike.no_proposal"
    yield "H024", "attributes", [
        attribute_message(attributes(more=b"\x80\x01\x00")),
        attribute_message(attributes(more=tlv(9, b"", declared=0xFFFF))),
        attribute_message(attributes(more=tv(GROUP, 2))),
    ], "ike.attr"
    yield "H025", "lifetime", [
        attribute_message(attributes(life=None, more=tv(LIFE_TYPE, 1) + tlv(LIFE, b""))),
        attribute_message(attributes(life=None, more=tlv(LIFE, struct.pack("!I", 3600)))),
        attribute_message(attributes(life=None, more=tv(LIFE_TYPE, 1))),
    ], "ike.lifetime"
    yield "H026", "numbers of proposals and transforms", [
        message(payload(sa_body([]))),
        sa_message(proposal([])),
        sa_message(proposal(count=2)),
        sa_message(proposal([transform(following=3), transform(number=2)], count=1)),
    ], "ike.sa_malformed"
    yield "H027", "algorithms that no table has", [
        attribute_message(attributes(key_bits=n)) for n in (0, 1, 64, 127, 129, 65535, None)
    ] + [
        attribute_message(attributes(encryption=n)) for n in (0, 2, 3, 4, 6, 8, 13, 65535)
    ] + [
        attribute_message(attributes(hash_id=n)) for n in (0, 3, 7, 65535)
    ] + [
        attribute_message(attributes(auth=n)) for n in (0, 2, 3, 4, 5, 65001)
    ], "ike.no_proposal"
    yield "H028", "SPI in a phase 1 proposal", [
        sa_message(proposal(spi=bytes(n))) for n in (17, 255)], "ike.bad_spi"
    yield "H029", "groups", [
        attribute_message(attributes(group=n)) for n in (0, 3, 4, 1025, 65535)
    ] + [
        attribute_message(attributes(more=tv(GROUP_TYPE, 1) + tlv(PRIME, b"\x07") +
                                     tlv(GENERATOR, b"\x02"))),
    ], "ike.bad_group"


def ports():
    whole = main_mode()
    yield "H012", "non-ESP marker on port 500", [MARKER + whole], 500, "natt.bad_marker"
    yield "H012", "marker, then too little", [MARKER + whole[:n] for n in (0, 1, 27)], 4500, \
        "ike.runt"
    yield "H012", "part of a marker", [MARKER[:n] for n in (1, 2, 3)], 4500, "natt.marker"
    yield "H012", "no marker on port 4500", [main_mode(cookie_i=b"\x7fculvert")], 4500, \
        "esp.no_sa"


def rows():
    for whose, group in ((ANYBODY, header), (PEER, payloads), (PEER, proposals)):
        for item, what, datagrams, counter in group():
            yield item, what, datagrams, 500, counter, 1, whose
    for item, what, datagrams, port, counter in ports():
        yield item, what, datagrams, port, counter, 1, ANYBODY
    yield "H004", "65507 bytes, in fragments", [bytes(65507)], 500, "frag.oversize", 45, ANYBODY
