"""A flood of hellos from addresses that are nobody's: honest nodes get in, and memory stays what it was.

TAUT_FLOOD=20000,10 sets hellos a second, and seconds.
"""

import json
import os
import subprocess
import sys
import time

import machines
import taut
from idle import resident_bytes

PER_SECOND, SECONDS = (int(number) for number in os.environ.get("TAUT_FLOOD", "20000,5").split(","))
HONEST_PER_SECOND = 12  # below what one source may begin
P99_MS_MAX = 500
GROWTH_BYTES_MAX = 16 << 20
# Before whatever else the machine does: all three at once want a good part of a core.
URGENT = ["nice", "-n", "-15"]


class Flood(taut.Case):
    def setUp(self):
        super().setUp()
        self.far, self.near = machines.far_and_near(self, "10.77.78")
        # So that senders that are nobody's are heard at all.
        machines.command(*self.far.inside, "ip", "route", "add", "default", "via", self.near.address)
        for where in ("all", "wire"):
            machines.command(*self.far.inside, "sysctl", "-w", f"net.ipv4.conf.{where}.rp_filter=0")

    def load(self, *words):
        return subprocess.Popen([*self.near.inside, *URGENT, os.environ["TAUT_LOAD"], *map(str, words)],
                                stdout=subprocess.PIPE, text=True)

    def finish(self, process):
        out, _ = process.communicate(timeout=taut.LIMIT_S)
        self.assertEqual(process.returncode, 0)
        return json.loads(out)

    def test_honest_nodes_get_in(self):
        node = taut.Node(self.folder / "post", inside=[*self.far.inside, *URGENT])
        node.ok("init", "--name", "post")
        post = self.enterContext(taut.Dispatcher(node, "--policy", "open", "--only", "udp",
                                                 listen=f"{self.far.address}:0"))
        pid = post.process.pid
        quiet = self.finish(self.load("handshakes", post.link, "udp", HONEST_PER_SECOND, 3))
        before = resident_bytes(pid)
        flood = self.load("flood", post.link, "udp", PER_SECOND, SECONDS)
        time.sleep(0.5)
        honest = self.finish(self.load("handshakes", post.link, "udp", HONEST_PER_SECOND, SECONDS - 1))
        sent = self.finish(flood)["sent"]
        growth = resident_bytes(pid) - before
        print(f"quiet: {quiet}\nunder {sent / SECONDS:.0f} hellos a second: {honest}, memory grew by {growth >> 10} KiB",
              file=sys.stderr)
        self.assertGreater(sent, PER_SECOND * SECONDS * 0.9)
        self.assertEqual(honest["failed"], 0)
        self.assertLess(honest["p99_ms"], P99_MS_MAX)
        self.assertLess(growth, GROWTH_BYTES_MAX)


if __name__ == "__main__":
    machines.main()
