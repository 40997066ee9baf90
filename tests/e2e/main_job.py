"""The main job: two nodes exchange end-to-end encrypted messages through a dispatcher."""

import json

import taut


class MainJob(taut.Case):
    def test_one_sends_while_the_other_is_away(self):
        _, alice, bob = self.three()
        alice_id = alice.json("id")
        receipt = alice.json("send", "bob", "hello")
        self.assertEqual(receipt["v"], 1)

        (message,) = bob.events("recv", "--count", "1", "--timeout", "10")
        self.assertEqual(message["v"], 1)
        self.assertEqual(message["event"], "message")
        self.assertEqual(message["from"], alice_id["node"])
        self.assertIsNone(message["contact"])
        self.assertEqual(message["id"], receipt["id"])
        self.assertEqual(message["text"], "hello")
        self.assertNotIn("data", message)

    def test_the_dispatcher_says_first_where_it_is(self):
        post = self.node("post")
        for words in ([], ["--json"]):
            process = post.start("dispatcher", "run", "--listen", "127.0.0.1:0", *words)
            first = process.stdout.readline().decode()
            process.terminate()
            process.communicate(timeout=taut.LIMIT_S)
            self.assertEqual(process.returncode, 0)
            if words:
                event = json.loads(first)
                self.assertEqual((event["v"], event["event"]), (1, "listening"))
                self.assertRegex(event["address"], r"^127\.0\.0\.1:[1-9]\d*$")
                self.assertRegex(event["link"], r"^taut:[A-Za-z0-9_-]+$")
            else:
                self.assertRegex(first, r"^taut:[A-Za-z0-9_-]+\n$")

    def test_id_is_a_node_and_its_link(self):
        bob = self.node("bob")
        found = bob.json("id")
        self.assertEqual((found["v"], found["name"], found["suites"]), (1, "bob", ["0x0001"]))
        self.assertRegex(found["node"], r"^taut1[a-z0-9]{58}$")
        plain = bob.ok("id").splitlines()
        self.assertEqual(plain[0], found["node"])
        self.assertRegex(plain[1], r"^taut:")

    def test_a_contact_is_added_offline_and_answers_show_its_petname(self):
        post = self.dispatcher()
        bob = self.node("bob", uses=post.link)
        alice = self.node("alice", uses=post.link)
        post.stop()
        alice.knows(bob)  # nothing is running
        (contact,) = alice.json("contact", "list")
        self.assertEqual(contact["petname"], "bob")
        post.start()
        alice.ok("send", "bob", "one")
        bob.knows(alice)
        (message,) = bob.events("recv")
        self.assertEqual(message["contact"], "alice")

    def test_lines_and_standard_input(self):
        _, alice, bob = self.three()
        alice.ok("send", "bob", "-", stdin=b"two\nlines\n")
        alice.ok("send", "bob", "--lines", "-", stdin=b"first\nsecond\n\nlast without an end")
        alice.ok("send", "bob", "-", stdin=b"\xff\x00\xfe")
        messages = bob.events("recv")
        self.assertEqual(taut.texts(messages),
                         ["two\nlines\n", "first", "second", "", "last without an end", None])
        self.assertEqual(messages[-1]["data"], "/wD+")

    def test_a_receipt_names_its_line(self):
        _, alice, bob = self.three()
        lines = [f"line {number}" for number in range(1, 301)]
        receipts = alice.events("send", "bob", "--lines", "-", stdin="\n".join(lines).encode())
        self.assertEqual(sorted(one["line"] for one in receipts), list(range(1, 301)))
        line_of = {one["id"]: f"line {one['line']}" for one in receipts}
        messages = bob.events("recv")
        self.assertEqual([(m["text"], line_of[m["id"]]) for m in messages], [(line, line) for line in lines])
        self.assertNotIn("line", alice.json("send", "bob", "-", stdin=b"all of it"))

    def test_follow_prints_as_they_come_and_others_work_beside_it(self):
        _, alice, bob = self.three()
        bob.knows(alice)
        following = bob.start("recv", "--follow", "--json")
        for number in range(3):
            alice.ok("send", "bob", f"message {number}")
            self.assertEqual(json.loads(following.stdout.readline())["text"], f"message {number}")
            bob.ok("send", "alice", f"answer {number}")
        following.terminate()
        following.communicate(timeout=taut.LIMIT_S)
        self.assertEqual(following.returncode, 130)
        self.assertEqual(taut.texts(alice.events("recv")), [f"answer {n}" for n in range(3)])

    def test_nothing_waits(self):
        post = self.dispatcher()
        bob = self.node("bob", uses=post.link)
        self.assertEqual(bob.ok("recv"), "")
        self.fails(bob.run("recv", "--timeout", "0.2"), 7)


if __name__ == "__main__":
    taut.main()
