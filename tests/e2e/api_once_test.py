"""What creates something is not done twice: every POST of the OpenAPI document with an idempotency key, again, after
kill -9 once more, and by several at a time. Arguments: the program."""

import base64
import hashlib
import json
import sys
import threading
import unittest

from api_case import NUMBER, ApiCase
from api_client import ApiError, Client, until

# What these make is a state, which is the same however often they are sent.
STATES = {"pause", "resume", "heartbeat", "give_back", "release", "withdraw", "result", "training_runs/{training_run}/tags"}


class OnceTest(ApiCase):
    def creating(self, within="of-all"):
        """Path in the document, path, body for the n-th."""
        api = self.api
        core = {"name": "once", "parameters": [NUMBER], "metrics": [{"name": "y"}]}
        project = self.project(within)
        path = "/experiments/" + api.post("/experiments", core)["id"]
        suggestion = path + "/suggestions/" + api.post(path + "/suggestions")["id"]
        ai = "/aiexperiments/" + self.ai_experiment(project)["id"]
        run = "/training_runs/" + api.post(project + "/training_runs", {"name": "r"})["id"]
        one = [{"name": "y", "value": 1}]
        digest = base64.b64encode(hashlib.md5(b"x").digest()).decode()
        file = {"name": "f", "content_type": "image/png", "content_length": 1, "content_md5": digest}
        return [
            ("/experiments", "/experiments", lambda n: core),
            ("/clients/{client}/experiments", "/clients/1/experiments", lambda n: core),
            ("/clients/{client}/projects/{project}/aiexperiments", project + "/aiexperiments", lambda n: core),
            ("/experiments/{experiment}/suggestions", path + "/suggestions", lambda n: {"wait": 0}),
            ("/experiments/{experiment}/queued_suggestions", path + "/queued_suggestions",
             lambda n: {"assignments": {"x": n / 10}}),
            ("/experiments/{experiment}/observations", path + "/observations",
             lambda n: {"assignments": {"x": n / 10}, "values": one}),
            ("/experiments/{experiment}/observations/batch", path + "/observations/batch",
             lambda n: {"observations": [{"assignments": {"x": n / 10}, "values": one}, {"assignments": {"x": 1}, "failed": True}]}),
            ("/experiments/{experiment}/suggestions/{suggestion}/reports", suggestion + "/reports",
             lambda n: {"step": n, "values": one}),
            ("/experiments/{experiment}/tokens", path + "/tokens", lambda n: {}),
            ("/clients/{client}/tokens", "/clients/1/tokens", lambda n: {"name": f"token {n}"}),
            ("/clients/{client}/projects", "/clients/1/projects", lambda n: {"id": f"project-{n}", "name": "p"}),
            ("/clients/{client}/projects/{project}/notes", project + "/notes", lambda n: {"contents": f"note {n}"}),
            ("/clients/{client}/tags", "/clients/1/tags", lambda n: {"name": f"tag {n}", "color": "#00FF00"}),
            ("/clients/{client}/projects/{project}/training_runs", project + "/training_runs", lambda n: {"name": "r"}),
            ("/clients/{client}/projects/{project}/training_runs/batch", project + "/training_runs/batch",
             lambda n: {"runs": [{"name": "a"}, {"name": "b"}]}),
            ("/aiexperiments/{aiexperiment}/training_runs", ai + "/training_runs", lambda n: {"name": "r"}),
            ("/training_runs/{training_run}/checkpoints", run + "/checkpoints", lambda n: {"values": one}),
            ("/training_runs/{training_run}/files", run + "/files", lambda n: file),
        ]

    def at_once(self, path, body, key):
        answers = []

        def send():
            answers.append(Client(self.api.port, self.api.token).post(path, body, **{"Idempotency-Key": key}))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(len(answers), 4)
        return answers

    def test_whatever_creates_something(self):
        paths = Client.contract.document["paths"]
        posts = {path for path, methods in paths.items() if "post" in methods}
        posts = {path for path in posts if not any(path.endswith("/" + state) for state in STATES)}
        all_of_them = self.creating()
        self.assertEqual({described for described, _, _ in all_of_them}, posts)
        told = []
        for described, path, body in all_of_them:
            with self.subTest(described):
                keys = paths[described]["post"]["parameters"]
                self.assertIn("Idempotency-Key", [p.get("name") for p in keys])
                first = self.api.post(path, body(1), **{"Idempotency-Key": described})
                self.assertEqual(self.api.post(path, body(1), **{"Idempotency-Key": described}), first)
                # In the body it is a key as well, where the body is closed, too.
                second = self.api.post(path, {**body(2), "request_id": described + " 2"})
                self.assertEqual(self.api.post(path, {**body(2), "request_id": described + " 2"}), second)
                if "/reports" not in described:
                    self.assertNotEqual(second, first)
                same = self.at_once(path, body(3), described + " 3")
                self.assertEqual(same, [same[0]] * 4)
                told += [(path, body(1), described, first), (path, body(2), described + " 2", second),
                         (path, body(3), described + " 3", same[0])]
        self.daemon.kill()
        type(self).api = self.daemon.start()
        for path, body, key, answer in told:
            with self.subTest(key):
                self.assertEqual(self.api.post(path, body, **{"Idempotency-Key": key}), answer)
        texts = [answer["token"] for _, _, _, answer in told if answer.get("object") == "token"]
        self.assertEqual(len(set(texts)), 6)
        for text in texts:
            self.assertEqual(Client(self.api.port, text).get("/tokens/self")["token"], text)

    def test_an_experiment_is_known_by_its_request_whatever_it_is_called(self):
        body = {"name": "first name", "parameters": [NUMBER]}
        key = {"Idempotency-Key": "an experiment"}
        made = self.api.post("/experiments", body, **key)
        changed = self.api.put("/experiments/" + made["id"], {"name": "second name"})
        self.assertEqual(self.api.post("/experiments", body, **key), changed)
        self.daemon.kill()
        type(self).api = self.daemon.start()
        self.assertEqual(self.api.post("/experiments", body, **key), changed)
        self.assertEqual(self.api.get("/experiments", search="first name")["count"], 0)
        self.refused(422, self.api.post, "/clients/1/projects", {"id": "x", "name": "x"}, **key)
        self.api.post("/clients/1/projects", {"id": "x", "name": "x"}, **{"Idempotency-Key": "a project"})
        self.refused(422, self.api.post, "/experiments", body, **{"Idempotency-Key": "a project"})

    def test_a_note_that_is_sent_again_does_not_undo_a_later_one(self):
        notes = self.project("noted") + "/notes"
        first = self.api.post(notes, {"contents": "first"}, **{"Idempotency-Key": "first note"})
        self.api.post(notes, {"contents": "second"})
        self.assertEqual(self.api.post(notes, {"contents": "first"}, **{"Idempotency-Key": "first note"}), first)
        self.assertEqual(self.api.get(notes)["data"][0]["contents"], "second")
        self.api.post("/clients/1/tags", {"name": "other", "color": "#00FF00"}, **{"Idempotency-Key": "a tag's"})
        self.refused(422, self.api.post, notes, {"contents": "x"}, **{"Idempotency-Key": "a tag's"})

    def test_a_token_that_is_gone_does_not_come_back(self):
        key = {"Idempotency-Key": "a token"}
        made = self.api.post("/clients/1/tokens", {"name": "once"}, **key)["token"]
        self.assertEqual(self.api.post("/clients/1/tokens", {"name": "once"}, **key)["token"], made)
        self.assertEqual([t["name"] for t in self.api.get("/clients/1/tokens")["data"]].count("once"), 1)
        # Another's key is another key.
        other = Client(self.api.port, made)
        self.assertNotEqual(other.post("/clients/1/tokens", {"name": "of another"}, **key)["token"], made)
        self.api.delete("/tokens/" + made)
        self.refused(409, self.api.post, "/clients/1/tokens", {"name": "once"}, **key)
        with self.assertRaises(ApiError) as gone:
            other.get("/tokens/self")
        self.assertEqual(gone.exception.status, 403)
        rotated = self.api.post("/clients/1/tokens", {"name": "rotated"}, **{"Idempotency-Key": "rotated"})["token"]
        fresh = self.api.put("/tokens/" + rotated, {"token": "rotate"})["token"]
        self.refused(409, self.api.post, "/clients/1/tokens", {"name": "rotated"}, **{"Idempotency-Key": "rotated"})
        self.assertEqual(Client(self.api.port, fresh).get("/tokens/self")["name"], "rotated")

    def test_a_key_is_refused_for_anything_but_what_was_asked_by_it(self):
        creating = self.creating("reused")
        self.assertEqual(len(creating), len(self.others()))
        all_of_them = [(path, body(5), {**body(5), **other}) for (_, path, body), other in zip(creating, self.others())]
        # A share token's is the same for all who ask for one; but not of another experiment.
        all_of_them[8] = (all_of_them[8][0], {}, None)
        for number, (path, body, other) in enumerate(all_of_them):
            with self.subTest(path):
                self.api.post(path, body, **{"Idempotency-Key": f"reused {number}"})
                if other:
                    self.reused(f"reused {number}", path, other)
        share = all_of_them[0][1]
        self.reused("reused 8", "/experiments/" + self.api.post("/experiments", share)["id"] + "/tokens", {})
        experiment = all_of_them[3][0].rsplit("/", 1)[0]
        suggestion = all_of_them[7][0].rsplit("/", 1)[0]
        self.api.post(experiment + "/pause", **{"Idempotency-Key": "a pause"})
        self.reused("a pause", experiment + "/resume", {})
        self.api.post(experiment + "/resume", **{"Idempotency-Key": "a resume"})
        result = {"attempt": 1, "values": [{"name": "y", "value": 1}]}
        self.api.post(suggestion + "/result", result, **{"Idempotency-Key": "a result"})
        self.reused("a result", suggestion + "/result", {"attempt": 1, "failed": "diverged"})
        # How long it waits, and how it is written, is no part of what a request asks.
        again = self.api.post(experiment + "/suggestions", {"lease": 100, "wait": 0}, **{"Idempotency-Key": "a wait"})
        status, _, text = self.api.raw("POST", "/v1" + experiment + "/suggestions", '{"wait": 1,   "lease":100}',
                                       {**self.headers(), "Idempotency-Key": "a wait"})
        self.assertEqual((status, json.loads(text)), (200, again))
        self.daemon.kill()
        type(self).api = self.daemon.start()
        for number, (path, body, other) in enumerate(all_of_them):
            with self.subTest(path):
                if other:
                    self.reused(f"reused {number}", path, other)
                self.api.post(path, body, **{"Idempotency-Key": f"reused {number}"})
        self.reused("a result", suggestion + "/result", {"attempt": 1, "failed": "diverged"})

    def test_a_key_that_waits_is_refused_for_anything_else_too(self):
        two = {"name": "x", "type": "double", "grid": [0, 1]}
        path = "/experiments/" + self.api.post("/experiments", {"name": "two", "type": "grid", "parameters": [two],
                                                                "metrics": [{"name": "y"}]})["id"]
        given = [self.api.post(path + "/suggestions")["id"] for _ in range(2)]
        answers = []

        def ask(wait):
            try:
                answers.append(Client(self.api.port, self.api.token).post(
                    path + "/suggestions", {"wait": wait, "lease": 100}, **{"Idempotency-Key": "waits"})["id"])
            except ApiError as why:
                answers.append((why.status, why.body["code"]))

        def is_another():
            """Whether somebody waits by the key; without him there is nothing to hand out."""
            why = self.refused((422, 503), self.api.post, path + "/suggestions", {"wait": 0, "lease": 50},
                               **{"Idempotency-Key": "waits"})
            return why.status == 422

        first, again = (threading.Thread(target=ask, args=(wait,)) for wait in (100, 110))
        first.start()
        until(is_another, "one who waits")
        self.reused("waits", path + "/suggestions", {"wait": 0, "lease": 50})
        self.reused("waits", path + "/pause", {})
        self.assertEqual(answers, [])
        # The same once more is the same, however long it waits: who asked last is the one who is answered.
        again.start()
        first.join()
        self.assertEqual(answers, [(409, "conflict")])
        # It is not paused either.
        self.api.post(path + "/suggestions/" + given[0] + "/give_back", {"reason": "moved"})
        again.join()
        self.assertEqual(answers[1:], [given[0]])
        self.reused("waits", path + "/suggestions", {"wait": 0, "lease": 50})

    def others(self):
        """What makes another request of each that creates something."""
        elsewhere = [{"name": "y", "value": 2}]
        point = {"assignments": {"x": 0.77}}
        return [{"name": "other"}, {"name": "other"}, {"name": "other"}, {"lease": 100}, point, point,
                {"observations": [{**point, "failed": True}]}, {"values": elsewhere}, {}, {"name": "other"},
                {"id": "other"}, {"contents": "other"}, {"name": "other"}, {"name": "other"}, {"runs": [{"name": "other"}]},
                {"name": "other"}, {"values": elsewhere}, {"name": "other"}]

    def reused(self, key, path, body):
        with self.assertRaises(ApiError) as why:
            self.api.post(path, body, **{"Idempotency-Key": key})
        self.assertEqual((why.exception.status, why.exception.body.get("code")), (422, "reused"), why.exception)
        self.assertIn(f'The idempotency key "{key}" was used for another request', why.exception.message)

    def test_keys_of_two_experiments_are_two(self):
        body = {"name": "once", "parameters": [NUMBER], "metrics": [{"name": "y"}]}
        paths = ["/experiments/" + self.api.post("/experiments", body)["id"] + "/observations" for _ in range(2)]
        told = {"assignments": {"x": 0.5}, "values": [{"name": "y", "value": 1}]}
        made = [self.api.post(path, told, **{"Idempotency-Key": "one for both"}) for path in paths]
        self.assertNotEqual(made[0]["experiment"], made[1]["experiment"])
        self.assertEqual([self.api.post(path, told, **{"Idempotency-Key": "one for both"}) for path in paths], made)

    def test_a_key_is_a_text(self):
        self.refused(400, self.raw_post, "/clients/1/projects", '{"id": "keyed", "name": "p", "request_id": 3}')
        self.api.post("/clients/1/projects", {"id": "keyed", "name": "p"})

    def raw_post(self, path, text):
        status, _, answer = self.api.raw("POST", "/v1" + path, text, self.headers())
        if status != 200:
            raise ApiError(status, json.loads(answer))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
