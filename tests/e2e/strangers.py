"""Connections that are silent, slow or speak nonsense, and datagrams of noise, do not disturb the others."""

import os
import select
import socket
import threading
import time

import taut

SILENT = 300
GARBAGE = 200
SLOW = 100
NOISE_PER_BURST = 50


class Strangers(taut.Case):
    """All at once, for as long as the test runs."""

    def setUp(self):
        super().setUp()
        self.post = self.dispatcher()
        self.sockets = []
        self.over = threading.Event()
        self.addCleanup(self.leave)
        self.threads = [threading.Thread(target=work) for work in (self.trickle, self.hiss)]

    def leave(self):
        self.over.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join()
        for one in self.sockets:
            one.close()

    def connect(self, say=b""):
        one = socket.create_connection(self.post.endpoint, timeout=10)
        self.sockets.append(one)
        if say:
            one.sendall(say)
        return one

    def trickle(self):
        """A true Hello, a byte every now and then."""
        hello = b"taut\x00\x01\x02" + bytes([len(b"Noise_IK_25519_AESGCM_SHA256")]) + b"Noise_IK_25519_AESGCM_SHA256"
        slow = [[self.connect(), 0] for _ in range(SLOW)]
        while not self.over.wait(0.05):
            for entry in slow:
                one, said = entry
                try:
                    one.send(hello[said % len(hello):][:1])
                    entry[1] += 1
                except OSError:
                    entry[0], entry[1] = self.connect(), 0

    def hiss(self):
        """Datagrams of every type, with nothing true in them."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
            while not self.over.wait(0.01):
                for i in range(NOISE_PER_BURST):
                    noise.sendto(bytes([i % 6]) + os.urandom(i * 29 % 1199), self.post.endpoint)

    def test_others_are_served_as_if_nothing_were(self):
        bob = self.node("bob", uses=self.post.link)
        alice = self.node("alice", uses=self.post.link)
        alice.ok("contact", "add", "bob", bob.link())
        for _ in range(SILENT):
            self.connect()
        for i in range(GARBAGE):
            self.connect(os.urandom(1 + i * 37 % 4000))
        for thread in self.threads:
            thread.start()

        lines = [f"line {i}" for i in range(200)]
        began = time.monotonic()
        for text in ("one", "two"):
            alice.ok("send", "bob", text)
        alice.ok("send", "bob", "--lines", "-", stdin="\n".join(lines).encode())
        self.assertEqual([one["text"] for one in bob.events("recv")], ["one", "two", *lines])
        self.assertLess(time.monotonic() - began, 20)

    def test_strangers_are_shown_out_in_time(self):
        silent = [self.connect() for _ in range(20)]
        garbage = [self.connect(os.urandom(100)) for _ in range(20)]
        until = time.monotonic() + 15  # the handshake's 5 s, and a busy machine
        for one in silent + garbage:
            self.assertTrue(select.select([one], [], [], max(0, until - time.monotonic()))[0])
            try:
                while one.recv(4096):
                    pass  # a refusal, perhaps
            except ConnectionResetError:
                pass


if __name__ == "__main__":
    taut.main()
