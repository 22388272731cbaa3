"""Ends while the disk hangs: every process that is told to go goes, and what it had answered is there. Arguments: the
program, and the library that makes syncs hang."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from api_client import Client

LIBRARY = os.path.abspath(sys.argv.pop(2))
PROGRAM = os.path.abspath(sys.argv.pop(1))

ONE_GOAL = {
    "name": "patient",
    "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
    "metrics": [{"name": "y", "objective": "minimize"}],
    "observation_budget": 1000,
    "sampler": {"name": "uniform"},
}
JOB = {**ONE_GOAL, "run": {"command": ["sh", "-c", "echo '{\"metrics\": {\"y\": 1}}'"], "grace_seconds": 1}}


def until(true, what):
    """For what another process does."""
    end = time.monotonic() + 90
    while not true():
        if time.monotonic() > end:
            raise AssertionError("never came: " + what)
        time.sleep(0.01)


class HangingDiskTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="vilfredo-hanging-")
        self.hang = os.path.join(self.folder, "hang")
        self.errors = os.path.join(self.folder, "errors")
        self.processes = []

    def tearDown(self):
        for each in self.processes:
            if each.poll() is None:
                each.kill()
                each.wait()
        shutil.rmtree(self.folder)

    def start(self, *arguments):
        # Sanitizers want to be loaded first; that something else is does not harm them here.
        environment = {**os.environ, "LD_PRELOAD": LIBRARY, "HANG_WHILE_EXISTS": self.hang,
                       "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}
        with open(self.errors, "ab") as errors:
            self.processes.append(subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
                                                   stderr=errors, env=environment))
        return self.processes[-1]

    def said(self):
        """By all processes so far."""
        with open(self.errors, encoding="utf-8") as file:
            return file.read()

    def status(self):
        """Of the store, as others read it; empty where there is none yet."""
        done = subprocess.run([PROGRAM, "status", "--store", "store.db", "--format", "json"], cwd=self.folder,
                              capture_output=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def serve(self):
        before = len(self.processes)
        process = self.start("serve", "--store", "store.db", "--port", "0", "--token-file", "token", "--stop-seconds", "1")
        until(lambda: self.said().count("listening on") > before, "the daemon")
        port = int(self.said().rsplit("listening on", 1)[1].split(",")[0].rsplit(":", 1)[1])
        with open(os.path.join(self.folder, "token"), encoding="utf-8") as file:
            return process, Client(port, file.readline().strip())

    def hang_now(self):
        with open(self.hang, "w", encoding="utf-8"):
            pass

    def until_it_hangs(self):
        until(lambda: os.path.exists(self.hang + ".seen"), "a sync that hangs")

    def test_a_daemon_ends_though_its_disk_hangs_and_what_it_had_answered_is_there(self):
        daemon, api = self.serve()
        path = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        told, failed = [], []

        def work(number):
            mine = Client(api.port, api.token)
            try:
                for i in range(1_000_000):
                    body = {"assignments": {"x": (number + i / 1_000_000) / 4}, "values": [{"name": "y", "value": i}]}
                    told.append(mine.post(path + "/observations", body, **{"Idempotency-Key": f"{number}/{i}"})["id"])
            except Exception as error:  # the daemon is gone: whatever the connection says
                failed.append(error)

        workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for each in workers:
            each.start()
        until(lambda: len(told) > 50, "some observations")
        self.hang_now()
        self.until_it_hangs()
        begin = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(timeout=30), 1)
        self.assertLess(time.monotonic() - begin, 20)
        for each in workers:
            each.join()
        self.assertEqual(len(failed), 4)
        self.assertIn("leaving without it: what was answered is stored, and what waits for the store was not answered",
                      self.said())
        os.remove(self.hang)
        daemon, api = self.serve()
        kept = {x["id"] for x in api.pages(path + "/observations", limit=1000)}
        self.assertLessEqual(set(told), kept)
        # At most what was under way when the disk began to hang.
        self.assertLessEqual(len(kept), len(told) + 4)

    def test_a_daemon_with_nothing_to_do_ends_too(self):
        daemon, api = self.serve()
        api.post("/experiments", ONE_GOAL)
        self.hang_now()
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(timeout=30), 1)
        self.assertIn("leaving without it", self.said())

    def test_a_disk_that_hangs_for_a_while_only_is_waited_for(self):
        daemon, api = self.serve()
        path = "/experiments/" + api.post("/experiments", ONE_GOAL)["id"]
        self.hang_now()
        answers = []

        def ask():
            try:
                answers.append(Client(api.port, api.token).post(path + "/suggestions")["id"])
            except (OSError, http.client.HTTPException) as why:
                answers.append(why)

        asking = threading.Thread(target=ask)
        asking.start()
        self.until_it_hangs()
        until(lambda: "\nvilfredo_commands_in_flight 1\n" in api.metrics(), "the ask")
        self.assertIn('\nvilfredo_part_answers{part="journal"} 0\n', api.metrics())
        daemon.send_signal(signal.SIGTERM)
        until(lambda: "ending; what is under way" in self.said(), "its ending")
        os.remove(self.hang)
        self.assertEqual(daemon.wait(timeout=30), 0)
        asking.join()
        self.assertNotIn("leaving without it", self.said())
        self.assertIsInstance(answers[0], str)
        _, api = self.serve()
        self.assertIn(answers[0], {x["id"] for x in api.pages(path + "/suggestions")})

    def write_job(self, **changes):
        with open(os.path.join(self.folder, "job.json"), "w", encoding="utf-8") as file:
            json.dump({**JOB, **changes}, file)

    def test_a_run_that_is_told_to_go_goes(self):
        self.write_job()
        run = self.start("run", "job.json", "--store", "store.db", "--quiet")
        until(lambda: self.status().get("completed", 0) > 3, "some trials")
        self.hang_now()
        self.until_it_hangs()
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(timeout=60), 130)
        self.assertIn("the store does not answer, as where its disk hangs; leaving without it", self.said())
        os.remove(self.hang)
        self.assertEqual(self.status()["state"], "active")

    def test_a_run_that_is_told_to_go_before_its_store_is_open_goes(self):
        self.write_job(observation_budget=3)
        self.hang_now()
        run = self.start("run", "job.json", "--store", "store.db", "--quiet")
        self.until_it_hangs()
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(timeout=60), 130)
        self.assertIn("the store does not answer, as where its disk hangs; leaving without it: no trial was started\n",
                      self.said())
        os.remove(self.hang)
        self.assertEqual(self.status(), {})
        self.assertEqual(self.start("run", "job.json", "--store", "store.db", "--quiet").wait(timeout=60), 0)
        self.assertEqual(self.status()["completed"], 3)

    def test_who_waits_for_the_first_thing_to_be_stored_goes_at_once_when_told_twice(self):
        self.write_job(observation_budget=3)
        run = ["run", "job.json", "--store", "store.db", "--quiet"]
        self.assertEqual(self.start(*run).wait(timeout=60), 0)
        self.write_job(name="another")
        with open(os.path.join(self.folder, "token"), "w", encoding="utf-8") as file:
            file.write("a-token-of-somebody-else\n")
        for command, code, sentence in [
                (run, 130, "no trial was started"),
                (["serve", "--store", "store.db", "--port", "0", "--token-file", "token"], 1, "nobody was served")]:
            with self.subTest(command[0]):
                self.hang_now()
                process = self.start(*command)
                self.until_it_hangs()
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=60), code)
                self.assertIn("leaving without it: " + sentence, self.said())
                os.remove(self.hang)
                os.remove(self.hang + ".seen")
        self.assertEqual(self.status()["name"], "patient")


if __name__ == "__main__":
    unittest.main()
