"""People in a topic: two chats at real pseudo-terminals, wide and narrow, with friends and with somebody hostile."""

import os
import re
import signal
import termios

import taut
import topics
from terminal import Terminal

PROMPT = "> "


class Chat(topics.Case):
    def terminal(self, node, *words, **more):
        return self.enterContext(Terminal(node, *(words or ("chat", "tea")), **more))

    def chat(self, node, **more):
        """Open, and with the log."""
        terminal = self.terminal(node, **more)
        terminal.shows("/help says more", "\n" + PROMPT.strip())
        return terminal

    def two(self, **more):
        bob = self.joined("bob")
        self.alice.knows(bob)
        bob.knows(self.alice)
        self.alice.ok("topic", "recv", "tea")
        return self.chat(self.alice, **more), self.chat(bob, **more), bob

    def says(self, terminal, text):
        terminal.type(text + "\r")

    def quits(self, terminal, code=0):
        self.assertEqual(terminal.ended(), code, terminal.text())
        self.assertTrue(terminal.is_as_before())
        self.assertEqual(terminal.screen.strange, [])

    def test_two_talk(self):
        alice, bob, _ = self.two()
        alice.shows("-- tea: you, bob✓. /help says more")
        self.says(alice, "hello bob")
        self.assertRegex(bob.line("hello bob"), r"^\d\d:\d\d   alice✓ +hello bob$")
        self.says(bob, "hello alice")
        self.assertRegex(alice.line("hello alice"), r"^\d\d:\d\d   bob✓ +hello alice$")
        # One's own, with the mark of what the log has.
        taut.wait_for(lambda: re.match(r"^\d\d:\d\d›  you +hello bob$", alice.line("hello bob")))
        self.assertEqual(alice.text().splitlines()[-1], PROMPT.strip())
        for terminal in (alice, bob):
            terminal.type("\x04")
            self.quits(terminal)

    def test_what_came_meanwhile_is_first_and_marked(self):
        bob = self.joined("bob")
        bob.ok("topic", "send", "tea", "stored here")
        self.alice.run("topic", "recv", "tea", "--count", "1", "--timeout", "0")  # fetched, perhaps
        bob.ok("topic", "send", "tea", "in the log")
        alice = self.chat(self.alice)
        text = alice.shows("in the log", "-- now:")
        self.assertLess(text.index("while you were away"), text.index("in the log"))
        self.assertLess(text.index("in the log"), text.index("-- now:"))
        bob.ok("topic", "send", "tea", "as we speak")
        text = alice.shows("as we speak")
        self.assertLess(text.index("-- now:"), text.index("as we speak"))
        self.says(alice, "/quit")
        self.quits(alice)
        self.assertEqual(self.received(self.alice), [], "shown once")

    def test_what_is_being_typed_stays_whole(self):
        alice, bob, _ = self.two(columns=40)
        half = "a line that is longer than the terminal is wide, by far"
        alice.type(half)
        alice.shows("far")
        for number in range(5):
            self.says(bob, f"between {number}")
            alice.shows(f"between {number}")
        rows = alice.text().splitlines()
        self.assertEqual("".join(rows[-2:]), PROMPT + half)
        alice.type("\x1b[D\x1b[D\x1b[D" + "so " + "\x05" + "!\r")  # back, in between, and to the end
        bob.shows("so far!")
        self.assertIn("by so far!", " ".join(bob.text().split()))
        alice.type("\x04")
        self.quits(alice)

    def test_narrow_terminals_keep_the_columns(self):
        alice, bob, _ = self.two(columns=40)
        self.says(alice, "the quick brown fox jumps over the lazy dog")
        text = bob.shows("dog")
        rows = [row for row in text.splitlines() if "quick" in row or "dog" in row or "over" in row]
        self.assertRegex(rows[0], r"^\d\d:\d\d   alice✓     the quick")
        for row in rows[1:]:
            self.assertTrue(row.startswith(" " * 19), row)
        for row in text.splitlines():
            self.assertLess(len(row), 40)
        for columns in (80, 24, 120):
            bob.resize(columns, 20)
            self.says(alice, f"now {columns} wide")
            bob.shows(f"now {columns} wide")
        bob.type("typed after it\r")
        alice.shows("typed after it")
        bob.type("\x04")
        self.quits(bob)

    def test_hostile_text_does_nothing(self):
        alice, bob, node = self.two()
        hostile = "\x1b[2J\x1b[H\x1b]0;title\x07\x1b[31m\r09:16   bob✓    forged\x9b2J\u202egnirts\u2066\u061c\x7f\x08\x0e"
        node.ok("topic", "send", "tea", "-", stdin=hostile.encode())
        line = alice.line("gnirts")
        self.assertRegex(line, r"^\d\d:\d\d   bob✓ +\ufffd\[2J\ufffd\[H")
        node.ok("topic", "send", "tea", "-", stdin="one\n09:17   carol          two".encode())
        self.assertTrue(alice.line("two").startswith(" " * 23), "in the column of the text")
        node.ok("topic", "send", "tea", "-", stdin=b"\xff\xfe\x00\x1b")
        alice.shows("(4 bytes that are no text)")
        node.ok("topic", "send", "tea", "-", stdin=b"x" * 60_000)
        self.says(bob, "after the flood")
        alice.shows("after the flood")
        for harmful in ("\x1b]", "\x1b[2J", "\x1b[31m", "\u202e", "\u2066", "\u061c", "\x9b", "\x0e"):
            self.assertNotIn(harmful.encode(), alice.raw)
        alice.type("\x04")
        self.quits(alice)

    def test_commands_have_twins(self):
        alice, bob, node = self.two()
        self.says(alice, "/who")
        alice.shows("you " + self.alice.json("id")["node"][:40], "bob✓ " + node.json("id")["node"][:40])
        self.says(alice, "/help")
        alice.shows("/remove WHO [--bar]")
        self.says(alice, "/wohooo")
        alice.shows("There is no command '/wohooo' here")
        self.says(alice, "/set expires=1h")
        alice.shows("changed the topic's settings")
        bob.shows("changed the topic's settings")
        self.says(alice, "this one goes")
        self.assertRegex(bob.line("this one goes"), r"^\d\d:\d\d \* alice✓")
        self.says(alice, "//not a command")
        bob.shows("  /not a command")
        self.says(bob, "/remove nobody")
        bob.shows("'nobody' is no participant of 'tea'")
        self.says(alice, "/remove bob --bar")
        alice.shows("bob is out, removed by you")
        bob.shows("you are out, removed by alice", "We are no longer in 'tea'")
        self.quits(bob, code=6)

    def test_somebody_asks_and_is_let_in(self):
        alice = self.chat(self.alice)
        self.says(alice, "/invite --open")
        alice.shows("somebody has to say yes", "taut-topic:")
        link = re.search(r"taut-topic:[\w-]+", alice.raw.decode())[0]
        carol = self.node("carol", uses=self.post.link)
        dave = self.node("dave", uses=self.post.link)
        joining = carol.start("topic", "join", link, "tea", "--timeout", "50")
        alice.shows("calls itself 'carol'", "/accept carol or", "/decline carol")
        self.says(alice, "/accept carol")
        self.assertEqual(joining.wait(taut.LIMIT_S), 0)
        alice.shows("joined, let in by you (not verified)")
        refused = dave.start("topic", "join", link, "tea", "--timeout", "8")
        alice.shows("/decline dave")
        self.says(alice, "/decline dave")
        alice.shows("-- declined")
        self.assertEqual(refused.wait(taut.LIMIT_S), 7)
        self.says(alice, "/decline dave")
        alice.shows("'dave' does not ask")
        self.alice.knows(carol)
        alice.shows("carol is verified")
        carol.ok("topic", "send", "tea", "hello")
        self.assertRegex(alice.line("hello"), r"carol✓ +hello$")
        self.says(alice, "/leave")
        online = self.online(carol)
        self.quits(alice)
        online.kill()
        self.assertEqual(self.alice.json("topic", "list"), [])

    def test_an_invitation_is_for_copying(self):
        alice = self.chat(self.alice, columns=40)
        self.says(alice, "/invite --uses 2 --expires 1h")
        alice.shows("whoever has this link gets in", "taut-topic:")
        raw = alice.raw.decode()
        link = re.search(r"taut-topic:[\w-]+", raw)[0]  # in one piece: a terminal breaks it, not the command
        bob = self.node("bob", uses=self.post.link)
        bob.ok("topic", "join", link, "tea", "--timeout", "50")
        alice.shows("joined, let in by you")
        alice.type("\x04")
        self.quits(alice)

    def test_interrupted_and_killed(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGSEGV, -signal.SIGSEGV),
                             (signal.SIGABRT, -signal.SIGABRT), (signal.SIGHUP, -signal.SIGHUP)):
            with self.subTest(number):
                alice = self.chat(self.alice)
                self.assertFalse(alice.is_as_before(), "raw while it runs: otherwise this proves nothing")
                alice.type("half a li")
                alice.shows("half a li")
                alice.process.send_signal(number)
                self.quits(alice, code)
        alice = self.chat(self.alice)
        alice.type("half\x03")  # Ctrl-C
        self.quits(alice, 130)

    def test_back_in_the_foreground(self):
        alice, bob, _ = self.two()
        alice.type("half a")
        alice.shows("half a")
        os.kill(alice.process.pid, signal.SIGSTOP)
        termios.tcsetattr(alice.slave, termios.TCSANOW, alice.before)  # as a shell does
        os.kill(alice.process.pid, signal.SIGCONT)
        taut.wait_for(lambda: not alice.is_as_before())
        alice.type(" line\r")
        bob.shows("half a line")

    def test_away_and_back(self):
        alice, bob, _ = self.two()
        self.post.stop()
        alice.shows("not online")
        self.says(alice, "said meanwhile")
        self.assertRegex(alice.line("said meanwhile"), r"^\d\d:\d\d·  you")
        self.post.start()
        alice.shows("online again")
        bob.shows("said meanwhile")
        taut.wait_for(lambda: re.match(r"^\d\d:\d\d›", alice.line("said meanwhile")))

    def test_what_has_no_place_yet_is_kept(self):
        alice = self.chat(self.alice)
        self.post.stop()
        self.says(alice, "later")
        alice.shows("later")
        alice.type("\x04")
        alice.shows("kept, and sent when the topic is online")
        self.quits(alice)
        self.assertEqual(self.alice.json("topic", "show", "tea")["outbox"], 1)

    def test_without_a_terminal_it_names_the_twins(self):
        for words in (["chat", "tea"], ["topic", "chat", "tea"], ["chat", "tea", "--json"]):
            done = self.alice.run(*words)
            self.fails(done, 2, "topic send", "recv tea --follow --json")
        alice = self.terminal(self.alice, kind="dumb")
        alice.shows("A chat needs a terminal")
        self.assertEqual(alice.ended(), 2)

    def test_only_topics_have_a_chat(self):
        bob = self.node("bob", uses=self.post.link)
        self.alice.knows(bob)
        for name, said in (("bob", "is a contact, and a chat is with a topic"), ("tee", "did you mean 'tea'?")):
            terminal = self.terminal(self.alice, "chat", name)
            terminal.shows(said)
            self.quits(terminal, 6)


if __name__ == "__main__":
    taut.main()
