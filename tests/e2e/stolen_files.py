"""All files of all participants, and all that the log ever served, open nothing that was read.

taut-open-all (open_all.cpp) tries with the real code, and without what the real command looks at beside the
keys. That it can open what it should is seen on the files of somebody who has not read yet.
"""

import shutil
import sqlite3
import subprocess

import taut
import topics
from secrecy import found_in

OPEN_ALL = taut.binary("TAUT_OPEN_ALL")
PAST_EPOCHS = 3  # docs/mls.md: what opens late messages is kept for so many


class StolenFiles(topics.Case):
    def setUp(self):
        super().setUp()
        self.bob, self.carol = self.joined("bob"), self.joined("carol")
        self.everybody = (self.alice, self.bob, self.carol)
        self.count = 0
        self.said = []
        self.had = {node.name: set() for node in self.everybody}

    def copy_of(self, node):
        """Its files as they are now, as a node of its own."""
        self.count += 1
        copy = taut.Node(self.folder / f"stolen-{self.count}")
        shutil.copytree(node.home, copy.home, ignore=shutil.ignore_patterns("*.sock*", "up.lock"))
        return copy

    def entries(self):
        """The ciphertext of the run: every entry of the log, as the dispatcher serves it."""
        database = sqlite3.connect(self.copy_of(self.post.node).home / "dispatcher.db")
        rows = database.execute("SELECT body FROM log_entry ORDER BY number").fetchall()
        database.close()
        return [bytes(body) for body, in rows]

    def open_all(self, *words, stdin=b""):
        done = subprocess.run([OPEN_ALL, *words], input=stdin, capture_output=True, check=True, timeout=taut.LIMIT_S)
        self.assertEqual(done.stderr, b"")
        return [bytes.fromhex(line) for line in done.stdout.decode().split()]

    def opened(self, node):
        """Which of the texts a thief opens with this node's files."""
        entries = "".join(entry.hex() + "\n" for entry in self.entries()).encode()
        plain = self.open_all(str(self.copy_of(node).home), stdin=entries)
        return [text for text in self.said if any(text.encode() in one for one in plain)]

    def secrets(self, node):
        """The stored secrets that open what comes, and what may come late."""
        return self.open_all("--secrets", str(self.copy_of(node).home))

    def say(self, node, *texts):
        for text in texts:
            node.ok("topic", "send", "tea", text)
            self.said.append(text)
        for one in self.everybody:
            self.had[one.name].update(self.secrets(one))

    def read(self, *nodes):
        for node in nodes:
            node.ok("topic", "recv", "tea")

    def next_epoch(self, *readers):
        self.minutes = getattr(self, "minutes", 0) + 1
        self.alice.ok("topic", "set", "tea", f"expires={self.minutes}d")
        self.read(*readers)

    def test_only_what_was_not_read_opens_and_then_nothing(self):
        self.say(self.alice, "canary-one-of-alice", "canary-two-of-alice")
        self.read(self.bob, self.alice)
        self.say(self.bob, "canary-one-of-bob")
        self.next_epoch(self.bob)
        self.say(self.bob, "canary-two-of-bob")
        self.say(self.alice, "canary-three-of-alice")
        self.read(self.alice, self.bob)
        # Carol has read nothing: her files open all of it, in whatever epoch, and nobody else's anything.
        self.assertEqual(self.opened(self.carol), self.said)
        self.assertEqual(self.opened(self.alice), [])
        self.assertEqual(self.opened(self.bob), [])
        self.read(self.carol)
        self.assertEqual(self.opened(self.carol), [])
        for _ in range(PAST_EPOCHS + 1):
            self.next_epoch(self.bob, self.carol)
        self.say(self.carol, "canary-of-carol")
        self.read(*self.everybody)
        for node in self.everybody:
            self.assertEqual(self.opened(node), [], node.name)
        self.nothing_is_left()

    def nothing_is_left(self):
        """Neither texts nor what opened them, in any byte of any file."""
        for node in self.everybody:
            files, has = node.files(), set(self.secrets(node))
            for text in self.said:
                self.assertEqual(found_in(text.encode(), files), [], (node.name, text))
            self.assertTrue(has and all(one in files for one in has), "the search finds what is there")
            gone = self.had[node.name] - has
            self.assertGreater(len(gone), 2)
            self.assertEqual([one.hex() for one in gone if one in files], [], node.name)

    def test_an_unread_message_is_the_readers_alone(self):
        self.say(self.alice, "canary-for-both")
        self.assertEqual((self.opened(self.bob), self.opened(self.carol)), (self.said, self.said))
        self.read(self.bob)
        self.assertEqual((self.opened(self.bob), self.opened(self.carol)), ([], self.said))

    def test_received_and_not_shown_lies_in_the_readers_file_until_it_is(self):
        """What recv has fetched and not printed is there for its reader; once printed it is nowhere."""
        self.said = []
        up = self.bob.start("up")
        self.say(self.alice, "canary-that-waits")
        taut.wait_for(lambda: b"canary-that-waits" in self.bob.files())
        self.assertEqual(self.opened(self.bob), [])
        up.terminate()
        up.wait(taut.LIMIT_S)
        self.read(self.bob)
        self.assertEqual(found_in(b"canary-that-waits", self.bob.files()), [])


if __name__ == "__main__":
    if not OPEN_ALL:
        raise SystemExit("set TAUT_OPEN_ALL to taut-open-all")
    taut.main()
