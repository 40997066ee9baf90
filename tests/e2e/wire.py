"""What stands between a node and a dispatcher, or in a dispatcher's place."""

import socket
import threading


class Listener:
    """Accepts on a free port of loopback, or on a given one, and serves each connection on a thread."""

    def __init__(self, endpoint=("127.0.0.1", 0)):
        self.socket = socket.create_server(endpoint)
        self.endpoint = self.socket.getsockname()
        self.address = f"{self.endpoint[0]}:{self.endpoint[1]}"
        self.threads = [threading.Thread(target=self.accept, daemon=True)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in self.threads:
            thread.join(10)

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve_and_close, args=[connection], daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve_and_close(self, connection):
        with connection:
            try:
                self.serve(connection)
            except OSError:
                pass


class FakeServer(Listener):
    """Says the same to everybody, whatever they say, and ends the connection."""

    def __init__(self, endpoint, says):
        super().__init__(endpoint)
        self.says = says

    def serve(self, connection):
        connection.sendall(self.says)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(5)
        while connection.recv(65_536):
            pass


class Proxy(Listener):
    """Passes bytes on to `target`, in pieces of at most `piece`, and keeps what it has seen.

    With `back_limit` set, it ends a connection after so many bytes from the target, and takes no other:
    what the target says after that, nobody hears.
    """

    def __init__(self, endpoint=("127.0.0.1", 0), piece=65_536):
        super().__init__(endpoint)
        self.target = None
        self.piece = piece
        self.back_limit = None
        self.back_counts = []
        self.seen = bytearray()

    def serve(self, connection):
        if self.back_limit == 0:
            return
        with socket.create_connection(self.target) as onward:
            for one in (connection, onward):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            there = threading.Thread(target=self.pass_on, args=[connection, onward], daemon=True)
            there.start()
            self.back_counts.append(self.pass_on(onward, connection, self.back_limit))
            there.join(10)

    def pass_on(self, source, sink, limit=None):
        """The number of bytes that were passed on when either side ended."""
        passed = 0
        try:
            while piece := source.recv(self.piece):
                self.seen += piece
                if limit is not None and passed + len(piece) > limit:
                    sink.sendall(piece[:limit - passed])
                    self.back_limit = 0
                    sink.shutdown(socket.SHUT_RDWR)
                    source.shutdown(socket.SHUT_WR)
                    return limit
                sink.sendall(piece)
                passed += len(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return passed
