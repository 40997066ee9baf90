"""Who runs a dispatcher: letting nodes in and out, looking at what there is."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
import types

import taut


def get(connection, path):
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), answer.read().decode()


class LocalHttp(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, file):
        super().__init__("localhost", timeout=taut.LIMIT_S)
        self.file = file

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.file))


class Operator(taut.Case):
    def closed(self, *words):
        self.post = self.dispatcher("post", "--policy", "closed", *words)
        return self.post

    def token(self, *words):
        return self.post.node.json("dispatcher", "enroll", *words)["token"]

    def use(self, node, token=None):
        words = ["dispatcher", "use", self.post.link]
        if token is None:
            return node.run(*words)
        return node.run(*words, "--token", "-", stdin=token.encode() + b"\n")

    def devices(self):
        return self.post.node.json("dispatcher", "devices")

    def registered(self, node):
        return [one["registered"] for one in node.json("status")["dispatchers"]]

    def test_a_token_lets_one_device_in_and_no_second(self):
        self.closed()
        token = self.token()
        bob, eve = self.node("bob"), self.node("eve")
        self.fails(self.use(bob), 5, "without a good token")
        self.assertEqual(bob.json("status")["dispatchers"], [])
        done = self.use(bob, token)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.registered(bob), [True])
        self.fails(self.use(eve, token), 5)
        self.assertEqual(eve.json("status")["dispatchers"], [])
        self.assertEqual([one["node"] for one in self.devices()], [bob.json("id")["node"]])

    def test_the_command_to_paste_is_the_exact_one(self):
        self.closed()
        made = self.post.node.json("dispatcher", "enroll", "--uses", "2", "--expires", "2h")
        self.assertEqual((made["v"], made["uses"]), (1, 2))
        self.assertRegex(made["token"], r"^tautenrol1[a-z0-9]+$")
        plain = self.post.node.ok("dispatcher", "enroll").splitlines()
        self.assertRegex(plain[1], r"^printf %s tautenrol1[a-z0-9]+ \| taut dispatcher use taut:[\w-]+ --token -$")
        folder = self.folder / "bin"
        folder.mkdir()
        (folder / "taut").symlink_to(shutil.which(taut.BIN) or taut.BIN)
        for name, command in (("bob", made["command"]), ("carol", made["command"]), ("dave", plain[1])):
            node = self.node(name)
            environment = node.environment({"PATH": f"{folder.resolve()}:/usr/bin:/bin"})
            done = subprocess.run(["/bin/sh", "-c", command], env=environment, timeout=taut.LIMIT_S,
                                       capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.devices()), 3)

    def test_tokens_that_are_none(self):
        self.closed()
        bob = self.node("bob")
        good = self.token()
        slip = good[:-1] + ("q" if good[-1] != "q" else "p")
        self.fails(self.use(bob, slip), 2, "no enrolment token")
        self.fails(self.use(bob, ""), 2, "no enrolment token")
        self.fails(bob.run("dispatcher", "use", self.post.link, "--token", good), 2, "standard input")
        short = self.token("--expires", "1s")
        time.sleep(1.5)
        self.fails(self.use(bob, short), 5)
        self.assertEqual(self.use(bob, good).returncode, 0)

    def test_who_is_not_registered_may_not_send(self):
        self.closed()
        bob, eve = self.node("bob"), self.node("eve")
        self.use(bob, self.token())
        eve.ok("contact", "add", "bob", bob.link())
        done = eve.run("send", "bob", "spam", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["outcome"]), (5, "declined"))
        self.assertEqual(bob.events("recv"), [])

    def test_revoking_ends_sessions_and_removes_rows(self):
        self.closed()
        bob, carol = self.node("bob"), self.node("carol")
        for node in (bob, carol):
            self.use(node, self.token())
        carol.ok("contact", "add", "bob", bob.link())
        canary = "canary-of-a-revoked-inbox"
        carol.ok("send", "bob", canary)
        (row,) = [one for one in self.devices() if one["node"] == bob.json("id")["node"]]
        self.assertEqual(row["messages"], 1)
        self.assertGreater(row["bytes"], len(canary))
        self.assertIsNotNone(row["oldest"])

        following = bob.start("recv", "--follow", "--json")
        self.assertEqual(json.loads(following.stdout.readline())["text"], canary)
        carol.ok("send", "bob", "another")
        self.assertEqual(json.loads(following.stdout.readline())["text"], "another")
        done = self.post.node.json("dispatcher", "revoke", bob.json("id")["node"])
        self.assertEqual(done["revoked"], bob.json("id")["node"])
        self.assertEqual([one["node"] for one in self.devices()], [carol.json("id")["node"]])
        # It goes on asking, as it does when a dispatcher is away; it is let in no more.
        taut.wait_for(lambda: self.registered(bob) == [False])
        following.terminate()
        following.communicate(timeout=taut.LIMIT_S)
        self.assertEqual([one["node"] for one in self.devices()], [carol.json("id")["node"]])
        self.fails(bob.run("recv"), 5)
        self.assertEqual(self.registered(bob), [False])
        self.fails(self.post.node.run("dispatcher", "revoke", bob.json("id")["node"]), 6)
        self.assertEqual(self.use(bob, self.token()).returncode, 0)
        self.assertEqual(self.registered(bob), [True])

    def test_a_folder_for_a_device_registers_at_its_first_connection(self):
        self.closed()
        out = self.folder / "lamp-to-go"
        made = self.post.node.json("init", "--for-device", "lamp", "--out", str(out))
        self.assertEqual((made["name"], made["enrolled"]), ("lamp", True))
        self.assertIn(made["node"], pathlib.Path(made["revocation"]).read_text())
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o700)
        self.fails(self.post.node.run("init", "--for-device", "lamp", "--out", str(out)), 8, "already")
        shutil.copytree(out, self.folder / "lamp", copy_function=shutil.copy2)
        lamp = taut.Node(self.folder / "lamp")
        first = lamp.run("recv")
        self.assertEqual((first.returncode, first.stderr), (0, b""))
        self.assertEqual(self.registered(lamp), [True])
        self.assertEqual([one["node"] for one in self.devices()], [made["node"]])

        carol = self.node("carol")
        self.use(carol, self.token())
        carol.ok("contact", "add", "lamp", lamp.link())
        carol.ok("send", "lamp", "on")
        self.assertEqual([one["text"] for one in lamp.events("recv")], ["on"])

    def test_a_folder_for_a_device_of_somebody_elses_dispatcher(self):
        self.closed()
        out = self.folder / "lamp"
        nobody = taut.Node(self.folder / "nobody")
        self.fails(nobody.run("init", "--for-device", "lamp", "--out", str(out)), 6)
        self.assertFalse(out.exists())
        nobody.ok("init", "--for-device", "lamp", "--out", str(out), "--dispatcher", self.post.link,
                  "--token", "-", stdin=self.token().encode())
        self.assertEqual(taut.Node(out).events("recv"), [])
        self.assertEqual(len(self.devices()), 1)

    def test_devices_of_a_node_and_of_who_lets_it_see_them(self):
        self.closed()
        bob, carol, eve = self.node("bob"), self.node("carol"), self.node("eve")
        for node in (bob, carol, eve):
            self.use(node, self.token())
            node.ok("recv")
        bob.ok("contact", "add", "carol", carol.link())
        for node in (carol, eve):
            node.ok("contact", "add", "bob", bob.link())
        ids = {name: node.json("id")["node"] for name, node in (("bob", bob), ("carol", carol), ("eve", eve))}

        def seen_by(node):
            return {one["name"]: one for one in node.json("devices")}

        self.assertEqual(list(seen_by(carol)), ["carol"])
        self.assertEqual(seen_by(carol)["carol"]["dispatcher"], self.post.node.json("id")["node"])
        self.assertEqual(bob.json("devices", "allow", "carol")["allowed"], True)
        bob.ok("recv")
        following = bob.start("recv", "--follow")
        taut.wait_for(lambda: seen_by(carol).get("bob", {}).get("connected"))
        row = seen_by(carol)["bob"]
        self.assertEqual((row["node"], row["carrier"], row["messages"]), (ids["bob"], "tcp", 0))
        self.assertGreaterEqual(row["uptime_s"], 1)
        self.assertIsNotNone(row["last_seen"])
        self.assertEqual(list(seen_by(eve)), ["eve"])
        following.terminate()
        following.communicate(timeout=taut.LIMIT_S)
        carol.ok("send", "bob", "hello")
        row = seen_by(carol)["bob"]
        self.assertEqual((row["connected"], row["messages"]), (False, 1))
        bob.ok("devices", "deny", "carol")
        bob.ok("recv")
        self.assertEqual(list(seen_by(carol)), ["carol"])
        self.assertEqual({one["name"] for one in self.devices()}, {"bob", "carol", "eve"})

    def test_the_operators_door_is_his_alone_and_closes_with_the_dispatcher(self):
        self.closed()
        door = self.post.node.home / "dispatcher.sock"
        self.assertEqual(stat.S_IMODE(door.stat().st_mode), 0o600)
        self.post.kill()
        for words in (["enroll"], ["devices"], ["stats"], ["revoke", self.post.node.json("id")["node"]]):
            self.fails(self.post.node.run("dispatcher", *words), 9, "No dispatcher is running")
        self.assertTrue(door.exists(), "a killed process leaves its socket")
        with taut.Dispatcher(self.post.node, "--policy", "closed"):
            self.assertEqual(self.devices(), [])
        self.assertFalse(door.exists())

    def test_nonsense_at_the_door_harms_nobody(self):
        self.closed()
        for bytes_ in (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1\x09", b"\0\0\0\2\x04\0", b"GET / HTTP/1.1\r\n\r\n"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
                door.settimeout(taut.LIMIT_S)
                door.connect(str(self.post.node.home / "dispatcher.sock"))
                door.sendall(bytes_)
                self.assertEqual(door.recv(100), b"")
        self.assertEqual(self.devices(), [])

    def test_counters_over_http_and_by_command(self):
        self.closed("--metrics", "127.0.0.1:0")
        bob = self.node("bob")
        self.use(bob, self.token())
        bob.ok("recv")
        host, _, port = self.post.listening["metrics"].rpartition(":")
        status, kind, text = get(http.client.HTTPConnection(host, int(port), timeout=taut.LIMIT_S), "/metrics")
        self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        values = dict(re.findall(r"^(taut_dispatcher_\w+) (\d+)$", text, re.M))
        self.assertEqual(values["taut_dispatcher_nodes"], "1")
        self.assertGreaterEqual(int(values["taut_dispatcher_cards_published_total"]), 1)
        for name in values:
            self.assertIn(f"# TYPE {name} ", text)
        self.assertNotIn(bob.json("id")["node"], text)
        self.assertEqual(get(http.client.HTTPConnection(host, int(port), timeout=taut.LIMIT_S), "/")[0], 404)
        stats = self.post.node.json("dispatcher", "stats")
        self.assertEqual((stats["v"], stats["nodes"]), (1, 1))

    def test_counters_on_a_unix_socket(self):
        place = self.folder / "metrics.sock"
        self.closed("--metrics", f"unix:{place}")
        self.assertEqual(stat.S_IMODE(place.stat().st_mode), 0o600)
        self.assertEqual(get(LocalHttp(place), "/metrics")[0], 200)

    def test_reload_changes_what_is_allowed_and_no_session(self):
        post = self.node("post")
        config = post.home / "dispatcher.toml"
        config.write_text('policy = "open"\n')
        self.post = self.enterContext(taut.Dispatcher(post))
        bob, carol, dave, eve = (self.node(name) for name in ("bob", "carol", "dave", "eve"))
        for node in (bob, carol):
            self.assertEqual(self.use(node).returncode, 0)
        carol.ok("contact", "add", "bob", bob.link())
        following = bob.start("recv", "--follow", "--json")

        def heard(text):
            carol.ok("send", "bob", text)
            self.assertEqual(json.loads(following.stdout.readline())["text"], text)

        heard("before")
        config.write_text('policy = "closed"\n')
        self.post.process.send_signal(signal.SIGHUP)
        taut.wait_for(lambda: self.use(dave).returncode == 5)
        heard("closed")
        config.write_text("policy = ajar\n")
        self.post.process.send_signal(signal.SIGHUP)
        heard("nonsense changes nothing")
        self.fails(self.use(eve), 5)
        following.terminate()
        following.communicate(timeout=taut.LIMIT_S)
        self.assertEqual(self.post.stop(), 0)
        self.fails(post.run("dispatcher", "run", "--listen", "127.0.0.1:0"), 2, "dispatcher.toml", "line 1")

    def test_the_log_tells_what_happens_and_nothing_that_is_secret(self):
        post = self.node("post")
        log = self.folder / "post.log"
        with log.open("wb") as lines:
            process = post.start("-v", "dispatcher", "run", "--listen", "127.0.0.1:0", "--policy", "closed", "--json",
                                 stderr=lines)
        self.post = types.SimpleNamespace(node=post, link=json.loads(process.stdout.readline())["link"])
        bob, carol = self.node("bob"), self.node("carol")
        tokens = [self.token(), self.token()]
        for node, token in zip((bob, carol), tokens):
            self.use(node, token)
        carol.ok("contact", "add", "bob", bob.link())
        carol.ok("send", "bob", "canary-in-a-message")
        bob.ok("recv")
        post.ok("dispatcher", "revoke", carol.json("id")["node"])
        process.terminate()
        process.communicate(timeout=taut.LIMIT_S)
        text = log.read_text()
        for event in ("session_open ", "session_closed ", "operator asks=enroll", "operator asks=revoke"):
            self.assertIn(event, text)
        for line in text.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[\d:.]+Z \w+( \w+=\S*)*$")
        for secret in ("canary", *tokens, *(node.json("id")["node"] for node in (bob, carol))):
            self.assertNotIn(secret, text)

    def test_a_socket_that_somebody_else_has_opened(self):
        post = self.node("post")
        with socket.create_server(("127.0.0.1", 0)) as opened:
            port = opened.getsockname()[1]
            script = f'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@" 3<&{opened.fileno()}'
            words = [taut.BIN, "dispatcher", "run", "--listen", "127.0.0.1:1", "--json"]
            process = subprocess.Popen(["/bin/sh", "-c", script, *words], env=post.environment(),
                                       pass_fds=[opened.fileno()], stdout=subprocess.PIPE)
            try:
                listening = json.loads(process.stdout.readline())
                self.assertEqual(listening["address"], f"127.0.0.1:{port}")
                bob = self.node("bob", uses=listening["link"])
                self.assertEqual(self.registered(bob), [True])
            finally:
                process.terminate()
                process.communicate(timeout=taut.LIMIT_S)
            self.assertEqual(process.returncode, 0)

    def test_both_sockets_that_somebody_else_has_opened(self):
        post = self.node("post")
        with socket.create_server(("127.0.0.1", 0)) as stream, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            port = stream.getsockname()[1]
            datagram.bind(("127.0.0.1", port))
            script = (f'LISTEN_FDS=2 LISTEN_PID=$$ exec "$0" "$@" 3<&{stream.fileno()} 4<&{datagram.fileno()}')
            words = [taut.BIN, "dispatcher", "run", "--listen", "127.0.0.1:1", "--prefer", "udp", "--json"]
            process = subprocess.Popen(["/bin/sh", "-c", script, *words], env=post.environment(),
                                       pass_fds=[stream.fileno(), datagram.fileno()], stdout=subprocess.PIPE)
            try:
                listening = json.loads(process.stdout.readline())
                self.assertEqual(listening["address"], f"127.0.0.1:{port}")
                bob = self.node("bob", uses=listening["link"])
                self.assertEqual(self.registered(bob), [True])
                (device,) = post.json("dispatcher", "devices")
                self.assertEqual(device["carrier"], "udp")
            finally:
                process.terminate()
                process.communicate(timeout=taut.LIMIT_S)
            self.assertEqual(process.returncode, 0)

    def test_sockets_with_different_ports_are_no_dispatcher(self):
        post = self.node("post")
        with socket.create_server(("127.0.0.1", 0)) as stream, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            datagram.bind(("127.0.0.1", 0))
            script = (f'LISTEN_FDS=2 LISTEN_PID=$$ exec "$0" "$@" 3<&{stream.fileno()} 4<&{datagram.fileno()}')
            done = subprocess.run(["/bin/sh", "-c", script, taut.BIN, "dispatcher", "run"], env=post.environment(),
                                  pass_fds=[stream.fileno(), datagram.fileno()], capture_output=True,
                                  timeout=taut.LIMIT_S, check=False)
        self.fails(done, 2, "different ports")

    def test_the_user_s_unit_is_good_and_up_says_when_it_is_ready(self):
        bob = self.node("bob", uses=self.dispatcher("post").link)
        place = self.folder / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(place))
            manager.settimeout(taut.LIMIT_S)
            bob.more["NOTIFY_SOCKET"] = str(place)
            up = bob.start("up")
            self.assertEqual(manager.recv(100), b"READY=1")
            up.terminate()
            self.assertEqual(manager.recv(100), b"STOPPING=1")
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not here")
        source = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "systemd"
        unit = self.folder / "taut.service"
        binary = str(pathlib.Path(shutil.which(taut.BIN) or taut.BIN).resolve())
        unit.write_text((source / "taut.service.in").read_text().replace("@TAUT_BIN@", binary))
        done = subprocess.run(["systemd-analyze", "--user", "verify", "--man=no", str(unit)], capture_output=True,
                              env={**os.environ, "XDG_RUNTIME_DIR": str(self.folder)}, timeout=taut.LIMIT_S, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode()[-800:] + done.stderr.decode())

    def test_the_unit_is_good_and_gives_little_away(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not here")
        source = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "systemd"
        binary = str(pathlib.Path(shutil.which(taut.BIN) or taut.BIN).resolve())
        unit = self.folder / "taut-dispatcher.service"
        unit.write_text((source / "taut-dispatcher.service.in").read_text().replace("@TAUT_BIN@", binary))
        shutil.copy(source / "taut-dispatcher.socket", self.folder)
        for words in (["verify", "--man=no", str(unit), str(self.folder / "taut-dispatcher.socket")],
                      ["security", "--offline=true", "--threshold=20", str(unit)]):
            done = subprocess.run(["systemd-analyze", *words], capture_output=True, timeout=taut.LIMIT_S, check=False)
            self.assertEqual(done.returncode, 0, done.stdout.decode()[-800:] + done.stderr.decode())

    def test_an_open_dispatcher_takes_whoever_comes(self):
        self.post = self.dispatcher("post", "--policy", "open")
        bob = self.node("bob", uses=self.post.link)
        self.assertEqual(self.registered(bob), [True])
        done = bob.run("dispatcher", "use", self.post.link, "--token", "-", stdin=self.token().encode())
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    taut.main()
