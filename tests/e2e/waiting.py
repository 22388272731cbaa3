"""For what other processes come to."""

import os
import time

LONG = float(os.environ.get("VILFREDO_TEST_PATIENCE", 90))  # seconds, that only a failing test waits


def wait_for(what, seconds=LONG):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError("it did not come to that in time")
