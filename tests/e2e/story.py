"""What a conversation of several has to hold, wherever it is: told by scripts that give the place.

In each chapter everybody who is in sends, while processes are killed and settings changed; at its end everybody
must have heard each message of the others, once, and each sender's in order. Between chapters somebody comes or
goes: who is out hears nothing any more, who is new nothing of before."""

import itertools
import json
import random
import subprocess
import threading
import time

import taut
from taut import wait_for

LINES_PER_SEND = 100
HEARD_LIMIT_S = 400


class Teller:
    """One participant: its node, the process that keeps it online, and what it has heard."""

    def __init__(self, node):
        self.node = node
        self.name = node.name
        self.heard = []
        self.online = None

    def go_online(self):
        self.online = self.node.start("up", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        """kill -9, and again online after a moment."""
        self.online.kill()
        self.online.wait()
        time.sleep(0.3)
        self.go_online()

    def send(self, lines):
        """Sends them all. A command that kept nothing is tried again; one that kept them has done its work."""
        while lines:
            part, rest = lines[:LINES_PER_SEND], lines[LINES_PER_SEND:]
            done = self.node.run("topic", "send", "tea", "-", "--lines", "--json",
                                 stdin="".join(line + "\n" for line in part).encode(), limit_s=300)
            said = taut.events_of(done.stdout.decode())
            if done.returncode == 0:
                lines = rest
                continue
            error = json.loads(done.stderr.decode().splitlines()[-1])
            if error["reason"] == "outcome_unknown":  # kept, all of them: they are sealed together
                lines = rest
                continue
            if said or error["error"] != "unreachable":
                raise AssertionError(f"{self.name}: {error}")
            time.sleep(0.5)

    def listen(self):
        for event in self.node.events("topic", "recv", "tea", limit_s=300):
            if event["event"] in ("message", "gap", "unsent"):
                self.heard.append(event)

    def said_by(self, node_id):
        return [event["text"] for event in self.heard if event["event"] == "message" and event["from"] == node_id]

    def show(self):
        return self.node.json("topic", "show", "tea")


class Story:
    """@param case     the test: it makes nodes
       @param place    what `topic create` is told beside the name
       @param servers  processes that may be killed and started again
       @param seed     of the dice that say who is killed when"""

    def __init__(self, case, place=(), uses=None, servers=(), seed=1):
        self.case = case
        self.uses = uses
        self.servers = servers
        self.dice = random.Random(seed)
        self.numbers = itertools.count()
        self.people = []
        self.kills = 0
        self.commits = 0
        self.sent = 0
        maker = self.born("alice")
        maker.node.ok("topic", "create", "tea", *place)
        maker.go_online()
        self.people.append(maker)

    def born(self, name):
        teller = Teller(self.case.node(name, uses=self.uses))
        teller.id = teller.node.json("id")["node"]
        return teller

    def joins(self, name):
        """Invited by the first, who is online."""
        teller = self.born(name)
        link = self.people[0].node.json("topic", "invite", "tea")["link"]
        teller.node.ok("topic", "join", link, "tea", "--timeout", "110", limit_s=120)
        teller.go_online()
        self.people.append(teller)
        self.agree()
        return teller

    def removed(self, name):
        gone = next(one for one in self.people if one.name == name)
        self.people[0].node.ok("topic", "remove", "tea", gone.id)
        self.people.remove(gone)
        self.agree()
        gone.listen()
        before = len(gone.heard)
        return gone, before

    def agree(self):
        """Everybody is in the same epoch, with the same people."""
        def same():
            shown = [one.show() for one in self.people]
            views = {(one["standing"], one.get("epoch"), one.get("name"), len(one.get("members", ()))) for one in shown}
            return len(views) == 1 and shown[0]["standing"] == "open" and len(shown[0]["members"]) == len(self.people)
        wait_for(same, limit_s=HEARD_LIMIT_S, pause_s=0.5)

    def chapter(self, count, kills=0, commits=0):
        """Everybody sends `count` messages at once."""
        failures = []

        def guarded(work, *words):
            try:
                work(*words)
            except BaseException as error:  # told by the thread that waits
                failures.append(error)

        expected = {one.id: [f"{one.name} {next(self.numbers)}" for _ in range(count)] for one in self.people}
        work = [threading.Thread(target=guarded, args=(one.send, expected[one.id])) for one in self.people]
        work.append(threading.Thread(target=guarded, args=(self.kill_some, kills)))
        work += [threading.Thread(target=guarded, args=(self.commit_some, one, commits)) for one in self.people[1:3]]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        if failures:
            raise failures[0]
        self.sent += count * len(self.people)
        self.all_heard(expected)
        self.agree()

    def kill_some(self, count):
        """Everybody in turn, and the servers among them."""
        turn = itertools.cycle([*self.servers, *self.people])
        for victim in itertools.islice(turn, count):
            time.sleep(self.dice.uniform(0.5, 2))
            victim.kill()
            if victim in self.servers:
                time.sleep(self.dice.uniform(0.2, 1))
                victim.start()
            self.kills += 1

    def commit_some(self, one, count):
        for number in range(count):
            done = one.node.run("topic", "set", "tea", f"name=tea of {one.name} {number}", limit_s=120)
            if done.returncode not in (0, 3, 7):
                raise AssertionError(done.stderr.decode())
            self.commits += 1

    def all_heard(self, expected):
        def complete():
            for one in self.people:
                one.listen()
            return all(len(one.said_by(other)) >= len(told[other]) for one, told in lacking.items() for other in told)

        lacking = {one: {other: self.base(one, other) + lines for other, lines in expected.items() if other != one.id}
                   for one in self.people}
        try:
            wait_for(complete, limit_s=HEARD_LIMIT_S, pause_s=0.5)
        except AssertionError:
            pass  # what is missing is said below
        for one, told in lacking.items():
            for other, lines in told.items():
                self.case.assertEqual(one.said_by(other), lines, f"{one.name} of {other}")
            self.case.assertEqual([event for event in one.heard if event["event"] != "message"], [], one.name)
            one.before = {other: list(lines) for other, lines in told.items()}

    @staticmethod
    def base(one, other):
        """What it has heard of somebody in the chapters before."""
        return getattr(one, "before", {}).get(other, [])

    def hears_nothing(self, gone, before):
        gone.listen()
        self.case.assertEqual(gone.heard[before:], [], f"{gone.name} was removed")
        self.case.assertEqual(gone.show()["standing"], "closed")
