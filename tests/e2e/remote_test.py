"""Workers on other machines, as far as one machine can be several: submit, the verbs with --url, tokens, workers that
end, that are told to end, and that are killed. Arguments: the program."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import unittest

from api_client import Client
from remote_case import GATED, PROGRAM, QUICK, RemoteCase
from waiting import LONG, wait_for
from wire import Wire


def basic_text(token):
    return base64.b64encode((token + ":").encode()).decode()


class RemoteTest(RemoteCase):
    # --- the verbs ---------------------------------------------------------------------------------------------------

    def test_the_verbs_say_of_a_daemon_what_they_say_of_its_store(self):
        self.write_job(budget=6)
        self.assertIn("created", self.done("submit", "job.json"))
        self.ends(self.worker())
        store = self.path("store.db")
        for words in (["status", "-f", "json"], ["trials"], ["trials", "-f", "csv"], ["pareto"], ["export"],
                      ["list", "-f", "json"], ["list", "--names"]):
            local = subprocess.run([PROGRAM, *words, "--store", store], capture_output=True, text=True, check=True)
            self.assertEqual(self.done(*words), local.stdout, words)
        text = self.done("status", "loans")
        self.assertIn("experiment 1 in " + self.url, text)

    def test_a_job_is_submitted_once_and_edited_afterwards(self):
        self.write_job()
        first = json.loads(self.done("submit", "job.json", "--format", "json"))
        self.assertEqual((first["experiment"], first["change"]), (1, "created"))
        self.assertIn("unchanged", self.done("submit", "job.json"))
        self.write_job(budget=20, stop_when={"failed": 3}, parallel_bandwidth=3, metadata={"team": "credit"}, metrics=[
            {"name": "good", "objective": "maximize", "threshold": 0.1}, {"name": "slow", "objective": "minimize"}])
        self.assertIn("number 1 of", self.done("submit", "job.json"))
        self.assertIn("unchanged", self.done("submit", "job.json"))
        now = self.api.get("/experiments/1")
        self.assertEqual((now["observation_budget"], now["parallel_bandwidth"]), (20, 3))
        self.assertEqual(now["metrics"][0]["threshold"], 0.1)
        self.write_job(seed=8)
        refused = self.run_verb("submit", "job.json")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("seed differs", refused.stderr)
        self.assertEqual(self.run_verb("worker", "job.json").returncode, 2)

    def test_what_runs_elsewhere_need_not_be_where_a_job_is_submitted(self):
        self.write_job(run={"command": ["./nowhere.sh", "{x}"], "directory": "nowhere"})
        self.assertIn("created", self.done("submit", "job.json"))
        refused = self.run_verb("worker", "job.json")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("run.directory: there is no folder", refused.stderr)

    def test_many_who_submit_the_same_job_at_once_get_one_experiment(self):
        self.write_job()
        all_of_them = [subprocess.Popen(self.arguments("submit", "job.json"), cwd=self.folder, stdout=subprocess.PIPE)
                       for _ in range(6)]
        for one in all_of_them:
            out, _ = one.communicate(timeout=LONG)
            self.assertEqual(one.returncode, 0)
            self.assertIn(b"number 1 of", out)
        self.assertEqual(self.api.get("/experiments", state="all")["count"], 1)

    def test_pause_resume_and_archive(self):
        self.write_job()
        self.done("submit", "job.json")
        self.assertIn("paused", self.done("pause", "loans"))
        self.assertEqual(json.loads(self.done("status", "-f", "json"))["state"], "paused")
        self.assertEqual(self.run_verb("submit", "job.json").returncode, 2)
        self.assertIn("resumed", self.done("resume", "loans"))
        self.assertIn("archived", self.done("archive", "1"))
        self.assertIn("number 2 of", self.done("submit", "job.json"))
        refused = self.run_verb("resume", "1")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("archive it first", refused.stderr)

    def test_what_is_wrong_is_said_in_one_sentence_with_its_exit_code(self):
        self.write_job()
        self.done("submit", "job.json")
        with open(self.path("wrong"), "w", encoding="utf-8") as file:
            file.write("not-the-token-at-all\n")
        unknown = subprocess.run([PROGRAM, "status", "--url", self.url, "--token-file", self.path("wrong")],
                                 capture_output=True, text=True, check=False)
        none = subprocess.run([PROGRAM, "status", "--url", self.url], capture_output=True, text=True, check=False,
                              env={k: v for k, v in os.environ.items() if k != "VILFREDO_TOKEN"})
        stranger = Wire(self.api.port, 0, kindest=1)
        for got, code, word in (
            (unknown, 2, "refuses the token"),
            (none, 2, "needs a token"),
            (self.run_verb("status", "pumps"), 2, 'holds no experiment "pumps"'),
            (self.run_verb("status", "7"), 2, 'holds no experiment "7"'),
            (self.run_verb("worker", "job.json", "--experiment", "7"), 2, "could not be found"),
            (self.run_verb("status", url="http://127.0.0.1:1"), 1, "cannot reach 127.0.0.1:1"),
            (self.run_verb("status", url="gopher://x"), 2, "gopher"),
            (self.run_verb("status", url=self.url + "/elsewhere"), 1, "does not answer as a vilfredo of this version"),
            (self.run_verb("status", url=stranger.address()), 1, "closed the connection"),
            (self.run_verb("status", "--store", "x.db"), 2, "exclude each other"),
        ):
            self.assertEqual(got.returncode, code, got.stderr)
            self.assertIn(word, got.stderr)
            self.assertEqual(got.stderr.count("\n"), 1)
            self.assertEqual(got.stdout, "")
        stranger.close()

    def test_a_token_that_may_read_shows_but_does_not_work(self):
        self.write_job()
        self.done("submit", "job.json")
        token = self.api.post("/clients/1/tokens", {"name": "reader", "permissions": "read"})["token"]
        environment = {**os.environ, "VILFREDO_TOKEN": token, "VILFREDO_URL": self.url}
        reader = lambda *words: subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment,
                                               capture_output=True, text=True, check=False)
        self.assertEqual(reader("status").returncode, 0)
        refused = reader("worker", "job.json")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("may only read", refused.stderr)
        self.api.post("/experiments", {"name": "another", "parameters": [
            {"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}]})
        environment["VILFREDO_TOKEN"] = self.api.post("/experiments/1/tokens")["token"]
        for words in (["status"], ["status", "loans"], ["status", "1"], ["trials"], ["pareto"], ["list"]):
            got = reader(*words)
            self.assertEqual(got.returncode, 0, got.stderr)
            self.assertNotIn("another", got.stdout)
        self.assertEqual(reader("status", "another").returncode, 2)
        self.assertEqual(reader("pause", "loans").returncode, 2)
        guest = Client(self.api.port, environment["VILFREDO_TOKEN"])
        shown = json.dumps(guest.get("/experiments/1/facts"))
        self.assertNotIn("trainer.sh", shown)
        self.assertIn("trainer.sh", json.dumps(self.api.get("/experiments/1/facts")))

    def test_tokens_are_made_listed_rotated_and_revoked(self):
        def lets_in(text):
            got = subprocess.run([PROGRAM, "list", "--url", self.url], capture_output=True, text=True, check=False,
                                 env={**os.environ, "VILFREDO_TOKEN": text})
            self.assertIn(got.returncode, (0, 2))
            return got.returncode == 0

        first = self.done("token", "create", "ci", "--permissions", "read", "--expires", "90d").strip()
        self.assertTrue(lets_in(first))
        listed = {t["name"]: t for t in json.loads(self.done("token", "list", "-f", "json"))}
        self.assertEqual(listed["ci"]["permissions"], "read")
        self.assertNotIn(first, json.dumps(listed))
        second = self.done("token", "rotate", "ci").strip()
        self.assertEqual((lets_in(first), lets_in(second)), (False, True))
        self.assertIn("revoked", self.done("token", "revoke", "ci"))
        self.assertFalse(lets_in(second))
        for words, word in ((["revoke", "ci"], 'no token "ci"'), (["revoke", "root"], "cannot be deleted"),
                            (["create", "x", "--expires", "yesterday"], "--expires yesterday")):
            got = self.run_verb("token", *words)
            self.assertEqual(got.returncode, 2)
            self.assertIn(word, got.stderr)

    # --- workers -----------------------------------------------------------------------------------------------------

    def test_two_workers_spend_the_budget_exactly(self):
        self.write_job(budget=30)
        self.done("submit", "job.json")
        for one in [self.worker("--slots", "3"), self.worker("--slots", "2", "--format", "json")]:
            self.ends(one)
        self.complete(30)
        started = self.lines("started.txt")
        self.assertEqual(len(started), 30)
        self.assertEqual(len({line[0] for line in started}), 30)
        self.assertIn("the budget of \"loans\" is spent", self.log(0))
        events = [json.loads(line) for line in self.log(1).splitlines() if line.startswith("{")]
        self.assertEqual(events[-1]["event"], "worker_ended")
        self.assertEqual(events[-1]["attempts"], sum(e["event"] == "trial_started" for e in events))

    def test_a_worker_creates_the_experiment_that_is_not_there(self):
        self.write_job(budget=3)
        self.ends(self.worker())
        self.complete(3)

    def test_a_worker_that_starts_first_waits_for_the_daemon(self):
        self.write_job(budget=4)
        self.daemon.end()
        early = self.worker()
        wait_for(lambda: "trying again until it answers" in self.log(0))
        given_up = self.worker()
        wait_for(lambda: "trying again until it answers" in self.log(1))
        given_up.send_signal(signal.SIGTERM)
        self.ends(given_up, 130)
        self.api = self.daemon.start()
        self.ends(early)
        self.complete(4)
        self.assertEqual(self.log(0).count("trying again"), 1)

    def test_a_worker_that_is_killed_leaves_its_trial_to_another(self):
        self.write_job(GATED, budget=1)
        first = self.worker("--lease", "1")
        before = wait_for(lambda: self.lines("started.txt"))[0]
        first.kill()
        first.wait()
        second = self.worker("--lease", "1")
        again = wait_for(lambda: self.lines("started.txt")[1:])[0]
        self.assertEqual((before[0], before[1]), ("1", "1"))
        self.assertEqual(again, ["1", "2", *before[2:]])
        self.open_gate()
        self.ends(second)
        self.complete(1)

    def test_a_worker_on_which_nothing_works_leaves_the_experiment_to_others(self):
        self.write_job("exit 9\n", budget=60)
        self.done("submit", "job.json")
        broken = self.worker("--slots", "2")
        self.ends(broken, code=1)
        self.assertIn("the first 10 trials all failed", self.log(0))
        failed = [t for t in self.trials() if t["state"] == "failed"]
        self.assertTrue(10 <= len(failed) < 30, len(failed))
        self.write_job(QUICK, budget=60)
        self.ends(self.worker("--slots", "2"))
        self.assertEqual(sum(t["state"] == "completed" for t in self.trials()), 60 - len(failed))

    def test_a_worker_with_a_name_gets_back_at_once_what_it_held(self):
        self.write_job(GATED, budget=1)
        first = self.worker("--lease", "3600", "--name", "w")
        wait_for(lambda: self.lines("started.txt"))
        first.kill()
        first.wait()
        second = self.worker("--lease", "3600", "--name", "w")
        self.assertEqual(wait_for(lambda: self.lines("started.txt")[1:])[0][:2], ["1", "2"])
        self.open_gate()
        self.ends(second)
        self.complete(1)

    def test_heartbeats_keep_a_trial_that_lasts_longer_than_its_lease(self):
        self.write_job(GATED, budget=1)
        worker = self.worker("--lease", "1")
        wait_for(lambda: self.lines("started.txt"))
        first = self.api.get("/experiments/1/suggestions/1")["lease_until"]
        wait_for(lambda: self.api.get("/experiments/1/suggestions/1")["lease_until"] > first + 1)
        self.open_gate()
        self.ends(worker)
        self.assertEqual(len(self.lines("started.txt")), 1)

    def test_the_first_signal_lets_trials_finish(self):
        self.write_job(GATED, budget=9)
        worker = self.worker()
        wait_for(lambda: len(self.lines("started.txt")) == 2)
        worker.send_signal(signal.SIGTERM)
        wait_for(lambda: "no new trials" in self.log(0))
        self.open_gate()
        self.ends(worker, 130)
        self.assertEqual([t["state"] for t in self.trials()], ["completed"] * 2)

    def test_the_second_signal_gives_trials_back(self):
        self.write_job(GATED, budget=9)
        worker = self.worker("--lease", "3600")
        wait_for(lambda: len(self.lines("started.txt")) == 2)
        worker.send_signal(signal.SIGINT)
        wait_for(lambda: "no new trials" in self.log(0))
        worker.send_signal(signal.SIGINT)
        self.ends(worker, 130)
        self.assertEqual(len(self.lines("told_to_go.txt")), 2)
        self.assertEqual([t["state"] for t in self.trials()], ["returned"] * 2)

    def test_a_worker_that_cannot_reach_the_daemon_ends_when_it_is_told_to(self):
        self.write_job(GATED, budget=9)
        worker = self.worker()
        wait_for(lambda: len(self.lines("started.txt")) == 2)
        self.daemon.kill()
        worker.send_signal(signal.SIGINT)
        wait_for(lambda: "no new trials" in self.log(0))
        worker.send_signal(signal.SIGINT)
        self.ends(worker, 130)
        self.assertIn("the daemon could not be told", self.log(0))
        self.assertEqual(len(self.lines("told_to_go.txt")), 2)

    def test_the_third_signal_ends_a_worker_at_once(self):
        self.write_job(GATED, budget=9)
        worker = self.worker()
        wait_for(lambda: len(self.lines("started.txt")) == 2)
        self.daemon.kill()
        for word in ("no new trials", "giving the running trials back"):
            worker.send_signal(signal.SIGINT)
            wait_for(lambda: word in self.log(0))
        worker.send_signal(signal.SIGINT)
        self.ends(worker, 130)

    def test_an_end_of_the_experiment_ends_the_worker(self):
        self.write_job(GATED, budget=9)
        worker = self.worker()
        wait_for(lambda: len(self.lines("started.txt")) == 2)
        self.done("archive", "loans")
        self.open_gate()
        self.ends(worker)
        self.assertIn("Ended after 2 attempts: ", self.log(0))

    def test_a_suggestion_that_is_deleted_is_stopped_at_its_worker(self):
        self.write_job(GATED, budget=1, parallel_bandwidth=1)
        worker = self.worker("--lease", "1")
        wait_for(lambda: self.lines("started.txt"))
        self.api.delete("/experiments/1/suggestions/1")
        wait_for(lambda: self.lines("told_to_go.txt"))
        self.open_gate()
        self.ends(worker)
        self.assertEqual(sorted(t["state"] for t in self.trials()), ["cancelled", "completed"])

    def test_early_stopping_is_obeyed(self):
        endless = """
echo '{"step": 1, "metrics": {"good": 0}}'
exec sleep 600
"""
        self.write_job(endless, budget=4, early_stopping={"name": "threshold", "metric": "good", "step": 1, "value": 2})
        worker = self.worker()
        self.ends(worker)
        self.assertEqual([t["state"] for t in self.trials()], ["stopped"] * 4)
        self.assertIn("is to stop", self.log(0))

    def test_no_token_is_where_others_look(self):
        """Not in the programs that a worker starts, in no command line, in no file but the token's own, in nothing that
        is said: metrics, events, refusals, logs."""
        self.daemon.end()
        process = subprocess.Popen([PROGRAM, "serve", "--store", self.path("store.db"), "--port", str(self.api.port),
                                    "--token-file", self.path("token"), "--log-file", self.path("daemon.log")],
                                   stdout=subprocess.DEVNULL)
        self.daemon.process = process
        wait_for(lambda: any("listening" in line for line in self.lines("daemon.log")))
        self.write_job("env > environment.$VILFREDO_TRIAL.txt\n" + QUICK, budget=4)
        other = self.api.post("/clients/1/tokens", {"name": "worker", "permissions": "execute"})["token"]
        secrets = [self.api.token, other, basic_text(self.api.token), basic_text(other)]
        self.done("submit", "job.json")
        environment = {**os.environ, "VILFREDO_TOKEN": other, "VILFREDO_URL": self.url}
        with open(self.path("worker.log"), "w", encoding="utf-8") as log:
            worker = subprocess.Popen([PROGRAM, "worker", "job.json"], cwd=self.folder, env=environment, stdout=log, stderr=log)
        self.started.append(worker)
        seen = b""
        while worker.poll() is None:
            for pid in (worker.pid, self.daemon.process.pid):
                try:
                    with open("/proc/%d/cmdline" % pid, "rb") as file:
                        seen += file.read()
                except FileNotFoundError:
                    pass
            time.sleep(0.05)
        self.assertEqual(worker.returncode, 0)
        rotated = self.api.put("/tokens/" + other, {"token": "rotate"})["token"]
        authorization = {"Authorization": "Basic " + basic_text(self.api.token)}
        for method, path, headers in (("GET", "/metrics", authorization), ("GET", "/health", {}),
                                      ("GET", "/v1/tokens/" + other, authorization), ("GET", "/v1/experiments/1/facts", authorization),
                                      ("GET", "/v1/tokens/", {"Authorization": "Basic " + basic_text(other)}),
                                      ("POST", "/v1/tokens/nothing", authorization), ("GET", "/v1/clients/1/tokens", {})):
            seen += self.api.raw(method, path, None, headers)[2]
        self.assertEqual(self.daemon.end(), 0)
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if os.path.join(folder, name) != self.path("token"):
                    with open(os.path.join(folder, name), "rb") as file:
                        seen += file.read()
        self.assertIn(b"VILFREDO_TRIAL=4", seen)
        self.assertIn(b"POST /v1/experiments/1/suggestions", seen)
        for secret in (*secrets, rotated):
            self.assertNotIn(secret.encode(), seen)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
