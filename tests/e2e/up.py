"""`taut up`: a node stays online, other commands work beside it; it may be a dispatcher too."""

import json
import signal
import time

import taut


class Up(taut.Case):
    def up(self, node, *words):
        """A running `taut up`, and its first events by name."""
        process = node.start("up", "--json", *words)
        events = {}
        while "up" not in events:
            line = process.stdout.readline()
            if not line:
                raise AssertionError(process.stderr.read().decode())
            event = json.loads(line)
            events[event["event"]] = event
        return process, events

    def down(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        return process.wait(taut.LIMIT_S)

    def test_it_fetches_and_others_show(self):
        post, alice, bob = self.three()
        bob.knows(alice)
        process, _ = self.up(bob)
        self.assertTrue(bob.json("status")["up"])
        alice.ok("send", "bob", "one")
        self.assertEqual(taut.texts(bob.events("recv")), ["one"])
        self.assertEqual(bob.events("recv"), [])
        following = bob.start("recv", "--follow", "--json")
        alice.ok("send", "bob", "two")
        self.assertEqual(json.loads(following.stdout.readline())["text"], "two")
        bob.ok("send", "alice", "beside it")
        self.assertEqual(taut.texts(alice.events("recv")), ["beside it"])
        # What came while nobody was looking is in the store, also when the dispatcher has gone.
        following.terminate()
        following.wait(taut.LIMIT_S)
        alice.ok("send", "bob", "three")
        taut.wait_for(lambda: bob.json("status")["unread"] == 1)
        post.kill()
        self.assertEqual(taut.texts(bob.events("recv", "--count", "1")), ["three"])
        self.assertEqual(self.down(process), 0)
        self.assertFalse(bob.json("status")["up"])

    def test_who_waits_goes_on_when_it_stops(self):
        post, alice, bob = self.three()
        process, _ = self.up(bob)
        following = bob.start("recv", "--follow", "--json")
        alice.ok("send", "bob", "one")
        self.assertEqual(json.loads(following.stdout.readline())["text"], "one")
        self.down(process, signal.SIGKILL)
        alice.ok("send", "bob", "two")
        self.assertEqual(json.loads(following.stdout.readline())["text"], "two")

    def test_one_at_a_time_and_after_a_crash_again(self):
        _, _, bob = self.three()
        process, _ = self.up(bob)
        self.fails(bob.run("up"), 8, "another process")
        self.down(process, signal.SIGKILL)
        process, _ = self.up(bob)
        self.assertEqual(self.down(process), 0)

    def test_dispatchers_come_and_go_beside_it(self):
        post, alice, bob = self.three()
        process, _ = self.up(bob)
        second = self.dispatcher("second")
        bob.ok("dispatcher", "use", second.link)
        bob.ok("dispatcher", "forget", "post")
        alice.ok("send", "bob", "found the new one")
        self.assertEqual(taut.texts(bob.events("recv", "--timeout", "20")), ["found the new one"])
        post.kill()
        alice.ok("send", "bob", "still there")
        self.assertEqual(taut.texts(bob.events("recv", "--timeout", "20")), ["still there"])
        self.down(process)

    def test_nothing_to_stay_online_with(self):
        self.fails(self.node("bob").run("up"), 2, "taut dispatcher use", "--dispatch")
        self.fails(self.new_node("nobody").run("up"), 6)

    def test_no_dispatcher_can_be_reached(self):
        post, _, bob = self.three()
        post.kill()
        process, _ = self.up(bob)
        self.fails(taut.wait_for(lambda: (lambda done: done.returncode == 3 and done)(bob.run("recv"))), 3)
        self.down(process)

    def test_one_identity_sends_receives_and_dispatches(self):
        hub = self.node("hub")
        process, events = self.up(hub, "--dispatch", "127.0.0.1:0")
        link = events["listening"]["link"]
        alice = self.node("alice", uses=link)
        alice.knows(hub)
        hub.knows(alice)
        alice.ok("send", "hub", "to the dispatcher itself")
        self.assertEqual(taut.texts(hub.events("recv", "--timeout", "20")), ["to the dispatcher itself"])
        hub.ok("send", "alice", "and back, through itself")
        self.assertEqual(taut.texts(alice.events("recv")), ["and back, through itself"])
        self.assertEqual(self.down(process), 0)
        self.fails(alice.run("send", "hub", "gone"), 3)

    def test_a_dispatcher_that_cannot_listen_ends_it(self):
        post = self.dispatcher()
        hub = self.node("hub")
        started = time.monotonic()
        self.fails(hub.run("up", "--dispatch", post.address), 8, "another process")
        self.assertLess(time.monotonic() - started, 30)
        self.fails(hub.run("up", "--dispatch", "0.0.0.0:0"), 2, "--policy")


if __name__ == "__main__":
    taut.main()
