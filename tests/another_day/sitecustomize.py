"""Python reads this before anything else in every process of `./dev test --on DAY`: the tests, and the programs they start.

Only there is this folder on PYTHONPATH. The clock is set ahead (or back) once and runs on from there; a test that stops the
clock does so on top of it. The database's clock: tests/conftest.py.
"""

import os
import time
from datetime import timedelta

import time_machine

time_machine.travel(timedelta(seconds=float(os.environ["TESTS_AHEAD"])), tick=True).start()
time.time()  # it runs from when it is first read
