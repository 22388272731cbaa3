"""The daemon as those meet it who run it, and those who mean it ill: its configuration, its log, hostile clients beside
honest ones, and an end in the middle of things. Arguments: the program."""

import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from api_client import ApiError, Client, Daemon, Logged, basic, until
from hostile_clients import attack, credulous

PROGRAM = sys.argv.pop(1)

ONE_GOAL = {
    "name": "honest",
    "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
    "metrics": [{"name": "y", "objective": "minimize"}],
    "observation_budget": 1000,
    "sampler": {"name": "uniform"},
}


class Unread(Daemon):
    """One whose log nobody reads but the test."""

    def drain(self):
        pass


class DaemonTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="vilfredo-daemon-")
        self.daemon = None

    def tearDown(self):
        if self.daemon and self.daemon.process and self.daemon.process.poll() is None:
            self.daemon.end()
        shutil.rmtree(self.folder)

    def test_settings_of_a_file_hold_and_limits_are_named(self):
        config = os.path.join(self.folder, "daemon.json")
        with open(config, "w", encoding="utf-8") as file:
            file.write('{"body_bytes": 1000, "header_bytes": 2000, // small\n "header_fields": 20, "target_bytes": 500,'
                       '"body_levels": 3}')
        self.daemon = Daemon(PROGRAM, self.folder, "--config", config, "--header-fields", "30")
        api = self.daemon.start()
        for status, limit, path, headers, body in [
                (413, "1000", "/v1/experiments", {}, "x" * 1001),
                (400, "3 levels that body_levels", "/v1/experiments", {}, '{"a": [[[]]]}'),
                (400, "Missing required", "/v1/experiments", {"Authorization": basic(api.token)}, '{"metadata": {"a": 1}}'),
                (431, "2000", "/v1/experiments", {"A": "x" * 2000}, None),
                (431, "30", "/v1/experiments", {f"A{i}": "x" for i in range(31)}, None),
                (414, "500", "/v1/experiments?a=" + "x" * 500, {}, None)]:
            got, _, text = Client(api.port, api.token).raw("POST" if body else "GET", path, body, headers)
            self.assertEqual(got, status, text)
            self.assertIn(limit, json.loads(text)["message"])

    def test_a_file_with_a_slip_is_refused_in_one_sentence(self):
        config = os.path.join(self.folder, "daemon.json")
        with open(config, "w", encoding="utf-8") as file:
            file.write('{"prot": 1}')
        done = subprocess.run([PROGRAM, "serve", "--config", config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, f'vilfredo: {config}: there is no setting "prot"; did you mean "port"?'
                                      "; see vilfredo --help\n")

    def test_texts_and_numbers_of_a_body_have_limits_too(self):
        self.daemon = Daemon(PROGRAM, self.folder, "--body-text-bytes", "100", "--body-number-bytes", "30")
        api = self.daemon.start()
        for body, limit in [('{"name": "%s"}' % ("x" * 101), "100 bytes that body_text_bytes"),
                            ('{"name": %s}' % ("1" * 31), "30 bytes that body_number_bytes")]:
            got, _, text = Client(api.port, api.token).raw("POST", "/v1/experiments", body)
            self.assertEqual(got, 400, text)
            self.assertIn(limit, json.loads(text)["message"])

    def test_nothing_long_is_read_for_strangers(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        api = self.daemon.start()
        long = b"{" * 1_000_000
        # Of a short one SigOpt's clients hear first what is wrong with it.
        self.assertEqual(api.raw("POST", "/v1/experiments", b"{")[0], 400)
        self.assertEqual(api.raw("POST", "/v1/experiments", long)[0], 401)
        self.assertEqual(api.raw("POST", "/v1/experiments", long, {"Authorization": "Basic bm90IHRoZSB0b2tlbjo="})[0], 403)
        self.assertEqual(api.raw("POST", "/v1/experiments", long, {"Authorization": basic(api.token)})[0], 400)

    def test_what_a_head_shows_to_be_in_vain_is_refused_before_its_body(self):
        self.daemon = Logged(PROGRAM, self.folder, "--log-format", "json")
        api = self.daemon.start()
        reader = api.post("/clients/1/tokens", {"name": "reader", "permissions": "read"})["token"]
        known = "Authorization: " + basic(api.token) + "\r\n"

        def told(request, headers, length=1_000_000, body=b""):
            """The status that comes while the body does not, and whether the connection ends with it."""
            with socket.create_connection(("127.0.0.1", api.port), timeout=30) as one:
                one.sendall(f"{request} HTTP/1.1\r\nHost: h\r\n{headers}Content-Length: {length}\r\n\r\n".encode() + body)
                answer = http.client.HTTPResponse(one)
                answer.begin()
                json.loads(answer.read())
                ends = answer.getheader("Connection") == "close"
                self.assertEqual(one.recv(1) if ends else b"", b"")
                return answer.status, ends

        experiments = "POST /v1/experiments"
        for request, headers, status in [
                (experiments, "", 401), (experiments, "Authorization: Basic bm90IHRoZSB0b2tlbjo=\r\n", 403),
                (experiments, "Authorization: Basic !\r\n", 400),
                (experiments, "Authorization: " + basic(reader) + "\r\n", 403),
                ("POST /v1/nothing", "", 404), ("POST /v1/nothing", known, 404), ("PATCH /v1/experiments", known, 405),
                ("OPTIONS /v1/experiments", "", 200), ("POST /health", "", 405), ("GET /health", "", 413),
                ("GET /metrics", known, 413)]:
            with self.subTest(request=request, status=status):
                self.assertEqual(told(request, headers), (status, True))
        self.assertEqual(told(experiments, known, 100_000_000), (413, True))
        # Who asks first gets the answer that he asks for, however short his body would be.
        self.assertEqual(told(experiments, "Expect: 100-continue\r\n", 2), (401, True))
        # A body that is read says first what is wrong with itself, and its connection goes on.
        self.assertEqual(told(experiments, "", 1, b"{"), (400, False))
        self.assertEqual(told(experiments, known, 100_000, b"{" * 100_000), (400, False))
        with socket.create_connection(("127.0.0.1", api.port), timeout=30) as one:
            one.sendall(f"{experiments} HTTP/1.1\r\nHost: h\r\n{known}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n".encode())
            self.assertEqual(one.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            one.sendall(b"{}")
            self.assertIn(b"HTTP/1.1 400", one.recv(1000))
        self.assertRegex(api.metrics(), r'vilfredo_http_requests_total\{method="POST",route="/experiments",status="401"\} 2\n')
        self.daemon.end()
        refused = [x for x in self.daemon.lines() if x["event"] == "change" and x["status"] == 403]
        self.assertEqual([x["who"] for x in refused], ["", "reader"])

    def test_nobody_listens_where_others_are_without_tls_unless_told_to(self):
        flags = [PROGRAM, "serve", "--store", os.path.join(self.folder, "store.db"), "--port", "0"]
        for address in ("0.0.0.0", "::", "10.1.2.3", "example.org"):
            done = subprocess.run([*flags, "--address", address], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("give --tls-certificate and --tls-key, or say --plain", done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "store.db")))
        self.daemon = Daemon(PROGRAM, self.folder, "--address", "0.0.0.0", "--plain")
        self.daemon.start().get("/experiments")
        self.daemon.end()
        certificate, key = self.certificate("served")
        self.daemon = Logged(PROGRAM, self.folder, "--address", "0.0.0.0", "--tls-certificate", certificate, "--tls-key", key)
        api = self.daemon.start()
        api.connect_over(ssl.create_default_context(cafile=certificate))
        api.get("/experiments")

    def test_a_token_file_that_could_let_nobody_in_is_refused(self):
        file = os.path.join(self.folder, "token")
        for text in ("", "short", "with:colon:with:colon", "with a blank and more", "größe-größe-größe-größe", "a\x00" + "b" * 20):
            with open(file, "w", encoding="utf-8") as to:
                to.write(text + "\n")
            done = subprocess.run([PROGRAM, "serve", "--store", os.path.join(self.folder, "store.db"), "--port", "0",
                                   "--token-file", file], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 2, text)
            self.assertIn("--token-file " + file, done.stderr)
            if len(text) > 5:
                self.assertNotIn(text, done.stderr)
        with open(file, "wb") as to:
            to.write(b"written-on-another-system\r\n")
        self.daemon = Daemon(PROGRAM, self.folder)
        self.daemon.start().get("/experiments")

    def test_the_first_token_is_its_owners_alone(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        self.daemon.start()
        self.assertEqual(os.stat(self.daemon.token_file).st_mode & 0o777, 0o600)

    def test_nobody_writes_a_line_of_the_log_by_a_name(self):
        self.daemon = Logged(PROGRAM, self.folder)
        api = self.daemon.start()
        forged = "x\n2026-01-01T00:00:00.000Z notice DELETE /v1/experiments/1 200 by root from 127.0.0.1:1"
        with self.assertRaises(ApiError) as caught:
            api.post("/clients/1/tokens", {"name": forged})
        self.assertEqual(caught.exception.status, 400)
        token = subprocess.run([PROGRAM, "token", "create", forged, "--url", f"http://127.0.0.1:{api.port}", "--token-file",
                                self.daemon.token_file], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(token.returncode, 2)
        self.daemon.end()
        store = ["--store", os.path.join(self.folder, "store.db")]
        token = subprocess.run([PROGRAM, "token", "create", forged[:100], *store], capture_output=True, text=True, timeout=60,
                               check=False)
        self.assertEqual(token.returncode, 2)
        for line in self.daemon.text().splitlines():
            self.assertRegex(line, r"^20[0-9T:.-]+Z (notice|info|warning) ")
            self.assertFalse(line.startswith("2026-01-01"), line)

    def test_the_log_tells_who_changed_what_and_no_secret(self):
        self.daemon = Logged(PROGRAM, self.folder, "--log-format", "json")
        api = self.daemon.start()
        made = api.post("/clients/1/tokens", {"name": "somebody"})
        namesake = api.post("/clients/1/tokens", {"name": "somebody"})
        Client(api.port, namesake["token"]).post("/experiments", ONE_GOAL)
        somebody = Client(api.port, made["token"])
        path = "/experiments/" + somebody.post("/experiments", ONE_GOAL)["id"]
        somebody.get(path)
        listed = [x["token"] for x in api.get("/clients/1/tokens")["data"] if x["name"] == "somebody"]
        rotated = api.put("/tokens/" + made["token"], {"token": "rotate"})
        api.delete("/tokens/" + rotated["token"])
        Client(api.port, "0123456789 a secret that nobody knows").raw(
            "GET", "/v1/experiments", None, {"Authorization": "Basic c2VjcmV0IHdvcmQ6"})
        self.daemon.end()
        changes = [x for x in self.daemon.lines() if x["event"] == "change"]
        self.assertEqual([(x["method"], x["who"], x["object"]) for x in changes][1:4],
                         [("POST", "root", changes[1]["object"]), ("POST", "somebody", "experiment 1"),
                          ("POST", "somebody", "experiment 2")])
        # Of those of one name each is known by what lists of tokens show of it.
        self.assertEqual(sorted("…" + x["token"] for x in changes[2:4]), sorted(listed))
        self.assertEqual([x["path"] for x in changes[4:] if x["method"] != "GET"], ["/v1/tokens/…", "/v1/tokens/…"])
        for x in self.daemon.lines():
            self.assertIn(x["level"], ("error", "warning", "notice", "info"))
        for secret in (api.token, made["token"], rotated["token"], "secret word", "c2VjcmV0IHdvcmQ6",
                       basic(api.token).split()[1]):
            self.assertNotIn(secret, self.daemon.text())
            with open(f"{self.folder}/store.db", "rb") as store:
                self.assertNotIn(secret.encode(), store.read())

    def test_the_log_follows_signals(self):
        self.daemon = Logged(PROGRAM, self.folder, "--log-level", "notice")
        api = self.daemon.start()
        api.get("/experiments")
        self.daemon.process.send_signal(signal.SIGUSR1)
        until(lambda: "from now on: info" in self.daemon.text(), "a change of level")
        api.get("/sessions")
        until(lambda: "GET /v1/sessions 200 by root" in self.daemon.text(), "a request")
        self.assertNotIn("/v1/experiments", self.daemon.text())
        os.rename(self.daemon.log, self.daemon.log + ".1")
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: os.path.exists(self.daemon.log), "a new file")
        api.get("/users/1")
        until(lambda: "GET /v1/users/1" in self.daemon.text(), "a request")
        self.daemon.process.send_signal(signal.SIGUSR2)
        until(lambda: "from now on: notice" in self.daemon.text(), "a change of level")

    def lost(self, api):
        """Lines of the log, by level, as the metrics count them."""
        return {level: int(n) for level, n in
                re.findall(r'^vilfredo_log_lines_lost_total\{level="(\w+)"\} (\d+)$', Client(api.port, api.token).metrics(), re.M)}

    def test_a_log_that_nobody_reads_holds_nobody_up_and_says_what_it_lost(self):
        self.daemon = Unread(PROGRAM, self.folder, "--log-format", "json")
        api = self.daemon.start()
        log = self.daemon.process.stderr
        self.daemon.process.send_signal(signal.SIGUSR1)
        self.assertIn("from now on: info", log.readline())
        path = "/v1/" + "x" * 3900
        while self.lost(api)["info"] < 20:
            for _ in range(100):
                self.assertEqual(api.raw("GET", path)[0], 404)
        made = api.post("/experiments", ONE_GOAL)["id"]
        self.assertEqual(api.raw("GET", "/health")[0], 200)
        lost = self.lost(api)
        self.assertEqual({level: n for level, n in lost.items() if level != "info"}, {"error": 0, "warning": 0, "notice": 0})
        lines = []
        while not lines or lines[-1]["event"] != "lost":
            lines.append(json.loads(log.readline()))
        # Each request was told or lost; of the last question for what was lost, either is right.
        self.assertIn(lines[-1]["lines"]["info"], (lost["info"], lost["info"] + 1))
        self.assertEqual(list(lines[-1]["lines"]), ["info"])
        self.assertEqual([(x["status"], x["object"]) for x in lines if x["event"] == "change"], [(200, "experiment " + made)])
        api.get("/users/1")
        while "/v1/users/1" not in log.readline():
            pass
        # Once more nobody reads, and it is to end.
        for _ in range(60):
            api.raw("GET", path)
        begin = time.monotonic()
        self.assertEqual(self.daemon.end(), 0)
        self.assertLess(time.monotonic() - begin, 30)

    def test_health_follows_the_store(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        api = self.daemon.start()
        health = lambda: Client(api.port, api.token).raw("GET", "/health")
        self.assertEqual(health()[0], 200)
        usual = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE)
        # No file may grow, as on a full disk.
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (0, usual[1]))
        until(lambda: health()[0] == 503, "a store that refuses")
        self.assertEqual(json.loads(health()[2]),
                         {"live": True, "ready": False, "store": "not writable; the log says why"})
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, usual)
        until(lambda: health()[0] == 200, "a store that takes what is written")

    def test_what_is_there_can_be_read_right_after_the_store_refused(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        api = self.daemon.start()
        path = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        given = api.post(path + "/suggestions")
        usual = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE)
        # The log may not grow, as on a full disk; what is in it goes into the store when that is opened anew.
        now = os.stat(os.path.join(self.folder, "store.db-wal")).st_size
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (now, usual[1]))
        told = {"suggestion": given["id"], "values": [{"name": "y", "value": 1}]}
        with self.assertRaises(ApiError) as caught:
            api.post(path + "/observations", told)
        self.assertEqual(caught.exception.status, 503)
        self.assertEqual(api.get(path)["progress"]["observation_count"], 0)
        self.assertEqual(api.get(path + "/observations")["count"], 0)
        self.assertEqual([x["id"] for x in api.get(path + "/suggestions")["data"]], [given["id"]])
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, usual)

        def taken():
            try:
                return api.post(path + "/observations", told)
            except ApiError as refused:
                self.assertEqual(refused.status, 503)
                return None

        until(taken, "a store that takes what is written")
        self.assertEqual(api.get(path)["progress"]["observation_count"], 1)

    def honest(self, api, count):
        """Asks and tells; how long each took, in seconds, or an error."""
        path = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        took = []
        for _ in range(count):
            begin = time.monotonic()
            given = api.post(path + "/suggestions")
            api.post(path + "/observations", {"suggestion": given["id"], "values": [{"name": "y", "value": 1}]})
            took.append(time.monotonic() - begin)
        return sorted(took)

    def check_honest_beside_hostile(self, api, fresh, through=None):
        alone = self.honest(fresh(), 60)
        stop = threading.Event()
        attackers = [threading.Thread(target=attack, args=(api.port, stop, 0, through)) for _ in range(2)]
        for each in attackers:
            each.start()
        try:
            beside = self.honest(fresh(), 60)
        finally:
            stop.set()
            for each in attackers:
                each.join()
        # Times are told, not judged: the machine may be busy with others.
        print(f"the slowest of 60 pairs: {alone[-1] * 1000:.1f} ms alone, {beside[-1] * 1000:.1f} ms beside hostile clients "
              f"({beside[-1] / alone[-1]:.1f} times)", file=sys.stderr)
        self.assertEqual(len(beside), 60)

    def test_hostile_clients_do_not_keep_others_from_their_answers(self):
        self.daemon = Daemon(PROGRAM, self.folder, "--header-seconds", "1", "--body-seconds", "1")
        api = self.daemon.start()
        self.check_honest_beside_hostile(api, lambda: Client(api.port, api.token))

    def certificate(self, name):
        """A new one for this machine, and its key."""
        out, key = (os.path.join(self.folder, name + ending) for ending in (".pem", ".key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                        "-out", out], check=True, capture_output=True)
        return out, key

    def test_certificates_are_read_again_on_sighup(self):
        certificate, key = self.certificate("served")
        self.daemon = Logged(PROGRAM, self.folder, "--tls-certificate", certificate, "--tls-key", key)
        staying = self.daemon.start()
        staying.connect_over(ssl.create_default_context(cafile=certificate))
        staying.get("/experiments")
        connection = staying.connection

        def served():
            return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", staying.port)))

        def in_file(name):
            with open(name, encoding="utf-8") as file:
                return ssl.PEM_cert_to_DER_cert(file.read())

        first = in_file(certificate)
        self.assertEqual(served(), first)
        for old, new in zip((certificate, key), self.certificate("renewed")):
            os.replace(new, old)
        renewed = in_file(certificate)
        self.assertEqual(served(), first)
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "certificates were read again" in self.daemon.text(), "the new certificate")
        self.assertEqual(served(), renewed)
        with open(key, "w", encoding="utf-8") as file:
            file.write("not a key")
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "is not a private key" in self.daemon.text(), "a word on the broken key")
        self.assertEqual(served(), renewed)
        staying.get("/experiments")
        self.assertIs(staying.connection, connection)

    def test_systemd_hears_of_its_beginning_and_end(self):
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        heard.settimeout(30)
        heard.bind(os.path.join(self.folder, "notify"))
        os.environ["NOTIFY_SOCKET"] = heard.getsockname()
        try:
            self.daemon = Daemon(PROGRAM, self.folder)
            self.daemon.start()
        finally:
            del os.environ["NOTIFY_SOCKET"]
        self.assertEqual(heard.recv(1000), b"READY=1")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertRegex(heard.recv(1000), rb"^RELOADING=1\nMONOTONIC_USEC=[0-9]+$")
        self.assertEqual(heard.recv(1000), b"READY=1")
        self.assertEqual(self.daemon.end(), 0)
        self.assertEqual(heard.recv(1000), b"STOPPING=1")
        heard.close()

    def test_the_same_with_tls(self):
        certificate, key = self.certificate("served")
        self.daemon = Daemon(PROGRAM, self.folder, "--tls-certificate", certificate, "--tls-key", key,
                             "--header-seconds", "1")
        api = self.daemon.start()
        context = ssl.create_default_context(cafile=certificate)

        def fresh():
            out = Client(api.port, api.token)
            out.connect_over(context)
            return out

        self.check_honest_beside_hostile(api, fresh, credulous())

    def test_an_end_answers_what_is_in_flight(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        api = self.daemon.start()
        path = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        told, failed = [], []

        def work(mine):
            try:
                while True:
                    given = mine.post(path + "/suggestions")
                    told.append(given["id"])
            except Exception as error:  # the daemon is gone: whatever the connection says
                failed.append(error)

        workers = [threading.Thread(target=work, args=(Client(api.port, api.token),)) for _ in range(8)]
        for each in workers:
            each.start()
        until(lambda: len(told) > 100, "some suggestions")
        self.assertEqual(self.daemon.end(), 0)
        for each in workers:
            each.join()
        self.assertEqual(len(failed), 8)
        api = self.daemon.start()
        kept = {x["id"] for x in api.pages(path + "/suggestions")}
        self.assertLessEqual(set(told), kept)
        # At most what was made for a client that had been told that its connection ends.
        self.assertLessEqual(len(kept), len(told) + 8)

    def follower(self, api, path):
        """The socket of one who follows an experiment's events, when it has begun."""
        out = socket.create_connection(("127.0.0.1", api.port))
        out.sendall(f"GET /v1{path}/events HTTP/1.1\r\nHost: h\r\nAuthorization: {basic(api.token)}\r\n\r\n".encode())
        self.assertTrue(out.recv(100).startswith(b"HTTP/1.1 200 OK\r\n"))
        return out

    def test_an_end_waits_neither_for_followers_nor_for_those_who_wait(self):
        self.daemon = Daemon(PROGRAM, self.folder, "--stop-seconds", "60")
        api = self.daemon.start()
        busy = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        spent = "/experiments/" + api.post("/experiments", {**ONE_GOAL, "observation_budget": 1, "strict_budget": True})["id"]
        api.post(spent + "/suggestions")
        followers = [self.follower(api, busy) for _ in range(200)]
        answers, told = [], []

        def wait(key):
            body = {"wait": 100, **({"request_id": "mine"} if key else {})}
            answers.append(Client(api.port, api.token).raw("POST", f"/v1{spent}/suggestions", json.dumps(body),
                                                           {"Authorization": basic(api.token), "Content-Type": "application/json"}))

        def work():
            mine = Client(api.port, api.token)
            try:
                while True:
                    told.append(mine.post(busy + "/suggestions")["id"])
            except (OSError, http.client.HTTPException):
                pass  # the daemon is gone

        waiting = [threading.Thread(target=wait, args=(key,)) for key in (True, False)]
        workers = [threading.Thread(target=work) for _ in range(4)]
        for each in waiting + workers:
            each.start()
        until(lambda: len(told) > 100, "some suggestions")
        begin = time.monotonic()
        self.assertEqual(self.daemon.end(), 0)
        self.assertLess(time.monotonic() - begin, 30)
        for each in waiting + workers:
            each.join()
        for status, headers, text in answers:
            self.assertEqual((status, json.loads(text)["code"]), (503, "later"), text)
            self.assertEqual(headers["Connection"], "close")
        for each in followers:
            each.settimeout(30)
            text = b""
            while more := each.recv(65536):
                text += more
            self.assertTrue(text.endswith(b"\r\n0\r\n\r\n"), text[-100:])
            each.close()
        api = self.daemon.start()
        self.assertLessEqual(set(told), {x["id"] for x in api.pages(busy + "/suggestions")})

    def test_who_leaves_while_it_waits_gets_nothing(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        api = self.daemon.start()
        path = "/experiments/" + api.post("/experiments", {**ONE_GOAL, "observation_budget": 2, "strict_budget": True})["id"]
        given = [api.post(path + "/suggestions")["id"] for _ in range(2)]
        body = b'{"wait": 100}'
        leaves = socket.create_connection(("127.0.0.1", api.port))
        leaves.sendall(f"POST /v1{path}/suggestions HTTP/1.1\r\nHost: h\r\nAuthorization: {basic(api.token)}\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        leaves.shutdown(socket.SHUT_WR)
        leaves.settimeout(60)
        self.assertTrue(leaves.recv(100).startswith(b"HTTP/1.1 503 "))
        leaves.close()
        # What it did not get is there for others.
        api.post(path + "/suggestions/" + given[0] + "/give_back", {"reason": "moved"})
        self.assertEqual(api.post(path + "/suggestions")["id"], given[0])

    def test_a_full_disk_refuses_what_changes_and_loses_nothing(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        api = self.daemon.start()
        path = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        told, refused = {}, []
        stop = threading.Event()

        def work(number):
            mine = Client(api.port, api.token)
            for i in range(1_000_000):
                if stop.is_set():
                    return
                body = {"assignments": {"x": (number + i / 1_000_000) / 4}, "values": [{"name": "y", "value": i}]}
                try:
                    made = mine.post(path + "/observations", body, **{"Idempotency-Key": f"{number}/{i}"})
                    told[made["id"]] = (number, i)
                except ApiError as why:
                    refused.append((why.status, why.message))
                    time.sleep(0.05)

        workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for each in workers:
            each.start()
        usual = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE)
        try:
            for _ in range(3):
                before = len(told)
                until(lambda: len(told) > before + 50, "some observations")
                # What is there may be written over, but no file may grow: as on a full disk.
                sizes = [os.path.getsize(os.path.join(self.folder, name)) for name in os.listdir(self.folder)]
                resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (max(sizes), usual[1]))
                before = len(refused)
                until(lambda: len(refused) > before + 8, "refusals")
                # One that comes together with a change that is refused is refused with it.
                read = lambda: api.raw("GET", "/v1" + path, headers={"Authorization": basic(api.token)})[0]
                until(lambda: read() == 200, "what is stored can be read")
                resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, usual)
            before = len(told)
            until(lambda: len(told) > before + 50, "some observations")
        finally:
            stop.set()
            for each in workers:
                each.join()
        self.assertEqual({status for status, _ in refused}, {503}, refused[:5])
        self.daemon.kill()
        api = self.daemon.start()
        kept = [x["id"] for x in api.pages(path + "/observations", limit=1000)]
        self.assertEqual(len(kept), len(set(kept)))
        # Every one that was answered, and no other: a refusal is one.
        self.assertEqual(set(kept), set(told))

    def test_a_store_that_cannot_be_written_is_refused_in_one_sentence(self):
        self.daemon = Daemon(PROGRAM, self.folder)
        self.daemon.start().post("/experiments", ONE_GOAL)
        self.daemon.end()
        store = os.path.join(self.folder, "store.db")
        other = 65534 if os.geteuid() == 0 else None  # nothing keeps root from writing
        program = shutil.copy(PROGRAM, self.folder)  # where others may run it
        os.chmod(self.folder, 0o555)
        os.chmod(store, 0o444)
        done = subprocess.run([program, "serve", "--store", store, "--port", "0"], capture_output=True, text=True, timeout=60,
                              check=False, user=other)
        os.chmod(self.folder, 0o755)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(store, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
