"""A real mosquitto of a test's own, on a free port of this machine. It may be killed and started again."""

import os
import pathlib
import socket
import subprocess
import sys
import time

PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto")


def program():
    """Where it is; where it is nowhere the whole script is skipped."""
    for place in PLACES:
        if os.access(place, os.X_OK):
            return place
    print("skipped: there is no mosquitto here (packages.txt names it)")
    sys.exit(77)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """mosquitto, from `with` to its end."""

    def __init__(self, folder, *settings):
        self.port = free_port()
        self.file = pathlib.Path(folder) / "mosquitto.conf"
        lines = (f"listener {self.port} 127.0.0.1", *(settings or ("allow_anonymous true",)))
        self.file.write_text("".join(line + "\n" for line in lines))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def url(self, topic="a-random-word"):
        return f"mqtt://127.0.0.1:{self.port}/{topic}"

    def start(self):
        self.process = subprocess.Popen([program(), "-c", str(self.file)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise AssertionError("mosquitto does not listen") from None
                time.sleep(0.05)

    def kill(self):
        """kill -9: what it kept in memory is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
