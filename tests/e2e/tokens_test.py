"""Tokens that show less than all: of one project, of one experiment; and tokens of a daemon that does not run. Arguments:
the program."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from api_client import ApiError, Client, Daemon, basic
from api_contract import Contract

PROGRAM = sys.argv.pop(1)


def experiment(name, **more):
    return {"name": name, "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
            "metrics": [{"name": "y", "objective": "minimize"}], "sampler": {"name": "uniform"}, **more}


class TokensTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="vilfredo-tokens-")
        self.daemon = Daemon(PROGRAM, self.folder)
        self.api = self.daemon.start()
        Client.contract = Contract(self.api.get("/openapi.json"))

    def tearDown(self):
        if self.daemon.process.poll() is None:
            self.daemon.end()
        shutil.rmtree(self.folder)

    def test_a_daemon_that_can_make_no_digests_does_not_begin(self):
        settings = os.path.join(self.folder, "openssl.cnf")
        with open(settings, "w", encoding="utf-8") as file:
            file.write("openssl_conf = all\n[all]\nproviders = some\n[some]\nnull = it\n[it]\nactivate = 1\n")
        store = os.path.join(self.folder, "other.db")
        refused = subprocess.run([PROGRAM, "serve", "--store", store, "--port", "0"], capture_output=True, text=True,
                                 timeout=60, env={**os.environ, "OPENSSL_CONF": settings})
        self.assertEqual(refused.returncode, 1)
        self.assertIn("OpenSSL makes no SHA256 digests here", refused.stderr)
        self.assertFalse(os.path.exists(store))

    def token(self, **how):
        return Client(self.api.port, self.api.post("/clients/1/tokens", how)["token"])

    def status(self, call, *arguments, **named):
        """Also the answer, where there is one."""
        try:
            return 200, call(*arguments, **named)
        except ApiError as why:
            return why.status, why.body

    def refused(self, statuses, call, *arguments, **named):
        status, body = self.status(call, *arguments, **named)
        self.assertIn(status, statuses if isinstance(statuses, tuple) else (statuses,), body)
        return body

    def projects(self):
        """Two with the same things in each: an experiment, an AI experiment, a run with a checkpoint, a tag."""
        made = {}
        self.api.post("/clients/1/tags", {"name": "good", "color": "#00ff00"})
        for name in ("mine", "theirs"):
            self.api.post("/clients/1/projects", {"id": name, "name": name})
            core = self.api.post("/experiments", experiment("core of " + name, project=name))["id"]
            ai = self.api.post(f"/clients/1/projects/{name}/aiexperiments", experiment("ai of " + name))["id"]
            run = self.api.post(f"/aiexperiments/{ai}/training_runs", {"name": "run of " + name})["id"]
            self.api.post(f"/training_runs/{run}/checkpoints", {"values": [{"name": "y", "value": 1}]})
            given = self.api.post(f"/experiments/{core}/suggestions")["id"]
            self.api.post(f"/experiments/{core}/observations", {"suggestion": given, "values": [{"name": "y", "value": 1}]})
            made[name] = {"experiments": core, "aiexperiments": ai, "training_runs": run, "projects": name}
        self.api.post("/experiments", experiment("of no project"))
        return made

    def test_a_token_of_one_project_sees_nothing_of_others_on_any_route(self):
        made = self.projects()
        own = self.token(name="of mine", project="mine")
        theirs = made["theirs"]
        asked = 0
        for path, methods in self.api.get("/openapi.json")["paths"].items():
            scope = re.match(r"/(?:clients/\{[a-z_]+\}/)?(experiments|aiexperiments|training_runs|projects)/\{", path)
            if not scope:
                continue
            where = re.sub(r"^(/clients)/\{[a-z_]+\}", r"\1/1", path)
            where = re.sub(r"\{[a-z_]+\}", theirs[scope[1]], where, count=1)
            where = re.sub(r"\{[a-z_]+\}", "1", where)
            for method in methods:
                method = method.removeprefix("x-").upper()
                status, body = self.status(own.call, method, where, None if method in ("GET", "DELETE") else {})
                self.assertEqual(status, 404, f"{method} {where}: {body}")
                asked += 1
        self.assertGreater(asked, 50)

    def test_a_token_of_one_project_has_lists_of_it_alone(self):
        made = self.projects()
        own = self.token(name="of mine", project="mine")
        for path, names in (("/experiments", {"core of mine"}), ("/aiexperiments", {"ai of mine"}),
                            ("/clients/1/experiments", {"core of mine"}), ("/clients/1/aiexperiments", {"ai of mine"}),
                            ("/clients/1/projects", {"mine"}), ("/clients/1/projects/mine/experiments", {"core of mine"}),
                            ("/clients/1/training_runs", {"run of mine"}), ("/organizations/1/training_runs", {"run of mine"}),
                            ("/clients/1/tags", {"good"}), ("/clients/1/tokens", {"of mine"})):
            self.assertEqual({x["name"] for x in own.get(path)["data"]}, names, path)
        both = own.get("/experiments", include_ai="true")["data"]
        self.assertEqual({x["name"]: x["object"] for x in both}, {"core of mine": "experiment", "ai of mine": "aiexperiment"})
        filters = json.dumps([{"field": "experiment", "operator": "==", "value": made["theirs"]["aiexperiments"]}])
        self.assertEqual(own.get("/clients/1/training_runs", filters=filters)["count"], 0)
        self.assertEqual(own.raw("GET", "/metrics", headers={"Authorization": basic(own.token)})[0], 403)
        self.assertEqual(own.get("/clients/1/projects/mine")["training_run_count"], 1)

    def test_a_token_of_one_project_works_in_it_and_cannot_leave(self):
        made = self.projects()
        own = self.token(name="of mine", project="mine")
        self.assertEqual(own.get("/tokens/self")["project"], "mine")
        fresh = own.post("/experiments", experiment("without a word"))
        self.assertEqual(fresh["project"], "mine")
        at = "/experiments/" + fresh["id"]
        given = own.post(at + "/suggestions")["id"]
        own.post(at + "/observations", {"suggestion": given, "values": [{"name": "y", "value": 1}]})
        own.put(at, {"name": "with a word", "project": "mine"})
        run = "/training_runs/" + made["mine"]["training_runs"]
        own.post(run + "/tags", {"id": own.get("/clients/1/tags")["data"][0]["id"]})
        for refused in [lambda: own.post("/experiments", experiment("x", project="theirs")),
                        lambda: own.put(at, {"project": "theirs"}), lambda: own.put(at, {"project": None}),
                        lambda: own.merge(run, {"project": "theirs"}),
                        lambda: own.post("/clients/1/projects", {"id": "more", "name": "More"}),
                        lambda: own.post("/clients/1/tags", {"name": "bad", "color": "#ff0000"}),
                        lambda: own.post("/clients/1/tokens", {"name": "out", "project": "theirs"})]:
            self.assertEqual(self.refused(403, refused)["token_status"], "invalid_permissions")
        self.assertEqual(own.get(at)["project"], "mine")
        self.refused(400, self.api.merge, run, {"project": "nowhere"})
        # A project that it was moved to by others is out of its sight.
        self.api.put(at, {"project": "theirs"})
        self.refused(404, own.get, at)

    def test_tokens_that_it_makes_are_of_its_project_and_others_are_none_of_its_business(self):
        made = self.projects()
        own = self.token(name="of mine", project="mine")
        other = self.api.post("/clients/1/tokens", {"name": "of theirs", "project": "theirs"})["token"]
        child = Client(self.api.port, own.post("/clients/1/tokens", {"name": "child", "permissions": "read"})["token"])
        self.assertEqual(child.get("/tokens/self")["project"], "mine")
        self.refused(404, child.get, "/experiments/" + made["theirs"]["experiments"])
        for each in (other, self.api.token):
            self.refused(404, own.get, "/tokens/" + each)
            self.refused(404, own.put, "/tokens/" + each, {"token": "rotate"})
            self.refused(404, own.delete, "/tokens/" + each)
        rotated = Client(self.api.port, own.put("/tokens/self", {"token": "rotate"})["token"])
        self.assertEqual(rotated.get("/tokens/self")["project"], "mine")
        share = Client(self.api.port, rotated.post(f"/experiments/{made['mine']['experiments']}/tokens")["token"])
        self.assertEqual(share.get("/experiments/" + made["mine"]["experiments"])["name"], "core of mine")
        self.refused(400, self.api.post, "/clients/1/tokens", {"name": "x", "project": "nowhere"})
        self.daemon.kill()
        self.daemon.start()
        self.refused(404, rotated.get, "/experiments/" + made["theirs"]["experiments"])

    # --- on the command line -----------------------------------------------------------------------------------------

    def vilfredo(self, *words, **environment):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env={**os.environ, **environment}, capture_output=True,
                              text=True, check=False)

    def done(self, *words, **environment):
        got = self.vilfredo(*words, **environment)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        return got.stdout

    def test_the_command_line_makes_tokens_of_a_project(self):
        self.projects()
        url = ["--url", "http://127.0.0.1:%d" % self.api.port]
        with_root = [*url, "--token-file", self.daemon.token_file]
        text = self.done("token", "create", "team", "--project", "mine", *with_root).strip()
        listed = {t["name"]: t for t in json.loads(self.done("token", "list", "-f", "json", *with_root))}
        self.assertEqual((listed["team"]["project"], listed["root"]["project"]), ("mine", None))
        seen = json.loads(self.done("list", "-f", "json", *url, VILFREDO_TOKEN=text))
        self.assertEqual({x["name"] for x in seen}, {"core of mine", "ai of mine"})
        with open(os.path.join(self.folder, "job.json"), "w", encoding="utf-8") as file:
            json.dump({**experiment("loans"), "observation_budget": 3, "run": {"command": ["true"]}}, file)
        self.done("submit", "job.json", *url, VILFREDO_TOKEN=text)
        self.assertEqual(self.api.get("/experiments", search="loans")["data"][0]["project"], "mine")

    def test_a_list_shows_no_token_itself_not_that_of_who_asks_either(self):
        with open(self.daemon.token_file, encoding="utf-8") as file:
            text = file.readline().strip()
        with_root = ["--url", "http://127.0.0.1:%d" % self.api.port, "--token-file", self.daemon.token_file]
        shown = self.done("token", "list", "-f", "csv", *with_root)
        self.assertIn(",root,", shown)
        self.assertNotIn(text, shown)
        # What is shown names it to the other verbs, and is what its store shows.
        first = json.loads(self.done("token", "list", "-f", "json", *with_root))[0]["token"]
        fresh = self.done("token", "rotate", first, *with_root).strip()
        self.refused(403, self.api.get, "/tokens/self")
        self.assertEqual(Client(self.api.port, fresh).get("/tokens/self")["name"], "root")
        shown = self.done("token", "list", "-f", "json", *with_root[:2], VILFREDO_TOKEN=fresh)
        self.daemon.end()
        self.assertEqual(shown, self.done("token", "list", "-f", "json", "--store", os.path.join(self.folder, "store.db")))

    def test_tokens_of_a_store_whose_daemon_does_not_run(self):
        store = ["--store", os.path.join(self.folder, "store.db")]
        held = self.vilfredo("token", "list", *store)
        self.assertEqual(held.returncode, 2)
        self.assertIn("--url", held.stderr)
        self.daemon.end()
        first = self.done("token", "create", "ci", "--permissions", "read", *store).strip()
        second = self.done("token", "rotate", "ci", *store).strip()
        gone = self.done("token", "create", "gone", *store).strip()
        self.assertIn("revoked", self.done("token", "revoke", "gone", *store))
        self.daemon.start()
        self.assertEqual(Client(self.api.port, second).get("/tokens/self")["name"], "ci")
        for each in (first, gone):
            self.refused(403, Client(self.api.port, each).get, "/tokens/self")
        missing = self.vilfredo("token", "list", "--store", "nowhere.db")
        self.assertEqual(missing.returncode, 2)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "nowhere.db")))


if __name__ == "__main__":
    unittest.main()
