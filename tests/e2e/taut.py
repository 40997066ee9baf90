"""Runs the real command for end-to-end tests: nodes are folders, a dispatcher is a process.

Everything that is started here is stopped here, by its own process ID.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BIN = os.environ.get("TAUT_BIN", "build/release/bin/taut")

# Longer than any command may take on a machine that is busy; a command that hangs fails its test.
LIMIT_S = 60


class Node:
    """One node's state folder, and the commands run on it."""

    def __init__(self, home):
        self.home = pathlib.Path(home)

    def run(self, *words, stdin=b"", env=None, **more):
        """The finished process, with its output as bytes. `stdin`: bytes, or what subprocess takes."""
        source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        return subprocess.run([BIN, *words], env=self.environment(env), timeout=LIMIT_S,
                              **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **source, **more})

    def start(self, *words, **more):
        """A running process; the caller ends it."""
        return subprocess.Popen([BIN, *words], env=self.environment(),
                                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **more})

    def environment(self, more=None):
        return {**os.environ, "TAUT_HOME": str(self.home), **(more or {})}

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
        return [json.loads(line) for line in self.ok(*words, "--json", **more).splitlines()]

    def link(self):
        return self.json("id")["link"]


class Dispatcher:
    """`taut dispatcher run` on a free port, from `with` to its end."""

    def __init__(self, node, *words, listen="127.0.0.1:0"):
        self.node = node
        self.words = ["dispatcher", "run", "--listen", listen, "--json", *words]

    def __enter__(self):
        self.process = self.node.start(*self.words, stderr=subprocess.DEVNULL)
        self.listening = json.loads(self.process.stdout.readline())
        self.link = self.listening["link"]
        self.address = self.listening["address"]
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(LIMIT_S)
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()

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

    def node(self, name, uses=None):
        """A node of this name, known at a dispatcher when `uses` is its link."""
        node = Node(self.folder / name)
        node.ok("init", "--name", name)
        if uses:
            node.ok("dispatcher", "use", uses)
        return node

    def dispatcher(self, name="post", *words):
        """A running dispatcher of a new node; stopped when the test ends."""
        return self.enterContext(Dispatcher(self.node(name), *words))

    def fails(self, done, code, *said):
        """Exit code, and parts of the one sentence on standard error; nothing is on standard output."""
        self.assertEqual(done.returncode, code, done.stderr.decode(errors="replace"))
        self.assertEqual(done.stdout or b"", b"")
        for part in said:
            self.assertIn(part, done.stderr.decode(errors="replace"))


def main():
    unittest.main(verbosity=2)
