"""A disk that is full: here a limit on the size of files, set and lifted while the process runs. What was
acknowledged is there, what was not is said, and when there is room again everything goes on."""

import resource

import taut

BODY = b"x" * 200_000


def limit(process, size_bytes):
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


class FullDisk(taut.Case):
    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()

    def test_a_dispatcher_without_room_stores_nothing_and_goes_on_when_there_is_some(self):
        self.alice.ok("send", "bob", "before")
        limit(self.post.process, 100_000)
        done = self.alice.run("send", "bob", "-", stdin=BODY)
        self.assertIn(done.returncode, (3, 7, 8), done.stderr)
        waits = len(self.alice.json("outbox"))
        self.assertEqual(waits, 1 if done.returncode == 7 else 0)
        self.assertIsNone(self.post.process.poll())
        limit(self.post.process, resource.RLIM_INFINITY)
        taut.wait_for(lambda: self.alice.run("outbox", "retry").returncode == 0)
        self.assertEqual(self.alice.json("outbox"), [])
        self.alice.ok("send", "bob", "after")
        expected = ["before", BODY.decode(), "after"] if waits else ["before", "after"]
        self.assertEqual(taut.texts(self.bob.events("recv")), expected)

    def test_a_recipient_without_room_leaves_it_at_the_dispatcher(self):
        self.alice.ok("send", "bob", "-", stdin=BODY)

        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        self.fails(self.bob.run("recv", preexec_fn=little_room), 8, "node.db", "disk")
        self.assertEqual(taut.texts(self.bob.events("recv")), [BODY.decode()])

    def test_a_sender_without_room_says_so_and_keeps_nothing_half(self):
        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        self.fails(self.alice.run("send", "bob", "-", stdin=BODY, preexec_fn=little_room), 8, "node.db", "disk")
        self.assertEqual(self.alice.json("outbox"), [])
        self.alice.ok("send", "bob", "small")
        self.assertEqual(taut.texts(self.bob.events("recv")), ["small"])


if __name__ == "__main__":
    taut.main()
