"""Daemons that are killed and that stand still, and networks that drop connections and hold up what they do not drop:
workers lose nothing by it. Arguments: the program."""

import http.client
import http.server
import os
import random
import signal
import sys
import threading
import time
import unittest

from remote_case import STEPS, RemoteCase
from waiting import wait_for
from wire import Wire

# Those who look closer set these: how long a daemon stands still, and one in how many pieces never arrives, which takes
# as long as the worker waits for an answer.
STANDSTILL = float(os.environ.get("VILFREDO_TEST_STANDSTILL", 2))
STALLS_ONE_IN = int(os.environ.get("VILFREDO_TEST_STALLS_ONE_IN", 0))


class Faulty(http.server.BaseHTTPRequestHandler):
    """Between a worker and the daemon, and answers every third request itself, with a fault."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        type(self).asked += 1
        if self.asked % 3 == 0:
            return self.reply(500, b'{"message": "An unexpected server error has occurred.", "status": 500}')
        onward = http.client.HTTPConnection("127.0.0.1", self.server.onward)
        onward.request(self.command, self.path, body, dict(self.headers))
        answer = onward.getresponse()
        self.reply(answer.status, answer.read())
        onward.close()

    do_POST = do_PUT = do_DELETE = do_GET

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class RemoteNetworkTest(RemoteCase):
    def test_a_daemon_that_is_killed_again_and_again_loses_nothing(self):
        self.write_job(STEPS, budget=60)
        self.done("submit", "job.json")
        workers = [self.worker("--slots", "2"), self.worker("--slots", "2")]
        for n in range(5, 55, 5):
            wait_for(lambda: len(self.lines("started.txt")) >= n)
            self.daemon.kill()
            self.api = self.daemon.start()
        for one in workers:
            self.ends(one)
        self.complete(60)
        self.assertEqual(len(self.lines("started.txt")), 60)
        self.assertTrue(any("trying again" in self.log(n) for n in (0, 1)))

    def test_a_network_that_drops_connections_loses_nothing(self):
        self.write_job(STEPS, budget=40)
        self.done("submit", "job.json")
        seed = int(os.environ.get("VILFREDO_TEST_SEED", random.randrange(1 << 30)))
        wires = [Wire(self.api.port, seed), Wire(self.api.port, seed + 1)]
        # The look at the experiment is not tried again, and is longer than what the wires let through at first.
        for wire in wires:
            wire.kindest, kindest = 0, wire.kindest
            self.worker("--slots", "2", url=wire.address())
            n = len(self.started) - 1
            wait_for(lambda: "working for" in self.log(n))
            wire.kindest = kindest
        with self.subTest(seed=seed):
            for one in list(self.started):
                self.ends(one)
            self.complete(40)
            reports = [self.api.get("/experiments/1/suggestions/%d/reports" % t)["count"] for t in range(1, 41)]
            self.assertEqual(reports, [9] * 40)
            self.assertGreater(sum(wire.cut for wire in wires), 5)
        for wire in wires:
            wire.close()

    def test_answers_that_tell_of_a_fault_lose_nothing(self):
        self.write_job(STEPS, budget=20)
        self.done("submit", "job.json")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Faulty) as between:
            between.daemon_threads = True
            between.onward = self.api.port
            threading.Thread(target=between.serve_forever, daemon=True).start()
            worker = self.worker("--slots", "2", url="http://127.0.0.1:%d" % between.server_port)
            self.ends(worker)
            between.shutdown()
        self.complete(20)
        self.assertEqual(len(self.lines("started.txt")), 20)
        reports = [self.api.get("/experiments/1/suggestions/%d/reports" % t)["count"] for t in range(1, 21)]
        self.assertEqual(reports, [9] * 20)
        self.assertIn("An unexpected server error has occurred.; trying again", self.log(0))

    def test_a_daemon_that_stands_still_loses_nothing(self):
        """Not gone but silent: its machine sleeps, or its disk does. Leases end meanwhile, and what was handed out is
        handed out again."""
        self.write_job(STEPS, budget=40)
        self.done("submit", "job.json")
        workers = [self.worker("--slots", "2", "--lease", "1"), self.worker("--slots", "2", "--lease", "1")]
        for n in (5, 15, 30):
            wait_for(lambda: len(self.lines("started.txt")) >= n)
            self.daemon.process.send_signal(signal.SIGSTOP)
            time.sleep(STANDSTILL)
            self.daemon.process.send_signal(signal.SIGCONT)
        for one in workers:
            self.ends(one)
        self.complete(40)

    def test_a_network_that_holds_up_what_it_does_not_lose_loses_nothing(self):
        self.write_job(STEPS, budget=24)
        self.done("submit", "job.json")
        seed = int(os.environ.get("VILFREDO_TEST_SEED", random.randrange(1 << 30)))
        wire = Wire(self.api.port, seed, kindest=20_000, slowest=0.05, stalls_one_in=STALLS_ONE_IN)
        wire.kindest, kindest = 0, wire.kindest
        worker = self.worker("--slots", "4", url=wire.address())
        wait_for(lambda: "working for" in self.log(0))
        wire.kindest = kindest
        with self.subTest(seed=seed):
            self.ends(worker)
            self.complete(24)
            # What never arrives may take a lease along, and reports of an attempt that is no longer the last do not count.
            if not STALLS_ONE_IN:
                reports = [self.api.get("/experiments/1/suggestions/%d/reports" % t)["count"] for t in range(1, 25)]
                self.assertEqual(reports, [9] * 24)
        wire.close()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
