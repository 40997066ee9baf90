"""Nobody between the ends sees what is said, or from whom: a recording proxy and the dispatcher's files.

With TAUT_UNSEALED, a command that differs from the real one in a single thing, its AEAD leaves the text as
it is, the same search must find the canary in both: a search that finds nothing anywhere proves nothing.
"""

import base64
import unittest

import taut
import wire

CANARY = b"canary-7f3a9c51-sings-in-the-mine"
UNSEALED = taut.binary("TAUT_UNSEALED")


def forms(secret):
    """How bytes may hide in plain sight."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):  # base64 of a text that begins anywhere in a group of three
        whole = base64.b64encode(b"\0" * shift + secret)
        yield whole[4:-4]
        yield whole[4:-4].translate(bytes.maketrans(b"+/", b"-_"))


def found_in(secret, haystack):
    return [form for form in forms(secret) if form in haystack]


def bytes_of(node_id):
    """The 32 bytes behind a node ID's letters."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{alphabet.index(c):05b}" for c in node_id.partition("1")[2][:-6])
    return bytes(int(bits[i:i + 8], 2) for i in range(0, 256, 8))


def key_of(link):
    """The node's signature key: its hash is the node ID, and it stands near the beginning of a card."""
    card = base64.urlsafe_b64decode(link.removeprefix("taut:") + "==")
    return card[10:42]


class Secrecy(taut.Case):
    def exchange(self, text, command=taut.BIN):
        """Sends through a proxy while bob is away; gives what was on the wire and in the dispatcher's files."""
        proxy = self.enterContext(wire.Proxy())
        post = self.dispatcher("post", "--advertise", proxy.address, command=command)
        proxy.target = post.endpoint
        bob = self.node("bob", uses=post.link, command=command)
        alice = self.node("alice-the-sender", command=command)
        alice.knows(bob)
        alice.ok("send", "bob", "-", stdin=text)
        files = post.node.files()
        self.assertGreater(len(files), len(text))
        self.assertEqual(taut.texts(bob.events("recv")), [text.decode()])
        files += post.node.files()
        self.assertGreater(len(proxy.seen), 2 * len(text))
        return alice, bytes(proxy.seen), files

    def test_the_canary_is_nowhere(self):
        alice, seen, files = self.exchange(CANARY)
        # The sender too: neither the name that it gave itself nor its node ID, nor its key.
        node_id = alice.json("id")["node"]
        for secret in (CANARY, b"alice-the-sender", node_id.encode(), bytes_of(node_id), key_of(alice.link())):
            self.assertEqual(found_in(secret, files), [], secret)
            self.assertEqual(found_in(secret, seen), [], secret)

    @unittest.skipUnless(UNSEALED, "TAUT_UNSEALED names no command")
    def test_without_sealing_the_same_search_finds_it(self):
        alice, seen, files = self.exchange(CANARY, command=UNSEALED)
        for secret in (CANARY, b"alice-the-sender", key_of(alice.link())):
            self.assertTrue(found_in(secret, files), secret)
            self.assertTrue(found_in(secret, seen), secret)

    def test_the_search_finds_every_form(self):
        for form in (CANARY, CANARY.hex().encode(), base64.b64encode(b"x" + CANARY), base64.urlsafe_b64encode(CANARY)):
            self.assertTrue(found_in(CANARY, b"before" + form + b"after"), form)

    def test_released_bytes_leave_the_files(self):
        post, alice, bob = self.three()
        before = post.node.files()
        alice.ok("send", "bob", "-", stdin=CANARY * 600)
        stored = post.node.files()
        # The envelope's ciphertext: what is new, and looks random. Hashes that stay for the sake of
        # idempotence are a few dozen bytes; the body is twenty thousand.
        windows = {stored[i:i + 16] for i in range(0, len(stored) - 16, 4)}
        ciphertext = [one for one in windows if len(set(one)) >= 12 and one not in before]
        self.assertGreater(len(ciphertext), 2000)
        self.assertEqual(len(bob.events("recv")), 1)

        def are_gone():
            now = post.node.files()
            return sum(one in now for one in ciphertext) < 100

        taut.wait_for(are_gone, limit_s=60, pause_s=2)


class Sender(taut.Case):
    """Who sends to a dispatcher where he has no inbox is not recognised there, by its log, its files or its operator."""

    def seen_of(self, node, *words):
        """What the dispatcher's side has of this node, when it has sent to bob."""
        node.ok("send", "bob", "hello", *words)
        self.assertEqual(taut.texts(self.bob.events("recv")), ["hello"])
        log = self.post.node.home.with_name("post.log").read_bytes()
        devices = self.post.node.ok("dispatcher", "devices", "--json").encode()
        everything = log + devices + self.post.node.files()
        node_id = node.json("id")["node"]
        # The log says the beginning of an ID.
        return [form for form in (node_id[:12].encode(), *forms(bytes_of(node_id)), *forms(key_of(node.link())))
                if form in everything]

    def exchange(self, *carrier):
        self.post = self.dispatcher("post", "--verbose", *carrier)
        other = self.dispatcher("other")
        self.bob = self.node("bob", uses=self.post.link)
        alice = self.node("alice", uses=other.link)
        alice.knows(self.bob)
        self.assertEqual(self.seen_of(alice), [])
        self.assertIn(b"anonymous", self.post.node.home.with_name("post.log").read_bytes())
        resident = self.node("resident", uses=self.post.link)
        resident.knows(self.bob)
        self.assertNotEqual(self.seen_of(resident), [])

    def test_over_tcp(self):
        self.exchange("--only", "tcp")

    def test_over_udp(self):
        self.exchange("--only", "udp")

    def test_a_signature_goes_back_unrecognised(self):
        self.post = self.dispatcher("post", "--verbose")
        other = self.dispatcher("other", "--verbose")
        self.bob = self.node("bob", uses=self.post.link)
        alice = self.node("alice", uses=other.link)
        alice.knows(self.bob)
        self.bob.knows(alice)
        sending = alice.start("send", "bob", "hello", "--wait", "released")
        self.assertIn(b"stored", sending.stdout.readline())
        self.bob.ok("recv")
        self.assertEqual(sending.wait(taut.LIMIT_S), 0)
        log = other.node.home.with_name("other.log").read_bytes() + other.node.files()
        bob = self.bob.json("id")["node"]
        self.assertEqual([form for form in (bob[:12].encode(), *forms(bytes_of(bob))) if form in log], [])


if __name__ == "__main__":
    taut.main()
