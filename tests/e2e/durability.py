"""What was stored arrives, once and in order, however often processes are killed in between.

Three senders, 10,000 messages of 1 byte to 64 KiB, a recipient that is away. The dispatcher is killed
(kill -9) at least 20 times between the first put and the last release, at least five of them while
acknowledgements are outstanding; the recipient 10 times. TAUT_E2E_MESSAGES makes the run shorter.
"""

import base64
import hashlib
import json
import os
import random
import threading
import time

import harness

MESSAGES = int(os.environ.get("TAUT_E2E_MESSAGES", "10000"))
SENDERS = 3
DISPATCHER_KILLS = 20
RECIPIENT_KILLS = 10
BINARY = os.environ.get("TAUT_E2E_DISPATCHER")  # another dispatcher binary, such as one that forgets


def body_of(sender, number, size):
    """Text that says who and how many, filled up to its size."""
    head = f"{sender}:{number}:"
    filler = hashlib.sha256(head.encode()).hexdigest()
    return (head + filler * (size // len(filler) + 1))[:max(size, len(head))]


class Sender(threading.Thread):
    """Sends its messages in batches by `send --lines`, again and again until all are stored."""

    def __init__(self, node, count, seed):
        super().__init__(daemon=True)
        self.node, self.random = node, random.Random(seed)
        self.left = [(number, self.size()) for number in range(count)]
        self.stored, self.order, self.unknown, self.failure = {}, [], 0, None

    def size(self):
        # Many small ones, some large: 1 byte to 64 KiB, evenly in orders of magnitude.
        return int(2 ** self.random.uniform(0, 16))

    def run(self):
        try:
            while self.left:
                self.send_batch()
        except BaseException as failure:  # shown by the test's own thread
            self.failure = failure

    def send_batch(self):
        batch = self.left[:250]
        lines = [body_of(self.node.name, number, size) for number, size in batch]
        ran = self.node.run("send", "bob", "--lines", "-", "--json", stdin="\n".join(lines).encode() + b"\n",
                            expect=None, timeout=300)
        receipts = sorted((one for one in ran.lines() if "line" in one), key=lambda one: one["line"])
        for receipt in receipts:
            number = batch[receipt["line"] - 1][0]
            # An unknown outcome is kept in the outbox, and the next run settles it.
            if receipt["outcome"] in ("stored", "unknown"):
                self.unknown += receipt["outcome"] == "unknown"
                self.stored[number] = receipt["id"]
                self.order.append(receipt["id"])
        settled = set(self.stored)
        self.left = [one for one in self.left if one[0] not in settled]
        if ran.code != 0:
            time.sleep(0.1)


class Durability(harness.StageTest):
    def test_killed_again_and_again(self):
        post = self.stage.dispatcher(binary=BINARY)
        bob = self.stage.node("bob").init().use(post)
        per_sender = MESSAGES // SENDERS
        nodes = [self.stage.node(f"sender{i}").init().use(post).knows(bob) for i in range(SENDERS)]
        senders = [Sender(node, per_sender, seed=i) for i, node in enumerate(nodes)]
        chance = random.Random(7)
        for sender in senders:
            sender.start()
        kills_under_load = 0
        while any(sender.is_alive() for sender in senders):
            time.sleep(chance.uniform(0.2, 1.0))
            if kills_under_load < DISPATCHER_KILLS - 8 and sum(len(sender.left) for sender in senders) > 0:
                post.kill()
                kills_under_load += 1
                time.sleep(chance.uniform(0.0, 0.2))
                post.launch()
        for sender in senders:
            if sender.failure:
                raise sender.failure
        for node in nodes:
            harness.wait_for(lambda node=node: self.outbox_is_empty(node), timeout=60, pause=0.5)

        received, kills, recipient_kills = self.receive_all(post, bob, chance, SENDERS * per_sender,
                                                            DISPATCHER_KILLS - kills_under_load)
        self.check(senders, received, per_sender)
        print(f"{SENDERS * per_sender} messages; dispatcher killed {kills_under_load + kills} times, "
              f"{kills_under_load} of them under load; recipient {recipient_kills} times; "
              f"{sum(sender.unknown for sender in senders)} outcomes were unknown for a while")
        self.assertGreaterEqual(kills_under_load, min(5, DISPATCHER_KILLS))
        self.assertGreaterEqual(kills_under_load + kills, DISPATCHER_KILLS)
        self.assertGreaterEqual(recipient_kills, RECIPIENT_KILLS)

    def outbox_is_empty(self, node):
        return node.run("outbox", "--json", "--retry", expect=None).json() == []

    def receive_all(self, post, bob, chance, wanted, dispatcher_kills):
        """Bob reads while he and the dispatcher are killed; gives every event that he printed."""
        events, kills, recipient_kills, quiet = [], 0, 0, 0
        while quiet < 2:
            reader = bob.start("recv", "--follow", "--json", bufsize=0)
            killer = None
            may_kill = recipient_kills < RECIPIENT_KILLS
            if may_kill:
                killer = threading.Timer(chance.uniform(0.3, 1.2), reader.kill)
                killer.start()
                recipient_kills += 1
            if kills < dispatcher_kills:
                time.sleep(chance.uniform(0.1, 0.4))
                post.kill()
                post.launch()
                kills += 1
            if not may_kill:
                stop = threading.Timer(8, reader.terminate)
                stop.start()
            before = len(events)
            for line in reader.stdout:
                try:
                    events.append(json.loads(line))
                except ValueError:
                    self.assertIsNotNone(killer, f"half a line, and nobody killed the reader: {line[:200]!r}")
            reader.wait()
            reader.stdout.close()
            if not may_kill and kills >= dispatcher_kills:
                quiet = quiet + 1 if len(events) == before else 0
        return events, kills, recipient_kills

    def check(self, senders, events, per_sender):
        seen, order = {}, {}
        for event in events:
            if event["event"] != "message":
                self.assertNotEqual(event["event"], "gap", event)
                continue
            text = event["text"] if "text" in event else base64.b64decode(event["data"]).decode()
            if event["id"] in seen:
                self.assertTrue(event.get("redelivered"), f"shown twice without saying so: {event['id']}")
                self.assertEqual(seen[event["id"]], text)
                continue
            seen[event["id"]] = text
            name, number, _ = text.split(":", 2)
            order.setdefault(name, []).append(int(number))
        for sender in senders:
            numbers = order.get(sender.node.name, [])
            self.assertEqual(len(numbers), per_sender, "lost or doubled")
            self.assertEqual(sorted(numbers), list(range(per_sender)))
            mine = set(sender.order)
            self.assertEqual([one for one in seen if one in mine], sender.order, "another order than was sent in")
            by_size = dict((number, size) for number, size in Sender(sender.node, per_sender, senders.index(sender)).left)
            for text in (text for text in seen.values() if text.startswith(sender.node.name + ":")):
                number = int(text.split(":", 2)[1])
                self.assertEqual(text, body_of(sender.node.name, number, by_size[number]))


if __name__ == "__main__":
    harness.main()
