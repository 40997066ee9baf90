"""A topic with one contact, with real processes: begun while the contact is away, by a KeyPackage that it left."""

import taut
from taut import texts, wait_for


def messages(events):
    return [event for event in events if event["event"] == "message"]


class Conversation(taut.Case):
    def setUp(self):
        super().setUp()
        self.post = self.dispatcher()
        self.alice = self.node("alice", uses=self.post.link)
        self.bob = self.node("bob", uses=self.post.link)
        self.alice.knows(self.bob)
        self.bob.knows(self.alice)

    def heard(self, node, topic):
        return texts(messages(node.events("topic", "recv", topic)))

    def begin(self, name="tea"):
        return self.alice.json("topic", "create", name, "--with", "bob")

    def test_begun_and_written_to_while_the_other_is_away(self):
        self.bob.ok("recv")
        shown = self.begin()
        self.assertEqual({one["node"] for one in shown["members"]},
                         {self.alice.json("id")["node"], self.bob.json("id")["node"]})
        self.alice.ok("topic", "send", "tea", "hello bob")
        told = self.bob.run("recv")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn(b"let into the topic 'alice'", told.stderr)
        self.assertEqual(told.stdout, b"", "a welcome is no message")
        self.assertEqual(self.heard(self.bob, "alice"), ["hello bob"])
        self.bob.ok("topic", "send", "alice", "hello alice")
        self.assertEqual(self.heard(self.alice, "tea"), ["hello alice"])
        self.assertEqual(self.alice.json("outbox"), [])
        self.assertEqual(self.bob.json("topic", "show", "alice")["id"], shown["id"])

    def test_a_node_that_stays_up_is_let_in_by_itself(self):
        up = self.bob.start("up")
        wait_for(lambda: b"up;" in up.stderr.readline())
        wait_for(lambda: self.alice.run("topic", "create", "tea", "--with", "bob").returncode == 0, pause_s=0.5)
        wait_for(lambda: [one["topic"] for one in self.bob.json("topic", "list")] == ["alice"])
        self.alice.ok("topic", "send", "tea", "hello")
        wait_for(lambda: self.bob.json("topic", "show", "alice")["unread"] > 1)

    def test_nobody_is_begun_with_who_has_left_nothing(self):
        self.fails(self.alice.run("topic", "create", "tea", "--with", "bob"), 6, "KeyPackage", "taut recv")
        self.assertEqual(self.alice.json("topic", "list"), [])
        self.assertEqual(self.alice.json("outbox"), [])
        self.fails(self.alice.run("topic", "create", "tea", "--with", "rob"), 6, "bob")

    def test_an_unreachable_dispatcher_begins_nothing(self):
        self.bob.ok("recv")
        self.post.stop()
        self.fails(self.alice.run("topic", "create", "tea", "--with", "bob"), 3)
        self.assertEqual(self.alice.json("topic", "list"), [])
        self.assertEqual(self.alice.json("outbox"), [])

    def test_a_name_that_is_taken_costs_no_second_topic(self):
        self.bob.ok("recv")
        self.begin()
        self.fails(self.alice.run("topic", "create", "tea", "--with", "bob"), 2, "a topic 'tea'")
        self.begin("coffee")
        self.bob.ok("recv")
        self.assertEqual([one["topic"] for one in self.bob.json("topic", "list")], ["alice", "alice 2"])

    def test_a_stranger_lets_nobody_into_anything(self):
        self.bob.ok("recv")
        self.bob.ok("contact", "remove", "alice")
        self.begin()
        told = self.bob.run("recv")
        self.assertNotIn(b"let into", told.stderr)
        self.assertEqual(self.bob.json("topic", "list"), [])

    def test_a_dispatcher_that_is_killed_forgets_no_stock_and_no_log(self):
        self.bob.ok("recv")
        self.post.kill()
        self.post.start()
        self.begin()
        self.alice.ok("topic", "send", "tea", "one")
        self.post.kill()
        self.post.start()
        self.bob.ok("recv")
        self.assertEqual(self.heard(self.bob, "alice"), ["one"])


if __name__ == "__main__":
    taut.main()
