"""What the dispatcher of a topic learns of it: no name, no text, no participant; in its files, its log, on its wires.

Bob and carol have their inboxes elsewhere, so nothing but the topic could tell its dispatcher of them. With
TAUT_UNSEALED, whose AEAD leaves the text as it is, the same search must find everything.
"""

import signal
import unittest

import taut
import wire
from secrecy import CANARY, UNSEALED, bytes_of, found_in, key_of

TOPIC = "conspiracy-of-teapots"


class TopicSecrecy(taut.Case):
    def place(self, name, command):
        """A dispatcher behind a wire that is listened to."""
        proxy = self.enterContext(wire.Proxy())
        dispatcher = self.dispatcher(name, "--advertise", proxy.address, "--only", "tcp", "--verbose", command=command)
        proxy.target = dispatcher.endpoint
        return dispatcher, proxy

    def seen_at(self, place):
        dispatcher, proxy = place
        log = dispatcher.node.home.with_name(dispatcher.node.name + ".log").read_bytes()
        operator = b"".join(dispatcher.node.ok("dispatcher", words, "--json").encode() for words in ("devices", "stats"))
        return dispatcher.node.files() + log + operator, bytes(proxy.seen)

    def converse(self, command=taut.BIN):
        """Three people, a removal, a request that was declined; gives what either dispatcher has seen."""
        self.post, self.other = self.place("post", command), self.place("other", command)
        self.alice = self.node("alice-the-host", uses=self.post[0].link, command=command)
        self.bob, self.carol, self.dave = (self.node(name, uses=self.other[0].link, command=command)
                                           for name in ("bob-of-the-teapot", "carol-the-hatter", "dave-the-dormouse"))
        self.alice.ok("topic", "create", TOPIC)
        for node in (self.bob, self.carol):
            online = self.alice.start("topic", "recv", TOPIC, "--follow", "--json")
            link = self.alice.json("topic", "invite", TOPIC)["link"]
            node.ok("topic", "join", link, TOPIC, "--timeout", "50")
            online.send_signal(signal.SIGINT)
            online.wait(taut.LIMIT_S)
        open_link = self.alice.json("topic", "invite", TOPIC, "--open")["link"]
        self.assertEqual(self.dave.run("topic", "join", open_link, "--timeout", "3").returncode, 7)
        self.alice.ok("topic", "requests", TOPIC)
        self.bob.ok("topic", "send", TOPIC, "-", stdin=CANARY)
        for node in (self.alice, self.carol):
            self.assertIn(CANARY.decode(), taut.texts(node.events("topic", "recv", TOPIC)))
        self.alice.ok("topic", "remove", TOPIC, self.carol.json("id")["node"])
        self.alice.ok("topic", "set", TOPIC, "name=" + TOPIC + "-renamed")
        return self.seen_at(self.post), self.seen_at(self.other)

    def of_people(self, *nodes):
        """Every way in which somebody may be recognised; a log says the beginning of an ID."""
        for node in nodes:
            node_id = node.json("id")["node"]
            yield from (node.name.encode(), node_id.encode(), node_id[:12].encode(), bytes_of(node_id), key_of(node.link()))

    def of_topic(self):
        yield from (TOPIC.encode(), CANARY, bytes.fromhex(self.alice.json("topic", "show", TOPIC)["id"]))

    def test_nothing_is_learned(self):
        at_post, at_other = self.converse()
        for seen in at_post:
            self.assertGreater(len(seen), 10_000)
            for secret in (*self.of_topic(), *self.of_people(self.bob, self.carol, self.dave)):
                self.assertEqual(found_in(secret, seen), [], secret)
        # Where their inboxes are, bob and carol are known. Who writes to them, and of what, is not.
        for seen in at_other:
            for secret in (*self.of_topic(), *self.of_people(self.alice)):
                self.assertEqual(found_in(secret, seen), [], secret)
        self.assertTrue(found_in(bytes_of(self.bob.json("id")["node"]), at_other[0]), "the search finds the registered")

    @unittest.skipUnless(UNSEALED, "TAUT_UNSEALED names no command")
    def test_without_sealing_the_same_search_finds_it(self):
        (files, wires), _ = self.converse(command=UNSEALED)
        for secret in (*self.of_topic(), self.bob.name.encode(), self.dave.name.encode(), key_of(self.bob.link()),
                       key_of(self.carol.link())):
            self.assertTrue(found_in(secret, files), secret)
            self.assertTrue(found_in(secret, wires), secret)


if __name__ == "__main__":
    taut.main()
