"""Topics at a dispatcher, with real processes: invited, asked for, removed; what who reads, and when."""

import contextlib
import resource
import signal
import sqlite3
import time

import taut
from taut import texts, wait_for


def messages(events):
    return [event for event in events if event["event"] == "message"]


class Case(taut.Case):
    """A dispatcher, and alice, who has made the topic tea there."""

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


class Topics(Case):
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

    def test_who_was_barred_stays_out_until_it_is_unbarred(self):
        bob = self.joined("bob")
        node_id = bob.json("id")["node"]
        self.alice.ok("topic", "remove", "tea", node_id, "--bar")
        self.assertEqual(self.alice.json("topic", "show", "tea")["barred"], [node_id])
        bob.ok("topic", "forget", "tea")
        self.online(self.alice)
        self.fails(bob.run("topic", "join", self.invitation(), "tea", "--timeout", "4"), 7)
        self.fails(self.alice.run("topic", "unbar", "tea", "nobody"), 6, "not barred")
        self.assertEqual(self.alice.json("topic", "unbar", "tea", node_id)["done"], "unbarred")
        self.assertEqual(self.alice.json("topic", "show", "tea")["barred"], [])
        bob.ok("topic", "forget", "tea")
        bob.ok("topic", "join", self.invitation(), "tea", "--timeout", "50")

    def test_a_closed_dispatcher_makes_logs_for_its_own(self):
        post = self.dispatcher("closed", "--policy", "closed")

        def registered(name):
            node = self.node(name)
            token = post.node.json("dispatcher", "enroll")["token"]
            node.ok("dispatcher", "use", post.link, "--token", "-", stdin=token.encode() + b"\n")
            return node

        self.alice, bob = registered("carol"), registered("dave")
        self.alice.ok("topic", "create", "tea")
        self.online(self.alice)
        bob.ok("topic", "join", self.invitation(), "tea", "--timeout", "50")
        bob.ok("topic", "send", "tea", "inside")

    def test_a_sender_without_room_says_so_and_keeps_nothing(self):
        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        done = self.alice.run("topic", "send", "tea", "-", stdin=b"x" * 60_000, preexec_fn=little_room)
        self.fails(done, 8, "node.db")
        self.assertEqual(self.alice.json("topic", "show", "tea")["outbox"], 0)

    def test_messages_that_go_away_are_in_no_file_though_nobody_looks(self):
        bob = self.joined("bob")
        bob.start("up")
        self.alice.ok("topic", "send", "tea", "soon forgotten", "--expires", "5s")
        wait_for(lambda: b"soon forgotten" in bob.files())
        wait_for(lambda: b"soon forgotten" not in bob.files(), limit_s=60)
        self.assertEqual(self.received(bob), [])

    def test_the_next_command_erases_what_should_have_gone(self):
        bob = self.joined("bob")
        following = bob.start("up")
        self.alice.ok("topic", "send", "tea", "soon forgotten", "--expires", "3s")
        wait_for(lambda: b"soon forgotten" in bob.files())
        following.kill()
        following.wait()
        time.sleep(3)
        self.assertTrue(b"soon forgotten" in bob.files())
        bob.ok("status")
        self.assertFalse(b"soon forgotten" in bob.files())

    def test_up_takes_a_topic_up_again_after_the_state_file_was_busy(self):
        bob = self.joined("bob")
        bob.start("up")
        self.received(bob)
        self.alice.ok("topic", "send", "tea", "one")
        wait_for(lambda: bob.json("topic", "show", "tea")["unread"] == 1)
        with contextlib.closing(sqlite3.connect(bob.home / "node.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.alice.ok("topic", "send", "tea", "two")
            time.sleep(25)  # longer than anybody waits for it
            other.execute("ROLLBACK")
        wait_for(lambda: bob.json("topic", "show", "tea")["unread"] == 2)
        self.assertEqual(self.received(bob), ["one", "two"])

    def test_an_unreachable_dispatcher_keeps_nothing(self):
        self.post.stop()
        self.fails(self.alice.run("topic", "send", "tea", "lost?"), 3)
        self.assertEqual(self.alice.json("topic", "show", "tea")["outbox"], 0)


if __name__ == "__main__":
    taut.main()
