"""Requests that make no sense: each gets its status and a sentence, and the daemon answers the next one as if nothing
had been. Arguments: the program."""

import base64
import json
import shutil
import sys
import tempfile
import unittest

from api_client import Daemon

PROGRAM = sys.argv.pop(1)

LR = {"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}
WRONG = {"text": "abc", "list": [1], "object": {"a": 1}, "yes": True, "number": 3, "fraction": 1.5, "negative": -1, "zero": 0}


def experiment(**more):
    body = {"name": "e", "parameters": [LR], "metrics": [{"name": "y"}]}
    body.update(more)
    return body


def parameter(**more):
    return experiment(parameters=[dict(LR, **more)])


def wrong(*kinds):
    return [WRONG[k] for k in kinds]


def creations():
    """Bodies of an experiment's creation that are refused with 400."""
    yield from ({}, {"name": "e"}, {"parameters": [LR]})
    for value in wrong("list", "object", "yes", "number"):
        yield experiment(name=value)
    for value in ("", "   ", "n" * 101, "a\nb", "a\x07b"):
        yield experiment(name=value)
    for value in wrong("text", "object", "yes", "number") + [[], [3], ["x"], [LR, LR], [{}], [None]]:
        yield experiment(parameters=value)
    for key in ("observation_budget", "parallel_bandwidth", "num_solutions"):
        for value in wrong("text", "list", "object", "yes", "fraction", "negative", "zero"):
            yield experiment(**{key: value})
    for value in wrong("text", "object", "yes", "number") + [[], [3], [{"objective": "up"}], [{"name": "y"}, {"name": "y"}],
                                                             [{"name": 3}], [{"name": "y", "strategy": "store"}],
                                                             [{"name": "y", "threshold": "low"}], [{"name": "y", "foo": 1}]]:
        yield experiment(metrics=value)
    for value in wrong("text", "list", "object", "yes", "number"):
        yield experiment(type=value)
    for value in wrong("text", "list", "yes", "number") + [{"a": [1]}, {"a": {}}, {"a": True}, {"k" * 101: 1}, {"a": "v" * 501},
                                                           {str(i): i for i in range(101)}]:
        yield experiment(metadata=value)
    for value in wrong("list", "object", "yes", "number") + ["nobody-made-it"]:
        yield experiment(project=value)
    yield from (experiment(foo=1), experiment(metric="y"), experiment(budget=3), experiment(runs_only=True),
                experiment(runs_only="yes"), experiment(runs_only=True, observation_budget=3, project="p"))
    for bounds in wrong("text", "list", "yes", "number") + [{}, {"min": 0}, {"max": 1}, {"min": 1, "max": 0}, {"min": 1, "max": 1},
                                                            {"min": "0", "max": 1}, {"min": None, "max": 1}, {"min": True, "max": 1}]:
        yield parameter(bounds=bounds)
    for value in wrong("text", "list", "object", "yes", "number"):
        yield parameter(type=value)
    yield from (parameter(name=""), parameter(name=3), parameter(name=None), parameter(transformation="sqrt"),
                parameter(transformation="log"), parameter(categorical_values=["a", "b"]), parameter(grid=[0.5]),
                parameter(grid=[0.5, 0.5]), parameter(grid="x"), parameter(default_value="a"), parameter(default_value=7),
                parameter(prior={"name": "cauchy"}), parameter(prior={"name": "normal", "mean": 0.5}),
                parameter(prior={"name": "normal", "mean": 0.5, "scale": 0}), parameter(prior={"name": "beta", "shape_a": -1, "shape_b": 1}),
                parameter(conditions={"nothing": ["a"]}), parameter(type="int", bounds={"min": 0.5, "max": 3}))
    for values in ([], ["a"], ["a", "a"], [1, 2], "ab", [{"name": "a"}, {}]):
        yield experiment(parameters=[{"name": "c", "type": "categorical", "categorical_values": values}])
    for value in wrong("text", "object", "yes", "number") + [[{}], [{"name": "c"}], [{"name": "c", "values": []}], [{"name": "x", "values": ["a", "b"]}]]:
        yield experiment(conditionals=value)
    for value in wrong("text", "object", "yes", "number") + [[{}], [{"type": "less_than", "threshold": 1, "terms": []}],
                                                             [{"type": "equal", "threshold": 1, "terms": [{"name": "x", "weight": 1}]}],
                                                             [{"type": "less_than", "threshold": 1, "terms": [{"name": "w", "weight": 1}]}],
                                                             [{"type": "less_than", "threshold": -1, "terms": [{"name": "x", "weight": 1}, {"name": "x", "weight": 1}]}]]:
        yield experiment(linear_constraints=value)
    for value in wrong("text", "object", "yes", "number") + [[{"name": "a", "cost": 1}], [{"name": "a", "cost": 1}, {"name": "a", "cost": 0.5}],
                                                             [{"name": "a", "cost": 0.9}, {"name": "b", "cost": 0.5}],
                                                             [{"name": "a", "cost": 1}, {"name": "b", "cost": 0}]]:
        yield experiment(tasks=value, observation_budget=9)


def observations(suggestion):
    """Bodies of an observation that are refused with 400."""
    good = {"assignments": {"x": 0.5}, "values": [{"name": "y", "value": 1}]}
    yield from ({}, {"values": good["values"]}, {"assignments": {"x": 0.5}}, dict(good, suggestion=suggestion),
                dict(good, value=1), dict(good, value_stddev=1), dict(good, foo=1), dict(good, failed=True))
    for value in wrong("text", "list", "number", "yes") + [{}, {"z": 1}, {"x": "a"}, {"x": None}, {"x": [1]}, {"x": 0.5, "z": 1}, {"x": "7"}]:
        yield dict(good, assignments=value)
    for value in wrong("text", "object", "number", "yes") + [[], [1], [{}], [{"name": "y"}], [{"name": "z", "value": 1}],
                                                             [{"name": "y", "value": "1"}], [{"name": "y", "value": None}],
                                                             [{"name": "y", "value": True}], [{"name": "y", "value": 1, "foo": 2}],
                                                             [{"name": "y", "value": 1, "value_stddev": -1}],
                                                             [{"name": "y", "value": 1, "value_stddev": "a"}],
                                                             [{"name": "y", "value": 1}, {"name": "y", "value": 2}]]:
        yield dict(good, values=value)
    for value in wrong("text", "list", "object", "number"):
        yield dict(good, failed=value)
    for value in wrong("list", "object", "yes", "fraction", "negative") + ["1x", ""]:
        yield {"suggestion": value, "values": good["values"]}
    for value in wrong("text", "list", "number", "yes"):
        yield dict(good, metadata=value)


class MalformedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="vilfredo-malformed-")
        cls.daemon = Daemon(PROGRAM, cls.folder)
        cls.api = cls.daemon.start()
        cls.asked = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end()
        shutil.rmtree(cls.folder)

    def expect(self, status, method, path, body=None, **headers):
        """The status, a sentence, and a daemon that is well."""
        sent = {"Authorization": "Basic " + base64.b64encode((self.api.token + ":").encode()).decode(),
                "Content-Type": "application/json"}
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        got, _, text = self.api.raw(method, path, data, {k: v for k, v in sent.items() if v is not None})
        type(self).asked += 1
        with self.subTest(method=method, path=path, body=str(body)[:300]):
            self.assertEqual(got, status, text)
            answer = json.loads(text)
            self.assertEqual(answer["status"], status)
            self.assertGreater(len(answer["message"]), 3)
        self.assertEqual(self.api.raw("GET", "/health")[0], 200)

    def test_all_of_them(self):
        for body in creations():
            self.expect(400, "POST", "/v1/experiments", body)
        made = self.api.post("/experiments", experiment())
        path = "/v1/experiments/" + made["id"]
        suggestion = self.api.post("/experiments/" + made["id"] + "/suggestions")["id"]
        for body in observations(suggestion):
            self.expect(400, "POST", path + "/observations", body)
            self.expect(400, "POST", path + "/observations/batch", {"observations": [body]})
        for value in wrong("text", "object", "number", "yes") + [[1], [None]]:
            self.expect(400, "POST", path + "/observations/batch", {"observations": value})
        for body in ({"assignments": {}}, {"assignments": 3}, {"assignments": {"x": "a"}}, {"assignments": {"x": "9"}}, {"wait": -1},
                     {"wait": 1e9}, {"wait": "a"}, {"lease": -1}, {"lease": "a"}, {"foo": 1}, {"metadata": 3}, {"worker": 3},
                     {"task": "a"}):
            self.expect(400, "POST", path + "/suggestions", body)
        at = path + "/suggestions/" + suggestion
        for body in ({}, {"step": 1}, {"values": []}, {"step": "a", "values": []}, {"step": -1, "values": []},
                     {"step": 1, "values": [{"name": "z", "value": 1}]}, {"step": 1, "values": [3]}, {"step": 1, "values": [{}]},
                     {"step": 1, "values": [{"name": "y"}]}, {"step": 1, "values": [{"name": "y", "value": "a"}]},
                     {"step": 1, "values": [], "attempt": 0}):
            self.expect(400, "POST", at + "/reports", body)
        for body in ({}, {"lease": 0}, {"lease": -1}, {"lease": 1e12}, {"lease": "a"}):
            self.expect(400, "POST", at + "/heartbeat", body)
        self.expect(400, "POST", at + "/give_back", {"cause": "boredom"})
        for text in (b"{", b"[]", b"3", b"nonsense", b'{"a":1,"a":2}', b'{"name":"\\u0000"}', b'{"a":NaN}', b'{"a":1e999}',
                     b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", b'{"a":"\xff"}', b"{}{}", b'{"a":01}', b"1" * 2_000_000):
            self.expect(400, "POST", "/v1/experiments", text)
        self.expect(400, "POST", "/v1/experiments", b"{", Authorization=None)
        for query in ("limit=-1", "limit=1001", "limit=x", "limit=1.5", "limit=", "before=", "before=*", "before=AAAA", "after=CgIQ",
                      "ascending=maybe", "sort=nonsense", "sort=value-z", "sort=parameter-z", "deleted=2", "before=CgIQB0"):
            self.expect(400, "GET", path + "/observations?" + query)
        for query in ("state=new", "sort=name", "period_start=x", "period_start=5&period_end=4", "development=perhaps", "include_ai=3", "fields=zzz"):
            self.expect(400, "GET", "/v1/experiments?" + query)
        for query in ("state=new", "id=a", "id=1,b", "deleted=maybe"):
            self.expect(400, "GET", path + "/suggestions?" + query)
        self.expect(400, "DELETE", path + "/suggestions?state=closed")
        self.expect(400, "DELETE", path + "?include_runs=perhaps")
        for body in ({"state": "gone"}, {"type": "random"}, {"conditionals": []}, {"tasks": []}, {"num_solutions": 2}, {"budget": 3},
                     {"name": ""}, {"observation_budget": 0}, {"observation_budget": "a"}, {"parallel_bandwidth": -1}, {"metrics": []},
                     {"metrics": [{"name": "z"}]}, {"metrics": [{"name": "y", "objective": "minimize"}]}, {"foo": 1}, {"metadata": 3},
                     {"project": "nobody-made-it"}, {"parameters": []}, {"parameters": [{"name": "new"}]}):
            self.expect(400, "PUT", path, body)
        for missing in ("/v1/nonsense", "/v2/experiments", "/", "/v1", "/v1/experiments/abc", "/v1/experiments/0", "/v1/experiments/999999",
                        "/v1/experiments/18446744073709551616", path + "/nonsense", path + "/suggestions/999", path + "/observations/999",
                        path + "/observations/abc", path + "/queued_suggestions/1", "/v1/training_runs/99", "/v1/aiexperiments/" + made["id"],
                        "/v1/clients/2", "/v1/clients/1/projects/none", "/v1/clients/1/projects/with%20blank", "/v1/tokens/unknown"):
            self.expect(404, "GET", missing)
        for method, there in (("PUT", "/v1/experiments"), ("MERGE", path), ("PATCH", path), ("POST", path), ("DELETE", "/v1/experiments"),
                              ("POST", "/v1/tokens/self"), ("DELETE", path + "/best_assignments"), ("BREW", path)):
            self.expect(405, method, there)
        for body in ({}, {"id": "p"}, {"name": "P"}, {"id": "P", "name": "P"}, {"id": "a b", "name": "P"}, {"id": "p" * 33, "name": "P"},
                     {"id": 3, "name": "P"}, {"id": "p", "name": ""}, {"id": "p", "name": "P", "foo": 1}):
            self.expect(400, "POST", "/v1/clients/1/projects", body)
        for body in ({}, {"name": "t"}, {"name": "t", "color": "red"}, {"name": "t", "color": "#12345G"}, {"name": "", "color": "#123456"}):
            self.expect(400, "POST", "/v1/clients/1/tags", body)
        self.api.post("/clients/1/projects", {"id": "p", "name": "P"})
        run = self.api.post("/clients/1/projects/p/training_runs", {"name": "r"})["id"]
        for body in ({}, {"name": None}, {"name": ""}, {"name": 3}, {"name": "r", "project": "p"}, {"name": "r", "observation": "1"}):
            self.expect(400, "POST", "/v1/clients/1/projects/p/training_runs", body)
        for body in ({"state": "done"}, {"state": None}, {"values": 3}, {"values": {"y": 3}}, {"values": {"y": {}}}, {"logs": {"out": {}}},
                     {"assignments": {"a": [1]}}, {"model": {"foo": "x"}}, {"source_code": {"content": 3}}, {"favorite": "yes"},
                     {"assignments_meta": {"q": {"source": "mine"}}}, {"sys_metadata": {"foo": 1}}, {"user": 1}):
            self.expect(400, "MERGE", "/v1/training_runs/" + run, body)
        for body in ({}, {"values": 3}, {"values": [{}]}, {"values": [], "foo": 1}):
            self.expect(400, "POST", f"/v1/training_runs/{run}/checkpoints", body)
        for query in ("filters=x", "filters={}", "filters=[3]", "filters=[{}]", 'filters=[{"field":"zzz","operator":"==","value":1}]',
                      'filters=[{"field":"name","operator":"~","value":"a"}]', 'filters=[{"field":"state","operator":">","value":"a"}]',
                      'filters=[{"field":"created","operator":"==","value":"a"}]', "sort=zzz"):
            self.expect(400, "GET", "/v1/clients/1/projects/p/training_runs?" + query.replace('"', "%22").replace(">", "%3E"))
        self.expect(422, "POST", f"/v1/training_runs/{run}/tags", {"id": "99"})
        self.assertGreaterEqual(self.asked, 200)
        self.assertEqual(self.api.get("/experiments/" + made["id"])["progress"]["observation_count"], 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
