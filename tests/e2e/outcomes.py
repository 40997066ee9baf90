"""What becomes of a message reaches its sender: stored, released, expired, declined."""

import json

import taut


class Outcomes(taut.Case):
    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()

    def sending(self, *words, **more):
        return self.alice.start("send", "bob", *words, "--wait", "released", "--json", **more)

    def outcome(self, sending):
        return json.loads(sending.stdout.readline())["outcome"]

    def rest(self, sending):
        """What the outcomes of the rest are, once it has ended well."""
        out, _ = sending.communicate(timeout=taut.LIMIT_S)
        self.assertEqual(sending.returncode, 0)
        return [event["outcome"] for event in taut.events_of(out) if event["outcome"] != "fetched"]

    def test_who_waits_sees_the_contact_sign_for_it(self):
        self.bob.knows(self.alice)
        sending = self.sending("hello")
        self.assertEqual(self.outcome(sending), "stored")
        (row,) = taut.wait_for(lambda: self.alice.json("outbox"))
        taut.wait_for(lambda: self.alice.json("outbox")[0]["state"] == "stored")
        self.assertEqual(taut.texts(self.bob.events("recv")), ["hello"])
        self.assertEqual(self.rest(sending), ["released"])
        self.assertEqual(self.alice.json("outbox"), [])
        self.assertEqual(self.alice.events("recv"), [])
        self.assertEqual(self.bob.json("outbox"), [])

    def test_somebody_who_stays_up_signs_at_once_and_up_takes_signatures_in(self):
        self.bob.knows(self.alice)
        for node in (self.bob, self.alice):
            node.start("up", "--json").stdout.readline()
        for number in range(3):
            events = self.alice.events("send", "bob", str(number), "--wait", "released", "--timeout", "20")
            self.assertEqual(events[-1]["outcome"], "released")

    def test_a_dispatcher_s_word_is_another_thing_and_all_there_is_for_strangers(self):
        sending = self.alice.start("send", "bob", "hello", "--wait", "fetched", "--json")
        self.assertEqual(self.outcome(sending), "stored")
        self.bob.ok("recv")
        self.assertEqual(self.outcome(sending), "fetched")
        self.assertEqual(sending.wait(taut.LIMIT_S), 0)
        self.alice.ok("send", "bob", "again", "--one")
        sending = self.sending("for sure", "--timeout", "4")
        self.assertEqual(self.outcome(sending), "stored")
        self.bob.ok("recv")
        out, talk = sending.communicate(timeout=taut.LIMIT_S)
        self.assertEqual(sending.returncode, 7)
        self.assertEqual(json.loads(out)["outcome"], "fetched")
        self.assertIn(b"no signature of bob", talk)
        self.assertEqual(self.alice.json("outbox")[0]["state"], "fetched")
        homeless = self.node("carol")
        homeless.knows(self.bob)
        self.fails(homeless.run("send", "bob", "x", "--wait", "released"), 2, "--wait fetched")

    def test_who_has_waited_long_enough_asks_again(self):
        self.bob.knows(self.alice)
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
        self.bob.knows(self.alice)
        self.alice.ok("send", "bob", "plain")
        self.assertEqual(self.alice.json("outbox"), [])
        sending = self.sending("--lines", "-", stdin=-1)
        sending.stdin.write(b"one\ntwo\n")
        sending.stdin.flush()
        self.assertEqual([self.outcome(sending) for _ in range(2)], ["stored"] * 2)
        self.assertEqual(taut.texts(self.bob.events("recv")), ["plain", "one", "two"])
        self.assertEqual(self.rest(sending), ["released"] * 2)

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

        self.assertEqual(taut.wait_for(sent)["outcome"], "fetched")
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
