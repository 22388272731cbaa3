"""A client of the API written from its contract alone, and the daemon that it speaks to."""

import base64
import http.client
import json
import os
import signal
import subprocess
import time
import urllib.parse


def basic(token):
    """What the header Authorization says."""
    return "Basic " + base64.b64encode((token + ":").encode()).decode()


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
        self.message = body.get("message", "") if isinstance(body, dict) else ""


class Client:
    """Speaks JSON over one kept connection, as SigOpt's own client does."""

    contract = None  # what is asked and answered is held against it (api_contract.py)

    def __init__(self, port, token):
        self.port = port
        self.token = token
        self.connection = None
        self.tls = None

    def connect_over(self, context):
        self.tls = context

    def raw(self, method, path, body=None, headers=None):
        """Status, headers and bytes of the answer."""
        sent = dict(headers or {})
        for attempt in (1, 2):
            if self.connection is None:
                if self.tls:
                    self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.tls)
                else:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.connection.request(method, path, body=body, headers=sent)
                answer = self.connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise

    def metrics(self):
        """In Prometheus's text format."""
        return self.raw("GET", "/metrics", headers={"Authorization": basic(self.token)})[2].decode()

    def call(self, method, path, body=None, query=None, headers=None):
        sent = {"Authorization": basic(self.token), **(headers or {})}
        target = "/v1" + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = None
        if body is not None:
            data = json.dumps(body)
            sent["Content-Type"] = "application/json"
        status, _, text = self.raw(method, target, data, sent)
        if status == 204:
            return None
        parsed = json.loads(text)
        if status != 200:
            if self.contract:
                self.contract.validate(parsed, {"$ref": "#/components/schemas/error"}, f"{method} {path} refused")
            raise ApiError(status, parsed)
        if self.contract:
            self.contract.check(method, "/v1" + path, query, body, parsed)
        return parsed

    def get(self, path, **query):
        return self.call("GET", path, query=query)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body if body is not None else {}, headers=headers)

    def put(self, path, body):
        return self.call("PUT", path, body)

    def merge(self, path, body):
        return self.call("MERGE", path, body, headers={"X-Response-Content": "skip"})

    def delete(self, path, **query):
        return self.call("DELETE", path, query=query)

    def pages(self, path, **query):
        """All items, a page at a time."""
        before = None
        while True:
            asked = dict(query)
            if before is not None:
                asked["before"] = before
            page = self.get(path, **asked)
            yield from page["data"]
            before = page["paging"]["before"]
            if before is None:
                return


class Daemon:
    """The real program on a free port."""

    def __init__(self, program, folder, *flags):
        self.program = program
        self.flags = flags
        self.folder = folder
        self.token_file = os.path.join(folder, "token")
        self.process = None
        self.port = 0

    def start(self):
        arguments = [self.program, "serve", "--store", os.path.join(self.folder, "store.db"), "--port", str(self.port),
                     "--token-file", self.token_file, "--quiet", *self.flags]
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for line in self.process.stderr:
            if "listening on" in line:
                self.port = int(line.split("listening on", 1)[1].split(",")[0].rsplit(":", 1)[1])
                break
        else:
            raise RuntimeError("the daemon did not start")
        self.drain()
        with open(self.token_file, encoding="utf-8") as file:
            return Client(self.port, file.readline().strip())

    def drain(self):
        """Its log must not fill the pipe."""
        import threading

        stream = self.process.stderr
        threading.Thread(target=lambda: [None for _ in stream], daemon=True).start()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def until(true, what):
    """For what another process writes into a file."""
    end = time.monotonic() + 30
    while not true():
        if time.monotonic() > end:
            raise AssertionError("never came: " + what)
        time.sleep(0.01)


class Logged(Daemon):
    """One whose log is in a file."""

    def start(self):
        self.log = os.path.join(self.folder, "log")
        arguments = [self.program, "serve", "--store", os.path.join(self.folder, "store.db"), "--port", "0", "--token-file",
                     self.token_file, "--log-file", self.log, *self.flags]
        self.process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until(lambda: "listening on" in self.text(), "listening on")
        self.port = int(self.text().split("listening on", 1)[1].split(",")[0].rsplit(":", 1)[1])
        with open(self.token_file, encoding="utf-8") as file:
            return Client(self.port, file.readline().strip())

    def text(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def lines(self):
        return [json.loads(line) for line in self.text().splitlines()]
