"""Several dispatchers: a send stores at two, recipients drain all, what came twice is delivered once."""

import time

import taut


class SeveralDispatchers(taut.Case):
    def setUp(self):
        super().setUp()
        self.posts = [self.dispatcher(f"post{n}") for n in range(3)]
        self.bob = self.node("bob")
        self.alice = self.node("alice")

    def bob_uses(self, *posts):
        for post in posts:
            self.bob.ok("dispatcher", "use", post.link)
        self.alice.ok("contact", "add", "bob", self.bob.link())

    def send(self, text, *flags):
        """How many dispatchers have stored it."""
        receipt = self.alice.json("send", "bob", text, *flags)
        self.assertEqual(receipt["outcome"], "stored")
        return len(receipt["at"])

    def texts(self, *words):
        return [event.get("text", "gap") for event in self.bob.events("recv", *words)]

    def test_two_unless_told_otherwise_and_each_message_once(self):
        self.bob_uses(*self.posts)
        self.assertEqual(self.send("two"), 2)
        self.assertEqual(self.send("all", "--all"), 3)
        self.assertEqual(self.send("one", "--one"), 1)
        self.fails(self.alice.run("send", "bob", "x", "--one", "--all"), 2, "contradict")
        self.assertEqual(self.texts(), ["two", "all", "one"])
        self.assertEqual(self.texts(), [])
        self.assertEqual(len(self.bob.json("id")["dispatchers"]), 3)

    def test_whoever_is_away_is_passed_over(self):
        self.bob_uses(*self.posts)
        self.posts[0].kill()
        self.assertEqual(self.send("first"), 2)
        self.posts[1].kill()
        self.assertEqual(self.send("second"), 1)
        self.assertEqual(self.texts(), ["first", "second"])
        self.posts[2].kill()
        self.fails(self.alice.run("send", "bob", "third"), 3, "nothing was sent")

    def test_a_dispatcher_that_comes_back_has_what_was_missing(self):
        self.bob_uses(*self.posts[:2])
        self.send("one", "--one")
        self.posts[0].kill()
        self.send("two", "--one")
        begun = time.monotonic()
        self.assertEqual(self.texts(), ["gap", "two"])
        self.assertLess(time.monotonic() - begun, 32)
        self.posts[0].start()
        (late,) = self.bob.events("recv")
        self.assertEqual((late["text"], late["order"]), ("one", "late"))

    def test_old_contacts_find_the_new_card(self):
        self.bob_uses(self.posts[0])
        self.send("before")
        self.bob.ok("dispatcher", "use", self.posts[1].link)
        forgotten = self.bob.json("dispatcher", "forget", "post0")
        self.assertTrue(forgotten["leaving"])
        self.assertEqual([d["name"] for d in self.bob.json("dispatcher", "list") if "leaving" not in d], ["post1"])
        receipt = self.alice.json("send", "bob", "after")
        self.assertEqual(receipt["at"], [self.bob.json("id")["dispatchers"][0]["node"]])
        self.assertEqual(self.texts(), ["before", "after"])
        self.posts[0].kill()
        self.assertEqual(self.send("without it"), 1)
        self.assertEqual(self.texts(), ["without it"])
        self.bob.ok("dispatcher", "forget", "post0")
        self.assertEqual([d["name"] for d in self.bob.json("dispatcher", "list")], ["post1"])


if __name__ == "__main__":
    taut.main()
