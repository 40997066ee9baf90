"""Topics at a dispatcher, with real processes: invited, asked for, removed; what who reads, and when."""

import signal
import time

import taut
from taut import texts, wait_for


def messages(events):
    return [event for event in events if event["event"] == "message"]


class Topics(taut.Case):
    def setUp(self):
        super().setUp()
        self.post = self.dispatcher()
        self.alice = self.node("alice", uses=self.post.link)
        self.alice.ok("topic", "create", "tea")

    def invitation(self, *words):
        return self.alice.json("topic", "invite", "tea", *words)["link"]

    def online(self, node):
        """Keeps a node in the topic, until the test ends or it is killed."""
        return node.start("topic", "recv", "tea", "--follow", "--json")

    def joined(self, name, link=None):
        """A node that alice lets in while she is online."""
        node = self.node(name, uses=self.post.link)
        online = self.online(self.alice)
        node.ok("topic", "join", link or self.invitation(), "tea", "--timeout", "50")
        online.send_signal(signal.SIGINT)
        online.wait(taut.LIMIT_S)
        return node

    def received(self, node):
        return texts(messages(node.events("topic", "recv", "tea")))

    def test_messages_go_both_ways(self):
        bob = self.joined("bob")
        self.alice.ok("topic", "send", "tea", "hello bob")
        bob.ok("topic", "send", "tea", "-", "--lines", stdin=b"one\ntwo\nthree\n")
        self.assertEqual(self.received(bob), ["hello bob"])
        self.assertEqual(self.received(self.alice), ["one", "two", "three"])
        self.assertEqual(self.received(bob), [], "shown once")
        members = self.alice.json("topic", "show", "tea")["members"]
        self.assertEqual(len(members), 2)
        self.assertEqual(self.alice.json("topic", "show", "tea")["outbox"], 0)

    def test_who_was_removed_reads_nothing_more_and_who_is_late_nothing_before(self):
        bob = self.joined("bob")
        self.alice.ok("topic", "send", "tea", "before")
        carol = self.joined("carol")
        self.assertEqual(self.received(carol), [])
        self.assertEqual(self.received(bob), ["before"])
        node_id = bob.json("id")["node"]
        self.alice.ok("topic", "remove", "tea", node_id)
        self.alice.ok("topic", "send", "tea", "after")
        self.assertEqual(self.received(carol), ["after"])
        self.assertEqual(self.received(bob), [])
        self.assertEqual(bob.json("topic", "show", "tea")["standing"], "closed")
        self.fails(bob.run("topic", "send", "tea", "still here?"), 6, "no longer in")

    def test_a_stranger_waits_for_a_yes(self):
        link = self.invitation("--open")
        bob = self.node("bob", uses=self.post.link)
        self.fails(bob.run("topic", "join", link, "--timeout", "3"), 7, "Nobody has let us")
        requests = self.alice.json("topic", "requests", "tea")
        self.assertEqual([one["name"] for one in requests], ["bob"])
        self.alice.ok("topic", "accept", "tea", "bob")
        bob.ok("topic", "join", link, "--timeout", "50")
        self.alice.ok("topic", "send", "tea", "welcome")
        self.assertEqual(self.received(bob), ["welcome"])

    def test_an_invitation_for_one_lets_in_one(self):
        link = self.invitation()
        self.joined("bob", link)
        carol = self.node("carol", uses=self.post.link)
        self.online(self.alice)
        self.fails(carol.run("topic", "join", link, "--timeout", "5"), 7)

    def test_a_killed_reader_shows_every_message_and_each_once_to_the_store(self):
        bob = self.joined("bob")
        reader = self.online(bob)
        for number in range(10):
            self.alice.ok("topic", "send", "tea", f"m{number}")
            if number == 5:
                reader.kill()
        self.post.kill()
        self.post.start()
        shown = taut.events_of(reader.stdout.read())
        rest = messages(bob.events("topic", "recv", "tea"))
        seen = texts(messages(shown)) + [one["text"] for one in rest if not one.get("redelivered")]
        self.assertEqual(seen, [f"m{number}" for number in range(10)])

    def test_an_unreachable_dispatcher_keeps_nothing(self):
        self.post.stop()
        self.fails(self.alice.run("topic", "send", "tea", "lost?"), 3)
        self.assertEqual(self.alice.json("topic", "show", "tea")["outbox"], 0)

    def test_the_dispatcher_knows_neither_names_nor_text(self):
        bob = self.joined("bob")
        self.alice.ok("topic", "send", "tea", "a secret of ours")
        self.assertEqual(self.received(bob), ["a secret of ours"])
        files = self.post.node.files()
        self.assertNotIn(b"a secret of ours", files)
        shown = self.alice.json("topic", "show", "tea")
        self.assertNotIn(bytes.fromhex(shown["id"]), files)


if __name__ == "__main__":
    taut.main()
