"""A test case with a daemon, and workers on other machines as far as one machine can be several. The program is the
first argument of the test's script."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from api_client import Daemon
from waiting import LONG

PROGRAM = sys.argv.pop(1)
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


class RemoteCase(unittest.TestCase):
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
