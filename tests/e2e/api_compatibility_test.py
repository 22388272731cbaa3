"""What scripts written for SigOpt send and expect beyond the loops of api_test.py: copies of what was shown, ids as
numbers, nothing in place of something. Arguments: the program."""

import json
import sys
import time
import unittest

from api_case import NUMBER, ApiCase
from api_client import ApiError


class CompatibilityTest(ApiCase):
    def experiment(self, **more):
        return self.api.post("/experiments", {"name": "e", "parameters": [NUMBER], "metrics": [{"name": "y"}], **more})

    def test_bounds_do_not_bind_what_was_measured(self):
        path = "/experiments/" + self.experiment()["id"]
        o = self.api.post(path + "/observations", {"assignments": {"x": 3.5}, "values": [{"value": 9}]})
        self.assertEqual(o["assignments"], {"x": 3.5})
        s = self.api.post(path + "/suggestions", {"assignments": {"x": -1}})
        self.assertEqual(s["assignments"], {"x": -1})
        self.api.post(path + "/queued_suggestions", {"assignments": {"x": 2}})
        self.assertEqual(self.api.post(path + "/suggestions")["assignments"], {"x": 2})
        for _ in range(15):
            s = self.api.post(path + "/suggestions")
            self.assertTrue(0 <= s["assignments"]["x"] <= 1, s)
            self.api.post(path + "/observations", {"suggestion": s["id"], "values": [{"value": s["assignments"]["x"]}]})
        self.assertEqual(self.api.get(path + "/best_assignments")["data"][0]["assignments"], {"x": 3.5})
        self.assertEqual(self.api.get(path + "/metric_importances")["data"][0]["importances"], {"x": 1})
        self.refused(400, self.api.post, path + "/observations", {"assignments": {"x": "3"}, "values": [{"value": 9}]})

    def test_an_id_is_a_number_or_its_text(self):
        path = "/experiments/" + self.experiment()["id"]
        for kind in (int, str):
            s = self.api.post(path + "/suggestions")
            o = self.api.post(path + "/observations", {"suggestion": kind(s["id"]), "values": [{"value": 1}]})
            self.assertEqual(o["suggestion"], s["id"])
        for wrong in (-1, 1.5, True, "one", ""):
            body = json.dumps({"suggestion": wrong, "values": [{"value": 1}]})
            status, _, _ = self.api.raw("POST", "/v1" + path + "/observations", body, self.headers())
            self.assertEqual(status, 400, wrong)

    def test_what_an_experiment_shows_makes_another(self):
        first = self.api.post("/experiments", {
            "name": "first", "observation_budget": 20,
            "parameters": [
                {"name": "z", "type": "double", "bounds": {"min": 0, "max": 9}, "prior": {"name": "normal", "mean": 3, "scale": 1}},
                {"name": "a", "type": "int", "grid": [1, 2, 4], "conditions": {"kind": ["p"]}},
                {"name": "c", "type": "categorical", "categorical_values": ["one", "two"], "default_value": "two"},
                {"name": "b", "type": "double", "bounds": {"min": 0, "max": 1}},
            ],
            "metrics": [{"name": "y", "threshold": 1}, {"name": "cost", "objective": "minimize"}],
            "conditionals": [{"name": "kind", "values": ["p", "q"]}],
            "linear_constraints": [{"type": "less_than", "threshold": 8,
                                    "terms": [{"name": "z", "weight": 1}, {"name": "b", "weight": 2}]}],
        })
        shown = ["name", "observation_budget", "parameters", "metrics", "conditionals", "linear_constraints", "type",
                 "metadata", "num_solutions", "parallel_bandwidth", "project"]
        second = self.api.post("/experiments", {key: first[key] for key in shown})
        for key in shown:
            self.assertEqual(second[key], first[key], key)
        grid = {"name": "e", "type": "grid", "parameters": [
            {"name": "c", "type": "categorical", "categorical_values": ["p", "q"]}, {"name": "n", "type": "int", "grid": [1, 2]}]}
        made = self.api.post("/experiments", grid)
        self.assertEqual(self.api.post("/experiments", {**grid, "parameters": made["parameters"]})["parameters"], made["parameters"])
        self.refused(400, self.experiment, parameters=[{**NUMBER, "grid": [0, 0.5]}])
        # As SigOpt has it, by name.
        self.assertEqual([p["name"] for p in first["parameters"]], ["a", "b", "c", "z"])
        self.assertEqual([m["name"] for m in first["metrics"]], ["cost", "y"])

    def test_a_condition_may_be_on_something_called_object(self):
        made = self.experiment(conditionals=[{"name": "object", "values": ["p", "q"]}],
                               parameters=[NUMBER, {**NUMBER, "name": "z", "conditions": {"object": "q"}}])
        self.assertEqual(made["parameters"][1]["conditions"], {"object": ["q"]})

    def test_terms_without_weight_have_no_effect(self):
        two = [NUMBER, {**NUMBER, "name": "z"}, {**NUMBER, "name": "w"}]
        terms = [{"name": "x", "weight": 1}, {"name": "w", "weight": 0}, {"name": "z", "weight": 1}]
        made = self.experiment(parameters=two, linear_constraints=[{"type": "less_than", "threshold": 1, "terms": terms}])
        self.assertEqual([t["name"] for t in made["linear_constraints"][0]["terms"]], ["x", "z"])
        nothing = [{"type": "less_than", "threshold": 1, "terms": [{"name": "x", "weight": 0}]}]
        self.refused(400, self.experiment, linear_constraints=nothing)

    def test_the_budget_of_a_grid_is_its_size(self):
        grid = [{"name": "n", "type": "int", "grid": [4, 1, 2]},
                {"name": "c", "type": "categorical", "categorical_values": ["a", "b"]}]
        self.assertEqual(self.experiment(type="grid", parameters=grid)["observation_budget"], 6)
        self.assertEqual(self.experiment(type="grid", parameters=grid, num_solutions=2)["observation_budget"], 6)
        self.assertEqual(self.experiment(type="grid", parameters=grid, observation_budget=4)["observation_budget"], 4)
        self.assertIsNone(self.experiment(type="grid", parameters=[NUMBER])["observation_budget"])

    def test_metadata_that_holds_nothing_is_not_none(self):
        path = "/experiments/" + self.experiment(metadata={})["id"]
        self.assertEqual(self.api.get(path)["metadata"], {})
        self.assertIsNone(self.api.put(path, {"metadata": None})["metadata"])
        self.assertEqual(self.api.put(path, {"metadata": {"a": 1}})["metadata"], {"a": 1})
        self.assertEqual(self.api.put(path, {"metadata": {}})["metadata"], {})
        self.assertEqual(self.api.put(path, {"name": "other"})["metadata"], {})

    def test_changes_that_say_nothing_are_refused(self):
        path = "/experiments/" + self.experiment()["id"]
        for change in ({"parameters": None}, {"parameters": []}, {"parameters": [NUMBER, NUMBER]}, {"metrics": None},
                       {"metrics": [{"name": "y", "objective": None}]}, {"metrics": [{"name": "y", "strategy": None}]},
                       {"project": ""}):
            self.refused(400, self.api.put, path, change)
        self.refused(400, self.experiment, project="")
        project = self.project("named")
        status, _, _ = self.api.raw("PUT", "/v1" + project, json.dumps({"name": None}), self.headers())
        self.assertEqual(status, 400)
        ai = "/experiments/" + self.ai_experiment(project)["id"]
        self.assertEqual(self.api.put(ai, {"project": "named"})["project"], "named")
        self.refused(400, self.api.put, ai, {"project": None})

    def facts(self, path):
        return self.api.get(path + "/facts", since=0, limit=1)["count"]

    def test_a_change_of_nothing_is_the_last_change_all_the_same(self):
        project = self.project("changed")
        made, ai = self.experiment(), self.ai_experiment(project)
        for path in ("/experiments/" + made["id"], "/aiexperiments/" + ai["id"]):
            core = path.replace("ai", "")
            before = self.facts(core)
            self.api.put(path, {})
            self.assertEqual(self.facts(core), before + 1)
            self.api.put(path, {"name": self.api.get(path)["name"]})
            self.assertEqual(self.facts(core), before + 2)
            # A state is one change, not two; with something else it is two.
            self.assertEqual(self.api.put(path, {"state": "deleted"})["state"], "deleted")
            self.assertEqual(self.facts(core), before + 3)
            changed = self.api.put(path, {"state": "active", "name": "back"})
            self.assertEqual((changed["state"], changed["name"]), ("active", "back"))
            self.assertEqual(self.facts(core), before + 5)
        # SigOpt's scripts see it by the second.
        shown = self.api.get("/experiments/" + made["id"])["updated"]
        self.wait_for_the_next_second(shown)
        self.assertGreater(self.api.put("/experiments/" + made["id"], {})["updated"], shown)
        self.assertEqual(self.api.get("/experiments", sort="recent", limit=1)["data"][0]["id"], made["id"])

    def wait_for_the_next_second(self, shown):
        while int(time.time()) <= shown:
            time.sleep(0.02)

    def test_a_project_has_changed_when_an_experiment_left_it(self):
        project = self.project("left")
        path = "/experiments/" + self.experiment(project="left")["id"]
        shown = self.api.get(project)["updated"]
        self.wait_for_the_next_second(shown)
        self.api.put(path, {"project": None})
        after = self.api.get(project)
        self.assertEqual(after["experiment_count"], 0)
        self.assertGreater(after["updated"], shown)
        self.assertEqual(self.api.get("/clients/1/projects", user="2")["count"], 0)
        self.assertIn("left", [p["id"] for p in self.api.get("/clients/1/projects", user="1")["data"]])

    def test_what_says_nothing_of_a_metric_is_refused(self):
        for word in ("objective", "strategy"):
            self.refused(400, self.sent, "/experiments", {"name": "e", "parameters": [NUMBER], "metrics": [{"name": "y", word: None}]})
        project = self.project("metrics")
        for nameless in ({"name": None}, {}, "y"):
            self.refused(400, self.sent, project + "/aiexperiments", {"name": "e", "parameters": [NUMBER], "metrics": [nameless]})
        path = "/experiments/" + self.experiment(metrics=[{"name": "y"}, {"name": "z"}])["id"]
        self.refused(400, self.api.put, path, {"metrics": [{"name": "y"}, {"name": "y"}]})
        self.refused(400, self.sent, path, {"no_optimize": 3}, "PUT")

    def sent(self, path, body, method="POST"):
        """What no description of the API would let pass."""
        status, _, text = self.api.raw(method, "/v1" + path, json.dumps(body), self.headers())
        if status != 200:
            raise ApiError(status, json.loads(text))

    def test_the_bounds_in_the_document_are_those_that_hold(self):
        schemas = self.api.get("/openapi.json")["components"]["schemas"]
        experiment = {"name": "e", "parameters": [NUMBER]}
        suggestions = "/experiments/" + self.experiment()["id"] + "/suggestions"
        runs = self.project("bounds") + "/training_runs"
        notes = "/clients/1/projects/bounds/notes"
        observations = suggestions.replace("suggestions", "observations")
        told = {"assignments": {"x": 0.5}, "values": [{"value": 1}]}
        texts = [("/experiments", experiment, "experiment_form", "name"),
                 ("/clients/1/projects", {"id": "bounded", "name": "p"}, "project_form", "name"),
                 ("/clients/1/tags", {"name": "t", "color": "#000000"}, "tag_form", "name"),
                 ("/clients/1/tokens", {}, "token_form", "name"), (runs, {"name": "r"}, "run_form", "name"),
                 (notes, {}, "note_form", "contents"), (suggestions, {"wait": 0}, "suggestion_form", "worker"),
                 (suggestions, {"wait": 0}, "suggestion_form", "request_id")]
        for path, body, form, field in texts:
            with self.subTest(f"{form}.{field}"):
                most = schemas[form]["properties"][field]["maxLength"]
                self.api.post(path, {**body, field: "x" * most})
                self.refused(400, self.sent, path, {**body, field: "x" * (most + 1)})
                if schemas[form]["properties"][field]["minLength"] == 1:
                    self.refused(400, self.sent, path, {**body, field: ""})
        for field in ("wait", "lease"):
            most = schemas["suggestion_form"]["properties"][field]["maximum"]
            self.api.post(suggestions, {"wait": 0, field: most if field == "lease" else 0})
            self.refused(400, self.sent, suggestions, {"wait": 0, field: most + 1})
            self.refused(400, self.sent, suggestions, {"wait": 0, field: -1})
        most = schemas["observations_form"]["properties"]["observations"]["maxItems"]
        self.api.post(observations + "/batch", {"observations": [told] * most, "dry_run": True})
        self.refused(400, self.sent, observations + "/batch", {"observations": [told] * (most + 1), "dry_run": True})
        for field in ("observation_budget", "parallel_bandwidth", "num_solutions"):
            least = schemas["experiment_form"]["properties"][field]["anyOf"][0]["minimum"]
            self.api.post("/experiments", {**experiment, field: least})
            self.refused(400, self.sent, "/experiments", {**experiment, field: least - 1})

    def test_markers_stand_alone(self):
        self.experiment()
        self.assertEqual(set(self.api.get("/experiments")["paging"]), {"before", "after"})

    def test_parts_of_a_run_that_are_merged_are_known_as_a_whole(self):
        runs = self.project("parts") + "/training_runs"
        path = "/training_runs/" + self.api.post(runs, {"name": "r", "source_code": {"hash": "h"}, "model": {"type": "t"}})["id"]
        self.api.merge(path, {"source_code": {"content": "c"}})
        run = self.api.get(path)
        self.assertEqual((run["source_code"]["content"], run["source_code"]["hash"], run["model"]["type"]), ("c", None, "t"))
        self.api.merge(path, {"source_code": {"hash": "g", "content": None}, "model": {}})
        run = self.api.get(path)
        self.assertEqual((run["source_code"]["content"], run["source_code"]["hash"], run["model"]["type"]), (None, "g", None))
        self.api.merge(path, {"logs": {"stdout": {"content": "é" * 2000}}})
        self.assertEqual(self.api.get(path)["logs"]["stdout"]["content"], "é" * 1124)

    def test_an_observation_of_no_suggestion_is_refused(self):
        path = "/experiments/" + self.experiment()["id"]
        self.assertIn("no suggestion 7", self.refused(400, self.api.post, path + "/observations", {
            "suggestion": "7", "values": [{"value": 1}]}).message)
        s = self.api.post(path + "/suggestions")
        self.api.delete(path + "/suggestions/" + s["id"])
        self.refused(400, self.api.post, path + "/observations", {"suggestion": s["id"], "values": [{"value": 1}]})
        self.assertEqual(self.api.get(path + "/suggestions", deleted="true", state="open")["count"], 1)
        self.assertEqual(self.api.get(path + "/suggestions", deleted="true", state="closed")["count"], 0)
        o = self.api.post(path + "/observations", {"assignments": {"x": 0.5}, "values": [{"value": 1}]})
        self.refused(400, self.api.put, path + "/observations/" + o["id"], {"assignments": None})

    def test_experiments_of_the_user_are_all_experiments(self):
        made = self.experiment(name="of the user")
        self.assertIn(made["id"], [e["id"] for e in self.api.get("/users/1/experiments")["data"]])
        self.refused(404, self.api.get, "/users/2/experiments")

    def test_who_names_a_token_by_its_text_sees_its_text(self):
        share = self.api.post(f"/experiments/{self.experiment()['id']}/tokens")["token"]
        changed = self.api.put("/tokens/" + share, {"lasts_forever": True})
        self.assertEqual((changed["token"], changed["expires"]), (share, None))
        self.assertNotIn(share, str(self.api.get("/clients/1/tokens")))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
