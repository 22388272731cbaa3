"""What a script written for SigOpt meets: the core loop, the run loop, paging, failures, tokens, and a daemon that is
killed in the middle. Arguments: the program."""

import http.client
import math
import shutil
import sys
import tempfile
import threading
import unittest

from api_case import PROGRAM, ApiCase
from api_client import ApiError, Client, Daemon, basic


def two_goals(**more):
    body = {
        "name": "two goals",
        "observation_budget": 40,
        "parallel_bandwidth": 4,
        "parameters": [
            {"name": "lr", "type": "double", "bounds": {"min": 1e-5, "max": 1}, "transformation": "log"},
            {"name": "layers", "type": "int", "bounds": {"min": 1, "max": 5}},
            {"name": "act", "type": "categorical", "categorical_values": ["relu", "tanh"]},
        ],
        "metrics": [
            {"name": "accuracy", "objective": "maximize", "threshold": 0.5},
            {"name": "ms", "objective": "minimize"},
        ],
    }
    body.update(more)
    return body


def one_goal(**more):
    body = {
        "name": "one goal",
        "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
        "metrics": [{"name": "y", "objective": "minimize"}],
        "observation_budget": 30,
    }
    body.update(more)
    return body


class ApiTest(ApiCase):
    def test_core_loop_with_two_metrics(self):
        api = self.api
        made = api.post("/experiments", two_goals(metadata={"team": "credit", "n": 3}))
        self.assertEqual(made["object"], "experiment")
        self.assertEqual(made["state"], "active")
        self.assertEqual(made["observation_budget"], 40)
        self.assertEqual(made["metadata"], {"team": "credit", "n": 3})
        self.assertEqual(made["progress"]["observation_count"], 0)
        self.assertIsNone(made["progress"]["best_observation"])
        path = "/experiments/" + made["id"]
        for i in range(40):
            s = api.post(path + "/suggestions")
            self.assertEqual(s["state"], "open")
            a = s["assignments"]
            self.assertTrue(1e-5 <= a["lr"] <= 1 and 1 <= a["layers"] <= 5 and a["act"] in ("relu", "tanh"), a)
            self.assertIsInstance(a["layers"], int)
            if i % 10 == 9:
                o = api.post(path + "/observations", {"suggestion": s["id"], "failed": True})
                self.assertTrue(o["failed"])
                self.assertEqual(o["values"], [])
                continue
            accuracy = 1 - abs(math.log10(a["lr"]) + 3) / 5
            o = api.post(path + "/observations", {
                "suggestion": s["id"],
                "values": [{"name": "ms", "value": a["layers"] * 3.5}, {"name": "accuracy", "value": accuracy, "value_stddev": 0.01}],
                "metadata": {"host": "h1"},
            })
            self.assertEqual([v["name"] for v in o["values"]], ["accuracy", "ms"])
            self.assertEqual(o["assignments"], a)
            self.assertEqual(o["suggestion"], s["id"])
            self.assertEqual(api.get(path + "/suggestions/" + s["id"])["state"], "closed")
        now = api.get(path)
        self.assertEqual(now["progress"]["observation_count"], 40)
        self.assertIsNone(now["progress"]["best_observation"])
        front = api.get(path + "/best_assignments")["data"]
        self.assertTrue(front)
        for f in front:
            values = {v["name"]: v["value"] for v in f["values"]}
            self.assertGreaterEqual(values["accuracy"], 0.5)
        self.assertEqual(front, sorted(front, key=lambda f: -f["values"][0]["value"]))
        stop = api.get(path + "/stopping_criteria")
        self.assertEqual(stop["object"], "stopping_criteria")
        shares = api.get(path + "/metric_importances")["data"]
        self.assertEqual([s["metric"] for s in shares], ["accuracy", "ms"])
        self.assertNotIn("pairs", shares[0])
        pairs = api.get(path + "/metric_importances", pairs="true")["data"][0]["pairs"]
        self.assertTrue(all(len(p["parameters"]) == 2 and 0 <= p["together"] <= 1 for p in pairs))
        self.assertEqual(pairs, sorted(pairs, key=lambda p: -p["together"]))
        n = len(now["parameters"])
        self.assertEqual(len(pairs), n * (n - 1) // 2)
        # A loop in several processes may ask for one more than the budget.
        self.assertEqual(api.post(path + "/suggestions")["state"], "open")

    def test_a_single_metric_needs_no_name(self):
        api = self.api
        made = api.post("/experiments", {"name": "plain", "parameters": one_goal()["parameters"]})
        self.assertEqual(made["metrics"], [{"object": "metric", "name": None, "objective": "maximize",
                                            "strategy": "optimize", "threshold": None}])
        self.assertIsNone(made["observation_budget"])
        self.assertIsNone(made["parallel_bandwidth"])
        path = "/experiments/" + made["id"]
        o = api.post(path + "/observations", {"assignments": {"x": 0.25}, "values": [{"value": 3}]})
        self.assertIsNone(o["values"][0]["name"])
        self.assertEqual(api.get(path)["progress"]["best_observation"]["id"], o["id"])
        for value in (1.7976931348623157e308, -1.7976931348623157e308, 5e-324):
            o = api.post(path + "/observations", {"assignments": {"x": 0.5}, "values": [{"value": value}]})
            self.assertEqual(o["values"][0]["value"], value)

    def test_conditionals_and_constraints_have_effect(self):
        api = self.api
        body = one_goal(name="conditional", conditionals=[{"name": "kind", "values": ["a", "b"]}])
        body["parameters"].append({"name": "depth", "type": "int", "bounds": {"min": 1, "max": 9}, "conditions": {"kind": ["b"]}})
        path = "/experiments/" + api.post("/experiments", body)["id"]
        seen = set()
        for _ in range(12):
            a = api.post(path + "/suggestions")["assignments"]
            self.assertEqual("depth" in a, a["kind"] == "b")
            seen.add(a["kind"])
        self.assertEqual(seen, {"a", "b"})
        self.refused(400, api.post, path + "/suggestions", {"assignments": {"kind": "a", "x": 0.5, "depth": 2}})

        body = one_goal(name="constrained", linear_constraints=[
            {"type": "less_than", "threshold": 1, "terms": [{"name": "x", "weight": 1}, {"name": "z", "weight": 1}]}])
        body["parameters"].append({"name": "z", "type": "double", "bounds": {"min": 0, "max": 1}})
        path = "/experiments/" + api.post("/experiments", body)["id"]
        for _ in range(20):
            a = api.post(path + "/suggestions")["assignments"]
            self.assertLessEqual(a["x"] + a["z"], 1 + 1e-9)
        self.refused(400, api.post, path + "/suggestions", {"assignments": {"x": 0.9, "z": 0.9}})

    def test_lists_show_of_each_what_it_shows_itself(self):
        api = self.api
        tasks = [{"name": "quick", "cost": 0.25}, {"name": "full", "cost": 1}]
        path = "/experiments/" + api.post("/experiments", one_goal(tasks=tasks, seed=5))["id"]
        asked = [{"worker": "a"}, {"lease": 600, "metadata": {"host": "h", "n": 3}},
                 {"assignments": {"x": 0.125}, "task": "quick"}, {"lease": 600}, {}]
        made = [api.post(path + "/suggestions", {"wait": 0, **body})["id"] for body in asked]
        api.post(path + f"/suggestions/{made[0]}/reports", {"step": 1, "values": [{"name": "y", "value": 2}]})
        api.post(path + "/observations", {"suggestion": made[2], "values": [{"name": "y", "value": 1}]})
        api.post(path + f"/suggestions/{made[3]}/give_back", {"reason": "moved"})
        api.delete(path + "/suggestions/" + made[4])
        queued = [api.post(path + "/queued_suggestions", {"assignments": {"x": x}, "task": "full"})["id"] for x in (0.3, 0.6)]
        for kind, ids in (("suggestions", made[:4]), ("queued_suggestions", queued)):
            listed = list(api.pages(path + "/" + kind, limit=3))
            self.assertEqual([x["id"] for x in listed], sorted(ids, key=int, reverse=True))
            self.assertEqual(listed, [api.get(path + f"/{kind}/{x['id']}") for x in listed])
        gone = api.get(path + "/suggestions", deleted="true")["data"]
        self.assertEqual([(x["id"], x["deleted"]) for x in gone], [(made[4], True)])

    def test_suggestions_of_ones_own_and_queued_ones(self):
        api = self.api
        path = "/experiments/" + api.post("/experiments", one_goal())["id"]
        own = api.post(path + "/suggestions", {"assignments": {"x": 0.125}, "metadata": {"why": "a hunch"}})
        self.assertEqual(own["assignments"], {"x": 0.125})
        self.assertEqual(own["metadata"], {"why": "a hunch"})
        changed = api.put(path + "/suggestions/" + own["id"], {"metadata": None})
        self.assertIsNone(changed["metadata"])
        first = api.post(path + "/queued_suggestions", {"assignments": {"x": 0.5}})
        api.post(path + "/queued_suggestions", {"assignments": {"x": 0.75}})
        self.assertEqual(first["object"], "queued_suggestion")
        self.assertEqual(api.get(path + "/queued_suggestions/" + first["id"]), first)
        self.assertEqual(api.get(path + "/queued_suggestions")["count"], 2)
        self.assertEqual(api.post(path + "/suggestions")["assignments"], {"x": 0.5})
        self.refused(404, api.get, path + "/queued_suggestions/" + first["id"])
        last = api.get(path + "/queued_suggestions")["data"][0]
        self.assertEqual(api.delete(path + "/queued_suggestions/" + last["id"]), {})
        self.assertEqual(api.get(path + "/queued_suggestions", limit=0)["count"], 0)
        self.assertEqual(api.get(path + "/suggestions", state="open", limit=0)["count"], 2)
        self.assertEqual(api.delete(path + "/suggestions/" + own["id"]), {})
        self.refused(404, api.get, path + "/suggestions/" + own["id"])
        self.assertEqual(api.get(path + "/suggestions", deleted="true")["count"], 1)
        self.assertEqual(api.delete(path + "/suggestions", state="open"), {})
        self.assertEqual(api.get(path + "/suggestions", state="open")["count"], 0)

    def test_a_batch_and_paging(self):
        api = self.api
        path = "/experiments/" + api.post("/experiments", one_goal(observation_budget=2500))["id"]
        items = [{"assignments": {"x": i / 2500}, "values": [{"name": "y", "value": i}]} for i in range(2500)]
        made = api.post(path + "/observations/batch", {"observations": items})
        self.assertEqual(made["count"], 2500)
        self.assertEqual([o["values"][0]["value"] for o in made["data"]], list(range(2500)))
        ids = [int(o["id"]) for o in api.pages(path + "/observations")]
        self.assertEqual(len(ids), 2500)
        self.assertEqual(ids, sorted(ids, reverse=True))
        few = list(api.pages(path + "/observations", limit=700, sort="value-y"))
        self.assertEqual([o["values"][0]["value"] for o in few], list(range(2499, -1, -1)))
        up = api.get(path + "/observations", ascending="True", limit=3)
        self.assertEqual([int(o["id"]) for o in up["data"]], sorted(ids)[:3])
        more = api.get(path + "/observations", ascending="True", limit=3, after=up["paging"]["after"])
        self.assertEqual([int(o["id"]) for o in more["data"]], sorted(ids)[3:6])
        bad = items[:3] + [{"assignments": {"x": 0.5}, "values": [{"name": "z", "value": 1}]}]
        why = self.refused(400, api.post, path + "/observations/batch", {"observations": bad})
        self.assertIn("Error in observation 4/4", why.message)
        self.assertEqual(api.get(path)["progress"]["observation_count"], 2500)
        self.refused(400, api.post, path + "/observations/batch", {"observations": items + items[:1]})
        self.assertEqual(api.post(path + "/observations/batch", {"observations": []})["count"], 0)
        self.assertEqual(api.get(path + "/observations", limit=2, fields="id,values")["data"][0].keys(), {"id", "values"})
        self.refused(400, api.get, path + "/observations", fields="nonsense")

    def test_observations_change(self):
        api = self.api
        path = "/experiments/" + api.post("/experiments", one_goal())["id"]
        o = api.post(path + "/observations", {"assignments": {"x": 0.5}, "values": [{"name": "y", "value": 1, "value_stddev": 0.5}]})
        at = path + "/observations/" + o["id"]
        changed = api.put(at, {"values": [{"name": "y", "value": 2}]})
        self.assertEqual(changed["values"][0]["value_stddev"], 0.5)
        changed = api.put(at, {"values": [{"name": "y", "value": 2, "value_stddev": None}], "metadata": {"a": 1}})
        self.assertIsNone(changed["values"][0]["value_stddev"])
        self.assertEqual(changed["metadata"], {"a": 1})
        self.refused(400, api.put, at, {"failed": True})
        self.refused(400, api.put, at, {"values": None})
        failed = api.put(at, {"failed": True, "values": None})
        self.assertTrue(failed["failed"])
        self.refused(400, api.put, at, {"failed": False})
        self.refused(400, api.put, at, {"values": [{"name": "y", "value": 2}]})
        back = api.put(at, {"failed": False, "values": [{"name": "y", "value": 3}]})
        self.assertEqual(back["values"][0]["value"], 3)
        s = api.post(path + "/suggestions")
        api.post(path + "/observations", {"suggestion": s["id"], "values": [{"name": "y", "value": 1}]})
        api.post(path + "/observations", {"suggestion": s["id"], "values": [{"name": "y", "value": 2}]})
        self.assertEqual(api.get(path + "/suggestions")["count"], 1)
        self.assertEqual(api.delete(path + "/observations"), {})
        self.assertEqual(api.get(path)["progress"]["observation_count"], 0)
        self.assertEqual(api.get(path + "/best_assignments")["data"], [])
        self.assertEqual(api.get(path + "/suggestions/" + s["id"])["state"], "closed")
        self.assertEqual(api.get(path + "/observations", deleted="true")["count"], 3)

    def test_constraints_alone_are_searched_for_all_that_meets_them(self):
        api = self.api
        made = api.post("/experiments", {
            "name": "any", "observation_budget": 20,
            "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
            "metrics": [{"name": "size", "strategy": "constraint", "objective": "minimize", "threshold": 0.5},
                        {"name": "gain", "strategy": "constraint", "threshold": 0.2}],
        })
        path = "/experiments/" + made["id"]
        for _ in range(20):
            s = api.post(path + "/suggestions")
            x = s["assignments"]["x"]
            api.post(path + "/observations", {"suggestion": s["id"], "values": [{"name": "size", "value": x}, {"name": "gain", "value": x}]})
        self.assertIsNone(api.get(path)["progress"]["best_observation"])
        best = api.get(path + "/best_assignments")["data"]
        self.assertGreater(len(best), 8)
        found = [b["assignments"]["x"] for b in best]
        self.assertTrue(all(0.2 <= x <= 0.5 for x in found))
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertEqual(api.get(path + "/stopping_criteria")["reasons"], [])

    def test_experiments_are_listed_changed_and_deleted(self):
        api = self.api
        made = api.post("/experiments", one_goal(name="Findable Thing"))
        path = "/experiments/" + made["id"]
        found = api.get("/experiments", search="findable")["data"]
        self.assertEqual([e["id"] for e in found], [made["id"]])
        changed = api.put(path, {"name": "other", "observation_budget": 50, "metadata": {"k": "v"}, "parallel_bandwidth": 3})
        self.assertEqual((changed["name"], changed["observation_budget"], changed["parallel_bandwidth"]), ("other", 50, 3))
        self.refused(400, api.put, path, {"type": "random"})
        self.refused(400, api.put, path, {"nonsense": 1})
        self.assertEqual(api.put(path, {"metrics": [{"name": "y", "threshold": 4}]})["metrics"][0]["threshold"], 4)
        self.assertEqual(api.delete(path), {})
        self.assertEqual(api.delete(path), {})
        self.assertEqual(api.get(path)["state"], "deleted")
        self.refused(400, api.post, path + "/suggestions")
        self.refused(400, api.post, path + "/observations", {"assignments": {"x": 1}, "values": [{"value": 1}]})
        self.assertIn(made["id"], [e["id"] for e in api.get("/experiments", state="deleted")["data"]])
        self.assertEqual(api.put(path, {"state": "active"})["state"], "active")
        # Two of one name are two.
        again = api.post("/experiments", one_goal(name="other"))
        self.assertNotEqual(again["id"], made["id"])

    def test_parameters_may_be_sent_along_but_not_changed(self):
        api = self.api
        made = api.post("/experiments", one_goal(name="fixed", parameters=[
            {"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}},
            {"name": "c", "type": "categorical", "categorical_values": ["a", "b"]}]))
        path = "/experiments/" + made["id"]
        same = {p["name"]: p for p in api.get(path)["parameters"]}
        self.assertEqual(api.put(path, {"name": "renamed", "parameters": list(same.values())})["name"], "renamed")
        api.put(path, {"parameters": [{"name": "x", "bounds": {"min": 0, "max": 1}, "transformation": "none"},
                                      {"name": "c", "categorical_values": ["a", "b"]}]})
        for change in ({"name": "x", "bounds": {"min": 0, "max": 2}}, {"name": "x", "default_value": 0.5},
                       {"name": "c", "categorical_values": ["a", "b", "d"]}, {"name": "c", "categorical_values": ["b", "a"]},
                       {"name": "x", "bounds": None}, {"name": "x", "bounds": 3}, {"name": "c", "categorical_values": "a"}):
            others = [p for name, p in same.items() if name != change["name"]]
            why = self.refused(400, api.put, path, {"parameters": [change, *others]})
            self.assertIn("cannot be changed here", why.message)
        self.assertEqual({p["name"]: p for p in api.get(path)["parameters"]}, same)

    def test_a_prior_outside_of_its_parameter_is_refused(self):
        x = {"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}
        why = self.refused(400, self.api.post, "/experiments", one_goal(parameters=[
            {**x, "prior": {"name": "normal", "mean": 9, "scale": 1}}]))
        self.assertIn('lies wholly outside of the bounds of "x", 0 to 1', why.message)
        near = one_goal(name="near", parameters=[{**x, "prior": {"name": "normal", "mean": 5, "scale": 1}}])
        self.assertEqual(self.api.post("/experiments", near)["parameters"][0]["prior"]["mean"], 5)

    def test_early_stopping_and_leases(self):
        api = self.api
        why = self.refused(400, api.post, "/experiments", one_goal(early_stopping={"policy": "median"}))
        self.assertIn('write "name" instead of "policy"', why.message)
        path = "/experiments/" + api.post("/experiments", one_goal(
            early_stopping=[{"name": "threshold", "metric": "y", "step": 1, "value": 10}]))["id"]
        s = api.post(path + "/suggestions", {"lease": 600, "worker": "w1"})
        self.assertIn("lease_until", s)
        at = path + "/suggestions/" + s["id"]
        self.assertFalse(api.post(at + "/heartbeat", {"lease": 600})["stop"])
        told = api.post(at + "/reports", {"step": 1, "values": [{"name": "y", "value": 99}]})
        self.assertTrue(told["stop"], told)
        self.assertTrue(told["reason"])
        self.assertEqual(api.get(at + "/reports")["data"][0]["values"][0]["value"], 99)
        other = api.post(path + "/suggestions", {"lease": 600})
        self.assertTrue(api.post(path + "/suggestions/" + other["id"] + "/give_back", {})["again"])
        self.assertEqual(api.post(path + "/suggestions")["id"], other["id"])

    def test_run_loop(self):
        api = self.api
        client = api.get("/tokens/self")["client"]
        projects = f"/clients/{client}/projects"
        self.refused(404, api.get, projects + "/loans")
        project = api.post(projects, {"id": "loans", "name": "Loans"})
        self.assertEqual(project["id"], "loans")
        self.refused(409, api.post, projects, {"id": "loans", "name": "Loans"})
        body = {"name": "ai", "parameters": one_goal()["parameters"], "metrics": [{"name": "y", "objective": "minimize"}],
                "budget": 3, "metadata": None}
        made = api.post(projects + "/loans/aiexperiments", body)
        self.assertEqual(made["object"], "aiexperiment")
        path = "/aiexperiments/" + made["id"]
        status, headers, _ = api.raw("GET", "/v1/experiments/" + made["id"], headers={
            "Authorization": self.authorization()})
        self.assertEqual(status, 301)
        self.assertTrue(headers["Location"].endswith("/v1" + path))
        self.refused(403, api.post, "/experiments/" + made["id"] + "/suggestions")
        while api.get(path)["progress"]["remaining_budget"] > 0:
            run = api.post(path + "/training_runs", {"name": "run", "metadata": None})
            x = run["assignments"]["x"]
            self.assertEqual(run["assignments_meta"]["x"]["source"], "SigOpt")
            at = "/training_runs/" + run["id"]
            api.merge(at, {"metadata": {"kept": 1}})
            api.merge(at, {"assignments": {"note": "mine"}})
            point = api.post(at + "/checkpoints", {"values": [{"name": "y", "value": x + 1}]})
            self.assertFalse(point["stop"])
            api.merge(at, {"values": {"y": {"value": x, "value_stddev": 0.1}}})
            api.merge(at, {"values": {"y": {"value": x}}})
            self.assertEqual(api.get(at)["state"], "active")
            api.merge(at, {"state": "completed"})
            run = api.get(at)
            self.assertEqual(run["state"], "completed")
            self.assertIsNone(run["values"]["y"]["value_stddev"])
            self.assertEqual(run["metadata"], {"kept": 1})
            self.assertEqual(run["checkpoint_count"], 1)
            self.assertTrue(run["observation"])
            self.refused(403, api.post, at + "/checkpoints", {"values": [{"name": "y", "value": 1}]})
        now = api.get(path)
        self.assertEqual(now["progress"]["finished_run_count"], 3)
        best = api.get(path + "/best_training_runs")["data"]
        runs = api.get(f"/clients/{client}/projects/loans/training_runs",
                       filters='[{"field":"experiment","operator":"==","value":"%s"}]' % made["id"])["data"]
        self.assertEqual(len(runs), 3)
        self.assertEqual([b["id"] for b in best], [min(runs, key=lambda r: r["values"]["y"]["value"])["id"]])
        gone = api.delete("/training_runs/" + runs[0]["id"])
        self.assertTrue(gone["deleted"])
        self.assertEqual(api.get(path)["progress"]["total_run_count"], 2)
        self.assertFalse(api.put("/training_runs/" + runs[0]["id"], {"deleted": False})["deleted"])
        self.refused(400, api.put, "/training_runs/" + runs[0]["id"], {"observation": "1"})
        failed = api.post(path + "/training_runs", {"name": "no values", "state": "completed"})
        self.assertTrue(failed["observation"])
        self.assertEqual(api.delete("/experiments/" + made["id"]), {})
        self.refused(400, api.post, path + "/training_runs", {"name": "late"})

    def authorization(self, token=None):
        return basic(token or self.api.token)

    def test_tokens(self):
        api = self.api
        self.assertEqual(api.get("/tokens/self")["token"], api.token)
        self.assertEqual(api.get("/sessions")["client"]["id"], "1")
        status, _, _ = api.raw("GET", "/v1/experiments")
        self.assertEqual(status, 401)
        status, _, _ = api.raw("GET", "/v1/experiments", headers={"Authorization": "Basic Og=="})
        self.assertEqual(status, 400)
        why = self.refused(403, Client(api.port, "wrong").get, "/experiments")
        self.assertEqual(why.body["token_status"], "revoked")
        reader = api.post("/clients/1/tokens", {"name": "reader", "permissions": "read"})
        reading = Client(api.port, reader["token"])
        reading.get("/experiments")
        why = self.refused(403, reading.post, "/experiments", one_goal())
        self.assertEqual(why.body["token_status"], "invalid_permissions")
        self.refused(400, api.post, "/clients/1/tokens", {"name": "x", "permissions": "everything"})
        worker = Client(api.port, api.post("/clients/1/tokens", {"name": "w", "permissions": "execute"})["token"])
        self.assertEqual(worker.get("/tokens/self")["permissions"], "execute")
        job = "/experiments/" + api.post("/experiments", one_goal(name="for workers"))["id"]
        asked = worker.post(job + "/suggestions")
        worker.post(f"{job}/suggestions/{asked['id']}/reports", {"step": 1, "values": [{"name": "y", "value": 2}]})
        worker.post(job + "/observations", {"suggestion": asked["id"], "values": [{"name": "y", "value": 1}]})
        for refused in [lambda: worker.post("/experiments", one_goal()), lambda: worker.delete(job),
                        lambda: worker.put(job, {"name": "mine"}), lambda: worker.post("/clients/1/tokens", {"name": "x"}),
                        lambda: worker.delete(job + "/observations"), lambda: worker.post(job + "/pause", {})]:
            self.assertEqual(self.refused(403, refused).body["token_status"], "invalid_permissions")
        old = Client(api.port, api.post("/clients/1/tokens", {"name": "expired", "expires": 1})["token"])
        self.assertEqual(self.refused(403, old.get, "/experiments").body["token_status"], "expired")
        writer = Client(api.port, api.post("/clients/1/tokens", {"name": "writer"})["token"])
        fresh = writer.put("/tokens/self", {"token": "rotate"})["token"]
        self.refused(403, writer.get, "/experiments")
        Client(api.port, fresh).get("/experiments")
        one = api.post("/experiments", one_goal(name="shared"))["id"]
        other = api.post("/experiments", one_goal(name="hidden"))["id"]
        guest = Client(api.port, api.post(f"/experiments/{one}/tokens")["token"])
        self.assertEqual(guest.get("/experiments/" + one)["name"], "shared")
        self.refused(404, guest.get, "/experiments/" + other)
        self.refused(403, guest.get, "/experiments")
        self.refused(403, guest.post, f"/experiments/{one}/suggestions")
        self.assertEqual(api.delete("/tokens/" + reader["token"]), {})
        self.refused(403, reading.get, "/experiments")
        listed = api.get("/clients/1/tokens")["data"]
        self.assertNotIn(fresh, str(listed))

    def test_killed_in_the_middle(self):
        api = self.api
        key = {"Idempotency-Key": "create-it-once"}
        made = api.post("/experiments", one_goal(name="survivor"), **key)
        path = "/experiments/" + made["id"]
        for i in range(5):
            s = api.post(path + "/suggestions")
            api.post(path + "/observations", {"suggestion": s["id"], "values": [{"name": "y", "value": i}]})
        asked = api.post(path + "/suggestions", {}, **{"Idempotency-Key": "ask-6"})
        self.daemon.kill()
        again = self.daemon.start()
        self.assertEqual(again.token, api.token)
        type(self).api = api = again
        self.assertEqual(api.get(path)["progress"]["observation_count"], 5)
        self.assertEqual(api.post("/experiments", one_goal(name="survivor"), **key)["id"], made["id"])
        same = api.post(path + "/suggestions", {}, **{"Idempotency-Key": "ask-6"})
        self.assertEqual((same["id"], same["assignments"]), (asked["id"], asked["assignments"]))
        seen = {"suggestion": asked["id"], "values": [{"name": "y", "value": 9}]}
        first = api.post(path + "/observations", seen, **{"Idempotency-Key": "tell-6"})
        second = api.post(path + "/observations", seen, **{"Idempotency-Key": "tell-6"})
        self.assertEqual(first["id"], second["id"])
        self.assertEqual(api.get(path)["progress"]["observation_count"], 6)

    def test_creations_are_not_done_twice(self):
        api = self.api
        first = api.post("/clients/1/projects", {"id": "once", "name": "Once"}, **{"Idempotency-Key": "project"})
        again = api.post("/clients/1/projects", {"id": "once", "name": "Once"}, **{"Idempotency-Key": "project"})
        self.assertEqual(first["created"], again["created"])
        self.refused(409, api.post, "/clients/1/projects", {"id": "once", "name": "Once"}, **{"Idempotency-Key": "another"})
        tag = {"name": "good", "color": "#00ff00"}
        self.assertEqual(api.post("/clients/1/tags", tag, **{"Idempotency-Key": "tag"})["id"],
                         api.post("/clients/1/tags", tag, **{"Idempotency-Key": "tag"})["id"])
        runs = "/clients/1/projects/once/training_runs"
        key = {"Idempotency-Key": "run"}
        run = api.post(runs, {"name": "a run"}, **key)
        self.assertEqual(api.post(runs, {"name": "a run"}, **key)["id"], run["id"])
        self.assertNotIn("request_id", run)
        self.assertEqual(api.get(runs)["count"], 1)
        self.assertEqual(api.get("/clients/1/projects/once")["training_run_count"], 1)
        body = {"name": "ai", "parameters": one_goal()["parameters"], "metrics": [{"name": "y"}]}
        ai = "/aiexperiments/" + api.post("/clients/1/projects/once/aiexperiments", body)["id"]
        key = {"Idempotency-Key": "run of an experiment"}
        run = api.post(ai + "/training_runs", {"name": "r"}, **key)
        same = api.post(ai + "/training_runs", {"name": "r"}, **key)
        self.assertEqual((same["id"], same["suggestion"]), (run["id"], run["suggestion"]))
        self.assertEqual(api.get(ai)["progress"]["total_run_count"], 1)

    def test_checkpoints_and_batches_are_not_taken_twice(self):
        api = self.api
        api.post("/clients/1/projects", {"id": "twice", "name": "Twice"})
        runs = "/clients/1/projects/twice/training_runs"
        many = {"runs": [{"name": "a"}, {"name": "b"}]}
        key = {"Idempotency-Key": "batch of runs"}
        made = api.post(runs + "/batch", many, **key)["data"]
        self.assertEqual([r["id"] for r in api.post(runs + "/batch", many, **key)["data"]], [r["id"] for r in made])
        self.assertEqual([r["name"] for r in made], ["a", "b"])
        self.assertEqual(api.get(runs)["count"], 2)
        body = {"name": "ai", "parameters": one_goal()["parameters"], "metrics": [{"name": "y"}]}
        ai = "/aiexperiments/" + api.post("/clients/1/projects/twice/aiexperiments", body)["id"]
        run = api.post(ai + "/training_runs", {"name": "r"})
        at = "/training_runs/" + run["id"]
        told = []
        for step in range(3):
            key = {"Idempotency-Key": f"checkpoint {step}"}
            point = {"values": [{"name": "y", "value": step}]}
            told.append(api.post(at + "/checkpoints", point, **key))
            self.assertEqual(api.post(at + "/checkpoints", point, **key), told[-1])
        self.assertNotIn("request_id", told[0])
        self.assertEqual(len({p["id"] for p in told}), 3)
        self.assertEqual(api.post(at + "/checkpoints", {"values": [{"name": "y", "value": 0}]},
                                  **{"Idempotency-Key": "checkpoint 0"})["id"], told[0]["id"])
        self.assertEqual(api.get(at)["checkpoint_count"], 3)
        suggestion = f"/experiments/{run['experiment']}/suggestions/{run['suggestion']}"
        self.assertEqual([r["step"] for r in api.get(suggestion + "/reports")["data"]], [1, 2, 3])
        self.refused(422, api.post, at + "/checkpoints", {"values": [{"name": "y", "value": 0}]},
                     **{"Idempotency-Key": "batch of runs"})
        other = "/training_runs/" + made[0]["id"]

        def tell(i):
            mine = Client(api.port, api.token)
            mine.post(other + "/checkpoints", {"values": [{"name": "y", "value": 1}]}, **{"Idempotency-Key": "once"})

        threads = [threading.Thread(target=tell, args=(i,)) for i in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(api.get(other)["checkpoint_count"], 1)

    def test_many_tell_of_one_run_at_once(self):
        api = self.api
        api.post("/clients/1/projects", {"id": "busy", "name": "Busy"})
        at = "/training_runs/" + api.post("/clients/1/projects/busy/training_runs", {"name": "r"})["id"]

        def tell(i):
            mine = Client(api.port, api.token)
            for k in range(10):
                mine.merge(at, {"metadata": {f"k{i}_{k}": k}})
                mine.post(at + "/checkpoints", {"values": [{"name": "y", "value": k}]})

        threads = [threading.Thread(target=tell, args=(i,)) for i in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        run = api.get(at)
        self.assertEqual(len(run["metadata"]), 40)
        self.assertEqual(run["checkpoint_count"], 40)
        self.assertEqual(api.get(at + "/checkpoints")["count"], 40)

    def test_a_token_may_be_limited(self):
        folder = tempfile.mkdtemp(prefix="vilfredo-limit-")
        daemon = Daemon(PROGRAM, folder, "--most-writes", "1", "--most-reads", "1000")
        api = daemon.start()
        answers = []
        for _ in range(10):
            try:
                api.post("/experiments", one_goal())
                answers.append(200)
            except ApiError as why:
                answers.append(why.status)
        self.assertEqual(answers[:3], [200, 200, 200])
        self.assertIn(429, answers)
        api.get("/experiments")
        self.assertEqual(daemon.end(), 0)
        shutil.rmtree(folder)

    def test_the_daemon_ends_while_somebody_waits(self):
        folder = tempfile.mkdtemp(prefix="vilfredo-end-")
        daemon = Daemon(PROGRAM, folder)
        api = daemon.start()
        path = "/experiments/" + api.post("/experiments", one_goal(type="grid", parameters=[
            {"name": "x", "type": "double", "grid": [0, 1]}], observation_budget=None))["id"]
        for _ in range(2):
            api.post(path + "/suggestions")
        waiting = threading.Thread(target=lambda: self.wait_for_nothing(Client(api.port, api.token), path))
        waiting.start()
        self.assertEqual(daemon.end(), 0)
        waiting.join()
        shutil.rmtree(folder)

    @staticmethod
    def wait_for_nothing(api, path):
        try:
            api.call("POST", path + "/suggestions", {"wait": 100})
        except (ApiError, OSError, http.client.HTTPException):
            pass

    def test_the_daemon_still_answers(self):
        self.assertEqual(self.api.raw("GET", "/health")[0], 200)
        self.assertEqual(self.api.raw("OPTIONS", "/v1/experiments")[0], 200)
        self.assertEqual(self.api.raw("GET", "/v1/nonsense")[0], 404)
        self.assertEqual(self.api.raw("PUT", "/v1/experiments")[0], 405)
        self.assertEqual(self.api.raw("POST", "/", body=b"1" * 2_000_000)[0], 404)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
