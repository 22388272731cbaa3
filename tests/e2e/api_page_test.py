"""The lines of docs/api.md, asked as they stand there, one after the other; each resource has one. Arguments: the
program."""

import http.client
import json
import os
import re
import shlex
import unittest

from api_case import ApiCase
from api_client import Client, basic

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "api.md")


def lines():
    """The words after `api` of each line, as a shell would hand them on."""
    with open(PAGE, encoding="utf-8") as file:
        blocks = re.findall(r"^```sh\n(api .*?)^```", file.read(), re.M | re.S)
    for block in blocks:
        for line in re.split(r"^api ", block, flags=re.M)[1:]:
            yield shlex.split(line, comments=True)


class ApiPageTest(ApiCase):
    def ask(self, path, method, body, headers):
        """What curl sends: a body is called a form's, and is read as JSON all the same."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api.port, timeout=60)
        self.addCleanup(connection.close)
        sent = {"Authorization": basic(self.api.token), **headers}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, "/v1" + path, body.encode() if body is not None else None, sent)
        answer = connection.getresponse()
        if "events" in path:
            # Of what is still to happen there is nothing to wait for.
            return answer.status, answer.readline() if headers else b""
        return answer.status, answer.read()

    def test_each_line_works_as_it_stands(self):
        ids = {}  # of the page's → of this daemon

        def ours(text):
            text = re.sub(r"(\bsuggestions/|\"suggestion\": \")(\d+)", lambda m: m[1] + ids["suggestion"][m[2]], text)
            for kind, pattern in (("experiment", "/experiments/(17)"), ("aiexperiment", "/aiexperiments/(18)"),
                                  ("training_run", "/training_runs/(7)"), ("observation", "/observations/(55)"),
                                  ("queued_suggestion", "/queued_suggestions/(95)"), ("file", "/files/(3)")):
                text = re.sub(pattern, lambda m, kind=kind: m[0].replace(m[1], ids[kind]), text)
            return text

        asked = 0
        used = set()
        for words in lines():
            path, rest = words[0], words[1:]
            method, body, headers = None, None, {}
            while rest:
                flag = rest.pop(0)
                if flag == "-N":
                    continue
                value = rest.pop(0)
                if flag == "-X":
                    method = value
                elif flag == "-d":
                    body = ours(value)
                elif flag == "-H":
                    name, _, of = value.partition(": ")
                    headers[name] = of
                else:
                    self.fail("what is " + flag)
            method = method or ("GET" if body is None else "POST")
            status, text = self.ask(ours(path), method, body, headers)
            asked += 1
            used.add(Client.contract.find(method, "/v1" + path.partition("?")[0])["operationId"])
            # There are too few observations for these.
            wanted = 422 if "importances" in path else 200
            self.assertEqual(status, wanted, (words, text))
            if path.startswith("/experiments/17/events"):
                self.assertTrue(text.startswith(b"id: 1") or not headers, text)
                continue
            answer = json.loads(text)
            if method == "POST" and isinstance(answer, dict) and "id" in answer:
                kind = answer["object"]
                if kind == "experiment" and kind not in ids:
                    ids[kind] = str(answer["id"])
                    # Those that the page speaks of.
                    made = [self.api.post("/experiments/%s/suggestions" % ids[kind])["id"] for _ in range(5)]
                    ids["suggestion"] = dict(zip(("90", "91", "92", "93", "94"), made))
                elif kind not in ("experiment", "suggestion"):
                    ids[kind] = str(answer["id"])
        self.assertGreater(asked, 50)
        # Of what stands below several others, one line is enough.
        resources = {operation["operationId"]: resource(path)
                     for path, methods in Client.contract.document["paths"].items() for operation in methods.values()}
        self.assertEqual(set(resources.values()) - {resources[name] for name in used}, ELSEWHERE)


# On another page; where an answer of the API points at; nothing but a word that SigOpt's scripts may say.
ELSEWHERE = {"health", "metrics", "content", "hyperparameters"}


def resource(path):
    return [word for word in path.split("/") if word and not word.startswith("{")][-1]


if __name__ == "__main__":
    unittest.main()
