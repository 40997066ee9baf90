"""What the end-to-end tests share: a stage with nodes on it.

Each node has a state folder of its own and runs the real command in real processes. Whatever a test
starts is stopped when its stage ends, by process ID. Only Python's standard library is used.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = None  # the command under test; main() sets it


class Ran:
    """A command that has ended."""

    def __init__(self, args, code, out, err):
        self.args, self.code, self.out, self.err = args, code, out, err

    @property
    def text(self):
        return self.out.decode()

    @property
    def errors(self):
        return self.err.decode(errors="replace")

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]

    def __str__(self):
        return f"taut {' '.join(map(str, self.args))}: exit {self.code}\n{self.out[-2000:]!r}\n{self.errors[-2000:]}"


class Unexpected(AssertionError):
    pass


class Node:
    """One identity, one state folder."""

    def __init__(self, stage, name):
        self.stage, self.name = stage, name
        self.home = stage.folder / name
        self.env = {}

    def environment(self):
        return {**os.environ, "TAUT_HOME": str(self.home), "LC_ALL": "C.UTF-8", **self.env}

    def run(self, *args, expect=0, stdin=b"", timeout=60, binary=None):
        """Runs the command to its end. `expect` is an exit code, several, or None for any."""
        args = [str(arg) for arg in args]
        ended = subprocess.run([str(binary or BINARY), *args], input=stdin, capture_output=True, timeout=timeout,
                               env=self.environment(), check=False)
        ran = Ran(args, ended.returncode, ended.stdout, ended.stderr)
        wanted = expect if isinstance(expect, (tuple, list, set)) else (expect,)
        if expect is not None and ran.code not in wanted:
            raise Unexpected(f"expected exit {wanted}: {ran}")
        return ran

    def start(self, *args, binary=None, **options):
        """Starts the command and leaves it running; the stage ends it at the latest."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", (self.stage.folder / f"{self.name}.log").open("ab"))
        process = subprocess.Popen([str(binary or BINARY), *map(str, args)], env=self.environment(), **options)
        self.stage.processes.append(process)
        return process

    def init(self):
        self.run("init", "--name", self.name)
        return self

    def card(self):
        return self.run("id", "--json").json()

    def use(self, dispatcher):
        self.run("dispatcher", "use", dispatcher.link)
        return self

    def knows(self, other):
        self.run("contact", "add", other.name, other.card()["link"])
        return self

    def files(self):
        return [path for path in self.home.rglob("*") if path.is_file()]


class Dispatcher(Node):
    """A node whose dispatcher runs in the background."""

    def __init__(self, stage, name, port=0, binary=None):
        super().__init__(stage, name)
        self.port, self.binary, self.process, self.link = port, binary, None, None

    def launch(self, *more):
        self.process = self.start("dispatcher", "run", "--listen", f"127.0.0.1:{self.port}", "--json", *more,
                                  binary=self.binary)
        line = self.process.stdout.readline()
        if not line:
            log = (self.stage.folder / f"{self.name}.log").read_text(errors="replace")
            raise Unexpected(f"dispatcher ended with {self.process.wait()}: {log[-2000:]}")
        event = json.loads(line)
        self.link = event["link"]
        self.port = int(event["address"].rpartition(":")[2])
        return self

    def kill(self):
        """kill -9: no goodbye, nothing flushed."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code


class Stage(contextlib.AbstractContextManager):
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="taut-e2e-"))
        self.processes = []

    def node(self, name):
        return Node(self, name)

    def dispatcher(self, name="post", **options):
        return Dispatcher(self, name, **options).init().launch()

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class StageTest(unittest.TestCase):
    """A test with a stage of its own."""

    def setUp(self):
        self.stage = self.enterContext(Stage()) if hasattr(self, "enterContext") else self._enter(Stage())

    def _enter(self, context):
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def pair(self):
        """A dispatcher, and bob whom alice knows; both use it."""
        post = self.stage.dispatcher()
        bob = self.stage.node("bob").init().use(post)
        alice = self.stage.node("alice").init().use(post).knows(bob)
        return post, alice, bob


def wait_for(what, timeout=30, pause=0.05):
    """Waits until `what()` is true and gives its value."""
    until = time.monotonic() + timeout
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > until:
            raise Unexpected(f"did not happen in {timeout} s: {what}")
        time.sleep(pause)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def main():
    """TAUT_BIN is the command under test."""
    global BINARY
    given = os.environ.get("TAUT_BIN", "")
    if not os.access(given, os.X_OK):
        print("set TAUT_BIN to the command under test", file=sys.stderr)
        sys.exit(2)
    import harness  # the module as the tests see it, not __main__
    BINARY = harness.BINARY = pathlib.Path(given).resolve()
    unittest.main(module="__main__", verbosity=1)
