"""A daemon and workers on other machines, as far as one machine can be several: submit, the verbs with --url, workers
that are killed, a daemon that is killed, a network that drops connections. Arguments: the program."""

import base64
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from api_client import ApiError, Client, Daemon
from api_contract import Contract

PROGRAM = sys.argv.pop(1)
LONG = float(os.environ.get("VILFREDO_TEST_PATIENCE", 90))  # seconds, that only a failing test waits
# Those who look closer set these: how long a daemon stands still, and one in how many pieces never arrives, which takes
# as long as the worker waits for an answer.
STANDSTILL = float(os.environ.get("VILFREDO_TEST_STANDSTILL", 2))
STALLS_ONE_IN = int(os.environ.get("VILFREDO_TEST_STALLS_ONE_IN", 0))

QUICK = """
echo "$VILFREDO_TRIAL $VILFREDO_ATTEMPT $1 $2" >> started.txt
echo "{\\"metrics\\": {\\"good\\": $1, \\"slow\\": $2}}"
"""
STEPS = """
echo "$VILFREDO_TRIAL $VILFREDO_ATTEMPT $1 $2" >> started.txt
for step in 1 2 3 4 5 6 7 8 9; do
  echo "{\\"step\\": $step, \\"metrics\\": {\\"good\\": $1, \\"slow\\": $2}}"
done
echo "{\\"metrics\\": {\\"good\\": $1, \\"slow\\": $2}}"
"""
# Waits until the gate is open, and leaves when it is told to.
GATED = """
echo "$VILFREDO_TRIAL $VILFREDO_ATTEMPT $1 $2" >> started.txt
trap 'echo "$VILFREDO_TRIAL" >> told_to_go.txt; exit 1' TERM
while [ ! -e open ]; do sleep 0.05; done
echo "{\\"metrics\\": {\\"good\\": $1, \\"slow\\": $2}}"
"""


def basic_text(token):
    return base64.b64encode((token + ":").encode()).decode()


def wait_for(what, seconds=LONG):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError("it did not come to that in time")


class Wire:
    """A network between a worker and the daemon that loses connections, at bytes that a seed decides: within questions,
    and within answers. What it does not lose it may hold up for as many seconds as `slowest`, or, one time in so many,
    for ever."""

    def __init__(self, port, seed, kindest=4000, slowest=0.0, stalls_one_in=0):
        self.port = port
        self.random = random.Random(seed)
        self.kindest = kindest
        self.slowest = slowest
        self.stalls_one_in = stalls_one_in
        self.cut = self.stalled = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def address(self):
        return "http://127.0.0.1:%d" % self.server.getsockname()[1]

    def accept(self):
        while True:
            try:
                inside, _ = self.server.accept()
            except OSError:
                return  # closed
            left = [self.random.randrange(max(self.kindest, 1))]
            try:
                outside = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                inside.close()
                continue
            for a, b in ((inside, outside), (outside, inside)):
                threading.Thread(target=self.copy, args=(a, b, left), daemon=True).start()

    def copy(self, a, b, left):
        try:
            while data := a.recv(65536):
                if self.slowest:
                    time.sleep(self.random.random() * self.slowest)
                if self.stalls_one_in and self.random.randrange(self.stalls_one_in) == 0:
                    self.stalled += 1
                    while a.recv(65536):
                        pass
                    break
                if self.kindest and left[0] < len(data):
                    b.sendall(data[: left[0]])
                    self.cut += 1
                    break
                left[0] -= len(data)
                b.sendall(data)
        except OSError:
            pass
        for one in (a, b):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def close(self):
        self.server.close()


class RemoteTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="vilfredo-remote-")
        self.daemon = Daemon(PROGRAM, self.folder)
        self.api = self.daemon.start()
        self.url = "http://127.0.0.1:%d" % self.api.port
        self.started = []

    def tearDown(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        if self.daemon.process.poll() is None:
            self.daemon.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- helpers -----------------------------------------------------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write_job(self, script=QUICK, budget=12, **more):
        with open(self.path("trainer.sh"), "w", encoding="utf-8") as file:
            file.write(script)
        job = {
            "name": "loans",
            "parameters": [
                {"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}},
                {"name": "n", "type": "int", "bounds": {"min": 1, "max": 9}},
            ],
            "metrics": [{"name": "good", "objective": "maximize"}, {"name": "slow", "objective": "minimize"}],
            "observation_budget": budget,
            "parallel_bandwidth": 2,
            "seed": 7,
            "run": {"command": ["/bin/sh", "trainer.sh", "{x}", "{n}"], "grace_seconds": 2},
        }
        job.update(more)
        with open(self.path("job.json"), "w", encoding="utf-8") as file:
            json.dump(job, file)

    def arguments(self, verb, *words, url=None):
        return [PROGRAM, verb, *words, "--url", url or self.url, "--token-file", self.path("token")]

    def run_verb(self, verb, *words, url=None, **environment):
        return subprocess.run(self.arguments(verb, *words, url=url), cwd=self.folder, env={**os.environ, **environment},
                              capture_output=True, text=True, timeout=LONG, check=False)

    def done(self, verb, *words):
        got = self.run_verb(verb, *words)
        self.assertEqual(got.returncode, 0, got.stderr)
        return got.stdout

    def worker(self, *words, url=None):
        log = open(self.path("worker%d.log" % len(self.started)), "w+", encoding="utf-8")
        process = subprocess.Popen(self.arguments("worker", "job.json", *words, url=url), cwd=self.folder, stdout=log,
                                   stderr=log, text=True)
        log.close()
        self.started.append(process)
        return process

    def log(self, n):
        with open(self.path("worker%d.log" % n), encoding="utf-8") as file:
            return file.read()

    def lines(self, name):
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return [line.split() for line in file]
        except FileNotFoundError:
            return []

    def open_gate(self):
        open(self.path("open"), "w", encoding="utf-8").close()

    def trials(self):
        return json.loads(self.done("trials", "-f", "json"))

    def ends(self, process, code=0):
        try:
            self.assertEqual(process.wait(timeout=LONG), code, self.log(self.started.index(process)))
        except subprocess.TimeoutExpired:
            self.fail(self.log(self.started.index(process)))

    def complete(self, budget):
        """Every trial of the budget has one observation."""
        status = json.loads(self.done("status", "-f", "json"))
        self.assertEqual((status["state"], status["ended"], status["completed"]), ("finished", budget, budget))
        seen = [o["suggestion"] for o in self.api.pages("/experiments/1/observations")]
        self.assertEqual(len(seen), budget)
        self.assertEqual(len(set(seen)), budget)

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

    # --- losses ------------------------------------------------------------------------------------------------------

    def test_a_daemon_that_is_killed_again_and_again_loses_nothing(self):
        self.write_job(STEPS, budget=60)
        self.done("submit", "job.json")
        workers = [self.worker("--slots", "2"), self.worker("--slots", "2")]
        for n in range(5, 55, 5):
            wait_for(lambda: len(self.lines("started.txt")) >= n)
            self.daemon.kill()
            self.api = self.daemon.start()
        for one in workers:
            self.ends(one)
        self.complete(60)
        self.assertEqual(len(self.lines("started.txt")), 60)
        self.assertTrue(any("trying again" in self.log(n) for n in (0, 1)))

    def test_a_network_that_drops_connections_loses_nothing(self):
        self.write_job(STEPS, budget=40)
        self.done("submit", "job.json")
        seed = int(os.environ.get("VILFREDO_TEST_SEED", random.randrange(1 << 30)))
        wires = [Wire(self.api.port, seed), Wire(self.api.port, seed + 1)]
        # The look at the experiment is not tried again, and is longer than what the wires let through at first.
        for wire in wires:
            wire.kindest, kindest = 0, wire.kindest
            self.worker("--slots", "2", url=wire.address())
            n = len(self.started) - 1
            wait_for(lambda: "working for" in self.log(n))
            wire.kindest = kindest
        with self.subTest(seed=seed):
            for one in list(self.started):
                self.ends(one)
            self.complete(40)
            reports = [self.api.get("/experiments/1/suggestions/%d/reports" % t)["count"] for t in range(1, 41)]
            self.assertEqual(reports, [9] * 40)
            self.assertGreater(sum(wire.cut for wire in wires), 5)
        for wire in wires:
            wire.close()


    def test_a_daemon_that_stands_still_loses_nothing(self):
        """Not gone but silent: its machine sleeps, or its disk does. Leases end meanwhile, and what was handed out is
        handed out again."""
        self.write_job(STEPS, budget=40)
        self.done("submit", "job.json")
        workers = [self.worker("--slots", "2", "--lease", "1"), self.worker("--slots", "2", "--lease", "1")]
        for n in (5, 15, 30):
            wait_for(lambda: len(self.lines("started.txt")) >= n)
            self.daemon.process.send_signal(signal.SIGSTOP)
            time.sleep(STANDSTILL)
            self.daemon.process.send_signal(signal.SIGCONT)
        for one in workers:
            self.ends(one)
        self.complete(40)

    def test_a_network_that_holds_up_what_it_does_not_lose_loses_nothing(self):
        self.write_job(STEPS, budget=24)
        self.done("submit", "job.json")
        seed = int(os.environ.get("VILFREDO_TEST_SEED", random.randrange(1 << 30)))
        wire = Wire(self.api.port, seed, kindest=20_000, slowest=0.05, stalls_one_in=STALLS_ONE_IN)
        wire.kindest, kindest = 0, wire.kindest
        worker = self.worker("--slots", "4", url=wire.address())
        wait_for(lambda: "working for" in self.log(0))
        wire.kindest = kindest
        with self.subTest(seed=seed):
            self.ends(worker)
            self.complete(24)
            # What never arrives may take a lease along, and reports of an attempt that is no longer the last do not count.
            if not STALLS_ONE_IN:
                reports = [self.api.get("/experiments/1/suggestions/%d/reports" % t)["count"] for t in range(1, 25)]
                self.assertEqual(reports, [9] * 24)
        wire.close()


class WorkerApiTest(unittest.TestCase):
    """What a worker in any language may say."""

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
