"""Topics on pipes: filters whose lines go through a relay that loses and shuffles them, or bytes through pipes."""

import contextlib
import os
import queue
import random
import signal
import subprocess
import threading

import taut
from taut import texts, wait_for


class Relay:
    """Carries the lines of each filter to all others; loses some, and lets some wait for those behind them."""

    def __init__(self, seed, lost, held):
        self.dice = random.Random(seed)
        self.lost, self.held = lost, held
        self.filters = []
        self.lock = threading.Lock()
        self.counts = {"carried": 0, "lost": 0, "held": 0}

    def add(self, process):
        lines = queue.Queue()
        with self.lock:
            self.filters.append((process, lines))
        threading.Thread(target=self.write, args=(process, lines), daemon=True).start()
        threading.Thread(target=self.read, args=(process,), daemon=True).start()

    def drop(self, process):
        with self.lock:
            self.filters = [one for one in self.filters if one[0] is not process]

    def read(self, process):
        waiting = []
        for line in process.stdout:
            with self.lock:
                chance = self.dice.random()
                if chance < self.lost:
                    self.counts["lost"] += 1
                    continue
                if chance < self.lost + self.held:
                    self.counts["held"] += 1
                    waiting.append(line)
                    continue
                self.counts["carried"] += 1
                for other, lines in self.filters:
                    if other is not process:
                        for one in (line, *waiting):
                            lines.put(b"<somebody> " + one)
                waiting.clear()

    @staticmethod
    def write(process, lines):
        try:
            while True:
                process.stdin.write(lines.get())
                process.stdin.flush()
        except (OSError, ValueError):
            pass  # it has gone


class Pipes(taut.Case):
    def begin(self):
        alice = self.node("alice")
        shown = alice.json("topic", "create", "tea", "--pipe")
        self.assertEqual(shown["carrier"], "pipe")
        return alice

    def filter(self, node, *words, **more):
        process = node.start("topic", "filter", "tea", *words, **{"stdin": subprocess.PIPE, **more})
        self.addCleanup(self.hang_up, process)
        return process

    @staticmethod
    def hang_up(process):
        process.kill()
        process.wait()
        if process.stdin:
            with contextlib.suppress(OSError):  # of a line that it did not take any more
                process.stdin.close()

    def received(self, node):
        return texts(event for event in node.events("topic", "recv", "tea") if event["event"] == "message")

    def test_three_filters_and_a_relay_that_loses_and_shuffles(self):
        relay = Relay(seed=5, lost=0.04, held=0.1)
        alice, bob, carol = self.begin(), self.node("bob"), self.node("carol")
        people = (alice, bob, carol)
        link = alice.json("topic", "invite", "tea", "--uses", "2")["link"]
        running = {}
        for node in people:
            if node is not alice:
                node.ok("topic", "join", link, "tea")
            running[node] = self.filter(node)
            relay.add(running[node])
        wait_for(lambda: all(len(one.json("topic", "show", "tea").get("members", ())) == 3 for one in people), limit_s=240,
                 pause_s=0.3)
        expected = {node: [f"{node.name} {number}" for number in range(15)] for node in people}
        for number in range(3):
            for node, lines in expected.items():
                part = "".join(line + "\n" for line in lines[5 * number:5 * number + 5])
                node.ok("topic", "send", "tea", "-", "--lines", stdin=part.encode())
            if number == 0:  # kill -9, and another takes its place
                running[bob].kill()
                running[bob].wait()
                relay.drop(running[bob])
                running[bob] = self.filter(bob)
                relay.add(running[bob])
        ids = {node.json("id")["node"]: node for node in people}
        heard = {node: {other: [] for other in people} for node in people}

        def listen(node):
            for event in node.events("topic", "recv", "tea"):
                self.assertNotIn(event["event"], ("gap", "unsent"))
                if event["event"] == "message":
                    heard[node][ids[event["from"]]].append(event["text"])

        def complete():
            for node in people:
                listen(node)
            return all(len(heard[node][other]) >= 15 for node in people for other in people if other is not node)

        wait_for(complete, limit_s=240, pause_s=0.3)
        for node in people:
            for other in people:
                self.assertEqual(heard[node][other], [] if other is node else expected[other])
        self.assertGreater(relay.counts["lost"], 0)
        self.assertGreater(relay.counts["held"], 0)
        # Somebody goes, and hears nothing more.
        alice.ok("topic", "remove", "tea", carol.json("id")["node"])
        wait_for(lambda: carol.json("topic", "show", "tea")["standing"] == "closed", limit_s=240, pause_s=0.3)
        alice.ok("topic", "send", "tea", "without carol")
        listened = []
        wait_for(lambda: listened.extend(self.received(bob)) or listened, limit_s=240, pause_s=0.3)
        self.assertEqual(listened, ["without carol"])
        self.assertEqual(self.received(carol), [])

    def test_two_ends_of_a_pipe_with_frames(self):
        alice, bob = self.begin(), self.node("bob")
        bob.ok("topic", "join", alice.json("topic", "invite", "tea")["link"], "tea")
        there, back = os.pipe(), os.pipe()
        one = self.filter(alice, "--frames", stdin=back[0], stdout=there[1])
        two = self.filter(bob, "--frames", stdin=there[0], stdout=back[1])
        for end in (*there, *back):
            os.close(end)
        wait_for(lambda: bob.json("topic", "show", "tea")["standing"] == "open")
        self.assertEqual(alice.json("topic", "send", "tea", "over a pipe")["outcome"], "kept")
        heard = []
        wait_for(lambda: heard.extend(self.received(bob)) or heard)
        self.assertEqual(heard, ["over a pipe"])
        wait_for(lambda: alice.json("topic", "show", "tea")["outbox"] == 0)
        one.kill()
        self.assertEqual(two.wait(taut.LIMIT_S), 0, "its input has ended")

    def test_what_is_asked_for_without_a_filter_waits_for_one(self):
        alice = self.begin()
        bob = self.node("bob")
        done = bob.run("topic", "join", alice.json("topic", "invite", "tea", "--open")["link"], "tea")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"taut topic filter tea", done.stderr)
        self.assertEqual(bob.json("topic", "show", "tea")["standing"], "joining")
        self.fails(bob.run("topic", "send", "tea", "hello?"), 6, "Nobody has let us")
        self.assertEqual(alice.json("topic", "send", "tea", "to nobody")["outcome"], "stored")
        self.assertEqual(self.received(alice), [])

    def test_one_filter_at_a_time_and_a_signal_ends_it(self):
        alice = self.begin()
        first = self.filter(alice)
        self.assertIn(b"standard input and output", first.stderr.readline())
        second = alice.run("topic", "filter", "tea")
        self.assertEqual(second.returncode, 8, second.stderr)
        first.send_signal(signal.SIGTERM)
        self.assertEqual(first.wait(taut.LIMIT_S), 130)
        self.assertEqual(alice.run("topic", "filter", "tea").returncode, 0, "stdin ends at once")

    def test_rubbish_is_passed_over_as_lines_and_refused_as_frames(self):
        alice = self.begin()
        rubbish = b"hello there\ntaut~AAAAAAAAAAA/1/1/AAAA\n\xff\xfe\n" * 50
        self.assertEqual(alice.run("topic", "filter", "tea", stdin=rubbish).returncode, 0)
        self.fails(alice.run("topic", "filter", "tea", "--frames", stdin=b"\xff" * 64), 2, "no stream of frames")
        self.fails(alice.run("topic", "filter", "coffee"), 6)


if __name__ == "__main__":
    taut.main()
