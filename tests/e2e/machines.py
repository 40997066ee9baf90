"""Machines for tests: network namespaces, a wire between two of them, and packets that are lost on it.

Needs root, ip and nft; why_not() says what is missing.
"""

import os
import re
import shutil
import subprocess
import sys

import taut

DROP = """
table inet loss {
  counter lost { }
  counter seen { }
  chain arriving {
    type filter hook input priority 0;
    iifname "wire" counter name seen
    iifname "wire" numgen random mod 100 < %d counter name lost drop
  }
}
"""


def command(*words, **more):
    subprocess.run(words, check=True, capture_output=True, text=True, **more)


class Machine:
    """A network namespace with one wire to another."""

    def __init__(self, name, address):
        self.name = f"taut-{os.getpid()}-{name}"
        self.address = address
        self.inside = ["ip", "netns", "exec", self.name]

    def create(self):
        command("ip", "netns", "add", self.name)
        command(*self.inside, "ip", "link", "set", "lo", "up")

    def connect(self, other):
        command("ip", "link", "add", "wire", "netns", self.name, "type", "veth", "peer", "name", "wire", "netns", other.name)
        for machine in (self, other):
            command(*machine.inside, "ip", "address", "add", f"{machine.address}/24", "dev", "wire")
            command(*machine.inside, "ip", "link", "set", "wire", "up")

    def lose_packets(self, percent):
        command(*self.inside, "nft", "-f", "-", input=DROP % percent)

    def packets(self, counter):
        shown = subprocess.run([*self.inside, "nft", "list", "counter", "inet", "loss", counter],
                               check=True, capture_output=True, text=True).stdout
        return int(re.search(r"packets (\d+)", shown)[1])

    def remove(self):
        subprocess.run(["ip", "netns", "delete", self.name], check=False, capture_output=True)


def why_not():
    """Why this machine cannot run it; None: it can."""
    for tool in ("ip", "nft"):
        if shutil.which(tool) is None:
            return f"there is no {tool}"
    probe = Machine("probe", "10.77.77.9")
    try:
        probe.create()
        probe.lose_packets(1)
    except subprocess.CalledProcessError as failed:
        return f"{' '.join(failed.cmd)}: {failed.stderr.strip()}"
    finally:
        probe.remove()
    return None


def far_and_near(case, network):
    """Two machines on one wire, at .1 and .2 of the network; they go when the case ends."""
    far, near = Machine("far", f"{network}.1"), Machine("near", f"{network}.2")
    for machine in (far, near):
        case.addCleanup(machine.remove)
        machine.create()
    far.connect(near)
    return far, near


def main():
    """taut.main() where namespaces can be had; elsewhere says why not, and skips."""
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    taut.main()
