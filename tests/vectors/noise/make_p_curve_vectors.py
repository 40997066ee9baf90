#!/usr/bin/env python3
"""Makes taut-p-curves.json: vectors for Noise over P256 and P384 (docs/protocol/link.md).

Written from the Noise specification alone and sharing no line with the library, so that the two check
each other. Needs Python 3 with `cryptography` (Debian: python3-cryptography). The output is fixed:
every key comes from a hash of its name.

    python3 make_p_curve_vectors.py > taut-p-curves.json
"""

import hashlib
import hmac
import json
import sys

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVES = {"P256": (ec.SECP256R1(), 32), "P384": (ec.SECP384R1(), 48)}
ORDERS = {
    "P256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "P384": int("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF"
                "581A0DB248B0A77AECEC196ACCC52973", 16),
}

# pre-messages (initiator's, responder's), then the messages
PATTERNS = {
    "NK": ("", "s", ["e es", "e ee"]),
    "KK": ("s", "s", ["e es ss", "e ee se"]),
    "XX": ("", "", ["e", "e ee s es", "s se"]),
    "IK": ("", "s", ["e es s ss", "e ee se"]),
    "IKpsk2": ("", "s", ["e es s ss", "e ee se psk"]),
    "X": ("", "s", ["e es s ss"]),
}
SUITES = [
    ("P256", "AESGCM", "SHA256"),
    ("P256", "ChaChaPoly", "SHA512"),
    ("P384", "AESGCM", "SHA512"),
    ("P384", "ChaChaPoly", "SHA256"),
]


class Key:
    def __init__(self, curve, scalar):
        self.curve, self.size = CURVES[curve]
        self.scalar = scalar
        self.private = ec.derive_private_key(scalar, self.curve)
        self.public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def private_hex(self):
        return self.scalar.to_bytes(self.size, "big").hex()

    def dh(self, public):
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(self.curve, public)
        return self.private.exchange(ec.ECDH(), theirs)  # the x coordinate


def key_named(curve, name):
    digest = hashlib.sha512(f"taut {curve} {name}".encode()).digest()
    return Key(curve, int.from_bytes(digest, "big") % (ORDERS[curve] - 1) + 1)


class Symmetric:
    """CipherState and SymmetricState in one, sections 5.1 and 5.2."""

    def __init__(self, name, cipher, hash_name):
        self.hash = {"SHA256": hashlib.sha256, "SHA512": hashlib.sha512}[hash_name]
        self.length = self.hash().digest_size
        self.cipher = cipher
        self.h = name.ljust(self.length, b"\0") if len(name) <= self.length else self.hash(name).digest()
        self.ck = self.h
        self.k, self.n = None, 0

    def hkdf(self, material, count):
        temp = hmac.new(self.ck, material, self.hash).digest()
        outputs, last = [], b""
        for i in range(1, count + 1):
            last = hmac.new(temp, last + bytes([i]), self.hash).digest()
            outputs.append(last)
        return outputs

    def mix_hash(self, data):
        self.h = self.hash(self.h + data).digest()

    def mix_key(self, material):
        self.ck, key = self.hkdf(material, 2)
        self.k, self.n = key[:32], 0

    def mix_key_and_hash(self, material):
        self.ck, temp, key = self.hkdf(material, 3)
        self.mix_hash(temp)
        self.k, self.n = key[:32], 0

    def encrypt_and_hash(self, plaintext):
        if self.k is None:
            ciphertext = plaintext
        else:
            ciphertext = seal(self.cipher, self.k, self.n, self.h, plaintext)
            self.n += 1
        self.mix_hash(ciphertext)
        return ciphertext


def seal(cipher, key, n, ad, plaintext):
    if cipher == "AESGCM":
        return AESGCM(key).encrypt(bytes(4) + n.to_bytes(8, "big"), plaintext, ad)
    return ChaCha20Poly1305(key).encrypt(bytes(4) + n.to_bytes(8, "little"), plaintext, ad)


def dh_of(token, keys):
    first, second = token  # the initiator's key, the responder's
    mine = keys["init"][first]
    theirs = keys["resp"][second]
    assert mine.dh(theirs.public) == theirs.dh(mine.public)
    return mine.dh(theirs.public)


def make(pattern, curve, cipher, hash_name):
    name = f"Noise_{pattern}_{curve}_{cipher}_{hash_name}"
    init_pre, resp_pre, messages = PATTERNS[pattern]
    keys = {who: {"s": key_named(curve, f"{name} {who} static"), "e": key_named(curve, f"{name} {who} ephemeral")}
            for who in ("init", "resp")}
    is_psk = "psk" in pattern
    psk = hashlib.sha256(f"taut {name} psk".encode()).digest()
    prologue = b"taut, P curves"

    state = Symmetric(name.encode(), cipher, hash_name)
    state.mix_hash(prologue)
    for who, pre in (("init", init_pre), ("resp", resp_pre)):
        if pre:
            state.mix_hash(keys[who]["s"].public)

    out = []
    for i, tokens in enumerate(messages):
        who = "init" if i % 2 == 0 else "resp"
        message = b""
        for token in tokens.split():
            if token == "e":
                message += keys[who]["e"].public
                state.mix_hash(keys[who]["e"].public)
                if is_psk:
                    state.mix_key(keys[who]["e"].public)
            elif token == "s":
                message += state.encrypt_and_hash(keys[who]["s"].public)
            elif token == "psk":
                state.mix_key_and_hash(psk)
            else:
                state.mix_key(dh_of(token, keys))
        payload = f"payload {i} of {name}".encode() if i != 1 else b""
        out.append({"payload": payload.hex(), "ciphertext": (message + state.encrypt_and_hash(payload)).hex()})

    transport = [output[:32] for output in state.hkdf(b"", 2)]
    counters = [0, 0]
    for i in range(len(messages), len(messages) + 4):
        direction = 0 if len(messages) == 1 else i % 2
        payload = bytes(range(i * 40))
        out.append({"payload": payload.hex(),
                    "ciphertext": seal(cipher, transport[direction], counters[direction], b"", payload).hex()})
        counters[direction] += 1

    vector = {"protocol_name": name, "init_prologue": prologue.hex(), "resp_prologue": prologue.hex()}
    sends_static = {who: any("s" in tokens.split() for tokens in messages[start::2])
                    for who, start in (("init", 0), ("resp", 1))}
    for who, other, pre, other_pre in (("init", "resp", init_pre, resp_pre), ("resp", "init", resp_pre, init_pre)):
        vector[f"{who}_ephemeral"] = keys[who]["e"].private_hex()
        if pre or sends_static[who]:
            vector[f"{who}_static"] = keys[who]["s"].private_hex()
        if other_pre:
            vector[f"{who}_remote_static"] = keys[other]["s"].public.hex()
        if is_psk:
            vector[f"{who}_psks"] = [psk.hex()]
    vector["handshake_hash"] = state.h.hex()
    vector["messages"] = out
    return vector


def main():
    vectors = [make(pattern, *suite) for suite in SUITES for pattern in PATTERNS]
    lines = ",\n".join(json.dumps(vector, separators=(",", ":")) for vector in vectors)
    sys.stdout.write('{"vectors": [\n' + lines + "\n]}\n")


main()
