"""What was stored arrives, once and in order, however often processes are killed in between.

Three senders write to a recipient that is away. The dispatcher is killed (kill -9) while they send, and it
and the recipient while he reads. Kills come by progress, not by time, so a slow machine has as many.
"""

import hashlib
import json
import os
import random
import threading
import time

import taut

SENDERS = 3
BATCH = 500  # lines to one `send --lines`
FORGETFUL = taut.binary("TAUT_FORGETFUL_BIN")


def body_of(sender, number):
    """Sizes from 1 byte to 64 KiB: a half evenly in orders of magnitude, a half up to 1 KiB."""
    chance = random.Random(f"{sender} {number}")
    size = {0: 1, 1: 1 << 16}.get(number, int(2 ** chance.uniform(0, chance.choice((10, 16)))))
    filler = hashlib.sha256(f"{sender}:{number}".encode()).hexdigest()
    return (filler * (size // len(filler) + 1))[:size]


class Sender(threading.Thread):
    """Sends its messages by `send --lines`, until each of them has an outcome."""

    def __init__(self, node, count):
        super().__init__(daemon=True)
        self.node = node
        self.left = list(range(count))
        self.accepted = {}  # message ID: number; stored, or kept in the outbox
        self.stored = set()
        self.unknown = 0
        self.failure = None

    def run(self):
        try:
            while self.left:
                self.send(self.left[:BATCH])
        except BaseException as failure:  # for the test's own thread to raise
            self.failure = failure

    def send(self, batch):
        lines = "".join(body_of(self.node.name, number) + "\n" for number in batch)
        file = self.node.home.with_name(self.node.name + ".lines")
        file.write_text(lines)
        with file.open("rb") as source:
            process = self.node.start("send", "bob", "--lines", "-", "--json", stdin=source)
        for line in process.stdout:
            self.note(json.loads(line), batch)
        said = process.stderr.read().decode()
        # 3: not reached, nothing kept; 7: no answer, kept in the outbox.
        if process.wait() not in (0, 3, 7):
            raise AssertionError(f"send: exit {process.returncode}: {said}")
        accepted = set(self.accepted.values())
        self.left = [number for number in self.left if number not in accepted]

    def note(self, receipt, batch):
        message = receipt["id"]
        if "line" in receipt:
            self.accepted[message] = batch[receipt["line"] - 1]
        if receipt["outcome"] == "stored":
            self.stored.add(message)
        elif receipt["outcome"] == "unknown":
            self.unknown += 1
        else:
            raise AssertionError(f"not stored: {receipt}")

    def awaited(self):
        """Messages that it has put and has heard nothing about."""
        return {row["id"] for row in self.node.json("outbox")} - self.stored


class Reader:
    """`recv --follow`, killed and started again; keeps every event that was printed."""

    def __init__(self, node):
        self.node = node
        self.events = []
        self.start()

    def start(self):
        self.process = self.node.start("recv", "--follow", "--json")
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith(b"\n"):  # half a line was not shown
                self.events.append(json.loads(line))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.thread.join()


class Durability(taut.Case):
    messages = 10_000
    kills_while_sending = 14
    kills_while_reading = 8
    kills_of_recipient = 10
    keeper = taut.BIN  # the command that those run who are killed
    disk = {}  # environment of the dispatcher

    def survives(self):
        self.set_up()
        self.send_all()
        events = self.receive_all()
        self.nothing_is_lost_or_doubled(events)
        print(f"{self.messages} messages; the dispatcher was killed {self.kills} times, {self.kills_awaited} of them while "
              f"acknowledgements were outstanding, the recipient {self.kills_of_recipient} times; the outcome of "
              f"{sum(sender.unknown for sender in self.senders)} was unknown for a while")
        self.assertGreaterEqual(self.kills, self.kills_while_sending + self.kills_while_reading)
        self.assertGreaterEqual(self.kills_awaited, self.kills_while_sending // 2)

    def set_up(self):
        self.kills = self.kills_awaited = 0
        post_node = self.node("post", command=self.keeper)
        post_node.more = self.disk
        self.post = self.enterContext(taut.Dispatcher(post_node))
        self.bob = self.node("bob", uses=self.post.link, command=self.keeper)
        self.senders = []
        for index in range(SENDERS):
            node = self.node(f"sender{index}")
            node.knows(self.bob)
            count = self.messages // SENDERS + (index < self.messages % SENDERS)
            self.senders.append(Sender(node, count))

    def kill_dispatcher(self):
        self.post.kill()
        self.kills += 1

    def wait_until(self, count, progress):
        """A sender's failure ends the waiting."""
        def is_there():
            for sender in self.senders:
                if sender.failure:
                    raise sender.failure
            return progress() >= count

        taut.wait_for(is_there, limit_s=120, pause_s=0.005)

    def send_all(self):
        stored = lambda: sum(len(sender.stored) for sender in self.senders)
        for sender in self.senders:
            sender.start()
        for number in range(1, self.kills_while_sending + 1):
            self.wait_until(self.messages * number // (self.kills_while_sending + 1), stored)
            self.kill_dispatcher()
            time.sleep(0.1)  # what it said before it died has been printed and read
            self.kills_awaited += any(sender.awaited() for sender in self.senders if sender.is_alive())
            self.post.start()
        self.wait_until(0, lambda: -sum(sender.is_alive() for sender in self.senders))
        for sender in self.senders:
            taut.wait_for(lambda: sender.node.run("outbox", "retry").returncode == 0 and sender.node.json("outbox") == [])

    def receive_all(self):
        """Bob is killed, and the dispatcher, each after so and so many messages."""
        victims = [self.bob] * self.kills_of_recipient + [self.post] * self.kills_while_reading
        random.Random(7).shuffle(victims)
        reader = Reader(self.bob)
        for number, victim in enumerate(victims, 1):
            self.wait_until(self.messages * number // (len(victims) + 1), lambda: len(reader.events))
            if victim is self.bob:
                reader.kill()
                reader.start()
            else:
                self.kill_dispatcher()
                self.post.start()
        shown = lambda: len({event.get("id") for event in reader.events})
        taut.wait_for(lambda: shown() >= self.messages or self.is_quiet(reader))
        reader.kill()
        return reader.events + self.bob.events("recv")

    def is_quiet(self, reader):
        """Nothing came for a while: what is missing now will not come."""
        before = len(reader.events)
        time.sleep(5)
        return len(reader.events) == before

    def nothing_is_lost_or_doubled(self, events):
        shown = {}
        gaps = [event for event in events if event["event"] != "message"]
        for event in (event for event in events if event["event"] == "message"):
            if event["id"] in shown:
                self.assertTrue(event.get("redelivered"), f"doubled: {event['id']}")
            self.assertEqual(shown.setdefault(event["id"], event["text"]), event["text"])
        for sender in self.senders:
            arrived = [sender.accepted[one] for one in shown if one in sender.accepted]
            self.assertEqual(sorted(arrived), sorted(sender.accepted.values()), "lost or doubled")
            self.assertEqual(arrived, sorted(arrived), "not in the order of sending")
            for message, number in sender.accepted.items():
                self.assertEqual(shown.pop(message), body_of(sender.node.name, number))
        self.assertEqual((shown, gaps), ({}, []))


class Killed(Durability):
    def test_what_was_stored_arrives_once_and_in_order(self):
        self.survives()


class KilledOnAForgetfulDisk(Durability):
    """The dispatcher and the recipient lose at a kill whatever was not synced."""

    messages = 2_000
    keeper = FORGETFUL

    def test_what_was_stored_arrives_once_and_in_order(self):
        self.survives()


class AcknowledgedBeforeTheSync(Durability):
    """A planted defect: the dispatcher's disk says that it has synced, and has not. The same test must
    find what is lost."""

    messages = 2_000
    kills_while_reading = kills_of_recipient = 0
    keeper = FORGETFUL
    disk = {"TAUT_FORGETFUL": "late"}

    def test_it_is_found_out(self):
        with self.assertRaisesRegex(AssertionError, "lost or doubled"):
            self.survives()


if __name__ == "__main__":
    taut.main()
