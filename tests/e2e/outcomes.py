"""What becomes of a message reaches its sender: stored, released, expired, declined."""

import json

import taut


class Outcomes(taut.Case):
    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()

    def test_who_waits_sees_it_fetched(self):
        sending = self.alice.start("send", "bob", "hello", "--wait", "released", "--json")
        self.assertEqual(json.loads(sending.stdout.readline())["outcome"], "stored")
        (row,) = taut.wait_for(lambda: self.alice.json("outbox"))
        taut.wait_for(lambda: self.alice.json("outbox")[0]["state"] == "stored")
        self.assertEqual(taut.texts(self.bob.events("recv")), ["hello"])
        receipt = json.loads(sending.stdout.readline())
        self.assertEqual((receipt["outcome"], receipt["id"]), ("released", row["id"]))
        self.assertEqual(sending.wait(taut.LIMIT_S), 0)
        self.assertEqual(self.alice.json("outbox"), [])

    def test_who_has_waited_long_enough_asks_again(self):
        done = self.alice.run("send", "bob", "hello", "--wait", "released", "--timeout", "1", "--json")
        self.assertEqual(done.returncode, 7)
        self.assertEqual(json.loads(done.stdout)["outcome"], "stored")
        (row,) = self.alice.json("outbox")
        self.assertEqual(row["state"], "stored")
        self.assertEqual(self.alice.events("outbox", "retry"), [])
        self.bob.ok("recv")
        (receipt,) = self.alice.events("outbox", "retry")
        self.assertEqual((receipt["outcome"], receipt["id"]), ("released", row["id"]))
        self.assertEqual(self.alice.json("outbox"), [])

    def test_lines_are_released_one_by_one_and_without_waiting_nothing_is_kept(self):
        self.alice.ok("send", "bob", "plain")
        self.assertEqual(self.alice.json("outbox"), [])
        sending = self.alice.start("send", "bob", "--lines", "-", "--wait", "released", "--json", stdin=-1)
        sending.stdin.write(b"one\ntwo\n")
        sending.stdin.close()
        stored = [json.loads(sending.stdout.readline())["outcome"] for _ in range(2)]
        self.assertEqual(stored, ["stored"] * 2)
        self.assertEqual(taut.texts(self.bob.events("recv")), ["plain", "one", "two"])
        released = [json.loads(sending.stdout.readline())["outcome"] for _ in range(2)]
        self.assertEqual(released, ["released"] * 2)
        self.assertEqual(sending.wait(taut.LIMIT_S), 0)

    def test_online_only_reaches_who_is_there_and_is_stored_nowhere(self):
        done = self.alice.run("send", "bob", "now?", "--online-only")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"not online", done.stderr)
        self.assertEqual(self.bob.events("recv"), [])
        self.bob.knows(self.alice)
        up = self.bob.start("up", "--json")
        up.stdout.readline()

        def sent():
            done = self.alice.run("send", "bob", "now", "--online-only", "--json")
            return done.returncode == 0 and json.loads(done.stdout)

        self.assertEqual(taut.wait_for(sent)["outcome"], "released")
        taut.wait_for(lambda: self.bob.json("status")["unread"] > 0)
        self.assertEqual(self.alice.json("outbox"), [])
        self.assertIn("now", taut.texts(self.bob.events("recv")))

    def test_contacts_have_the_inbox_and_strangers_one_answer(self):
        self.assertEqual(self.bob.json("access")["access"], "anybody")
        self.bob.ok("access", "contacts")
        self.bob.knows(self.alice)
        self.bob.ok("send", "alice", "a token comes along")
        self.bob.ok("recv")
        self.alice.ok("recv")
        self.assertEqual(self.alice.json("send", "bob", "as a contact")["outcome"], "stored")
        carol = self.node("carol", uses=self.post.link)
        carol.knows(self.bob)
        self.assertEqual(carol.json("send", "bob", "as a stranger")["outcome"], "taken")
        self.assertEqual(taut.texts(self.bob.events("recv")), ["as a contact", "as a stranger"])
        self.bob.ok("contact", "remove", "alice")
        self.bob.ok("recv")
        self.assertEqual(self.alice.json("send", "bob", "as a stranger")["outcome"], "taken")


if __name__ == "__main__":
    taut.main()
