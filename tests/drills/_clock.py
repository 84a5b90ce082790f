"""`python -m tests.drills._clock DAYS PROGRAM …`: a Python program whose clock is so many days off."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

if __name__ == "__main__":
    days, program = float(sys.argv[1]), sys.argv[2]
    sys.argv = sys.argv[2:]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
        runpy.run_module(program, run_name="__main__", alter_sys=True)
