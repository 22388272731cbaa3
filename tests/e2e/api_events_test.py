"""Who follows an experiment: live, after a pause, after a restart of the daemon, with the wrong token; and what many
who follow cost. Arguments: the program."""

import http.client
import json
import shutil
import socket
import sys
import tempfile
import threading
import unittest

from api_client import ApiError, Client, Daemon, basic

PROGRAM = sys.argv.pop(1)

ONE_GOAL = {
    "name": "followed",
    "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
    "metrics": [{"name": "y", "objective": "minimize"}],
    "observation_budget": 20,
    "strict_budget": True,
    "sampler": {"name": "uniform"},
}


class Follower:
    """A client of server-sent events."""

    def __init__(self, api, path, last=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=60)
        headers = {"Authorization": basic(api.token)}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection.request("GET", "/v1" + path + "/events", headers=headers)
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise ApiError(self.answer.status, json.loads(self.answer.read()))

    def next(self):
        """The next event as (name, id, data), or None at the stream's end."""
        name, number, data = "message", None, None
        while True:
            line = self.answer.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if not line and data is not None:
                return name, number, json.loads(data)
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "id":
                number = int(value)
            elif key == "data":
                data = value

    def facts_until(self, last):
        """Facts up to this id, or to the experiment's end."""
        out = []
        while not out or out[-1][0] < last:
            name, number, data = self.next()
            if name == "message":
                assert data["sequence"] == number
                out.append((number, data))
            elif data == {"state": "finished"}:
                break
        return out

    def close(self):
        self.connection.sock and self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def resident_kib(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise RuntimeError("no VmRSS")


class EventsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="vilfredo-events-")
        self.daemon = Daemon(PROGRAM, self.folder)
        self.api = self.daemon.start()

    def tearDown(self):
        self.daemon.end()
        shutil.rmtree(self.folder)

    def make(self, **more):
        return "/experiments/" + self.api.post("/experiments", ONE_GOAL | more)["id"]

    def work(self, path, count, api=None):
        api = api or self.api
        for _ in range(count):
            given = api.post(path + "/suggestions")
            api.post(path + "/observations", {"suggestion": given["id"], "values": [{"name": "y", "value": 1}]})

    def test_live_and_resumed_readers_hear_every_fact_once(self):
        path = self.make()
        live = Follower(self.api, path)
        self.assertEqual(live.answer.getheader("Content-Type"), "text/event-stream")
        self.assertEqual(live.next()[::2], ("state", {"state": "active"}))
        self.work(path, 20)
        heard = []
        while True:
            name, number, data = live.next()
            if name == "state":
                break
            heard.append((number, data))
        self.assertEqual(data, {"state": "finished"})
        kinds = [x["event"] for _, x in heard]
        self.assertEqual(kinds.count("trial_issued"), 20)
        self.assertEqual(kinds.count("trial_completed"), 20)
        numbers = [n for n, _ in heard]
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)))

        everything = Follower(self.api, path, 0).facts_until(numbers[-1])
        self.assertEqual([n for n, _ in everything], list(range(1, numbers[-1] + 1)))
        self.assertEqual(everything[0][1]["event"], "experiment_created")
        self.assertEqual(everything[-len(heard):], heard)

        self.daemon.kill()
        self.daemon.start()
        resumed = Follower(self.api, path, numbers[10])
        self.assertEqual(resumed.facts_until(numbers[-1]), heard[11:])
        name, _, data = resumed.next()
        self.assertEqual((name, data), ("state", {"state": "finished"}))
        self.api.put(path, {"observation_budget": 30})
        self.assertEqual(resumed.next()[2]["event"], "experiment_edited")
        self.assertEqual(resumed.next()[::2], ("state", {"state": "active"}))
        self.api.delete(path)
        self.assertEqual(resumed.next()[2]["event"], "experiment_archived")
        self.assertEqual(resumed.next()[::2], ("state", {"state": "archived"}))

    def test_nothing_is_lost_or_doubled_while_many_write_and_readers_come_and_go(self):
        path = self.make(observation_budget=200, parallel_bandwidth=4)
        writers = [threading.Thread(target=self.work, args=(path, 50, Client(self.api.port, self.api.token)))
                   for _ in range(4)]
        for each in writers:
            each.start()
        seen = []
        last = 0
        while sum(x["event"] == "trial_completed" for _, x in seen) < 200:
            reader = Follower(self.api, path, last)
            got = reader.facts_until(last + 30)
            reader.close()
            seen += got
            last = seen[-1][0] if seen else 0
        for each in writers:
            each.join()
        self.assertEqual([n for n, _ in seen], list(range(1, last + 1)))

    def test_who_may_not_listen(self):
        path = self.make()
        other = self.make(name="other")
        shared = self.api.post(path + "/tokens")
        guest = Client(self.api.port, shared["token"])
        listening = Follower(guest, path)
        self.assertEqual(listening.next()[0], "state")
        for api, place, last, status in [
                (guest, other, None, 404), (Client(self.api.port, "nobody knows this one"), path, None, 403),
                (self.api, "/experiments/99", None, 404), (self.api, path, "soon", 400), (self.api, path, 10**6, 400)]:
            with self.assertRaises(ApiError) as caught:
                Follower(api, place, last)
            self.assertEqual(caught.exception.status, status)

    def test_who_does_not_read_is_dropped_with_a_word(self):
        path = self.make(observation_budget=100000, metadata={"note": "x"})
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", self.api.port))
        slow.sendall(f"GET /v1{path}/events HTTP/1.1\r\nHost: h\r\nAuthorization: {basic(self.api.token)}\r\n\r\n".encode())
        self.assertTrue(slow.recv(100))
        filler = {"note": "x" * 400}
        many = [{"assignments": {"x": 0.5}, "values": [{"name": "y", "value": 1}], "metadata": filler}] * 2500
        for _ in range(4):
            self.api.post(path + "/observations/batch", {"observations": many})
        got = b""
        while True:
            more = slow.recv(65536)
            if not more:
                break
            got += more
        self.assertIn(b"event: dropped\ndata: {\"reason\":\"events came faster", got)
        self.assertTrue(got.endswith(b"0\r\n\r\n"))
        self.work(path, 1)

    def test_many_who_follow_and_many_who_idle_cost_little(self):
        path = self.make()
        before = resident_kib(self.daemon.process.pid)
        followers = [Follower(self.api, path) for _ in range(200)]
        idle = [socket.create_connection(("127.0.0.1", self.api.port)) for _ in range(1000)]
        self.work(path, 20)
        for each in followers:
            name = data = None
            while (name, data) != ("state", {"state": "finished"}):
                name, _, data = each.next()
        cost = (resident_kib(self.daemon.process.pid) - before) / 1024
        print(f"200 event streams and 1000 idle connections: {cost:.1f} MiB", file=sys.stderr)
        self.assertLess(cost, 100)
        for each in idle:
            each.close()
        for each in followers:
            each.close()

    def test_streams_end_with_the_daemon(self):
        path = self.make()
        follower = Follower(self.api, path)
        self.assertEqual(follower.next()[0], "state")
        self.assertEqual(self.daemon.end(), 0)
        self.assertIsNone(follower.next())
        self.daemon.start()


if __name__ == "__main__":
    unittest.main()
