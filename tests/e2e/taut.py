"""Runs the real command for end-to-end tests: nodes are folders, a dispatcher is a process.

Everything that a test starts is stopped when it ends, by its own process ID. Python's standard library only.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

# Longer than any command may take on a machine that is busy; a command that hangs fails its test.
LIMIT_S = 60


def binary(variable):
    """The program that the environment names, or None."""
    return os.environ.get(variable) or None


BIN = binary("TAUT_BIN") or "build/release/bin/taut"


class Node:
    """One node's state folder, and the commands run on it."""

    def __init__(self, home, command=BIN, inside=()):
        self.home = pathlib.Path(home)
        self.inside = list(inside)  # words before every command: where it runs
        self.name = self.home.name
        self.command = command
        self.more = {}  # environment of every command
        self.running = []

    def run(self, *words, stdin=b"", env=None, limit_s=LIMIT_S, **more):
        """The finished process, with its output as bytes. `stdin`: bytes, or what subprocess takes."""
        source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        return subprocess.run([*self.inside, self.command, *words], env=self.environment(env), timeout=limit_s,
                              **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **source, **more})

    def start(self, *words, **more):
        """A running process; the caller ends it, or the end of the test does."""
        process = subprocess.Popen([*self.inside, self.command, *words], env=self.environment(),
                                   **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                      "stderr": subprocess.PIPE, **more})
        self.running.append(process)
        return process

    def end_all(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def environment(self, more=None):
        return {**os.environ, "TAUT_HOME": str(self.home), **self.more, **(more or {})}

    def ok(self, *words, **more):
        """Its standard output as text; anything but exit code 0 fails the test."""
        done = self.run(*words, **more)
        if done.returncode != 0:
            raise AssertionError(f"taut {' '.join(words)}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
        return done.stdout.decode()

    def json(self, *words, **more):
        """The one JSON object that it prints."""
        return json.loads(self.ok(*words, "--json", **more))

    def events(self, *words, **more):
        """The JSON objects that it prints, one a line."""
        return events_of(self.ok(*words, "--json", **more))

    def link(self):
        return self.json("id")["link"]

    def knows(self, other):
        """Takes another node as a contact, under that node's own name."""
        self.ok("contact", "add", other.name, other.link())

    def files(self):
        """The content of everything that it has on disk."""
        return b"".join(path.read_bytes() for path in sorted(self.home.rglob("*")) if path.is_file())


class Dispatcher:
    """`taut dispatcher run` on a free port, from `with` to its end. It may be killed and started again."""

    def __init__(self, node, *words, listen="127.0.0.1:0"):
        self.node = node
        self.words = words
        self.address = listen

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Again: on the same port."""
        log = self.node.home.with_name(self.node.name + ".log")
        with log.open("ab") as talk:
            self.process = self.node.start("dispatcher", "run", "--listen", self.address, "--json", *self.words,
                                           stderr=talk)
        first = self.process.stdout.readline()
        if not first:
            raise AssertionError(f"the dispatcher ended with {self.process.wait(LIMIT_S)}: {log.read_text()[-2000:]}")
        self.listening = json.loads(first)
        self.link = self.listening["link"]
        self.address = self.listening["address"]
        return self

    def stop(self):
        """Its exit code."""
        return self.end_by(signal.SIGTERM)

    def kill(self):
        """kill -9: no goodbye, nothing flushed."""
        return self.end_by(signal.SIGKILL)

    def end_by(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(LIMIT_S)
        self.process.stdout.close()
        return code

    @property
    def endpoint(self):
        host, _, port = self.address.rpartition(":")
        return host.strip("[]"), int(port)


class Case(unittest.TestCase):
    """A test with a folder of its own, and nodes in it."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="taut-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def new_node(self, name, command=BIN):
        """A node of this name without an identity."""
        node = Node(self.folder / name, command)
        self.addCleanup(node.end_all)
        return node

    def node(self, name, uses=None, **more):
        """A node of this name, known at a dispatcher when `uses` is its link."""
        node = self.new_node(name, **more)
        node.ok("init", "--name", name)
        if uses:
            node.ok("dispatcher", "use", uses)
        return node

    def dispatcher(self, name="post", *words, **more):
        """A running dispatcher of a new node; stopped when the test ends."""
        return self.enterContext(Dispatcher(self.node(name, **more), *words))

    def three(self, *words):
        """A running dispatcher, and alice, who knows bob; both use it."""
        post = self.dispatcher("post", *words)
        bob = self.node("bob", uses=post.link)
        alice = self.node("alice", uses=post.link)
        alice.knows(bob)
        return post, alice, bob

    def fails(self, done, code, *said):
        """Exit code, and parts of the one sentence on standard error; nothing is on standard output."""
        self.assertEqual(done.returncode, code, done.stderr.decode(errors="replace"))
        self.assertEqual(done.stdout or b"", b"")
        for part in said:
            self.assertIn(part, done.stderr.decode(errors="replace"))


def events_of(output):
    """One JSON object a line."""
    return [json.loads(line) for line in output.splitlines()]


def texts(events):
    return [event.get("text") for event in events]


def wait_for(what, limit_s=LIMIT_S, pause_s=0.05):
    """Waits until `what()` is true, and gives its value."""
    until = time.monotonic() + limit_s
    while not (value := what()):
        if time.monotonic() > until:
            raise AssertionError(f"did not happen within {limit_s} s")
        time.sleep(pause_s)
    return value


def main():
    if not os.access(BIN, os.X_OK):
        sys.exit("set TAUT_BIN to the command under test")
    unittest.main(module="__main__", verbosity=2)
