"""Files of runs, as SigOpt's client uploads the images of `run.log_image`: announced, then put where the answer says.
Arguments: the program."""

import base64
import hashlib
import sys
import unittest
import urllib.parse

from api_case import ApiCase
from api_client import Client

IMAGE = bytes(range(256)) * 300 + b"{ no JSON"


def announcement(content, **more):
    body = {"name": "a picture", "filename": None, "content_length": len(content), "content_type": "image/png",
            "content_md5": base64.b64encode(hashlib.md5(content).digest()).decode()}
    body.update(more)
    return body


class FilesTest(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for project in ("mine", "others"):
            cls.api.post("/clients/1/projects", {"id": project, "name": project})

    def run_of(self, project):
        return self.api.post(f"/clients/1/projects/{project}/training_runs", {"name": "r"})["id"]

    def at(self, address, method="GET", body=None, headers=None, api=None):
        """What somebody gets who knows an address and the headers that came with it."""
        found = urllib.parse.urlsplit(address)
        self.assertEqual((found.scheme, found.port), ("http", self.api.port))
        return (api or self.api).raw(method, found.path, body, headers)

    def uploaded(self, run, content, **more):
        made = self.api.post(f"/training_runs/{run}/files", announcement(content, **more))
        to = made["upload"]
        status, _, text = self.at(to["url"], to["method"], content, to["headers"])
        self.assertEqual(status, 200, text)
        return made

    def test_an_image_is_kept_with_its_run(self):
        run = self.run_of("mine")
        first = self.uploaded(run, IMAGE)
        second = self.uploaded(run, b'{"a": 1}', name=None, filename="a.json", content_type="application/json")
        self.assertEqual(self.api.get("/training_runs/" + run)["files"], [first["id"], second["id"]])
        shown = self.api.get("/files/" + first["id"])
        self.assertEqual((shown["name"], shown["training_run"], shown["content_length"]), ("a picture", run, len(IMAGE)))
        self.assertNotIn("upload", shown)
        self.daemon.kill()
        type(self).api = self.daemon.start()
        for made, content, kind in ((first, IMAGE, "image/png"), (second, b'{"a": 1}', "application/json")):
            wanted = self.api.get("/files/" + made["id"])["download"]
            status, headers, bytes_there = self.at(wanted["url"], headers=wanted["headers"])
            self.assertEqual((status, bytes_there), (200, content))
            headers = {name.lower(): value for name, value in headers.items()}
            self.assertEqual((headers["content-type"], headers["content-disposition"]), (kind, "attachment"))
        self.assertEqual(self.at(wanted["url"])[0], 401)

    def test_a_file_is_deleted_with_its_bytes(self):
        run = self.run_of("mine")
        gone, stays = self.uploaded(run, b"some bytes"), self.uploaded(run, b"others")
        self.assertEqual(self.api.delete("/files/" + gone["id"]), {})
        self.refused(404, self.api.get, "/files/" + gone["id"])
        self.refused(404, self.api.delete, "/files/" + gone["id"])
        self.assertEqual(self.at(gone["upload"]["url"], headers=gone["upload"]["headers"])[0], 404)
        self.assertEqual(self.at(gone["upload"]["url"], "PUT", b"some bytes", gone["upload"]["headers"])[0], 404)
        self.assertEqual(self.api.get("/training_runs/" + run)["files"], [stays["id"]])
        more = self.api.post(f"/training_runs/{self.run_of('mine')}/files", announcement(b"x"))
        self.api.delete("/files/" + more["id"])

    def test_only_what_was_announced_is_taken(self):
        made = self.api.post(f"/training_runs/{self.run_of('mine')}/files", announcement(b"four"))
        to = made["upload"]
        for wrong in (b"", b"fou", b"fours", b"five"):
            self.assertEqual(self.at(to["url"], "PUT", wrong, to["headers"])[0], 400, wrong)
        self.assertIsNone(self.api.get("/files/" + made["id"])["download"])
        self.assertEqual(self.at(to["url"], headers=to["headers"])[0], 404)
        for _ in range(2):
            self.assertEqual(self.at(to["url"], "PUT", b"four", to["headers"])[0], 200)
        self.assertEqual(self.at(to["url"], headers=to["headers"])[2], b"four")

    def test_announcements_that_make_no_sense_are_refused(self):
        run = self.run_of("mine")
        Client.contract, known = None, Client.contract
        self.addCleanup(setattr, Client, "contract", known)
        for wrong in ({"content_length": None}, {"content_length": 0}, {"content_length": "1"}, {"content_md5": None},
                      {"content_md5": "aGhlbGxv"}, {"content_md5": 1}, {"content_type": None}, {"content_type": "hello/world"},
                      {"content_type": "image/"}, {"content_type": "image/<>"}, {"content_type": "image/png\r\nX: y"},
                      {"name": None}, {"name": "n" * 101}, {"more": 1}):
            self.refused(400, self.api.post, f"/training_runs/{run}/files", announcement(b"x", **wrong))
        self.refused(404, self.api.post, "/training_runs/99999/files", announcement(b"x"))
        self.refused(404, self.api.get, "/files/99999")
        self.assertEqual(self.api.get("/training_runs/" + run)["files"], [])

    def test_a_repeated_announcement_is_one_file(self):
        run = self.run_of("mine")
        key = {"Idempotency-Key": "a file once"}
        ids = {self.api.post(f"/training_runs/{run}/files", announcement(b"x"), **key)["id"] for _ in range(2)}
        self.assertEqual(self.api.get("/training_runs/" + run)["files"], list(ids))

    def test_files_are_of_their_runs_project(self):
        mine, other = (self.uploaded(self.run_of(project), b"x")["id"] for project in ("mine", "others"))
        team = Client(self.api.port, self.api.post("/clients/1/tokens", {"name": "team", "project": "mine"})["token"])
        self.assertEqual(team.get("/files/" + mine)["id"], mine)
        self.refused(404, team.get, "/files/" + other)
        worker = Client(self.api.port, self.api.post("/clients/1/tokens", {"name": "w", "permissions": "execute"})["token"])
        self.assertTrue(worker.post(f"/training_runs/{self.run_of('mine')}/files", announcement(b"x"))["upload"])

    def test_the_address_is_the_one_that_the_client_knows(self):
        run = self.run_of("mine")
        made = self.api.post(f"/training_runs/{run}/files", announcement(b"x"),
                             **{"X-Forwarded-Proto": "https", "Host": "tuning.example"})
        self.assertEqual(made["upload"]["url"], f"https://tuning.example/v1/files/{made['id']}/content")
        made = self.api.post(f"/training_runs/{run}/files", announcement(b"x"), **{"X-Forwarded-Prefix": "/api/"})
        self.assertIn("/api/v1/files/", made["upload"]["url"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
