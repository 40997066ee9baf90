"""What an idle link costs a dispatcher: its resident memory with many of them, and without.

TAUT_LINKS=1000,5000 sets how many.
"""

import contextlib
import os
import subprocess
import sys
import time

import taut

COUNTS = [int(count) for count in os.environ.get("TAUT_LINKS", "1000").split(",")]
AIM_BYTES = {"tcp": 4096, "udp": 2048}
# What fails: the aim, and room for what an allocator keeps of a thousand handshakes at once.
MAX_BYTES = {"tcp": 6144, "udp": 4096}
# Longer than links take to give up what they do without while they idle.
SETTLE_S = 25
WARM_LINKS = 20


def resident_bytes(pid):
    """What is the process's own: pages of its program come and go with what it does, not with how many links it has."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as smaps:
        for line in smaps:
            if line.startswith("Anonymous:"):
                return int(line.split()[1]) * 1024
    raise AssertionError("no count of anonymous memory")


class Idle(taut.Case):
    def measure(self, carrier, count):
        post = self.dispatcher(f"{carrier}-{count}")
        pid = post.process.pid
        with self.held(post, carrier, WARM_LINKS):  # what a process has anyway
            before = resident_bytes(pid)
        with self.held(post, carrier, count) as opened:
            time.sleep(SETTLE_S)
            each = (resident_bytes(pid) - before) / count
        print(f"{count} {carrier}: {each:.0f} bytes a link (aim {AIM_BYTES[carrier]}), opened in {opened:.1f} s", file=sys.stderr)
        return each

    @contextlib.contextmanager
    def held(self, post, carrier, count):
        with subprocess.Popen([os.environ["TAUT_LOAD"], "hold", post.link, carrier, str(count)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
            began = time.monotonic()
            self.assertEqual(load.stdout.readline().strip(), f"open {count}")
            yield time.monotonic() - began
            load.stdin.close()
            self.assertEqual(load.wait(taut.LIMIT_S), 0)

    def test_an_idle_link_is_small(self):
        for count in COUNTS:
            for carrier, most in MAX_BYTES.items():
                with self.subTest(carrier=carrier, count=count):
                    self.assertLess(self.measure(carrier, count), most)


if __name__ == "__main__":
    taut.main()
