"""A test case with a daemon of its own, whose every answer is held against the OpenAPI document. The program is the
first argument of the test's script."""

import base64
import shutil
import sys
import tempfile
import unittest

from api_client import ApiError, Client, Daemon
from api_contract import Contract

PROGRAM = sys.argv.pop(1)

NUMBER = {"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}}


class ApiCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="vilfredo-api-")
        cls.daemon = Daemon(PROGRAM, cls.folder)
        cls.api = cls.daemon.start()
        Client.contract = Contract(cls.api.get("/openapi.json"))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end()
        shutil.rmtree(cls.folder)

    def refused(self, status, call, *arguments, **named):
        with self.assertRaises(ApiError) as caught:
            call(*arguments, **named)
        self.assertIn(caught.exception.status, status if isinstance(status, tuple) else (status,), caught.exception.body)
        self.assertEqual(caught.exception.body["status"], caught.exception.status)
        self.assertTrue(caught.exception.message)
        return caught.exception

    def headers(self):
        return {"Authorization": "Basic " + base64.b64encode((self.api.token + ":").encode()).decode(),
                "Content-Type": "application/json"}

    def project(self, name):
        return "/clients/1/projects/" + self.api.post("/clients/1/projects", {"id": name, "name": name})["id"]

    def ai_experiment(self, project, **more):
        body = {"name": "ai", "parameters": [NUMBER], "metrics": [{"name": "y"}], **more}
        return self.api.post(project + "/aiexperiments", body)
