"""Hello, session, queue, close, fetch over UDP, while the network loses three packets in ten both ways.

Two network namespaces stand for two machines.
"""

import sys
import time

import machines
import taut

MESSAGES = 1000
LOST_PERCENT = 30

class Lossy(taut.Case):
    def setUp(self):
        super().setUp()
        self.far, self.near = machines.far_and_near(self, "10.77.77")
        for machine in (self.far, self.near):
            machine.lose_packets(LOST_PERCENT)

    def node_at(self, machine, name):
        node = taut.Node(self.folder / name, inside=machine.inside)
        node.ok("init", "--name", name)
        return node

    def test_every_message_arrives_once_and_in_order(self):
        began = time.monotonic()
        post = self.enterContext(taut.Dispatcher(self.node_at(self.far, "post"), "--policy", "open", "--only", "udp",
                                                 listen=f"{self.far.address}:0"))
        alice = self.node_at(self.near, "alice")
        bob = self.node_at(self.near, "bob")
        # Hello and session: each proves itself, is greeted and registers; then it closes and is away.
        bob.ok("dispatcher", "use", post.link)
        alice.ok("dispatcher", "use", post.link)
        alice.ok("contact", "add", "bob", bob.link())

        lines = [f"message {i}" for i in range(MESSAGES)]
        receipts = alice.events("send", "bob", "--lines", "-", stdin="\n".join(lines).encode())
        self.assertEqual([one["outcome"] for one in receipts], ["stored"] * MESSAGES)
        queued = time.monotonic()

        fetched = [one["text"] for one in bob.events("recv")]
        self.assertEqual(fetched, lines)
        self.assertEqual(bob.events("recv"), [])
        done = time.monotonic()

        for machine in (self.far, self.near):
            lost, of = machine.packets("lost"), machine.packets("seen")
            print(f"{machine.name}: {lost} of {of} packets lost", file=sys.stderr)
            self.assertGreater(lost, of * LOST_PERCENT / 100 * 0.7)
        print(f"queued in {queued - began:.1f} s, fetched in {done - queued:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    machines.main()
