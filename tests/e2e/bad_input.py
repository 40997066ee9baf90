"""Bad input of every kind: the right exit code, one sentence with what to do, nothing lost or half
written, and the dispatcher keeps serving others."""

import json
import os
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import time

import taut
import wire


class Links(taut.Case):
    def setUp(self):
        super().setUp()
        self.alice = self.node("alice")
        self.bob_link = self.node("bob").link()

    def test_what_is_no_link_is_refused_and_changes_nothing(self):
        link = self.bob_link
        rows = {
            "": "cut",
            "nonsense": "no link",
            "taut:": "cut",
            link[:-1]: "cut",
            link[:40]: "cut",
            link[:-2] + "!!": "no link",
            link[:60] + ("A" if link[60] != "A" else "B") + link[61:]: "",
            link.replace("taut:", "tuat:"): "no link",
            link + link[5:]: "",
            "taut:" + "A" * 100_000: "",
        }
        for text, said in rows.items():
            with self.subTest(link=text[:50]):
                self.fails(self.alice.run("contact", "add", "bob", text), 2, "taut: ", "ink", said)
                self.fails(self.alice.run("dispatcher", "use", text), 2, "taut: ", "ink", said)
        self.assertEqual(self.alice.json("contact", "list"), [])
        self.assertEqual(self.alice.json("dispatcher", "list"), [])

    def test_a_link_may_come_on_standard_input_and_be_broken_over_lines(self):
        broken = "\n".join(self.bob_link[at:at + 60] for at in range(0, len(self.bob_link), 60)) + "\n"
        self.alice.ok("contact", "add", "bob", "-", stdin=broken.encode())
        self.fails(self.alice.run("contact", "add", "rob", "-", stdin=b""), 2, "cut")
        with open("/dev/zero", "rb") as endless:
            self.fails(self.alice.run("contact", "add", "rob", "-", stdin=endless), 2, "no link")

    def test_a_node_is_no_dispatcher_and_we_are_no_contact(self):
        self.fails(self.alice.run("dispatcher", "use", self.bob_link), 2, "no dispatcher's")
        self.fails(self.alice.run("contact", "add", "me", self.alice.link()), 2, "your own")
        self.alice.ok("contact", "add", "bob", self.bob_link)
        self.fails(self.alice.run("contact", "add", "rob", self.bob_link), 2, "another")

    def test_names_that_are_none(self):
        for name in ("", "x" * 65, "a\nb", "\x1b[31m", "\u202eevil", b"\xff\xfe"):
            with self.subTest(name=name):
                self.fails(self.alice.run("contact", "add", name, self.bob_link), 2, "cannot be a petname")
                if name != "":
                    self.fails(self.new_node("new").run("init", "--name", name), 2, "cannot be a name")
        self.assertEqual(self.alice.json("contact", "list"), [])

    def test_unknown_contacts(self):
        self.alice.ok("contact", "add", "robert", self.bob_link)
        for words in (["send", "robret", "x"], ["contact", "show", "robret"], ["contact", "remove", "robret"],
                      ["contact", "rename", "robret", "r"], ["contact", "verify", "robret"]):
            with self.subTest(words=words):
                self.fails(self.alice.run(*words), 6, "no contact 'robret'")
        self.fails(self.alice.run("send", "robret", "x"), 6, "did you mean 'robert'?")


class Usage(taut.Case):
    def test_words_that_do_not_fit(self):
        node = self.new_node("none")
        rows = [
            ([], "needs a command"),
            (["snd", "bob", "x"], "did you mean 'send'?"),
            (["recv", "--folow"], "did you mean '--follow'?"),
            (["send", "bob"], "needs a text"),
            (["recv", "--count", "1e3"], "1e3"),
            (["dispatcher", "run", "--listen", "127.0.0.1:65536"], "65536"),
            (["dispatcher", "run", "--listen", "127.0.0.1:８０"], "--listen"),
            (["dispatcher", "run", "--listen", "0.0.0.0:0"], "--policy open"),
            (["dispatcher", "run", "--listen", "[::]:0"], "--policy open"),
            (["dispatcher", "run", "--policy", "maybe"], "maybe"),
        ]
        for words, said in rows:
            with self.subTest(words=words):
                self.fails(node.run(*words), 2, "taut: ", said)
        self.assertFalse(node.home.exists())

    def test_errors_are_objects_under_json(self):
        node = self.new_node("none")
        for words, exit_code, name in ((["snd"], 2, "usage"), (["id"], 6, "not_found")):
            done = node.run(*words, "--json")
            error = json.loads(done.stderr)
            self.assertEqual((done.returncode, error["exit"], error["error"], error["v"]), (exit_code, exit_code, name, 1))
            self.assertTrue(error["what"] and error["next"] and error["reason"])
            self.assertEqual(done.stdout, b"")

    def test_no_folder_can_be_found(self):
        env = {"TAUT_HOME": "", "HOME": "", "XDG_DATA_HOME": ""}
        node = self.new_node("none")
        self.fails(node.run("id", env=env), 2, "--home DIR")
        self.assertEqual(node.run("version", env=env).returncode, 0)
        self.assertEqual(node.run("help", env=env).returncode, 0)


class StateFiles(taut.Case):
    def damage_is_refused(self, code, *said, untouched=True):
        before = (self.bob.home / "node.db").read_bytes()
        for words in (["id"], ["status"], ["doctor"], ["recv"], ["init", "--name", "bob"]):
            with self.subTest(words=words):
                done = self.bob.run(*words)
                self.assertEqual(done.returncode, code, done.stderr)
                talk = done.stdout + done.stderr
                for part in said:
                    self.assertIn(part.encode(), talk)
        if untouched:
            self.assertEqual((self.bob.home / "node.db").read_bytes(), before)

    def setUp(self):
        super().setUp()
        self.bob = self.node("bob")
        self.file = self.bob.home / "node.db"

    def test_it_is_private(self):
        self.assertEqual(stat.S_IMODE(self.bob.home.stat().st_mode), 0o700)
        for file in self.bob.home.iterdir():
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)

    def test_loose_modes(self):
        self.bob.home.chmod(0o755)
        self.damage_is_refused(8, f"Run: chmod 700 {self.bob.home}")
        self.bob.home.chmod(0o700)
        self.file.chmod(0o644)
        self.damage_is_refused(8, f"Run: chmod 600 {self.file}")
        self.file.chmod(0o600)
        self.bob.ok("id")

    def test_not_a_database(self):
        self.file.write_bytes(b"this is a letter\n" * 1000)
        self.damage_is_refused(2, "node.db")

    def test_a_database_of_another_program(self):
        self.file.unlink()
        with sqlite3.connect(self.file) as other:
            other.execute("create table cookies (name text)")
        other.close()
        self.file.chmod(0o600)
        self.damage_is_refused(2, "node.db")

    def test_written_by_a_later_version(self):
        database = sqlite3.connect(self.file)
        database.execute("pragma user_version = 1000")
        database.close()
        self.damage_is_refused(2, "later taut")

    def test_a_folder_in_its_place(self):
        for file in self.bob.home.iterdir():
            file.unlink()
        self.file.mkdir(mode=0o700)
        done = self.bob.run("id")
        self.assertIn(done.returncode, (2, 8))
        self.assertIn(b"node.db", done.stderr)

    def test_damaged(self):
        content = bytearray(self.file.read_bytes())
        for at in range(5000, len(content), 4096):
            content[at] ^= 0xFF
        self.file.write_bytes(content)
        done = self.bob.run("id")
        self.assertEqual(done.returncode, 8, done.stderr)

    def test_a_second_identity_is_not_made(self):
        before = self.bob.json("id")
        self.fails(self.bob.run("init", "--name", "rob"), 2, "already")
        self.assertEqual(self.bob.json("id"), before)

    def test_no_room_to_make_one(self):
        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        new = self.new_node("new")
        self.fails(new.run("init", "--name", "new", preexec_fn=little_room), 8, "taut: ")
        self.assertEqual(new.run("id").returncode, 6)  # nothing half made
        new.ok("init", "--name", "new")

    def test_a_folder_that_cannot_be_made(self):
        (self.folder / "file").write_text("")
        self.fails(taut.Node(self.folder / "file" / "home").run("init", "--name", "x"), 8, "file")


class Dispatchers(taut.Case):
    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()

    def test_it_is_down(self):
        self.post.stop()
        self.fails(self.alice.run("send", "bob", "x"), 3, self.post.address, "nothing was sent or kept")
        self.assertEqual(self.alice.json("outbox"), [])
        self.fails(self.bob.run("recv"), 3, self.post.address, "nobody listens")
        self.fails(self.bob.run("recv", "--timeout", "0.5"), 3)
        carol = self.node("carol")
        self.fails(carol.run("dispatcher", "use", self.post.link), 3, self.post.address, "nobody listens")
        self.assertEqual(carol.json("dispatcher", "list"), [])
        self.assertEqual(carol.json("id")["dispatchers"], [])
        done = self.bob.run("doctor")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"nobody listens", done.stdout)
        self.post.start()
        self.alice.ok("send", "bob", "y")
        self.assertEqual(taut.texts(self.bob.events("recv")), ["y"])

    def test_another_key_answers(self):
        self.post.stop()
        with taut.Dispatcher(self.node("mallory"), listen=self.post.address):
            self.fails(self.alice.run("send", "bob", "x"), 4, "another key", "nothing was sent")
            self.assertEqual(self.alice.json("outbox"), [])
            self.fails(self.bob.run("recv"), 4, "another key")
            carol = self.node("carol")
            self.fails(carol.run("dispatcher", "use", self.post.link), 4, "another key")
            self.assertEqual(carol.json("dispatcher", "list"), [])
            self.assertEqual(self.bob.run("doctor").returncode, 4)

    def test_what_answers_is_not_taut(self):
        self.post.stop()
        for says in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 1000, b"\x00" * 70_000, b""):
            with self.subTest(says=says[:10]), wire.FakeServer(self.post.endpoint, says):
                done = self.alice.run("send", "bob", "x")
                self.assertIn(done.returncode, (3, 4, 5), done.stderr)
                self.assertIn(b"nothing was sent", done.stderr)
                self.assertEqual(self.alice.json("outbox"), [])

    def test_none_is_in_use(self):
        lonely = self.node("lonely")
        self.fails(lonely.run("recv"), 2, "taut dispatcher use LINK")
        self.alice.knows(lonely)
        self.fails(self.alice.run("send", "lonely", "x"), 2, "no dispatcher")
        self.fails(self.alice.run("dispatcher", "forget", "pots"), 6, "'pots'")

    def test_the_port_is_taken(self):
        other = self.node("other")
        self.fails(other.run("dispatcher", "run", "--listen", self.post.address), 8, "another process")
        self.fails(other.run("dispatcher", "run", "--listen", "192.0.2.1:0", "--policy", "open"), 2, "192.0.2.1")
        self.fails(self.post.node.run("dispatcher", "run", "--listen", "127.0.0.1:0"), 8)

    def test_messages_of_every_size_up_to_the_limit_and_none_over_it(self):
        limit = 1 << 20
        for size in (0, 1, 60_000, 65_536, limit):
            self.alice.ok("send", "bob", "-", stdin=b"x" * size)
        self.fails(self.alice.run("send", "bob", "-", stdin=b"x" * (limit + 1)), 2, "longer")
        lines = b"short\n" + b"y" * (limit + 1) + b"\nnever\n"
        done = self.alice.run("send", "bob", "--lines", "-", stdin=lines)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"Line 2", done.stderr)
        self.assertEqual([len(m["text"]) for m in self.bob.events("recv")], [0, 1, 60_000, 65_536, limit, 5])

    def test_text_that_is_none(self):
        self.alice.ok("send", "bob", b"\xff\xfe")
        self.alice.ok("send", "bob", "\x1b[2J\u202eevil\nalice: forged")
        raw, forged = self.bob.events("recv")
        self.assertEqual((raw.get("text"), raw["data"]), (None, "//4="))
        self.assertEqual(forged["text"], "\x1b[2J\u202eevil\nalice: forged")
        self.alice.ok("send", "bob", "\x1b[2J\u202eevil\nalice: forged")
        line = self.bob.ok("recv")
        self.assertNotIn("\x1b", line)
        self.assertNotIn("\u202e", line)
        self.assertTrue(line.splitlines()[1].startswith("    "))


class Wire(taut.Case):
    """Strangers on the dispatcher's port; a victim works on beside them."""

    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()

    def still_serves(self):
        self.alice.ok("send", "bob", "still there?")
        self.assertEqual(taut.texts(self.bob.events("recv")), ["still there?"])

    def stranger(self, says=b""):
        stranger = socket.create_connection(self.post.endpoint, timeout=20)
        self.addCleanup(stranger.close)
        stranger.sendall(says)
        return stranger

    def is_cut_off(self, stranger, within_s):
        stranger.settimeout(within_s)
        try:
            while stranger.recv(65_536):
                pass
        except ConnectionResetError:
            pass

    def test_garbage_and_huge_lengths(self):
        for says in (os.urandom(100_000), b"\xff" * 8, b"\x00" * 8, b"\xff\xff" + os.urandom(65_535), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"\x00\x01x", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
            with self.subTest(says=says[:12]):
                try:
                    self.is_cut_off(self.stranger(says), within_s=15)
                except (ConnectionResetError, BrokenPipeError):
                    pass
        self.still_serves()

    def test_half_open_connections_are_cut_off_after_five_seconds(self):
        silent = [self.stranger() for _ in range(200)]
        slow = self.stranger(b"\x00")
        self.still_serves()
        began = time.monotonic()
        for stranger in [*silent, slow]:
            self.is_cut_off(stranger, within_s=15)
        self.assertLess(time.monotonic() - began, 10)
        self.still_serves()

    def test_many_more_half_open_connections_than_it_keeps(self):
        strangers = []
        for _ in range(1500):
            try:
                strangers.append(socket.create_connection(self.post.endpoint, timeout=5))
            except OSError:
                break
        self.assertGreater(len(strangers), 500)
        self.still_serves()
        for stranger in strangers:
            stranger.close()
        self.still_serves()

    def test_one_byte_at_a_time(self):
        with wire.Proxy(piece=1) as proxy:
            with taut.Dispatcher(self.node("slow"), "--advertise", proxy.address) as slow:
                proxy.target = slow.endpoint
                carol = self.node("carol", uses=slow.link)
                self.alice.knows(carol)
                self.alice.ok("send", "carol", "in small pieces")
                self.assertEqual(taut.texts(carol.events("recv")), ["in small pieces"])
        self.assertGreater(len(proxy.seen), 1000)


class Output(taut.Case):
    """Nothing counts as shown that could not be printed."""

    def setUp(self):
        super().setUp()
        self.post, self.alice, self.bob = self.three()
        self.alice.ok("send", "bob", "precious")

    def comes_again(self):
        (message,) = self.bob.events("recv")
        self.assertEqual((message["text"], message.get("redelivered")), ("precious", True))
        self.assertEqual(self.bob.events("recv"), [])

    def test_full(self):
        with open("/dev/full", "wb") as full:
            self.fails(self.bob.run("recv", stdout=full), 8, "No space left", "again")
            self.fails(self.bob.run("id", stdout=full), 8, "No space left")
        self.comes_again()

    def test_closed(self):
        closed = lambda: os.close(1)
        self.fails(self.bob.run("recv", stdout=None, preexec_fn=closed), 8, "standard output")
        self.fails(self.bob.run("id", stdout=None, preexec_fn=closed), 8, "standard output")
        self.comes_again()

    def test_broken_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            self.fails(self.bob.run("recv", stdout=pipe), 8, "Broken pipe")
        self.comes_again()

    def test_all_standard_descriptors_closed(self):
        def close_all():
            for descriptor in (0, 1, 2):
                os.close(descriptor)

        done = self.bob.run("recv", stdout=None, stderr=None, stdin=None, preexec_fn=close_all)
        self.assertEqual(done.returncode, 8)
        self.comes_again()

    def test_interrupted(self):
        self.bob.ok("recv")
        for number in (signal.SIGINT, signal.SIGTERM):
            following = self.bob.start("recv", "--follow")
            self.alice.ok("send", "bob", "wake up")
            following.stdout.readline()
            following.send_signal(number)
            out, talk = following.communicate(timeout=taut.LIMIT_S)
            self.assertEqual((following.returncode, out), (130, b""), talk)
        self.assertEqual(self.bob.ok("recv"), "")


if __name__ == "__main__":
    taut.main()
