"""What hostile clients cost the others: how long pairs of suggestion and observation take one honest client of the real
daemon, alone and beside them, by turns in one run, over plain HTTP and over TLS. The hostile ones are another process
(tests/e2e/hostile_clients.py). Usage: python3 bench/hostile.py PROGRAM [ROUNDS] [PAIRS] [PAUSE]"""

import base64
import os
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
from api_client import Client, Daemon  # noqa: E402

JOB = {"name": "honest", "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}],
       "metrics": [{"name": "y", "objective": "minimize"}], "sampler": {"name": "uniform"}}


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


def beside_hostile(port, pause, what):
    attackers = subprocess.Popen([sys.executable, os.path.join(E2E, "hostile_clients.py"), str(port), str(pause)],
                                 stdin=subprocess.PIPE)
    try:
        time.sleep(1)
        return what()
    finally:
        attackers.stdin.close()
        attackers.wait()


def turned_away(first, context):
    """Malformed requests and failed handshakes, as the daemon counts them."""
    client = Client(first.port, first.token)
    if context:
        client.connect_over(context)
    authorization = "Basic " + base64.b64encode((first.token + ":").encode()).decode()
    _, _, text = client.raw("GET", "/metrics", headers={"Authorization": authorization})
    counted = dict(line.split(" ") for line in text.decode().splitlines() if line.startswith("vilfredo_") and "{" not in line)
    return int(counted["vilfredo_http_malformed_total"]) + int(counted["vilfredo_tls_failures_total"])


def measure(program, name, context, flags, rounds, count, pause):
    folder = tempfile.mkdtemp(prefix="vilfredo-hostile-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    daemon = Daemon(program, folder, *flags, "--header-seconds", "1", "--body-seconds", "1")
    first = daemon.start()
    try:
        quantiles = {False: [], True: []}
        for _ in range(rounds):
            for hostile in (False, True):
                def asked():
                    client = Client(first.port, first.token)
                    if context:
                        client.connect_over(context)
                    return pairs(client, count)
                took = beside_hostile(first.port, pause, asked) if hostile else asked()
                quantiles[hostile].append((took[count // 2], took[count * 99 // 100]))
        met = turned_away(first, context)
        medians = {h: [statistics.median(x) for x in zip(*q)] for h, q in quantiles.items()}
        (alone50, alone99), (beside50, beside99) = medians[False], medians[True]
        print(f"{name:6} alone p50 {alone50:6.2f} ms p99 {alone99:6.2f} ms   beside hostile p50 {beside50:6.2f} ms "
              f"p99 {beside99:6.2f} ms   p99 ratio {beside99 / alone99:.2f}, "
              f"{met} hostile connections turned away", flush=True)
    finally:
        daemon.end()
        shutil.rmtree(folder)


def main():
    program = sys.argv[1]
    rounds, count = (int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((2, 5), (3, 500)))
    pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0.005
    measure(program, "plain", None, [], rounds, count, pause)
    folder = tempfile.mkdtemp(prefix="vilfredo-hostile-")
    certificate, key = (os.path.join(folder, name) for name in ("c.pem", "k.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    measure(program, "TLS", ssl.create_default_context(cafile=certificate),
            ["--tls-certificate", certificate, "--tls-key", key], rounds, count, pause)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
