#!/usr/bin/python3
"""Optuna behind the JSON lines of bench/peer.hpp.

The argument chooses its sampler: tpe (multivariate, with a constant liar; the default), nsgaii, cmaes or random.
Needs Debian's python3-optuna (and, for cmaes, the module cmaes).
"""
import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def excess(trial):
    return trial.user_attrs.get("excess", [])


def sampler_for(kind, begin):
    seed = begin["seed"]
    constraints = excess if begin["constraints"] else None
    if kind == "tpe":
        conditional = any("conditions" in p for p in begin["parameters"])
        return optuna.samplers.TPESampler(
            seed=seed, multivariate=True, group=conditional, constant_liar=True, constraints_func=constraints
        )
    if kind == "nsgaii":
        return optuna.samplers.NSGAIISampler(seed=seed, constraints_func=constraints)
    if kind == "cmaes":
        return optuna.samplers.CmaEsSampler(seed=seed)
    return optuna.samplers.RandomSampler(seed=seed)


def suggested(trial, p):
    if p["type"] == "categorical":
        return trial.suggest_categorical(p["name"], list(range(p["choices"])))
    if p["type"] == "grid":
        return trial.suggest_categorical(p["name"], p["values"])
    if p["type"] == "integer":
        return trial.suggest_int(p["name"], int(p["min"]), int(p["max"]), log=p["log"])
    return trial.suggest_float(p["name"], p["min"], p["max"], log=p["log"])


def point_of(trial, begin):
    point = [None] * len(begin["parameters"])
    for i in begin["order"]:
        p = begin["parameters"][i]
        if all(point[c["parent"]] in c["values"] for c in p.get("conditions", [])):
            point[i] = suggested(trial, p)
    return point


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] else "tpe"
    study, begin, running = None, None, {}
    for line in sys.stdin:
        said = json.loads(line)
        if "begin" in said:
            begin, running = said["begin"], {}
            study = optuna.create_study(directions=["minimize"] * begin["objectives"], sampler=sampler_for(kind, begin))
        elif "ask" in said:
            trial = study.ask()
            running[trial.number] = trial
            print(json.dumps({"id": trial.number, "point": point_of(trial, begin)}), flush=True)
        else:
            trial = running.pop(said["tell"])
            if said.get("failed"):
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                trial.set_user_attr("excess", said.get("constraints", []))
                study.tell(trial, said["values"])


main()
