"""The long form of what topics have to hold: 5 people, 1,000 messages of each, kills of every process in turn,
two removals, three joins, and commits at the same time; at one broker, and at one dispatcher.

Takes a quarter of an hour and more: with TAUT_LONG=1 only (ctest -L load). TAUT_LONG_MESSAGES sets how many."""

import os
import sys
import time

import broker
import taut
from story import Story

MESSAGES = int(os.environ.get("TAUT_LONG_MESSAGES", "1000"))


class Long(taut.Case):
    def whole(self, name, place, uses, servers):
        started = time.monotonic()
        story = Story(self, place, uses=uses, servers=servers)
        for newcomer in ("bob", "carol"):
            story.joins(newcomer)
        gone = []
        part = MESSAGES // 4
        story.joins("dave")
        story.joins("erin")
        story.chapter(part, kills=12, commits=5)
        gone.append(story.removed("dave"))
        story.joins("frank")
        story.chapter(part, kills=12, commits=5)
        gone.append(story.removed("erin"))
        story.joins("grace")
        story.chapter(part, kills=12, commits=5)
        story.joins("heidi")
        story.chapter(MESSAGES - 3 * part, kills=12, commits=5)
        for one, before in gone:
            story.hears_nothing(one, before)
        heard = sum(len(one.heard) for one in story.people)
        print(f"{name}: {story.sent} messages sent, {heard} heard by those who are in at the end, "
              f"{story.kills} kills, {story.commits} settings asked for, {time.monotonic() - started:.0f} s",
              file=sys.stderr)

    def test_at_a_broker(self):
        with broker.Broker(self.folder) as one:
            self.whole("broker", ("--mqtt", one.url()), None, [one])

    def test_at_a_dispatcher(self):
        post = self.dispatcher()
        self.whole("dispatcher", (), post.link, [post])


if __name__ == "__main__":
    if not os.environ.get("TAUT_LONG"):
        print("skipped: takes long; TAUT_LONG=1 runs it")
        sys.exit(77)
    broker.program()
    taut.main()
