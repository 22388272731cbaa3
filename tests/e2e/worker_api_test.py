"""What a worker in any language may say. Arguments: the program."""

import json
import shutil
import sys
import tempfile
import threading
import unittest

from api_client import ApiError, Client, Daemon
from api_contract import Contract
from waiting import wait_for

PROGRAM = sys.argv.pop(1)


class WorkerApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="vilfredo-worker-api-")
        cls.daemon = Daemon(PROGRAM, cls.folder)
        cls.api = cls.daemon.start()
        cls.api.contract = Contract(cls.api.get("/openapi.json"))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end()
        shutil.rmtree(cls.folder)

    def experiment(self, **more):
        body = {"name": "one", "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
                "metrics": [{"name": "y", "objective": "minimize"}], "observation_budget": 4, "strict_budget": True}
        body.update(more)
        return "/experiments/" + self.api.post("/experiments", body)["id"]

    def refused(self, status, call, *arguments):
        with self.assertRaises(ApiError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.status, status, caught.exception)
        return caught.exception

    def test_a_result_is_of_an_attempt(self):
        path = self.experiment()
        s = self.api.post(path + "/suggestions", {"worker": "w", "lease": 600})
        self.assertEqual(s["attempt"], 1)
        self.assertTrue(s["seed"].isdigit())
        at = path + "/suggestions/" + s["id"]
        self.assertTrue(self.api.post(at + "/give_back", {"attempt": 1, "checkpoint": True})["again"])
        again = self.api.post(path + "/suggestions", {"worker": "w", "lease": 600})
        self.assertEqual((again["id"], again["attempt"], again["seed"]), (s["id"], 2, s["seed"]))
        self.assertTrue(self.api.post(at + "/heartbeat", {"attempt": 1, "lease": 60})["over"])
        made = self.api.post(at + "/result", {"attempt": 2, "values": [{"name": "y", "value": 1}]})
        self.assertEqual((made["late"], made["counted"]), (False, True))
        late = self.api.post(at + "/result", {"attempt": 1, "values": [{"name": "y", "value": 2}]})
        self.assertFalse(late["counted"])
        self.assertEqual(self.api.get(path + "/observations")["count"], 1)
        self.refused(400, self.api.post, at + "/result", {"attempt": 1})
        self.refused(400, self.api.post, at + "/result", {"failed": "x", "values": []})
        self.refused(400, self.api.post, at + "/result", {"attempt": 0, "failed": "x"})
        self.refused(404, self.api.post, path + "/suggestions/99/result", {"attempt": 1, "failed": "x"})

    def test_a_failure_keeps_its_reason(self):
        path = self.experiment()
        s = self.api.post(path + "/suggestions")
        made = self.api.post(path + "/suggestions/" + s["id"] + "/result", {"failed": "diverged"})
        self.assertTrue(self.api.get(path + "/observations/" + made["observation"])["failed"])
        facts = self.api.get(path + "/facts")
        self.assertIn('"diverged"', facts["data"][-1]["fact"])

    def test_a_worker_is_released(self):
        path = self.experiment()
        mine = [self.api.post(path + "/suggestions", {"worker": "a", "lease": 600})["id"] for _ in range(2)]
        self.api.post(path + "/suggestions", {"worker": "b", "lease": 600})
        self.api.post(path + "/release", {"worker": "a"})
        states = {s["id"]: s["trial_state"] for s in self.api.get(path + "/suggestions")["data"]}
        self.assertEqual([states.pop(x) for x in mine], ["returned", "returned"])
        self.assertEqual(list(states.values()), ["running"])
        self.refused(400, self.api.post, path + "/release", {})

    def test_an_ask_is_withdrawn(self):
        path = self.experiment(type="grid", observation_budget=None,
                               parameters=[{"name": "x", "type": "double", "grid": [0, 1]}])
        for _ in range(2):
            self.api.post(path + "/suggestions")
        answers = []

        def wait():
            try:
                Client(self.api.port, self.api.token).post(path + "/suggestions", {"wait": 100, "request_id": "waits"})
            except ApiError as why:
                answers.append((why.status, why.body["code"]))

        waiting = threading.Thread(target=wait)
        waiting.start()
        wait_for(lambda: self.api.post(path + "/withdraw", {"request_id": "waits"}) == {} and not waiting.is_alive())
        self.assertEqual(answers, [(503, "later")])
        self.refused(400, self.api.post, path + "/withdraw", {})

    def test_refusals_say_their_kind(self):
        path = self.experiment(observation_budget=1)
        s = self.api.post(path + "/suggestions")
        self.assertEqual(self.refused(503, self.api.post, path + "/suggestions", {"wait": 0}).body["code"], "later")
        self.api.post(path + "/pause")
        self.assertEqual(self.refused(422, self.api.post, path + "/suggestions").body["code"], "paused")
        self.api.post(path + "/resume")
        self.api.post(path + "/observations", {"suggestion": s["id"], "values": [{"name": "y", "value": 1}]})
        self.assertEqual(self.refused(422, self.api.post, path + "/suggestions").body["code"], "exhausted")
        self.assertEqual(self.refused(409, self.api.post, path + "/resume").body["code"], "conflict")
        self.api.delete(path)
        self.assertEqual(self.refused(400, self.api.post, path + "/suggestions").body["code"], "exhausted")

    def test_facts_are_pages_in_order(self):
        path = self.experiment(observation_budget=50)
        for i in range(20):
            self.api.post(path + "/observations", {"assignments": {"x": i / 20}, "values": [{"name": "y", "value": i}]})
        seen, since = [], 0
        while True:
            page = self.api.get(path + "/facts", since=since, limit=7)
            if not page["data"]:
                break
            seen += [x["sequence"] for x in page["data"]]
            since = seen[-1]
        self.assertEqual(seen, list(range(1, page["count"] + 1)))
        self.assertEqual(json.loads(self.api.get(path + "/facts", limit=1)["data"][0]["fact"])["event"],
                         "experiment_created")
        for query in ({"limit": 0}, {"limit": 1001}, {"since": -1}, {"since": "x"}):
            with self.assertRaises(ApiError) as caught:
                self.api.get(path + "/facts", **query)
            self.assertEqual(caught.exception.status, 400)
        self.refused(404, self.api.get, "/experiments/999/facts")

    def test_stop_rules_and_thresholds_are_edited(self):
        path = self.experiment(metrics=[{"name": "y", "objective": "minimize"}, {"name": "z", "objective": "minimize"}])
        self.api.put(path, {"stop_when": {"failed": 1}, "thresholds": {"z": 3}})
        self.assertEqual([m["threshold"] for m in self.api.get(path)["metrics"]], [None, 3])
        s = self.api.post(path + "/suggestions")
        self.api.post(path + "/observations", {"suggestion": s["id"], "failed": True})
        self.assertEqual(self.refused(422, self.api.post, path + "/suggestions").body["code"], "exhausted")
        self.api.put(path, {"stop_when": None, "thresholds": {"z": None}})
        self.api.post(path + "/resume")
        self.api.post(path + "/suggestions")
        self.refused(400, self.api.put, path, {"stop_when": {"faild": 1}})
        self.refused(400, self.api.put, path, {"thresholds": {"q": 1}})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
