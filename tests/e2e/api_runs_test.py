"""Lists of runs and of AI experiments, and runs that are deleted, as scripts written for SigOpt know them. Arguments:
the program."""

import json
import sys
import unittest

from api_case import NUMBER, ApiCase


class RunsTest(ApiCase):
    def test_ai_experiments_are_searched_and_sorted(self):
        project = self.project("sorted")
        ids = [self.ai_experiment(project, name=name)["id"] for name in ("Hello World", "hello", "other")]
        at = project + "/aiexperiments"
        self.assertEqual(self.api.get(at, search="HELLO")["count"], 2)
        self.assertEqual([e["id"] for e in self.api.get(at, sort="recent", ascending="true")["data"]], ids)
        self.assertEqual([e["id"] for e in self.api.pages(at, sort="recent", limit=1)], ids[::-1])
        self.assertEqual(self.api.get(at, user=1)["count"], 3)
        self.assertEqual(self.api.get(at, user=2)["count"], 0)
        self.refused(400, self.api.get, at, sort="name")

    def test_best_runs_come_in_pages_and_without_deleted_ones(self):
        project = self.project("best")
        body = {"name": "two", "budget": 6, "parameters": [NUMBER],
                "metrics": [{"name": "y"}, {"name": "z"}]}
        path = "/aiexperiments/" + self.api.post(project + "/aiexperiments", body)["id"]
        runs = []
        for y in (2, 0, 1):
            run = self.api.post(path + "/training_runs", {"name": "r"})
            runs.append(self.api.call("MERGE", "/training_runs/" + run["id"], {
                "values": {"y": {"value": y}, "z": {"value": -y}}, "state": "completed"}))
        best = self.api.get(path + "/best_training_runs")
        self.assertEqual([r["id"] for r in best["data"]], [runs[0]["id"], runs[2]["id"], runs[1]["id"]])
        pages = list(self.api.pages(path + "/best_training_runs", limit=1, sort="created"))
        self.assertEqual([r["id"] for r in pages], [r["id"] for r in reversed(runs)])
        self.api.delete("/training_runs/" + runs[1]["id"])
        self.assertEqual(self.api.get(path + "/best_training_runs")["count"], 2)

    def test_a_checkpoint_tells_when_to_stop(self):
        made = self.ai_experiment(self.project("stopping"), early_stopping=[
            {"name": "threshold", "metric": "y", "step": 2, "value": 10}])
        run = self.api.post(f"/aiexperiments/{made['id']}/training_runs", {"name": "r"})
        points = "/training_runs/" + run["id"] + "/checkpoints"
        told = [self.api.post(points, {"values": [{"name": "y", "value": -99}]}) for _ in range(2)]
        self.assertEqual([t["should_stop"] for t in told], [False, True])
        self.assertEqual(told[0]["stopping_reasons"], {})
        self.assertEqual(told[1]["stopping_reasons"], {told[1]["reason"]: True})

    def test_runs_are_deleted_with_their_experiment_when_asked(self):
        project = self.project("deleted")
        for family, argument in (("/aiexperiments/", "true"), ("/experiments/", "True"), ("/experiments/", "false")):
            made = self.ai_experiment(project)
            run = self.api.post(f"/aiexperiments/{made['id']}/training_runs", {"name": "r"})
            at = "/training_runs/" + run["id"]
            suggestion = f"/experiments/{made['id']}/suggestions/{run['suggestion']}"
            self.api.delete(family + made["id"], include_runs=argument)
            if argument == "false":
                self.assertFalse(self.api.get(at)["deleted"])
                continue
            self.assertTrue(self.api.get(at)["deleted"])
            self.refused(404, self.api.get, suggestion)
            self.api.put(at, {"deleted": False})
            self.assertEqual(self.api.get(suggestion)["state"], "open")
            self.api.put(at, {"deleted": True})
            self.refused(404, self.api.get, suggestion)

    def test_a_deleted_run_takes_its_observation_with_it_and_brings_it_back(self):
        made = self.ai_experiment(self.project("taken"))
        core, ai = "/experiments/" + made["id"], "/aiexperiments/" + made["id"]

        def seen():
            return [(o["id"], o["values"][0]["value"]) for o in self.api.get(core + "/observations")["data"]]

        run = self.api.post(ai + "/training_runs", {"name": "r", "state": "completed", "values": {"y": {"value": 3}}})
        at = "/training_runs/" + run["id"]
        self.assertEqual(seen(), [(run["observation"], 3)])
        for remove in (lambda: self.api.delete(at), lambda: self.api.put(at, {"deleted": True})):
            for _ in range(2):
                self.assertTrue(remove()["deleted"])
            self.assertEqual(seen(), [])
            self.assertEqual(self.api.get(ai + "/best_training_runs")["count"], 0)
            back = self.api.put(at, {"deleted": False})
            self.assertNotIn("observation_gone", back)
            self.assertEqual(seen(), [(back["observation"], 3)])
            self.assertEqual(self.api.put(at, {"deleted": False})["observation"], back["observation"])
            self.assertEqual([r["id"] for r in self.api.get(ai + "/best_training_runs")["data"]], [run["id"]])
        # What was taken away otherwise does not come back by a look at the run.
        self.api.delete(core + "/observations")
        self.api.get(at)
        self.assertEqual(seen(), [])
        # One that ends while it is deleted counts when it is back.
        late = self.api.post(ai + "/training_runs", {"name": "late"})
        at = "/training_runs/" + late["id"]
        self.api.delete(at)
        self.api.merge(at, {"values": {"y": {"value": 4}}, "state": "completed"})
        self.assertEqual(seen(), [])
        self.api.put(at, {"deleted": False})
        self.assertEqual([value for _, value in seen()], [4])

    def test_a_run_comes_back_from_an_experiment_that_was_deleted_with_it(self):
        made = self.ai_experiment(self.project("both"))
        core, ai = "/experiments/" + made["id"], "/aiexperiments/" + made["id"]
        run = self.api.post(ai + "/training_runs", {"name": "r", "state": "completed", "values": {"y": {"value": 3}}})
        self.api.delete(ai, include_runs="true")
        self.assertEqual(self.api.get(core + "/observations")["count"], 0)
        self.api.put("/training_runs/" + run["id"], {"deleted": False})
        self.api.put(ai, {"state": "active"})
        self.assertFalse(self.api.get("/training_runs/" + run["id"])["deleted"])
        self.assertEqual(self.api.get(core + "/observations")["count"], 1)

    def test_runs_are_filtered_by_what_is_null_and_by_who_chose(self):
        project = self.project("filtered")
        runs = project + "/training_runs"
        self.api.post(runs, {"name": "One Ring", "model": {"type": "trees"}})
        self.api.post(runs, {"name": "other"})
        path = "/aiexperiments/" + self.ai_experiment(project)["id"]
        self.api.post(path + "/training_runs", {"name": "chosen"})
        self.api.post(path + "/training_runs", {"name": "own", "assignments": {"x": 0.5}})

        def names(**condition):
            return {r["name"] for r in self.api.get(runs, filters=json.dumps([condition]))["data"]}

        self.assertEqual(names(field="model.type", operator="isnull"), {"other", "chosen", "own"})
        self.assertEqual(names(field="optimized_suggestion", operator="==", value=True), {"chosen"})
        self.assertEqual(names(field="optimized_suggestion", operator="==", value=False), {"own"})
        self.assertEqual([r["name"] for r in self.api.get(runs, search="one ring")["data"]], ["One Ring"])
        self.refused(400, self.api.get, self.project("empty") + "/training_runs", sort="some.fake.field")
        self.refused(400, self.api.post, runs, {"name": "long", "assignments": {"x": 1}, "assignments_sources": {
            "s" * 31: {"sort": 1, "default_show": True}}})

    def test_a_list_of_runs_tells_which_fields_they_have(self):
        runs = self.project("fields") + "/training_runs"
        self.api.post(runs, {"name": "a", "assignments": {"lr": 0.1}, "values": {"y": {"value": 1, "value_stddev": 0.5}}})
        self.api.post(runs, {"name": "b", "metadata": {"host": "h"}, "values": {"y": {"value": 2}}, "favorite": True,
                             "logs": {"stdout": {"content": "hello"}}, "state": "completed"})
        fields = {f["key"]: f for f in self.api.get(runs)["defined_fields"]}
        counts = {key: field["count"] for key, field in fields.items()}
        expected = {"id": 2, "name": 2, "experiment": 0, "completed": 1, "favorite": 1, "model.type": 0, "assignments.lr": 1,
                    "metadata.host": 1, "logs.stdout.content": 1, "values.y.value": 2, "values.y.value_stddev": 1}
        self.assertEqual({key: counts[key] for key in expected}, expected)
        self.assertEqual(fields["values.y.value"], {"object": "field", "key": "values.y.value", "name": "values.y.value",
                                                    "type": "numeric", "sortable": True, "count": 2})
        self.assertEqual((fields["metadata.host"]["name"], fields["created"]["type"]), ("host", "timestamp"))

    def test_a_batch_of_runs_answers_the_fields_that_were_asked_for(self):
        body = {"runs": [{"name": "a"}, {"name": "b"}], "fields": "id"}
        headers = self.headers()
        path = "/v1" + self.project("batch") + "/training_runs/batch"
        status, _, text = self.api.raw("POST", path, json.dumps(body), headers)
        self.assertEqual(status, 200, text)
        self.assertEqual([set(run) for run in json.loads(text)["data"]], [{"id"}, {"id"}])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
