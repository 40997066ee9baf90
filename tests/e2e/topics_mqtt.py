"""Topics over a real mosquitto: what holds at a dispatcher holds at a broker that loses everything it kept."""

import json
import os
import signal
import time

import broker
import taut
from story import Story
from taut import texts, wait_for


def messages(events):
    return [event for event in events if event["event"] == "message"]


class Mqtt(taut.Case):
    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(broker.Broker(self.folder))
        self.place = ("--mqtt", self.broker.url())

    def two(self):
        alice, bob = self.node("alice"), self.node("bob")
        alice.ok("topic", "create", "tea", *self.place)
        online = alice.start("topic", "recv", "tea", "--follow", "--json")
        bob.ok("topic", "join", alice.json("topic", "invite", "tea")["link"], "--timeout", "50")
        online.send_signal(signal.SIGINT)
        online.wait(taut.LIMIT_S)
        return alice, bob

    def received(self, node):
        return texts(messages(node.events("topic", "recv", "tea")))

    def test_five_people_one_broker_and_everything_is_killed_once(self):
        story = Story(self, self.place, servers=[self.broker])
        for name in ("bob", "carol", "dave", "erin"):
            story.joins(name)
        story.chapter(10, kills=6, commits=1)
        gone, before = story.removed("dave")
        story.joins("frank")
        story.chapter(5)
        story.hears_nothing(gone, before)

    def test_nobody_stays_and_the_broker_keeps_what_is_on_its_way(self):
        alice, bob = self.two()
        sent = [alice.json("topic", "send", "tea", f"m{number}")["outcome"] for number in range(3)]
        self.assertLessEqual(set(sent), {"sent", "stored"})
        self.assertEqual(self.received(bob), ["m0", "m1", "m2"])
        self.assertEqual(self.received(bob), [], "shown once")
        bob.ok("topic", "send", "tea", "back")
        self.assertEqual(self.received(alice), ["back"])

    def test_a_broker_that_forgot_is_told_again(self):
        alice, bob = self.two()
        alice.ok("topic", "send", "tea", "lost on its way")
        self.broker.kill()
        self.broker.start()
        bob.start("up")
        alice.start("up")
        heard = []
        wait_for(lambda: heard.extend(self.received(bob)) or heard)
        self.assertEqual(heard, ["lost on its way"])
        wait_for(lambda: alice.json("topic", "show", "tea")["outbox"] == 0)

    def test_commands_beside_up_leave_the_broker_to_it(self):
        alice, bob = self.two()
        bob.start("up")
        alice.start("up")
        following = bob.start("topic", "recv", "tea", "--follow", "--json")
        time.sleep(1)
        self.assertEqual(alice.json("topic", "send", "tea", "beside it")["outcome"], "kept")
        until = wait_for(lambda: json.loads(following.stdout.readline()).get("text"))
        self.assertEqual(until, "beside it")

    def test_a_stranger_waits_for_a_yes_and_may_be_declined(self):
        alice, bob = self.two()
        carol, dave = self.node("carol"), self.node("dave")
        link = alice.json("topic", "invite", "tea", "--open")["link"]
        alice.start("up")
        self.fails(carol.run("topic", "join", link, "--timeout", "3"), 7, "Nobody has let us")
        self.fails(dave.run("topic", "join", link, "--timeout", "3"), 7)
        names = lambda: sorted(one["name"] for one in alice.json("topic", "requests", "tea"))
        wait_for(lambda: names() == ["carol", "dave"])
        alice.ok("topic", "decline", "tea", "dave")
        alice.ok("topic", "accept", "tea", "carol")
        carol.ok("topic", "join", link, "--timeout", "50")
        self.assertEqual(len(carol.json("topic", "show", "tea")["members"]), 3)

    def test_leaving_setting_and_forgetting(self):
        alice, bob = self.two()
        alice.start("up")
        bob.ok("topic", "set", "tea", "expires=1d")
        self.assertEqual(bob.json("topic", "show", "tea")["expires_s"], 86400)
        both = [one["node"] for one in bob.json("topic", "show", "tea")["members"]]
        self.assertEqual(bob.json("topic", "set", "tea", "committers=" + ",".join(both))["committers"], both)
        self.fails(bob.run("topic", "set", "tea", "committers=nobody"), 6, "no participant")
        bob.ok("topic", "leave", "tea")
        self.assertEqual(bob.events("topic", "list"), [[]])
        wait_for(lambda: len(alice.json("topic", "show", "tea")["members"]) == 1)
        self.assertEqual(list(bob.home.glob("topic-*.lock")), [])

    def test_the_broker_is_told_nothing_and_nothing_of_it_is_in_links(self):
        login = self.folder / "login"
        login.write_text("alice\nsesame-open\n")
        carol = self.node("carol")
        self.fails(carol.run("topic", "create", "tea", *self.place, "--mqtt-login", str(login)), 2, "chmod 600")
        login.chmod(0o600)
        carol.ok("topic", "create", "tea", *self.place, "--mqtt-login", str(login))
        login.unlink()
        carol.ok("topic", "send", "tea", "by heart")
        self.assertNotIn("sesame", carol.json("topic", "invite", "tea")["link"])
        self.fails(carol.run("topic", "create", "b", "--mqtt", "mqtt://me:secret@127.0.0.1/t"), 2, "--mqtt-login")
        self.fails(carol.run("topic", "create", "b", "--mqtt", "mqtt://127.0.0.1/a/#"), 2, "single topic")
        self.fails(carol.run("topic", "create", "b", "--mqtt", "amqp://127.0.0.1/a"), 2, "no URL of a broker")
        self.assertEqual([one["topic"] for one in carol.json("topic", "list")], ["tea"])

    def test_a_broker_that_does_not_know_us_is_said_at_once(self):
        with broker.Broker(self.folder, "allow_anonymous false") as closed:
            started = time.monotonic()
            self.fails(self.node("carol").run("topic", "create", "tea", "--mqtt", closed.url()), 5, "login")
            self.assertLess(time.monotonic() - started, 20)

    def test_an_unreachable_broker_keeps_nothing(self):
        alice, _ = self.two()
        self.broker.kill()
        self.fails(alice.run("topic", "send", "tea", "lost?"), 3, "broker")
        self.assertEqual(alice.json("topic", "show", "tea")["outbox"], 0)


if __name__ == "__main__":
    broker.program()
    taut.main()
