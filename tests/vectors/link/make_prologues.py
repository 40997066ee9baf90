"""Makes prologues.json from docs/protocol/link.md and datagram.md alone. Python's standard library."""

import json
import pathlib
import struct

SUITES = {"0x0001": "25519_AESGCM_SHA256", "0x0002": "P256_AESGCM_SHA256",
          "0x0003": "25519_ChaChaPoly_SHA256", "0x0007": "P384_AESGCM_SHA512"}
PURPOSES = {"peer": 1, "dispatcher": 2, "channel": 3}


def vector(data):
    """RFC 9420 §2.1.2, for what fits one or two bytes of length."""
    return (bytes([len(data)]) if len(data) < 64 else struct.pack(">H", 0x4000 | len(data))) + data


def hello(version, purpose, name):
    return b"taut" + struct.pack(">HB", version, purpose) + vector(name)


def stream(said, responder):
    return vector(b"taut 1 link") + said + b"\x01" + responder


def datagram(said, responder, resumes):
    return vector(b"taut 1 datagram") + struct.pack(">I", resumes) + said + responder


def cases():
    responder = bytes(range(100, 132))
    for pattern in ("IK", "NK"):
        for suite, algorithms in SUITES.items():
            for purpose, number in PURPOSES.items():
                name = f"Noise_{pattern}_{algorithms}"
                said = hello(1, number, name.encode())
                yield {"pattern": pattern, "suite": suite, "purpose": purpose, "noise_name": name,
                       "responder": responder.hex(), "hello": said.hex(), "stream": stream(said, responder).hex(),
                       "datagram": datagram(said, responder, 0).hex(),
                       "datagram_resuming_01020304": datagram(said, responder, 0x01020304).hex()}


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("prologues.json")
    path.write_text(json.dumps({"cases": list(cases())}, indent=1) + "\n", encoding="ascii")
