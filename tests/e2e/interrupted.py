"""Links that break at any byte, and dispatchers that are killed: the outcome is told as it is, nothing is
lost, and nothing comes twice."""

import taut
import wire


class Interrupted(taut.Case):
    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(wire.Proxy())
        self.post = self.dispatcher("post", "--advertise", self.proxy.address)
        self.proxy.target = self.post.endpoint
        self.bob = self.node("bob", uses=self.post.link)
        self.alice = self.node("alice", uses=self.post.link)
        self.alice.knows(self.bob)

    def test_wherever_the_answers_break_off_the_message_arrives_once_or_is_not_kept(self):
        self.proxy.back_counts.clear()
        self.alice.ok("send", "bob", "0")
        whole = taut.wait_for(lambda: self.proxy.back_counts)[-1]
        # From the end: in the goodbye; in the answer to the put (30 s pass until the sender gives up);
        # in the answers before it, in the greeting, in the handshake.
        sent, codes = ["0"], []
        for limit in (whole - 10, whole - 40, *range(whole - 100, 0, -whole // 10)):
            self.proxy.back_limit = limit
            done = self.alice.run("send", "bob", str(limit))
            self.proxy.back_limit = None
            codes.append(done.returncode)
            outbox = self.alice.json("outbox")
            with self.subTest(limit=limit, whole=whole, said=done.stderr):
                self.assertIn(done.returncode, (0, 3, 7))
                self.assertEqual(len(outbox), 1 if done.returncode == 7 else 0)
                said = {0: b"", 3: b"nothing was sent or kept", 7: b"outbox retry"}
                self.assertIn(said[done.returncode], done.stderr)
            if done.returncode != 3:
                sent.append(str(limit))
            for receipt in self.alice.events("outbox", "retry"):
                self.assertEqual((receipt["outcome"], receipt["earlier"]), ("stored", True))
            self.assertEqual(self.alice.json("outbox"), [])
        self.assertEqual((codes[:2], set(codes)), ([0, 7], {0, 3, 7}))
        self.assertEqual(taut.texts(self.bob.events("recv")), sent)

    def test_wherever_a_fetch_breaks_off_each_message_is_shown_once(self):
        sent = [f"message {number}" for number in range(20)]
        self.alice.ok("send", "bob", "--lines", "-", stdin="\n".join(sent).encode())
        shown = []
        for limit in range(200, 4000, 400):
            self.proxy.back_limit = limit
            done = self.bob.run("recv")
            self.assertIn(done.returncode, (0, 3))
            shown += done.stdout.decode().splitlines()
            self.proxy.back_limit = None
        shown += self.bob.ok("recv").splitlines()
        self.assertEqual([line.split(": ")[1] for line in shown], sent)

    def test_a_dispatcher_that_was_killed_has_what_it_stored(self):
        self.alice.ok("send", "bob", "--lines", "-", stdin=b"one\ntwo\nthree\n")
        self.post.kill()
        self.post.start()
        self.assertEqual(taut.texts(self.bob.events("recv")), ["one", "two", "three"])
        self.post.stop()
        self.post.start()
        self.assertEqual(self.bob.events("recv"), [])

    def test_who_follows_finds_the_dispatcher_again(self):
        following = self.bob.start("recv", "--follow")
        self.alice.ok("send", "bob", "before")
        self.assertIn(b"before", following.stdout.readline())
        self.post.kill()
        self.post.start()
        self.alice.ok("send", "bob", "after")
        self.assertIn(b"after", following.stdout.readline())


if __name__ == "__main__":
    taut.main()
