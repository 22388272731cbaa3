"""What hostile clients cost the others: how long pairs of suggestion and observation take one honest client of the real
daemon alone, beside hostile ones who attack a second daemon, and beside the same who attack its own. The second daemon
is the control: attackers take the machine's time wherever they strike, so what the server lets its clients feel lies
between the last two. All three come by turns, in another order each round, over plain HTTP and over TLS. The hostile
clients are another process (tests/e2e/hostile_clients.py). Medians over the rounds, in brackets where the median lies
in 95 of 100 redrawn sets of rounds. Usage: python3 bench/hostile.py PROGRAM [ROUNDS] [PAIRS] [PAUSE]"""

import base64
import itertools
import os
import random
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(os.path.dirname(HERE), "tests", "e2e")
sys.path.insert(0, E2E)
from api_client import Client, Logged  # noqa: E402

JOB = {"name": "honest", "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
       "metrics": [{"name": "y", "objective": "minimize"}], "sampler": {"name": "uniform"}}
SITUATIONS = ("alone", "attackers elsewhere", "attackers here")


def pairs(api, count):
    """Milliseconds each, smallest first."""
    path = "/experiments/" + api.post("/experiments", JOB)["id"]
    took = []
    for _ in range(count):
        begin = time.monotonic()
        given = api.post(path + "/suggestions")
        api.post(path + "/observations", {"suggestion": given["id"], "values": [{"name": "y", "value": 1}]})
        took.append((time.monotonic() - begin) * 1000)
    return sorted(took)


def beside_hostile(port, pause, secure, what):
    """What `what` gives, and how many connections a second the attackers made."""
    attackers = subprocess.Popen([sys.executable, os.path.join(E2E, "hostile_clients.py"), str(port), str(pause)] +
                                 (["tls"] if secure else []), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(1)
        out = what()
    finally:
        told, _ = attackers.communicate()
    made, seconds = map(float, told.split())
    return out, made / seconds


class Place:
    """A daemon, and how to reach it. Its log is a file: one that somebody had to read would cost him time."""

    def __init__(self, program, flags, context):
        self.folder = tempfile.mkdtemp(prefix="vilfredo-hostile-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.daemon = Logged(program, self.folder, *flags, "--header-seconds", "1", "--body-seconds", "1")
        self.first = self.daemon.start()
        self.context = context

    def client(self):
        out = Client(self.first.port, self.first.token)
        if self.context:
            out.connect_over(self.context)
        return out

    def cpu(self):
        """Seconds."""
        with open(f"/proc/{self.daemon.process.pid}/stat", encoding="utf-8") as file:
            user, kernel = file.read().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(kernel)) / os.sysconf("SC_CLK_TCK")

    def turned_away(self):
        """Malformed requests and failed handshakes, as the daemon counts them."""
        authorization = "Basic " + base64.b64encode((self.first.token + ":").encode()).decode()
        _, _, text = self.client().raw("GET", "/metrics", headers={"Authorization": authorization})
        counted = dict(line.split(" ") for line in text.decode().splitlines()
                       if line.startswith("vilfredo_") and "{" not in line)
        return int(counted["vilfredo_http_malformed_total"]) + int(counted["vilfredo_tls_failures_total"])

    def end(self):
        self.daemon.end()
        shutil.rmtree(self.folder)


def certificate(folder):
    """A new one for this machine: what its clients believe, and the flags of a daemon that has it."""
    made, key = (os.path.join(folder, name) for name in ("c.pem", "k.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", made], check=True, capture_output=True)
    return ssl.create_default_context(cafile=made), ["--tls-certificate", made, "--tls-key", key]


def median(of):
    """And its interval."""
    chance = random.Random(1)
    redrawn = sorted(statistics.median(chance.choices(of, k=len(of))) for _ in range(2000))
    return f"{statistics.median(of):6.2f} [{redrawn[50]:5.2f}, {redrawn[1949]:5.2f}]"


def measure(program, name, context, flags, rounds, count, pause):
    here = Place(program, flags, context)
    elsewhere = Place(program, flags, context)
    try:
        attacked = {"attackers elsewhere": elsewhere, "attackers here": here}
        found = {each: [] for each in SITUATIONS}
        rates = {each: [] for each in attacked}
        spent = {each: [] for each in SITUATIONS}
        orders = itertools.cycle(itertools.permutations(SITUATIONS))
        pairs(here.client(), count)  # what is done once is nobody's cost
        for order in itertools.islice(orders, rounds):
            for each in order:
                cpu, begin = here.cpu(), time.monotonic()
                if each in attacked:
                    took, rate = beside_hostile(attacked[each].first.port, pause, context, lambda: pairs(here.client(), count))
                    rates[each].append(rate)
                else:
                    took = pairs(here.client(), count)
                spent[each].append((here.cpu() - cpu) / (time.monotonic() - begin) * 100)
                found[each].append((took[count // 2], took[count * 99 // 100], took))
        for each in SITUATIONS:
            p50, p99, all_ = zip(*found[each])
            pooled = sorted(itertools.chain(*all_))
            rate = f"   {statistics.median(rates[each]):4.0f} attacks a second" if each in rates else ""
            print(f"{name:6} {each:20} p50 {median(p50)} ms   p99 {median(p99)} ms   p99 of all "
                  f"{pooled[len(pooled) * 99 // 100]:6.2f} ms   the daemon's CPU {statistics.median(spent[each]):4.1f} %{rate}")
        for what, place in (("p50", 0), ("p99", 1)):
            lost = [x[place] - y[place] for x, y in zip(found["attackers here"], found["attackers elsewhere"])]
            print(f"{name:6} what the server lets its client feel of attackers, {what}: {median(lost)} ms")
        print(f"{name:6} {here.turned_away()} hostile connections turned away here, {elsewhere.turned_away()} elsewhere",
              flush=True)
    finally:
        here.end()
        elsewhere.end()


def main():
    program = sys.argv[1]
    rounds, count = (int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((2, 18), (3, 500)))
    pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0.005
    measure(program, "plain", None, [], rounds, count, pause)
    folder = tempfile.mkdtemp(prefix="vilfredo-hostile-")
    context, flags = certificate(folder)
    measure(program, "TLS", context, flags, rounds, count, pause)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
