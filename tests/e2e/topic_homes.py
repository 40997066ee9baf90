"""A topic's home is away, and comes back; a topic moves to another home: with real processes."""

import signal

import taut
from taut import texts, wait_for


class Homes(taut.Case):
    def setUp(self):
        super().setUp()
        self.post = self.dispatcher("post")
        self.spare = self.dispatcher("spare", "--policy", "closed")
        self.alice = self.member("alice")
        self.alice.ok("topic", "create", "tea")
        self.bob = self.member("bob")
        link = self.alice.json("topic", "invite", "tea")["link"]
        host = self.reader(self.alice)
        self.bob.ok("topic", "join", link, "tea", "--timeout", "50")
        self.end(host)

    def member(self, name):
        node = self.node(name, uses=self.post.link)
        self.let_use_spare(node)
        return node

    def let_use_spare(self, node):
        token = self.spare.node.json("dispatcher", "enroll")["token"]
        node.ok("dispatcher", "use", self.spare.link, "--token", "-", stdin=token.encode())

    def reader(self, node):
        return node.start("topic", "recv", "tea", "--follow", "--json")

    def end(self, reader):
        """The texts that it has shown."""
        reader.send_signal(signal.SIGINT)
        out, _ = reader.communicate(timeout=taut.LIMIT_S)
        return texts(event for event in taut.events_of(out) if event["event"] == "message")

    def places(self, node):
        return [place["dispatcher"] for place in node.json("topic", "show", "tea")["places"]]

    def dispatcher_id(self, dispatcher):
        return dispatcher.node.json("id")["node"]

    def test_while_the_home_is_away_a_fallback_carries_messages(self):
        self.assertEqual(self.places(self.alice), [self.dispatcher_id(self.post), self.dispatcher_id(self.spare)])
        reader = self.reader(self.bob)
        self.alice.ok("topic", "send", "tea", "at home")
        self.post.kill()
        sent = self.alice.events("topic", "send", "tea", "meanwhile")
        self.assertEqual([event["outcome"] for event in sent], ["fallback"])
        self.assertEqual(self.alice.json("topic", "show", "tea")["outbox"], 1)
        shown = wait_for(lambda: self.line_with(reader, "meanwhile"))
        self.assertEqual(shown["from"], self.alice.json("id")["node"])
        self.bob.ok("topic", "send", "tea", "you too")
        late = self.reader(self.alice)
        wait_for(lambda: self.line_with(late, "you too"))

        self.post.start()
        wait_for(lambda: self.alice.json("topic", "show", "tea")["outbox"] == 0)
        wait_for(lambda: self.bob.json("topic", "show", "tea")["outbox"] == 0)
        self.alice.ok("topic", "send", "tea", "home again")
        wait_for(lambda: self.line_with(reader, "home again"))
        self.assertEqual(self.end(reader), [])
        self.assertEqual(self.end(late), [])
        self.assertEqual(self.bob.events("topic", "recv", "tea"), [])

    def line_with(self, reader, text):
        """The next message that a reader shows, which has to be this."""
        while True:
            event = taut.events_of(reader.stdout.readline())[0]
            if event["event"] != "message" or event["text"] == "at home":
                continue
            self.assertEqual(event["text"], text)
            return event

    def test_a_topic_that_has_moved_needs_its_old_home_no_more(self):
        self.alice.ok("topic", "send", "tea", "before")
        shown = self.alice.json("topic", "set", "tea", "home=" + self.spare.link)
        self.assertEqual([place["dispatcher"] for place in shown["places"]],
                         [self.dispatcher_id(self.spare), self.dispatcher_id(self.post)])
        self.alice.ok("topic", "send", "tea", "after")
        self.bob.ok("topic", "send", "tea", "from one who was away")
        self.post.stop()
        self.assertEqual(texts(self.messages(self.bob)), ["before", "after"])
        self.assertEqual(texts(self.messages(self.alice)), ["from one who was away"])
        link = self.bob.json("topic", "invite", "tea")["link"]
        carol = self.node("carol")
        self.let_use_spare(carol)
        host = self.reader(self.bob)
        carol.ok("topic", "join", link, "tea", "--timeout", "50")
        self.end(host)
        carol.ok("topic", "send", "tea", "hello")
        self.assertEqual(texts(self.messages(self.alice)), ["hello"])
        self.assertEqual(self.alice.json("topic", "set", "tea", "fallback=none")["places"],
                         [{"dispatcher": self.dispatcher_id(self.spare)}])

    def messages(self, node):
        return [event for event in node.events("topic", "recv", "tea") if event["event"] == "message"]

    def test_a_home_is_a_dispatcher(self):
        self.fails(self.alice.run("topic", "set", "tea", "home=" + self.bob.link()), 2, "no dispatcher's")
        self.fails(self.alice.run("topic", "set", "tea", "fallback=nonsense"), 2)


if __name__ == "__main__":
    taut.main()
