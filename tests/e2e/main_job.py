"""The main job, in exactly the form that others script against."""

import base64
import json
import subprocess

import harness


class MainJob(harness.StageTest):
    def test_the_transcript(self):
        post = self.stage.node("post")
        post.run("init", "--name", "post")
        port = harness.free_port()
        server = post.start("dispatcher", "run", "--listen", f"127.0.0.1:{port}")
        link = server.stdout.readline().decode().strip()
        self.assertTrue(link.startswith("taut:"), link)

        bob = self.stage.node("bob")
        bob.run("init", "--name", "bob")
        bob.run("dispatcher", "use", link)
        card = bob.run("id", "--json").json()
        self.assertEqual(card["v"], 1)
        self.assertTrue(card["node"].startswith("taut1"))
        self.assertEqual(card["name"], "bob")
        self.assertIn("0x0001", card["suites"])
        self.assertIn(card["node"], bob.run("id").text)

        alice = self.stage.node("alice")
        alice.run("init", "--name", "alice")
        alice.run("dispatcher", "use", link)
        alice.run("contact", "add", "bob", card["link"])
        receipt = alice.run("send", "bob", "hello", "--json").json()
        self.assertEqual((receipt["v"], receipt["outcome"]), (1, "stored"))

        got = bob.run("recv", "--json", "--count", "1", "--timeout", "10").lines()
        message = got[0]
        self.assertEqual(message["v"], 1)
        self.assertEqual(message["event"], "message")
        self.assertEqual(message["from"], alice.card()["node"])
        self.assertIsNone(message["contact"])
        self.assertEqual(message["text"], "hello")
        self.assertEqual(message["id"], receipt["id"])
        self.assertIn("sent", message)

    def test_pipes_lines_and_bytes(self):
        _, alice, bob = self.pair()
        alice.run("send", "bob", "-", stdin=b"one message\nof two lines\n")
        alice.run("send", "bob", "--lines", "-", stdin="eins\nzwei\ndréi\n".encode())
        alice.run("send", "bob", "-", stdin=b"\xff\x00\xfe")
        got = bob.run("recv", "--json").lines()
        texts = [one.get("text") for one in got if one["event"] == "message"]
        self.assertEqual(texts[1:4], ["eins", "zwei", "dréi"])
        self.assertIn("of two lines", texts[0])
        self.assertEqual(base64.b64decode(got[4]["data"]), b"\xff\x00\xfe")
        self.assertEqual(bob.run("recv", "--json").lines(), [])
        self.assertEqual(bob.run("recv", "--timeout", "1", expect=7).out, b"")

    def test_send_works_beside_a_follower(self):
        _, alice, bob = self.pair()
        bob.knows(alice)
        follower = bob.start("recv", "--follow", "--json")
        for i in range(5):
            alice.run("send", "bob", f"ping {i}")
            event = json.loads(follower.stdout.readline())
            self.assertEqual(event["text"], f"ping {i}")
            self.assertEqual(event["contact"], "alice")
            bob.run("send", "alice", f"pong {i}")
        texts = [one["text"] for one in alice.run("recv", "--json").lines()]
        self.assertEqual(texts, [f"pong {i}" for i in range(5)])

    def test_the_first_minute(self):
        nobody = self.stage.node("nobody")
        for command in ("status", "doctor"):
            ran = nobody.run(command, expect=None)
            self.assertIn("init", ran.text + ran.errors, command)
            nobody.run(command, "--json", expect=None).json()
        self.assertFalse(nobody.home.exists(), "looking must not create a state")

    def test_one_megabyte(self):
        _, alice, bob = self.pair()
        body = bytes(range(256)) * 4096
        alice.run("send", "bob", "-", stdin=body)
        got = bob.run("recv", "--json").lines()[0]
        self.assertEqual(base64.b64decode(got["data"]), body)
        ran = alice.run("send", "bob", "-", stdin=body + b"x", expect=2)
        self.assertIn("1", ran.errors)


if __name__ == "__main__":
    harness.main()
