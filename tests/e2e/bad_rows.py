"""Bad input by table: the command line and the data directory. A row is one mistake; the same mistake with
another number is the same row. Each is made twice, for people and with --json, and must say what to do,
print no data, and leave every file as it was.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3

import taut

USAGE, IDENTITY, NOT_FOUND, STORAGE = 2, 4, 6, 8

# (words, exit code, part of what is said). BOB and ME stand for links.
COMMAND_LINES = [
    # Words that are missing, unknown or too many.
    ([], USAGE, "needs a command"),
    ([""], USAGE, "no command ''"),
    (["snd"], USAGE, "did you mean 'send'? See"),
    (["frobnicate"], USAGE, "no command 'frobnicate'. See: taut --help"),
    (["SEND", "bob", "x"], USAGE, "no command 'SEND'"),
    (["contact"], USAGE, "needs a command: add"),
    (["contact", "ad"], USAGE, "did you mean 'add'"),
    (["dispatcher"], USAGE, "needs a command: run"),
    (["dispatcher", "rum"], USAGE, "did you mean 'run'"),
    (["outbox", "rtry"], USAGE, "did you mean 'retry'"),
    (["help", "frob"], USAGE, "no command 'frob'"),
    (["help", "send", "extra"], USAGE, "no further word"),
    (["id", "extra"], USAGE, "here is 'extra'"),
    (["init"], USAGE, "needs --name"),
    (["init", "alice"], USAGE, "here is 'alice'"),
    (["send"], USAGE, "needs WHO"),
    (["send", "bob"], USAGE, "needs a text"),
    (["send", "bob", "two", "words"], USAGE, "needs quotes"),
    (["contact", "add"], USAGE, "needs NAME"),
    (["contact", "add", "rob"], USAGE, "needs LINK"),
    (["contact", "rename", "bob"], USAGE, "needs NEW"),
    (["dispatcher", "use"], USAGE, "needs LINK"),
    (["outbox", "drop"], USAGE, "needs ID"),
    # Flags.
    (["recv", "--folow"], USAGE, "did you mean '--follow'"),
    (["--jsn", "id"], USAGE, "did you mean '--json'"),
    (["-x"], USAGE, "no flag '-x'"),
    (["id", "--count", "1"], USAGE, "no flag '--count'"),
    (["recv", "--count", "1", "--count", "2"], USAGE, "--count is given twice"),
    (["--home", "a", "--home", "b", "id"], USAGE, "--home is given twice"),
    (["recv", "--count"], USAGE, "--count needs a value"),
    (["--home"], USAGE, "--home needs a value"),
    (["--home", "", "id"], USAGE, "names no folder"),
    (["init", "--name"], USAGE, "--name needs a value"),
    (["--verbose=yes", "id"], USAGE, "takes no value"),
    (["recv", "--follow=1"], USAGE, "takes no value"),
    (["send", "bob", "--lines", "text"], USAGE, "Give - in place of the text"),
    # Numbers.
    (["recv", "--count", "0"], USAGE, "takes no '0'. Give a whole number from 1"),
    (["recv", "--count", "-1"], USAGE, "takes no '-1'"),
    (["recv", "--count", ""], USAGE, "takes no ''"),
    (["recv", "--count", "many"], USAGE, "takes no 'many'"),
    (["recv", "--count", "1e3"], USAGE, "takes no '1e3'"),
    (["recv", "--count", "1.5"], USAGE, "takes no '1.5'"),
    (["recv", "--count", "0x10"], USAGE, "takes no '0x10'"),
    (["recv", "--count", " 1"], USAGE, "takes no ' 1'"),
    (["recv", "--count", "１"], USAGE, "takes no '１'"),
    (["recv", "--count", "99999999999999999999"], USAGE, "to 4294967295"),
    (["recv", "--timeout", "-1"], USAGE, "Give seconds"),
    (["recv", "--timeout", ""], USAGE, "Give seconds"),
    (["recv", "--timeout", "soon"], USAGE, "Give seconds"),
    (["recv", "--timeout", "nan"], USAGE, "Give seconds"),
    (["recv", "--timeout", "inf"], USAGE, "Give seconds"),
    (["recv", "--timeout", "1e3"], USAGE, "Give seconds"),
    (["recv", "--timeout", "1."], USAGE, "Give seconds"),
    (["recv", "--timeout", "0.0001"], USAGE, "Give seconds"),
    (["recv", "--timeout", "1 s"], USAGE, "Give seconds"),
    (["recv", "--timeout", "99999999999999999999"], USAGE, "at most 31622400"),
    # Addresses.
    (["dispatcher", "run", "--listen", ""], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", ":7420"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1:"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1:http"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1:-1"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1:65536"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1:1e3"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1:８０"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "[::1"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "[::1]"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "::1:0"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "127.0.0.1 :0"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--listen", "0.0.0.0:0"], USAGE, "--policy open"),
    (["dispatcher", "run", "--listen", "[::]:0"], USAGE, "--policy open"),
    (["dispatcher", "run", "--listen", "256.0.0.1:0", "--policy", "open"], USAGE, "256.0.0.1"),
    (["dispatcher", "run", "--listen", "192.0.2.1:0", "--policy", "open"], USAGE, "no such address"),
    (["dispatcher", "run", "--advertise", ""], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--advertise", "host"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--advertise", "ho st:1"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--advertise", "host:1\nevil:2"], USAGE, "Give HOST:PORT"),
    (["dispatcher", "run", "--policy", "maybe"], USAGE, "no policy 'maybe'"),
    (["dispatcher", "run", "--policy", ""], USAGE, "no policy ''"),
    # Names.
    (["contact", "add", "", "BOB"], USAGE, "'' cannot be a petname"),
    (["contact", "add", "x" * 65, "BOB"], USAGE, "cannot be a petname. Give at most 64 bytes"),
    (["contact", "add", "a\nb", "BOB"], USAGE, "cannot be a petname"),
    (["contact", "add", "a\tb", "BOB"], USAGE, "cannot be a petname"),
    (["contact", "add", "\x1b[31m", "BOB"], USAGE, "'\ufffd[31m' cannot be a petname"),
    (["contact", "add", "\u202eevil", "BOB"], USAGE, "'\ufffdevil' cannot be a petname"),
    (["contact", "add", b"\xff\xfe", "BOB"], USAGE, "'\ufffd\ufffd' cannot be a petname"),
    (["contact", "rename", "bob", ""], USAGE, "cannot be a petname"),
    (["contact", "rename", "bob", "bob"], USAGE, "is taken"),
    (["contact", "rename", "robret", "r"], NOT_FOUND, "no contact 'robret'"),
    (["contact", "show", "rob"], NOT_FOUND, "did you mean 'bob'"),
    (["contact", "remove", "\x1b[31m"], NOT_FOUND, "no contact '\ufffd[31m'"),
    (["contact", "verify", "robret"], NOT_FOUND, "no contact"),
    (["contact", "verify", "bob", "--number", ""], USAGE, "70 digits, and here are 0"),
    (["contact", "verify", "bob", "--number", "12345"], USAGE, "70 digits, and here are 5"),
    (["contact", "verify", "bob", "--number", "１" * 70], USAGE, "70 digits, and here are 0"),
    (["contact", "verify", "bob", "--number", "1" * 70], IDENTITY, "not the safety number"),
    (["send", "nobody", "x"], NOT_FOUND, "no contact 'nobody'"),
    (["send", "", "x"], NOT_FOUND, "no contact ''"),
    (["send", "bob", "x"], USAGE, "uses no dispatcher"),
    (["recv"], USAGE, "taut dispatcher use LINK"),
    (["dispatcher", "forget", "pots"], NOT_FOUND, "'pots'"),
    (["outbox", "drop", "xyz"], NOT_FOUND, "No message 'xyz'"),
    (["init", "--name", "alice"], USAGE, "already"),
    # Links.
    (["contact", "add", "rob", ""], USAGE, "cut"),
    (["contact", "add", "rob", "nonsense"], USAGE, "no link"),
    (["contact", "add", "rob", "taut:"], USAGE, "cut"),
    (["contact", "add", "rob", "BOB cut by one"], USAGE, "cut"),
    (["contact", "add", "rob", "BOB cut in the middle"], USAGE, "cut"),
    (["contact", "add", "rob", "BOB altered"], USAGE, "ink"),
    (["contact", "add", "rob", "BOB with another scheme"], USAGE, "no link"),
    (["contact", "add", "rob", "BOB twice"], USAGE, "ink"),
    (["contact", "add", "rob", "BOB with a strange letter"], USAGE, "no link"),
    (["contact", "add", "rob", "taut:" + "A" * 100_000], USAGE, "ink"),
    (["contact", "add", "rob", "BOB"], USAGE, "another"),
    (["contact", "add", "me", "ME"], USAGE, "your own"),
    (["dispatcher", "use", "BOB"], USAGE, "no dispatcher's"),
    (["dispatcher", "use", "nonsense"], USAGE, "no link"),
]


def written(content):
    """The state file holds these bytes."""
    return lambda home: (home / "node.db").write_bytes(content)


def replaced(make):
    """Something else stands in the state file's place."""
    def spoil(home):
        (home / "node.db").unlink()
        make(home / "node.db")

    return spoil


def sql(words):
    def spoil(home):
        with contextlib.closing(sqlite3.connect(home / "node.db")) as database:
            database.execute(words)
            database.commit()

    return spoil


def another_program(file):
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("create table cookies (name text)")
    file.chmod(0o600)


def cut_to(size):
    return lambda home: os.truncate(home / "node.db", size)


def flipped(home):
    content = bytearray((home / "node.db").read_bytes())
    for at in range(5000, len(content), 4096):
        content[at] ^= 0xFF
    (home / "node.db").write_bytes(content)


def in_place_of_home(make):
    def spoil(home):
        shutil.rmtree(home)
        make(home)

    return spoil


def loose_log(home):
    (home / "node.db-wal").touch(mode=0o600)
    (home / "node.db-wal").chmod(0o666)


# (what is wrong, how it becomes so, exit code, part of what is said)
DATA_DIRECTORIES = [
    ("folder open to others", lambda home: home.chmod(0o755), STORAGE, "Run: chmod 700"),
    ("folder writable by all", lambda home: home.chmod(0o777), STORAGE, "Run: chmod 700"),
    ("file open to others", lambda home: (home / "node.db").chmod(0o644), STORAGE, "Run: chmod 600"),
    ("file open to the group", lambda home: (home / "node.db").chmod(0o660), STORAGE, "Run: chmod 600"),
    ("log open to others", loose_log, STORAGE, "Run: chmod 600"),
    ("folder of another user", lambda home: os.chown(home, 12345, -1), STORAGE, "Run: chown"),
    ("file of another user", lambda home: os.chown(home / "node.db", 12345, -1), STORAGE, "Run: chown"),
    ("a letter", written(b"this is a letter\n" * 1000), USAGE, "Move it away"),
    ("zeros", written(bytes(8192)), USAGE, "Move it away"),
    ("cut within the header", cut_to(50), USAGE, "Move it away"),
    ("cut in the middle", cut_to(40_000), STORAGE, "damaged"),
    ("flipped bits in every page", flipped, STORAGE, "damaged"),
    ("a database of another program", replaced(another_program), USAGE, "node.db"),
    ("written by a later version", sql("pragma user_version = 1000"), USAGE, "later taut"),
    ("a folder in the file's place", replaced(lambda file: file.mkdir(mode=0o700)), USAGE, "not a regular file"),
    ("a pipe in the file's place", replaced(lambda file: os.mkfifo(file, 0o600)), USAGE, "not a regular file"),
    ("a link to elsewhere", replaced(lambda file: file.symlink_to("/etc/passwd")), USAGE, "not a regular file"),
    ("a link to itself", replaced(lambda file: file.symlink_to(file.name)), (USAGE, STORAGE), ""),
    ("a file in the folder's place", in_place_of_home(lambda home: home.touch()), (NOT_FOUND, STORAGE), ""),
    ("a pipe in the folder's place", in_place_of_home(os.mkfifo), (NOT_FOUND, STORAGE), ""),
    ("the folder is a link to itself", in_place_of_home(lambda home: home.symlink_to(home.name)), STORAGE, "symbolic links"),
]


def snapshot(folder):
    """Names, modes and contents of all that is there. Left out: what SQLite keeps beside a database while it
    is open and after damage, and the empty database of a dispatcher that could not listen."""
    seen = {}
    for path in sorted([folder, *folder.rglob("*")]):
        if path.name.endswith("-shm") or path.name.startswith("dispatcher.db"):
            continue
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if content or not path.name.endswith("-wal"):
            seen[str(path)] = (status.st_mode, status.st_uid, hashlib.sha256(content).hexdigest())
    return seen


class BadRows(taut.Case):
    def setUp(self):
        super().setUp()
        self.alice = self.node("alice")
        bob, me = self.node("bob").link(), self.alice.link()
        self.alice.ok("contact", "add", "bob", bob)
        self.links = {
            "BOB": bob, "ME": me, "BOB cut by one": bob[:-1], "BOB cut in the middle": bob[:60],
            "BOB altered": bob[:60] + ("A" if bob[60] != "A" else "B") + bob[61:],
            "BOB with another scheme": bob.replace("taut:", "tuat:"), "BOB twice": bob + bob[5:],
            "BOB with a strange letter": bob[:-2] + "!!",
        }

    def is_refused(self, node, words, codes, said):
        codes = codes if isinstance(codes, tuple) else (codes,)
        plain = node.run(*words, limit_s=20)
        talk = plain.stderr.decode()  # whatever was typed, it is UTF-8
        self.assertIn(plain.returncode, codes, talk)
        self.assertEqual(plain.stdout, b"")
        self.assertRegex(talk, r"^taut: [^\x00-\x08\x0a-\x1f\u202e]+[.?] [^\x00-\x1f\u202e]+\.\n$")
        self.assertIn(said, talk)
        as_json = node.run("--json", *words, limit_s=20)
        self.assertEqual((as_json.returncode, as_json.stdout), (plain.returncode, b""))
        error = json.loads(as_json.stderr)
        self.assertEqual((error["v"], error["exit"]), (1, plain.returncode))
        self.assertTrue(error["error"] and error["reason"] and error["what"] and error["next"])

    def test_command_lines(self):
        before = snapshot(self.folder)
        for words, code, said in COMMAND_LINES:
            with self.subTest(words=words):
                self.is_refused(self.alice, [self.links.get(word, word) for word in words], code, said)
        self.assertEqual(snapshot(self.folder), before)

    def test_data_directories(self):
        for number, (what, spoil, code, said) in enumerate(DATA_DIRECTORIES):
            with self.subTest(what=what):
                home = self.folder / f"spoilt{number}"
                shutil.copytree(self.alice.home, home)
                spoil(home)
                before = snapshot(self.folder)
                for words in (["id"], ["send", "bob", "x"], ["init", "--name", "bob"]):
                    if words[0] == "init" and code == (NOT_FOUND, STORAGE):
                        code = STORAGE
                    self.is_refused(taut.Node(home), words, code, said)
                self.assertEqual(snapshot(self.folder), before)

    def test_there_are_many_and_no_row_is_there_twice(self):
        rows = [tuple(map(str, words)) for words, _, _ in COMMAND_LINES] + [what for what, *_ in DATA_DIRECTORIES]
        self.assertEqual(len(set(rows)), len(rows))
        self.assertGreaterEqual(len(rows), 100)
        print(f"{len(COMMAND_LINES)} command lines, {len(DATA_DIRECTORIES)} data directories")


if __name__ == "__main__":
    taut.main()
