"""The same job on every carrier: what the card says, what a node falls back to, and what it does about silence."""

import signal
import time

import taut


class Carriers(taut.Case):
    def exchange(self, alice, bob, text):
        alice.ok("send", "bob", text)
        (message,) = bob.events("recv", "--count", "1", "--timeout", "20")
        self.assertEqual(message["text"], text)

    def pair(self, post, suffix=""):
        bob = self.node("bob" + suffix, uses=post.link)
        alice = self.node("alice" + suffix, uses=post.link)
        alice.ok("contact", "add", "bob", bob.link())
        return alice, bob

    def restarted(self, post, *words):
        """The same dispatcher at the same address with other flags; those who know it have its old card."""
        self.assertEqual(post.stop(), 0)
        return self.enterContext(taut.Dispatcher(post.node, *words, listen=post.address))

    def test_the_card_lists_the_carriers_in_the_order_of_preference(self):
        for words, carriers in (([], ["tcp", "udp"]), (["--prefer", "tcp"], ["tcp", "udp"]),
                                (["--prefer", "udp"], ["udp", "tcp"]), (["--only", "udp"], ["udp"]),
                                (["--only", "tcp"], ["tcp"])):
            name = "-".join(words) or "plain"
            with taut.Dispatcher(self.node(name), *words) as post:
                self.assertEqual(post.listening["carriers"], carriers)
                node = self.node(f"node-of-{name}", uses=post.link)
                (used,) = node.json("dispatcher", "list")
                prefixes = {"tcp": "", "udp": "udp:"}
                self.assertEqual(used["addresses"], [prefixes[one] + post.address for one in carriers])

    def test_messages_go_over_datagrams(self):
        post = self.dispatcher("post", "--only", "udp")
        alice, bob = self.pair(post)
        self.exchange(alice, bob, "small")
        self.exchange(alice, bob, "x" * 60_000)
        lines = [f"line {i}" for i in range(300)]
        alice.ok("send", "bob", "--lines", "-", stdin="\n".join(lines).encode())
        self.assertEqual([one["text"] for one in bob.events("recv")], lines)

    def test_a_node_falls_back_to_the_carrier_that_is_there(self):
        for was, now in (("udp", "tcp"), ("tcp", "udp")):
            with self.subTest(preferred=was, served=now):
                post = self.dispatcher("post-" + was, "--prefer", was)
                alice, bob = self.pair(post, "-" + was)
                self.exchange(alice, bob, "over the preferred one")
                self.restarted(post, "--only", now)
                began = time.monotonic()
                self.exchange(alice, bob, "over the other")
                self.assertLess(time.monotonic() - began, 10)

    def test_nobody_there_is_said_at_once_and_silence_in_time(self):
        post = self.dispatcher("post", "--only", "udp")
        alice, _ = self.pair(post)
        post.process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            self.fails(alice.run("send", "bob", "into silence"), 3, "did not answer in time")
            self.assertLess(time.monotonic() - began, 20)
        finally:
            post.process.send_signal(signal.SIGCONT)
        self.assertEqual(post.stop(), 0)
        began = time.monotonic()
        self.fails(alice.run("send", "bob", "to nobody"), 3, "nobody listens there")
        self.assertLess(time.monotonic() - began, 5)

    def test_flags_that_make_no_sense(self):
        node = self.node("post")
        for words in (["--prefer", "pigeon"], ["--only", ""], ["--prefer", "udp", "--only", "udp"]):
            self.fails(node.run("dispatcher", "run", "--listen", "127.0.0.1:0", *words), 2)

    def test_stopping_says_goodbye_to_who_listens_on(self):
        post = self.dispatcher("post", "--only", "udp")
        alice, bob = self.pair(post)
        follower = bob.start("recv", "--follow", "--json")
        alice.ok("send", "bob", "one")
        self.assertIn(b'"one"', follower.stdout.readline())
        began = time.monotonic()
        self.assertEqual(post.stop(), 0)
        self.assertLess(time.monotonic() - began, 3)
        follower.terminate()
        follower.communicate(timeout=taut.LIMIT_S)


if __name__ == "__main__":
    taut.main()
