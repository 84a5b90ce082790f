"""Limits the judging subprocess puts on itself before it opens the file (記憶體、處理器時間、寫檔上限).

The child limits itself rather than the parent by `preexec_fn`, which is not safe in a process with threads. Standard
library only.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys

#: Bytes; enough for verdicts when standard output is a file, too little to fill a disk.
MAX_WRITTEN = 1024 * 1024


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--max-memory", type=int, default=0, metavar="BYTES", help="address space; 0: not limited")
    parser.add_argument("--max-cpu", type=int, default=0, metavar="SECONDS", help="processor time; 0: not limited")
    return parser


def confine(*, memory: int, cpu: int) -> None:
    """No core dump, next to nothing written; memory (bytes) and processor time (seconds) end at the limits (0: none)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if cpu:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))


def say(verdict: dict[str, object]) -> None:
    """One verdict, one line, at once: what was judged before a crash is not lost."""
    sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
    sys.stdout.flush()
