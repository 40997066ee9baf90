"""An identity over time: it ends by a file that was kept apart, and comes back from a backup."""

import json
import shutil
import stat

import taut

WORDS = b"correct horse battery staple\n"


class Revocation(taut.Case):
    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()
        (self.file,) = self.folder.glob("bob-revocation-*.txt")

    def test_it_is_written_beside_the_folder_for_its_owner_alone(self):
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        text = self.file.read_text()
        self.assertIn(self.bob.json("id")["node"], text)
        self.assertTrue(text.splitlines()[-1].startswith("taut:"))
        self.alice.ok("send", "bob", "nothing has happened yet")

    def test_a_lost_node_is_ended_from_another_and_stays_so(self):
        self.alice.ok("send", "bob", "before")
        done = self.alice.json("revoke", str(self.file))
        self.assertEqual(done["revoked"], self.bob.json("id")["node"])
        self.assertEqual(done["at"], [self.alice.json("id")["dispatchers"][0]["node"]])
        self.fails(self.alice.run("send", "bob", "after"), 4, "revoked")
        (contact,) = self.alice.json("contact", "list")
        self.assertTrue(contact["nodes"][0]["revoked"])
        # The thief has the node itself, and gets nowhere with it.
        self.fails(self.bob.run("recv"), 4, "has been revoked", "taut --home DIR init")
        self.assertEqual(self.bob.json("status")["revoked"], True)
        self.fails(self.bob.run("recv", "--follow"), 4, "has been revoked")
        self.fails(self.bob.run("up"), 4, "has been revoked")
        self.assertNotEqual(self.bob.run("dispatcher", "use", self.post.link).returncode, 0)
        self.fails(self.bob.run("send", "bob", "x"), 6)

    def test_who_is_online_when_it_ends_hears_it_at_once(self):
        up = self.bob.start("up", "--json")
        up.stdout.readline()
        self.alice.ok("revoke", str(self.file))
        self.assertEqual(up.wait(taut.LIMIT_S), 4)
        self.assertEqual(self.bob.json("status")["revoked"], True)

    def test_who_waits_for_a_signature_when_it_ends_hears_it_at_once(self):
        self.bob.knows(self.alice)
        sending = self.bob.start("send", "alice", "hello", "--wait", "released", "--json")
        self.assertEqual(json.loads(sending.stdout.readline())["outcome"], "stored")
        self.alice.ok("revoke", str(self.file))
        self.assertEqual(sending.wait(taut.LIMIT_S), 4)

    def test_an_operator_s_word_is_no_revocation(self):
        self.alice.ok("send", "bob", "one")
        self.bob.ok("recv")
        self.post.node.ok("dispatcher", "revoke", self.bob.json("id")["node"])
        self.assertNotIn("revoked", self.bob.json("status"))
        self.bob.run("recv")
        self.assertNotIn("revoked", self.bob.json("status"))

    def test_a_successor_is_offered_and_not_trusted(self):
        heir = self.node("heir", uses=self.post.link)
        named = self.folder / "named.txt"
        self.bob.ok("revoke", "--make", str(named), "--successor", heir.link())
        self.bob.ok("revoke", str(named))
        self.fails(self.alice.run("send", "bob", "x"), 4, "taut contact succeed bob", heir.json("id")["node"])
        contact = self.alice.json("contact", "succeed", "bob")
        self.assertFalse(contact["verified"])
        self.assertEqual([n["node"] for n in contact["nodes"]], [heir.json("id")["node"]])
        self.alice.ok("send", "bob", "to the new one")
        self.assertEqual([m["text"] for m in heir.events("recv")], ["to the new one"])

    def test_files_that_revoke_nothing(self):
        ordinary = self.folder / "link.txt"
        ordinary.write_text(self.bob.link())
        self.fails(self.alice.run("revoke", str(ordinary)), 2, "revokes nothing")
        self.fails(self.alice.run("revoke", str(self.folder / "none")), 6)
        torn = self.folder / "torn.txt"
        torn.write_text(self.file.read_text()[:-40])
        self.fails(self.alice.run("revoke", str(torn)), 2)
        self.fails(self.bob.run("revoke", "--make", str(self.file)), 2, "nothing is overwritten")
        carol = self.node("carol")
        self.fails(carol.run("revoke", str(self.file)), 2, "--at")
        carol.ok("revoke", str(self.file), "--at", self.post.link)
        self.alice.run("send", "bob", "x")
        self.fails(self.alice.run("send", "bob", "x"), 4)


class Copies(taut.Case):
    def copied(self, node, name):
        """A copy of a node's folder as it is now."""
        copy = self.new_node(name)
        shutil.copytree(node.home, copy.home)
        return copy

    def events(self, node):
        return [event.get("text", event["event"]) for event in node.events("recv")]

    def test_two_live_copies_are_told_of_each_other(self):
        _, _, bob = self.three()
        bob.ok("recv")
        copy = self.copied(bob, "copy")
        self.assertEqual(self.events(copy), [])
        self.assertEqual(self.events(bob), ["second_copy"])
        self.assertEqual(self.events(copy), ["second_copy"])
        self.assertEqual(bob.json("status")["notice"]["copy"], "second_copy")
        self.assertEqual(bob.run("doctor").returncode, 4)

    def test_a_snapshot_that_is_put_back_says_so_and_goes_on(self):
        _, alice, bob = self.three()
        bob.knows(alice)
        bob.ok("recv")
        snapshot = self.copied(bob, "snapshot")
        bob.ok("recv")
        bob.ok("send", "alice", "one")
        shutil.rmtree(bob.home)
        shutil.copytree(snapshot.home, bob.home)
        self.assertEqual(self.events(bob), ["rolled_back"])
        self.assertEqual(self.events(bob), [])
        bob.ok("send", "alice", "two")
        alice.ok("send", "bob", "three")
        self.assertEqual(self.events(alice), ["one", "two"])
        self.assertEqual(self.events(bob), ["three"])


class Backup(taut.Case):
    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()
        self.bob.knows(self.alice)
        self.file = self.folder / "bob.backup"
        self.words = self.folder / "words"
        self.words.write_bytes(WORDS)
        self.bob.ok("backup", str(self.file), "--passphrase", str(self.words))
        self.phone = self.new_node("phone")

    def restore(self, node, words=WORDS):
        return node.run("restore", str(self.file), "--passphrase", "-", stdin=words)

    def test_the_same_node_on_another_device_receives_and_sends(self):
        self.alice.ok("send", "bob", "sealed to the lost key")
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(self.restore(self.phone).returncode, 0)
        self.assertEqual(self.phone.json("id")["node"], self.bob.json("id")["node"])
        self.assertEqual(self.phone.events("recv"), [])
        self.alice.ok("send", "bob", "to the phone")
        gap, message = self.phone.events("recv")  # what was sealed to the lost key is missed, and said so
        self.assertEqual((gap["event"], message["text"]), ("gap", "to the phone"))
        self.phone.ok("send", "alice", "it is me")
        (message,) = self.alice.events("recv")
        self.assertEqual((message["contact"], message["text"]), ("bob", "it is me"))

    def test_wrong_words_other_files_and_full_folders(self):
        self.fails(self.restore(self.phone, b"correct horse battery stable\n"), 5, "passphrase")
        self.fails(self.restore(self.phone, b"short\n"), 2, "passphrase")
        self.assertFalse(self.phone.json("status")["node"])
        self.fails(self.restore(self.alice), 2, "already")
        bytes_ = bytearray(self.file.read_bytes())
        bytes_[-1] ^= 1
        self.file.unlink()
        self.file.write_bytes(bytes_)
        self.fails(self.restore(self.phone), 5)
        self.file.write_bytes(b"taut:abc")
        self.fails(self.restore(self.phone), 2, "no backup")

    def test_nothing_is_overwritten_and_no_secret_is_an_argument(self):
        again = self.bob.run("backup", str(self.file), "--passphrase", str(self.words))
        self.fails(again, 2, "nothing is overwritten")
        detached = self.bob.run("backup", str(self.folder / "other"), start_new_session=True)
        self.fails(detached, 2, "--passphrase FILE")
        self.assertFalse((self.folder / "other").exists())

    def test_a_backup_through_a_pipe(self):
        piped = self.bob.run("backup", "-", "--passphrase", str(self.words))
        self.assertEqual(piped.returncode, 0)
        restored = self.phone.run("restore", "-", "--passphrase", str(self.words), stdin=piped.stdout)
        self.assertEqual(restored.returncode, 0, restored.stderr)
        self.assertNotIn(b"alice", piped.stdout)


if __name__ == "__main__":
    taut.main()
