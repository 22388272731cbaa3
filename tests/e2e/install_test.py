"""What `cmake --install` puts where, and how another project takes ours into its build. Arguments: cmake, our build, our
sources."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, SOURCE = sys.argv[1:4]
del sys.argv[1:4]

EMBEDDING = """
cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX)
add_subdirectory("%s" vilfredo EXCLUDE_FROM_ALL)
add_executable(mine "%s/examples/embedding/main.cpp")
target_link_libraries(mine PRIVATE vilfredo::study)
"""

INSTALLED = """
cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX)
find_package(vilfredo 0.1 REQUIRED)
add_executable(mine "%s/examples/study/main.cpp")
target_link_libraries(mine PRIVATE vilfredo::study vilfredo::io)
"""


def done(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=240, check=True).stdout


class InstallTest(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="vilfredo-install-")
        self.addCleanup(made.cleanup)
        self.folder = made.name

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def test_the_program_its_pages_and_its_completion_are_installed(self):
        done(CMAKE, "--install", BUILD, "--prefix", self.folder)
        self.assertRegex(done(self.path("bin", "vilfredo"), "--version"), r"^vilfredo \d")
        with open(self.path("share", "bash-completion", "completions", "vilfredo"), encoding="utf-8") as file:
            self.assertEqual(file.read(), done(self.path("bin", "vilfredo"), "completion", "bash"))
        # The unit names what is there under the prefix /usr.
        with open(os.path.join(SOURCE, "configs", "vilfredo.service"), encoding="utf-8") as file:
            named = re.findall(r"(?:ExecStart=|file:)/usr/(\S+)", file.read())
        self.assertEqual(len(named), 2)
        for name in named:
            self.assertTrue(os.path.exists(self.path(name)), name)

    def test_another_project_finds_what_is_installed(self):
        done(CMAKE, "--install", BUILD, "--prefix", self.path("there"))
        with open(self.path("CMakeLists.txt"), "w", encoding="utf-8") as file:
            file.write(INSTALLED % SOURCE)
        done(CMAKE, "-S", self.folder, "-B", self.path("build"), "-DCMAKE_BUILD_TYPE=Release",
             "-DCMAKE_PREFIX_PATH=" + self.path("there"), "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        with open(self.path("build", "compile_commands.json"), encoding="utf-8") as file:
            self.assertNotIn(" -I" + SOURCE + " ", json.load(file)[0]["command"])
        done(CMAKE, "--build", self.path("build"))
        self.assertIn("damped", done(self.path("build", "mine")))

    def test_another_project_takes_the_libraries_without_the_tests(self):
        with open(self.path("CMakeLists.txt"), "w", encoding="utf-8") as file:
            file.write(EMBEDDING % (SOURCE, SOURCE))
        # Neither the packages of our tests and examples are needed, nor are our warnings theirs.
        done(CMAKE, "-S", self.folder, "-B", self.path("build"), "-DCMAKE_BUILD_TYPE=Release",
             "-DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON", "-DXGBOOST_LIBRARY=XGBOOST_LIBRARY-NOTFOUND",
             "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        with open(self.path("build", "compile_commands.json"), encoding="utf-8") as file:
            commands = {x["file"]: x["command"] for x in json.load(file)}
        theirs = commands[os.path.join(SOURCE, "examples", "embedding", "main.cpp")]
        self.assertRegex(theirs, r"-std=\S*\+\+20")
        self.assertNotIn("-Wconversion", theirs)
        self.assertEqual([x for x in commands if x.endswith("_test.cpp")], [])


if __name__ == "__main__":
    unittest.main()
