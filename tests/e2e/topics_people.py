"""Who comes and goes in a topic, and what is agreed there: leaving, settings, pairing, barring, declining, revoking."""

import re
import signal

import taut
import topics


class People(topics.Case):
    def members(self, node):
        return [member["node"] for member in node.json("topic", "show", "tea")["members"]]

    def happenings(self, node, *names):
        events = node.events("topic", "recv", "tea")
        return [event["event"] for event in events if not names or event["event"] in names]

    def stays_out(self, node, link, limit_s=6):
        """Asks in vain, with alice online."""
        online = self.online(self.alice)
        self.fails(node.run("topic", "join", link, "tea", "--timeout", str(limit_s)), 7, "Nobody has let us into 'tea'")
        online.send_signal(signal.SIGINT)
        online.wait(taut.LIMIT_S)

    # ---- Leaving ----

    def test_leaving_is_confirmed_by_another_and_leaves_nothing(self):
        bob = self.joined("bob")
        link = self.invitation()
        online = self.online(self.alice)
        self.assertEqual(bob.json("topic", "leave", "tea"), {"v": 1, "topic": "tea", "done": "left"})
        self.assertEqual(bob.json("topic", "list"), [])
        self.fails(bob.run("topic", "show", "tea"), 6, "There is no topic 'tea'")
        online.send_signal(signal.SIGINT)
        self.assertIn("removed", [event["event"] for event in taut.events_of(online.communicate()[0])])
        self.assertEqual(self.members(self.alice), [self.alice.json("id")["node"]])
        online = self.online(self.alice)
        bob.ok("topic", "join", link, "tea", "--timeout", "50")  # who left may come back

    def test_leaving_without_a_witness_says_that_it_is_not_done(self):
        bob = self.joined("bob")
        self.post.stop()
        self.fails(bob.run("topic", "leave", "tea"), 3)
        self.assertEqual(bob.json("topic", "show", "tea")["standing"], "open")

    def test_the_last_one_leaves_alone(self):
        self.alice.ok("topic", "leave", "tea")
        self.assertEqual(self.alice.json("topic", "list"), [])

    def test_forgetting_tells_nobody(self):
        bob = self.joined("bob")
        bob.ok("topic", "forget", "tea")
        self.assertEqual(bob.json("topic", "list"), [])
        self.assertEqual(len(self.members(self.alice)), 2)

    # ---- Settings ----

    def test_what_is_set_holds_for_everybody(self):
        bob = self.joined("bob")
        shown = self.alice.json("topic", "set", "tea", "expires=1h", "name=five o'clock")
        self.assertEqual((shown["expires_s"], shown["name"], shown["topic"]), (3600, "five o'clock", "tea"))
        self.assertIn("settings", self.happenings(bob))
        shown = bob.json("topic", "show", "tea")
        self.assertEqual((shown["expires_s"], shown["name"]), (3600, "five o'clock"))
        bob.ok("topic", "send", "tea", "for an hour")
        bob.ok("topic", "send", "tea", "for a minute", "--expires", "1m")
        events = topics.messages(self.alice.events("topic", "recv", "tea"))
        self.assertEqual([event["expires_s"] for event in events], [3600, 60])
        bob.ok("topic", "set", "tea", "expires=never")
        self.alice.ok("topic", "recv", "tea")
        self.alice.ok("topic", "send", "tea", "to stay")
        self.assertNotIn("expires_s", topics.messages(bob.events("topic", "recv", "tea"))[0])

    def test_what_cannot_be_set_is_refused(self):
        for setting, said in (("colour=red", "no setting 'colour=red'"), ("expires=soon", "takes no 'soon'"),
                              ("expires=9999d", "at most 366d"), ("expires=0s", "takes no '0s'"), ("name=", "cannot be a topic's name"),
                              ("name=" + "x" * 65, "64 bytes"), ("name=a\nb", "control characters"), ("name=a\u202eb", "control characters")):
            self.fails(self.alice.run("topic", "set", "tea", setting), 2, said)
        self.fails(self.alice.run("topic", "set", "tea"), 2)
        self.fails(self.alice.run("topic", "set", "tee", "expires=1h"), 6, "did you mean 'tea'?")

    # ---- Pairing ----

    def test_a_pairing_window_lets_in_one(self):
        bob, carol = (self.node(name, uses=self.post.link) for name in ("bob", "carol"))
        pairing = self.alice.start("topic", "invite", "tea", "--pair", "50", "--json")
        link = taut.events_of(pairing.stdout.readline())[0]["link"]
        bob.ok("topic", "join", link, "tea", "--timeout", "50")
        self.assertEqual(pairing.wait(taut.LIMIT_S), 0)
        self.stays_out(carol, link)
        self.assertEqual([one["name"] for one in self.alice.json("topic", "requests", "tea")], ["carol"])

    def test_a_pairing_window_closes(self):
        done = self.alice.run("topic", "invite", "tea", "--pair", "2")
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertIn(b"taut-topic:", done.stdout)
        bob = self.node("bob", uses=self.post.link)
        self.stays_out(bob, re.search(rb"taut-topic:[\w-]+", done.stdout)[0].decode())

    # ---- Barring ----

    def test_the_barred_do_not_come_back_and_the_removed_do(self):
        bob, carol = self.joined("bob"), self.joined("carol")
        ids = {node: node.json("id")["node"] for node in (bob, carol)}
        removed = self.alice.json("topic", "remove", "tea", ids[bob], "--bar")
        self.assertEqual(removed, {"v": 1, "topic": "tea", "done": "removed", "node": ids[bob]})
        self.alice.ok("topic", "remove", "tea", ids[carol])
        for node in (bob, carol):
            self.assertIn("removed_us", self.happenings(node))
            node.ok("topic", "forget", "tea")
        link = self.invitation("--uses", "2")
        self.stays_out(bob, link)
        self.assertEqual(self.alice.json("topic", "requests", "tea"), [], "nobody is asked about the barred")
        self.online(self.alice)
        carol.ok("topic", "join", link, "tea", "--timeout", "50")
        self.fails(self.alice.run("topic", "remove", "tea", ids[bob]), 6, "is no participant of 'tea'")

    # ---- Declining ----

    def test_who_was_declined_is_not_asked_about_again(self):
        link = self.invitation("--open")
        bob = self.node("bob", uses=self.post.link)
        self.fails(bob.run("topic", "join", link, "tea", "--timeout", "3"), 7)
        self.assertEqual([one["name"] for one in self.alice.json("topic", "requests", "tea")], ["bob"])
        self.fails(self.alice.run("topic", "decline", "tea", "bbo"), 6, "does not ask to be let into 'tea'")
        self.alice.ok("topic", "decline", "tea", "bob")
        self.assertEqual(self.alice.json("topic", "requests", "tea"), [])
        self.fails(self.alice.run("topic", "accept", "tea", "bob"), 6, "does not ask")
        self.stays_out(bob, link)

    def test_a_name_that_several_give_themselves_is_doubtful(self):
        link = self.invitation("--open")
        nodes = []
        for folder in ("one", "two"):
            node = self.new_node(folder)
            node.ok("init", "--name", "bob")
            node.ok("dispatcher", "use", self.post.link)
            self.fails(node.run("topic", "join", link, "tea", "--timeout", "3"), 7)
            nodes.append(node)
        self.assertEqual(len(self.alice.json("topic", "requests", "tea")), 2)
        self.fails(self.alice.run("topic", "accept", "tea", "bob"), 2, "Several who ask call themselves 'bob'")
        # A contact's petname is nobody else's.
        self.alice.ok("contact", "add", "bob", nodes[1].link())
        self.alice.ok("topic", "accept", "tea", "bob")
        self.assertIn(nodes[1].json("id")["node"], self.members(self.alice))
        self.assertNotIn(nodes[0].json("id")["node"], self.members(self.alice))
        self.fails(self.alice.run("topic", "accept", "tea", "bob"), 6, "does not ask")

    # ---- Revoking ----

    def test_a_revoked_invitation_lets_nobody_in(self):
        link, other = self.invitation("--uses", "3", "--expires", "1h"), self.invitation()
        made = self.alice.json("topic", "invitations", "tea")
        self.assertEqual([one["uses_left"] for one in made], [3, 1])
        self.assertRegex(made[0]["expires"], r"^20\d\d-")
        self.assertIsNone(made[1]["expires"])
        self.joined("bob", link)
        self.assertEqual(self.alice.json("topic", "invitations", "tea")[0]["uses_left"], 2)
        self.assertEqual(self.alice.json("topic", "revoke", "tea", link)["invitation"], made[0]["invitation"])
        self.alice.ok("topic", "revoke", "tea", made[1]["invitation"])
        self.assertEqual(self.alice.json("topic", "invitations", "tea"), [])
        for name, revoked in (("carol", link), ("dave", other)):
            self.stays_out(self.node(name, uses=self.post.link), revoked)

    def test_anybody_revokes_anybodys(self):
        bob = self.joined("bob")
        link = self.invitation()
        bob.ok("topic", "revoke", "tea", link)
        self.stays_out(self.node("carol", uses=self.post.link), link)
        for which in ("nonsense", "00" * 15, self.invitation("--open")):
            self.fails(bob.run("topic", "revoke", "tea", which), 2, "This is no invitation")

    # ---- Verifying ----

    def test_comparing_numbers_verifies(self):
        heir = self.joined("heir")
        bob = self.node("bob", uses=self.post.link)
        self.alice.knows(bob)
        revocation = str(self.folder / "revocation.txt")
        bob.ok("revoke", "--make", revocation, "--successor", heir.link())
        bob.ok("revoke", revocation)
        self.alice.run("send", "bob", "who are you?")  # learns of it
        self.assertFalse(self.alice.json("contact", "succeed", "bob")["verified"])
        heir.ok("topic", "send", "tea", "one")
        heir.ok("contact", "add", "alice", self.alice.link())
        number = self.alice.json("contact", "verify", "bob")["safety_number"]
        self.assertEqual(number, heir.json("contact", "verify", "alice")["safety_number"])
        # 35 digits for each of the two nodes: more than 112 bits each.
        self.assertRegex(number, r"^\d{5}( \d{5}){13}$")
        self.assertGreater(10 ** 35, 2 ** 112)
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        self.fails(self.alice.run("contact", "verify", "bob", "--number", wrong), 4, "not the safety number of bob")
        self.assertEqual(self.verified_in_topic(), [False])
        self.assertTrue(self.alice.json("contact", "verify", "bob", "--number", number)["verified"])
        heir.ok("topic", "send", "tea", "two")
        self.assertEqual(self.verified_in_topic(), [True])

    def verified_in_topic(self):
        return [event["verified"] for event in topics.messages(self.alice.events("topic", "recv", "tea"))]


if __name__ == "__main__":
    taut.main()
