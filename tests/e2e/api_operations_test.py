"""What those who run the daemon look at: its health and its metrics. Arguments: the program."""

import base64
import http.client
import json
import re
import sys
import unittest

from api_case import ApiCase
from api_client import Client
from api_contract import Contract

ONE_GOAL = {
    "name": "watched",
    "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
    "metrics": [{"name": "y", "objective": "minimize"}],
    "observation_budget": 20,
}

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|\+Inf|NaN)")


def exposition(text):
    """Families by name: (type, {(sample name, labels): value}); refuses whatever the format 0.0.4 does not allow."""
    assert text.endswith("\n")
    families = {}
    name = kind = None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, _, _ = line[len("# HELP "):].partition(" ")
            assert re.fullmatch(NAME, name) and name not in families, line
            families[name] = None
        elif line.startswith("# TYPE "):
            assert line.split(" ")[2] == name and families[name] is None, line
            kind = line.split(" ")[3]
            assert kind in ("counter", "gauge", "histogram"), line
            assert kind != "counter" or name.endswith("_total"), line
            families[name] = (kind, {})
        else:
            found = SAMPLE.fullmatch(line)
            assert found, line
            allowed = [name + s for s in ("_bucket", "_sum", "_count")] if kind == "histogram" else [name]
            assert found[1] in allowed, line
            key = (found[1], found[2] or "")
            assert key not in families[name][1], line
            families[name][1][key] = float(found[3])
    for name, (kind, samples) in families.items():
        if kind == "histogram":
            check_histogram(name, samples)
    return families


def check_histogram(name, samples):
    buckets = {}
    for (sample, labels), value in samples.items():
        if sample.endswith("_bucket"):
            rest, _, bound = labels.rpartition('le="')
            buckets.setdefault(rest.rstrip(","), []).append((float(bound[:-1]), value))
    for rest, values in buckets.items():
        assert values == sorted(values) and [v for _, v in values] == sorted(v for _, v in values), name
        assert values[-1][0] == float("inf"), name
        assert values[-1][1] == samples[(name + "_count", rest)], name
        assert (name + "_sum", rest) in samples, name


class OperationsTest(ApiCase):
    def ask(self, method, path, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.api.port, timeout=60)
        headers = {}
        if token:
            headers["Authorization"] = "Basic " + base64.b64encode((token + ":").encode()).decode()
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def metrics(self, token=None):
        answer, text = self.ask("GET", "/metrics", token or self.api.token)
        self.assertEqual(answer.status, 200, text)
        self.assertEqual(answer.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        return exposition(text)

    def test_health_needs_no_token(self):
        answer, text = self.ask("GET", "/health")
        self.assertEqual(answer.status, 200)
        self.assertEqual(json.loads(text), {"live": True, "ready": True, "store": "writable"})
        contract = Contract(self.api.get("/openapi.json"))
        contract.validate(json.loads(text), {"$ref": "#/components/schemas/health"}, "health")
        self.assertEqual(self.ask("HEAD", "/health")[0].status, 200)
        self.assertEqual(self.ask("POST", "/health")[0].status, 405)

    def test_metrics_need_a_token_that_may_see_all(self):
        self.assertEqual(self.ask("GET", "/metrics")[0].status, 401)
        self.assertEqual(self.ask("GET", "/metrics", "nobody knows this one")[0].status, 403)
        path = "/experiments/" + self.api.post("/experiments", ONE_GOAL)["id"]
        shared = self.api.post(path + "/tokens")["token"]
        self.assertEqual(self.ask("GET", "/metrics", shared)[0].status, 403)
        reader = self.api.post("/clients/1/tokens", {"name": "prometheus", "permissions": "read"})["token"]
        self.metrics(reader)
        self.assertEqual(self.ask("POST", "/metrics", reader)[0].status, 405)

    def test_metrics_count_what_happened(self):
        before = self.metrics()
        path = "/experiments/" + self.api.post("/experiments", ONE_GOAL)["id"]
        for _ in range(5):
            given = self.api.post(path + "/suggestions")
            self.api.post(path + "/observations", {"suggestion": given["id"], "values": [{"name": "y", "value": 1}]})
        self.api.post(path + "/suggestions")
        Client(self.api.port, self.api.token).raw("GET", "/v1/there/is/no/such/thing")
        after = self.metrics()

        def grown(family, sample, labels=""):
            return after[family][1].get((sample, labels), 0) - before[family][1].get((sample, labels), 0)

        route = 'method="POST",route="/experiments/:id/suggestions"'
        total = "vilfredo_http_requests_total"
        self.assertEqual(grown(total, total, route + ',status="200"'), 6)
        self.assertEqual(grown(total, total, 'method="other",route="other",status="404"'), 1)
        times = "vilfredo_http_request_duration_seconds"
        self.assertEqual(grown(times, times + "_count", route), 6)
        self.assertEqual(grown("vilfredo_experiments", "vilfredo_experiments", 'state="active"'), 1)
        self.assertEqual(grown("vilfredo_trials", "vilfredo_trials", 'state="completed"'), 5)
        self.assertEqual(grown("vilfredo_trials", "vilfredo_trials", 'state="running"'), 1)
        self.assertEqual(grown("vilfredo_facts_total", "vilfredo_facts_total", 'event="trial_completed"'), 5)
        asked = sum(v for _, v in after["vilfredo_asks_total"][1].items())
        self.assertEqual(asked - sum(v for _, v in before["vilfredo_asks_total"][1].items()), 6)
        self.assertGreater(grown("vilfredo_commit_size", "vilfredo_commit_size_sum"), 10)
        self.assertGreater(after["vilfredo_http_connections"][1][("vilfredo_http_connections", "")], 0)
        self.assertEqual(after["vilfredo_house_restarts_total"][1][("vilfredo_house_restarts_total", "")], 0)

    def test_experiments_sleep_until_somebody_asks_for_them(self):
        def counted():
            samples = self.metrics()["vilfredo_experiments"][1]
            return {re.search('state="([a-z]+)"', labels)[1]: value for (_, labels), value in samples.items()}

        made = [self.api.post("/experiments", ONE_GOAL)["id"] for _ in range(3)]
        before = counted()
        self.assertEqual(before["asleep"], 0)
        self.daemon.kill()
        type(self).api = self.daemon.start()
        self.assertEqual(counted(), {**dict.fromkeys(before, 0), "asleep": sum(before.values())})
        self.api.get("/experiments/" + made[0])
        after = counted()
        self.assertEqual((after["active"], after["asleep"]), (1, sum(before.values()) - 1))

    def test_bodies_take_the_keys_that_the_document_names_and_no_others(self):
        api = self.api
        places = {"client": "1", "experiment": api.post("/experiments", ONE_GOAL)["id"]}
        inside = "/experiments/" + places["experiment"]
        places["suggestion"] = api.post(inside + "/suggestions")["id"]
        places["observation"] = api.post(inside + "/observations", {
            "assignments": {"x": 0.5}, "values": [{"name": "y", "value": 1}]})["id"]
        places["project"] = api.post("/clients/1/projects", {"id": "p", "name": "P"})["id"]
        places["aiexperiment"] = api.post("/clients/1/projects/p/aiexperiments", {
            "name": "ai", "parameters": ONE_GOAL["parameters"], "metrics": ONE_GOAL["metrics"]})["id"]
        places["training_run"] = api.post("/clients/1/projects/p/training_runs", {"name": "run"})["id"]
        places["token"] = api.post("/clients/1/tokens", {"name": "spare"})["token"]
        document = api.get("/openapi.json")
        seen = 0
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                    continue
                seen += 1
                target = "/v1" + path.format(**places)
                form = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                schema = document["components"]["schemas"][form]
                for key in ["no_such_key", *schema["properties"]]:
                    status, message = self.tell(method.removeprefix("x-").upper(), target, {key: None})
                    unknown = status == 400 and "nknown" in message and key in message
                    with self.subTest(path=path, method=method, key=key):
                        taken = key in schema["properties"] or schema.get("additionalProperties", True)
                        self.assertEqual(unknown, not taken, f"{status} {message}")
        self.assertGreater(seen, 20)

    def tell(self, method, target, body):
        authorization = "Basic " + base64.b64encode((self.api.token + ":").encode()).decode()
        status, _, text = self.api.raw(method, target, json.dumps(body), {
            "Authorization": authorization, "Content-Type": "application/json"})
        return status, json.loads(text).get("message", "")

    def test_there_are_not_more_lines_for_more_experiments(self):
        def lines():
            return {key for _, samples in self.metrics().values() for key in samples}

        path = "/experiments/" + self.api.post("/experiments", ONE_GOAL)["id"]
        self.api.get(path)
        first = lines()
        for _ in range(20):
            self.api.get("/experiments/" + self.api.post("/experiments", ONE_GOAL)["id"])
        self.assertEqual(lines(), first)


if __name__ == "__main__":
    unittest.main()
