"""SigOpt's own Python client, as it is, against the daemon. Arguments: the program, and a checkout of sigopt-python;
docs/api.md says which packages that needs. With -DVILFREDO_SIGOPT_CLIENT=CHECKOUT ctest runs it, too."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings

from api_client import Daemon

CHECKOUT = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)
PARAMETERS = [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 50}},
              {"name": "n", "type": "int", "bounds": {"min": 1, "max": 9}},
              {"name": "c", "type": "categorical", "categorical_values": ["a", "b"]}]
MODEL = """
import sigopt
sigopt.params.setdefaults({"x": 1, "n": 2})
sigopt.log_metric("accuracy", -(sigopt.params.x - 20) ** 2 + sigopt.params.n)
"""
EXPERIMENT = """
name: from a file
metrics: [{name: accuracy, objective: maximize}]
parameters:
  - {name: x, type: double, bounds: {min: 0, max: 50}}
  - {name: n, type: int, bounds: {min: 1, max: 9}}
parallel_bandwidth: 2
budget: 6
"""


def setUpModule():
    """The client reads the environment when it is imported."""
    global sigopt, daemon, folder
    folder = tempfile.mkdtemp(prefix="vilfredo-sigopt-")
    daemon = Daemon(PROGRAM, folder)
    api = daemon.start()
    unittest.addModuleCleanup(shutil.rmtree, folder)
    unittest.addModuleCleanup(daemon.end)  # even where the client cannot be imported
    os.environ.update(SIGOPT_API_URL=f"http://127.0.0.1:{api.port}", SIGOPT_API_TOKEN=api.token, SIGOPT_PROJECT="tried",
                      SIGOPT_HOME=os.path.join(folder, "home"), PYTHONPATH=CHECKOUT)
    sys.path.insert(0, CHECKOUT)
    warnings.simplefilter("ignore")
    import sigopt
    logging.getLogger("sigopt.print").setLevel(logging.WARNING)
    sigopt.create_project()


def measured(assignments):
    return [{"name": "accuracy", "value": -(assignments["x"] - 20) ** 2 + assignments["n"], "value_stddev": 0.1},
            {"name": "ms", "value": assignments["n"]}]


class SigOptClientTest(unittest.TestCase):
    def test_the_core_loop(self):
        connection = sigopt.Connection()
        made = connection.experiments().create(
            name="core", project="tried", parameters=PARAMETERS, observation_budget=30, parallel_bandwidth=3, metadata={"n": 3},
            metrics=[{"name": "accuracy"}, {"name": "ms", "objective": "minimize"}])
        one = connection.experiments(made.id)

        def work():
            mine = sigopt.Connection().experiments(made.id)
            for _ in range(10):
                suggestion = mine.suggestions().create()
                mine.observations().create(suggestion=suggestion.id, values=measured(suggestion.assignments))

        workers = [threading.Thread(target=work) for _ in range(3)]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        self.assertEqual(one.fetch().progress.observation_count, 30)
        self.assertEqual(len(list(one.observations().fetch(limit=7).iterate_pages())), 30)
        front = list(one.best_assignments().fetch().iterate_pages())
        self.assertTrue(front)
        self.assertEqual([m.metric for m in one.metric_importances().fetch().iterate_pages()], ["accuracy", "ms"])
        self.assertNotIn("observation_budget_reached", one.stopping_criteria().fetch().reasons)
        again = connection.experiments().create(
            name="copy", parameters=made.parameters, metrics=made.metrics, observation_budget=made.observation_budget)
        self.assertEqual([p.name for p in again.parameters], ["c", "n", "x"])
        queued = one.queued_suggestions().create(assignments={"x": 1.5, "n": 2, "c": "a"})
        self.assertEqual(one.queued_suggestions(queued.id).fetch().assignments["x"], 1.5)
        own = one.suggestions().create()
        self.assertEqual(own.assignments["x"], 1.5)
        seen = one.observations().create(suggestion=int(own.id), failed=True)
        self.assertTrue(one.observations(seen.id).update(failed=False, values=measured(own.assignments)).values)
        one.observations(seen.id).delete()
        batch = [{"assignments": {"x": i, "n": 3, "c": "b"}, "values": measured({"x": i, "n": 3})} for i in range(5)]
        self.assertEqual(one.observations().create_batch(observations=batch).count, 5)
        one.suggestions().create()
        one.suggestions().delete(state="open")
        self.assertEqual(one.suggestions().fetch(state="open", limit=0).count, 0)
        self.assertEqual(one.update(name="changed", parameters=made.parameters).name, "changed")
        self.assertEqual(one.tokens().create().experiment, made.id)
        with self.assertRaises(sigopt.exception.ApiException) as refused:
            one.observations().create(assignments={"x": 1, "n": 2, "c": "a"}, value=3)
        self.assertEqual(refused.exception.status_code, 400)
        one.delete()
        self.assertEqual(one.fetch().state, "deleted")
        self.assertEqual(one.update(state="active").state, "active")

    def test_the_run_loop(self):
        experiment = sigopt.create_experiment(
            name="loop", parameters=PARAMETERS, metrics=[{"name": "accuracy", "objective": "maximize"}], parallel_bandwidth=2,
            budget=10)

        def work():
            for run in experiment.loop():
                with run:
                    run.log_checkpoint({"accuracy": 0})
                    run.log_metric("accuracy", measured(run.params)[0]["value"])

        workers = [threading.Thread(target=work) for _ in range(2)]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        self.assertTrue(experiment.is_finished())
        runs = list(experiment.get_runs())
        self.assertTrue(10 <= len(runs) <= 11 and {r.state for r in runs} == {"completed"})
        best = list(experiment.get_best_runs())
        self.assertEqual(best[0].values["accuracy"].value, max(r.values["accuracy"].value for r in runs))
        self.assertEqual(sigopt.get_experiment(experiment.id).name, "loop")
        experiment.update(name="renamed", parameters=experiment.parameters, budget=12)
        experiment.archive()
        self.assertEqual(experiment.state, "deleted")
        sigopt.unarchive_experiment(experiment.id)
        sigopt.archive_experiment(experiment.id, include_runs=True)
        self.assertTrue(all(sigopt.get_run(r.id).deleted for r in runs))
        sigopt.unarchive_run(runs[0].id)
        self.assertFalse(sigopt.get_run(runs[0].id).deleted)

    def test_what_a_run_logs(self):
        image = os.path.join(folder, "dot.svg")
        with open(image, "w", encoding="utf-8") as file:
            file.write('<svg xmlns="http://www.w3.org/2000/svg"/>')
        with sigopt.create_run(name="alone", metadata={"a": 1}) as run:
            run.params.update({"lr": 0.1, "kind": "x"})
            run.params.setdefaults({"lr": 3, "other": 6})
            run.log_metric("m", 3, stddev=0.5)
            run.log_metrics(p=1, q=2)
            run.log_metadata("k", "v")
            run.log_dataset("data")
            run.log_model("trees")
            run.log_checkpoint({"m": 1})
            run.log_source_code(content="print(1)", hash="abc")
            run.set_logs({"stdout": "hello " * 400})
            run.log_sys_metadata("feature_importances", {"type": "weight", "scores": {"a": 0.5}})
            run.set_parameters_source({"lr": 1}, "user")
            run.set_parameters_sources_meta("user", sort=2, default_show=True)
            run.log_image(image, name="dot")
        kept = sigopt.get_run(run.id)
        self.assertEqual((kept.state, kept.model.type, kept.values["m"].value_stddev), ("completed", "trees", 0.5))
        self.assertEqual(dict(kept.assignments), {"lr": 0.1, "kind": "x", "other": 6})
        self.assertEqual(dict(kept.metadata), {"a": 1, "k": "v"})
        self.assertEqual((kept.checkpoint_count, len(kept.files)), (1, 1))
        try:
            with sigopt.create_run() as run:
                raise ArithmeticError
        except ArithmeticError:
            self.assertEqual(sigopt.get_run(run.id).state, "failed")
        self.assertEqual(len(sigopt.upload_runs([{"name": str(i)} for i in range(7)], 3)), 7)

    def command(self, *arguments, place=None):
        done = subprocess.run([sys.executable, "-m", "sigopt.cli", *arguments], cwd=place or folder, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_the_command_line(self):
        place = os.path.join(folder, "work")
        os.mkdir(place)
        for name, text in (("model.py", MODEL), ("experiment.yml", EXPERIMENT)):
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.write(text)
        model = [sys.executable, "model.py"]
        self.assertEqual(self.command("create", "project", "-p", "tried")[0], 1)
        self.assertEqual(self.command("run", *model, place=place)[0], 0)
        status, said = self.command("create", "experiment", place=place)
        self.assertEqual(status, 0, said)
        made = said.split("start-worker ")[1].split()[0]
        workers = [threading.Thread(target=self.command, args=("start-worker", made, *model), kwargs={"place": place}) for _ in range(2)]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        progress = sigopt.get_experiment(made).progress
        self.assertEqual((progress.active_run_count, progress.remaining_budget <= 0), (0, True))
        status, said = self.command("optimize", "-e", "experiment.yml", *model, place=place)
        self.assertEqual(status, 0, said)
        newest = next(iter(sigopt.Connection().aiexperiments().fetch(limit=1).data))
        self.assertEqual(newest.progress.finished_run_count, 6)
        for verb, deleted in (("archive", "deleted"), ("unarchive", "active")):
            self.assertEqual(self.command(verb, "experiment", made)[0], 0)
            self.assertEqual(sigopt.get_experiment(made).state, deleted)
        run = next(iter(sigopt.get_experiment(newest.id).get_runs())).id
        self.assertEqual(self.command("archive", "run", run)[0], 0)
        self.assertTrue(sigopt.get_run(run).deleted)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
