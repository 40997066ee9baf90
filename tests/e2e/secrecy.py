"""Nobody between the ends sees what is said, or from whom: a recording proxy and the dispatcher's files."""

import base64
import socket
import threading
import time

import harness

CANARY = b"canary-7f3a9c51-sings-in-the-mine"


class RecordingProxy:
    """Passes bytes on between a port of its own and another, and keeps them all."""

    def __init__(self, port):
        self.target, self.recorded = port, []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", self.target))
            for source, sink in ((client, upstream), (upstream, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        # Two more references would keep a socket open: each direction closes what it read from.
        try:
            while data := source.recv(65536):
                self.recorded.append(data)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for sock in (source, sink):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.server.close()

    def bytes(self):
        return b"".join(self.recorded)


def forms(secret):
    """How bytes may hide in plain sight."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):  # base64 of a text that begins anywhere in a group of three
        whole = base64.b64encode(b"\0" * shift + secret)
        yield whole[4:-4]
        yield whole[4:-4].translate(bytes.maketrans(b"+/", b"-_"))


def found_in(secret, haystack):
    return [form for form in forms(secret) if form in haystack]


def decode_bech32(text):
    """The 32 bytes of a node ID."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{alphabet.index(c):05b}" for c in text.partition("1")[2][:-6])
    return bytes(int(bits[i:i + 8], 2) for i in range(0, 256, 8))


class Secrecy(harness.StageTest):
    def exchange(self, text):
        """Sends through a proxy while bob is away; gives what was on the wire and in the files."""
        post = harness.Dispatcher(self.stage, "post").init().launch()
        proxy = RecordingProxy(post.port)
        self.addCleanup(proxy.close)
        bob = self.stage.node("bob").init().use(post)
        alice = self.stage.node("alice-the-sender").init().knows(bob)
        # Everything alice and bob say goes through the proxy's port: it stands where the dispatcher did.
        post.kill()
        proxy.target = harness.free_port()
        post.port, proxy_port = proxy.target, post.port
        proxy.server.close()
        proxy.server = socket.create_server(("127.0.0.1", proxy_port))
        threading.Thread(target=proxy.accept, daemon=True).start()
        post.launch()
        alice.run("send", "bob", "-", stdin=text)
        time.sleep(0.2)
        files = b"".join(path.read_bytes() for path in post.files())
        self.assertGreater(len(files), len(text))
        got = bob.run("recv", "--json").lines()
        self.assertEqual(got[0]["text"].encode(), text)
        files += b"".join(path.read_bytes() for path in post.files())
        self.assertGreater(len(proxy.bytes()), 2 * len(text))
        return alice, bob, post, proxy.bytes(), files

    def test_the_canary_is_nowhere(self):
        alice, _, _, wire, files = self.exchange(CANARY)
        for name, haystack in (("wire", wire), ("files", files)):
            self.assertEqual(found_in(CANARY, haystack), [], name)
        # The sender: neither the name that it gave itself nor its node ID.
        node = alice.card()["node"]
        for secret in (b"alice-the-sender", node.encode(), decode_bech32(node)):
            self.assertEqual(found_in(secret, files), [], secret)
            self.assertEqual(found_in(secret, wire), [], secret)

    def test_the_search_finds_what_is_there(self):
        for form in (CANARY, CANARY.hex().encode(), base64.b64encode(b"x" + CANARY), base64.urlsafe_b64encode(CANARY)):
            self.assertTrue(found_in(CANARY, b"before" + form + b"after"), form)

    def test_released_bytes_leave_the_files(self):
        post, alice, bob = self.pair()
        def contents():
            return b"".join(path.read_bytes() for path in post.files())
        before = contents()
        alice.run("send", "bob", "-", stdin=CANARY * 600)
        stored = contents()
        # The envelope's ciphertext: what is new, and looks random. Hashes that stay for the sake of
        # idempotence are a few dozen bytes; the body is twenty thousand.
        windows = {stored[i:i + 16] for i in range(0, len(stored) - 16, 4)}
        ciphertext = [one for one in windows if len(set(one)) >= 12 and one not in before]
        self.assertGreater(len(ciphertext), 2000)
        self.assertEqual(len(bob.run("recv", "--json").lines()), 1)
        def left():
            now = contents()
            return sum(one in now for one in ciphertext)
        harness.wait_for(lambda: left() < 100, timeout=60, pause=2)


if __name__ == "__main__":
    harness.main()
