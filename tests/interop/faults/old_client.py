# SPDX-License-Identifier: BSD-3-Clause
"""A client of the time of the first drafts: aggressive mode with the key of a group, and answers
to XAUTH with the attributes of draft-ietf-ipsec-isakmp-xauth-02, which nobody understands any more.

	old_client.py OUR_ADDRESS GROUP KEY
"""
import hashlib
import hmac
import os
import pathlib
import socket
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "hostile"))
import isakmp  # noqa: E402

HUB = ("10.0.0.1", 500)
HASH, ATTRIBUTES = 8, 14
XAUTH_PSK, SHA1, KEY_ID, ENCRYPTED = 65001, 2, 11, 1
REQUEST, REPLY = 1, 2
OLD_TYPE, OLD_USER, OLD_PASSWORD = 13, 14, 15
XAUTH = bytes.fromhex("09002689dfd6b712")
# RFC 3526, 2048 bits
PRIME = int("""
FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510
15728E5A8AACAA68FFFFFFFFFFFFFFFF""".replace("\n", ""), 16)


def prf(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha1).digest()


def payloads(kind, data):
    """type -> body of the first payload of that type"""
    found = {}
    while kind and len(data) >= 4:
        following, length = data[0], struct.unpack("!H", data[2:4])[0]
        found.setdefault(kind, data[4:length])
        kind, data = following, data[length:]
    return found


class Client:
    def __init__(self, address, group, key):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.cookie_i = os.urandom(8)
        self.number = int.from_bytes(os.urandom(32), "big")
        self.ke = pow(2, self.number, PRIME).to_bytes(256, "big")
        self.nonce = os.urandom(20)
        self.identity = struct.pack("!BBH", KEY_ID, 17, 500) + group.encode()
        self.sa = isakmp.sa_body([isakmp.proposal([isakmp.transform(
            isakmp.attributes(hash_id=SHA1, auth=XAUTH_PSK))])])
        self.key = key.encode()

    def send(self, data, **header):
        self.socket.sendto(isakmp.message(data, cookie_i=self.cookie_i, **header), HUB)

    def receive(self):
        """What is not of this negotiation is for nobody."""
        while True:
            data = self.socket.recv(4096)
            if data[:8] == self.cookie_i:
                return data

    def cipher(self, iv):
        return Cipher(algorithms.AES(self.secret), modes.CBC(iv))

    def phase1(self):
        self.send(isakmp.chain((isakmp.SA, self.sa), (isakmp.KE, self.ke),
                               (isakmp.NONCE, self.nonce), (isakmp.ID, self.identity),
                               (isakmp.VENDOR, XAUTH)), exchange=isakmp.AGGRESSIVE)
        answer = self.receive()
        self.cookie_r = answer[8:16]
        got = payloads(answer[16], answer[28:])
        theirs = got[isakmp.KE]
        shared = pow(int.from_bytes(theirs, "big"), self.number, PRIME).to_bytes(256, "big")
        cookies = self.cookie_i + self.cookie_r
        skeyid = prf(self.key, self.nonce, got[isakmp.NONCE])
        proof = prf(skeyid, theirs, self.ke, self.cookie_r, self.cookie_i, self.sa, got[isakmp.ID])
        if proof != got[HASH]:
            sys.exit("the hub has another key")
        derived = prf(skeyid, shared, cookies, b"\0")
        self.auth = prf(skeyid, derived, shared, cookies, b"\1")
        encrypt = prf(skeyid, self.auth, shared, cookies, b"\2")
        first = prf(encrypt, b"\0")
        self.secret = (first + prf(encrypt, first))[:32]
        ours = prf(skeyid, self.ke, theirs, cookies, self.sa, self.identity)
        self.last = self.seal(isakmp.chain((HASH, ours)), isakmp.AGGRESSIVE, 0,
                              hashlib.sha1(self.ke + theirs).digest()[:16], HASH)

    def seal(self, data, exchange, message_id, iv, first):
        encryptor = self.cipher(iv).encryptor()
        text = encryptor.update(data + bytes(-len(data) % 16))
        self.send(text, first=first, cookie_r=self.cookie_r, exchange=exchange, flags=ENCRYPTED,
                  message_id=message_id)
        return text[-16:]

    def answer(self, data):
        """A request gets the user and the password, as they were called once."""
        message_id = data[20:24]
        iv = hashlib.sha1(self.last + message_id).digest()[:16]
        asked = payloads(data[16], self.cipher(iv).decryptor().update(data[28:])).get(ATTRIBUTES)
        if not asked or asked[0] != REQUEST:
            return
        body = struct.pack("!BBH", REPLY, 0, struct.unpack("!H", asked[2:4])[0])
        body += isakmp.tv(OLD_TYPE, 0) + isakmp.tlv(OLD_USER, b"olduser")
        body += isakmp.tlv(OLD_PASSWORD, b"old-pass")
        attributes = isakmp.payload(body)
        sealed = isakmp.payload(prf(self.auth, message_id, attributes), ATTRIBUTES) + attributes
        self.seal(sealed, isakmp.TRANSACTION, int.from_bytes(message_id, "big"), data[-16:], HASH)


def main():
    client = Client(*sys.argv[1:4])
    client.phase1()
    while True:
        data = client.receive()
        if data[18] == isakmp.TRANSACTION:
            client.answer(data)


main()
