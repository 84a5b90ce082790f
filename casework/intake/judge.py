"""One call for whoever receives a file: size and digest here, the content in a confined subprocess, clamd if there is one.

The parent imports the standard library only and never parses the file itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casework.intake import clamd as scanner
from casework.intake.reasons import OK, SENTENCES, not_pdf_sentence

MB = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
#: What a field takes: PDF; a photograph or scan (JPEG, PNG); GIF; OpenDocument.
Kind = Literal["pdf", "image", "gif", "odf"]
MODULES = {
    "pdf": "casework.intake.judge_pdf",
    "image": "casework.intake.judge_image",
    "gif": "casework.intake.judge_image",
    "odf": "casework.intake.judge_odf",
}
#: qpdf, told to stop by these, has run out of time; by any other signal it has crashed.
OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload field accepts. Bytes, pages, pixels and seconds; the memory is address space, libraries included."""

    max_bytes: int = 10 * MB
    max_pages: int = 500
    #: All streams of a PDF together, inflated. Forty A4 pages of uncompressed colour at 200 dpi.
    max_inflated: int = 400 * MB
    max_pixels: int = 40_000_000
    memory_bytes: int = 768 * MB
    cpu_seconds: int = 15
    wall_seconds: float = 30.0


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` is for the person at the field. `scanned` False: no scanner, or `scan_note` says why it gave no answer.

    `size` and `sha256` are of what is to be kept: the first `size` bytes (the film of a motion photo stays behind).
    """

    ok: bool
    code: str
    sentence: str
    pages: int | None
    media_type: str
    size: int
    sha256: str
    scanned: bool = False
    scan_note: str = ""


def judge(
    path: str | os.PathLike[str],
    *,
    kind: Kind = "pdf",
    limits: Limits = DEFAULT,
    clamd: str = "",
) -> Verdict:
    """Judges the file at `path`. Refusal is an answer, never an exception; OSError only if the file cannot be read.

    `clamd`: path of a Unix socket or "host:port"; empty when the site has no scanner. A scanner that does not answer
    refuses nothing: the verdict says `scanned=False` with the reason, and the caller may scan again later.
    """
    path = os.path.abspath(path)
    size = os.stat(path).st_size

    def answer(
        code: str,
        sentence: str = "",
        *,
        pages: int | None = None,
        media: str = "",
        digest: str = "",
        scan: scanner.Scan = scanner.NOT_SCANNED,
    ) -> Verdict:
        sentence = sentence or SENTENCES.get(code, "")
        return Verdict(code == OK, code, sentence, pages, media, size, digest, scan.done, scan.note)

    if size == 0:
        return answer("empty")
    if size > limits.max_bytes:
        return answer("too_big", too_big_sentence(size, limits.max_bytes))
    with open(path, "rb") as file:
        head = file.read(1024)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if kind == "pdf" and b"%PDF-" not in head:  # the common mistake needs no subprocess
        return answer("not_pdf", not_pdf_sentence(head), digest=digest)
    told = run([path], kind=kind, limits=limits)[0]
    code, pages, media = str(told["reason_code"]), told.get("pages"), str(told.get("media_type", ""))
    if code != OK:
        return answer(code, with_limit(code, str(told["sentence"]), limits), digest=digest)
    if (kept := int(str(told.get("kept") or 0))) and kept < size:
        with open(path, "rb") as file:
            size, digest = kept, hashlib.sha256(file.read(kept)).hexdigest()
    scan = scanner.scan(path, clamd) if clamd else scanner.NOT_SCANNED
    if scan.found:
        return answer("virus", digest=digest, scan=scan)
    sentence = f"檔案可以使用，共 {pages} 頁。" if pages else "檔案可以使用。" if kind == "odf" else "圖片可以使用。"
    return answer(OK, sentence, pages=pages if isinstance(pages, int) else None, media=media, digest=digest, scan=scan)


def run(paths: list[str], *, kind: Kind = "pdf", limits: Limits = DEFAULT) -> list[dict[str, object]]:
    """Judges files in one subprocess, in order. The limits hold for all of them together: meant for one, or for small ones.

    A subprocess that dies has refused the file it died of; the files after it are answered `unreadable` too.
    """
    own = {
        "pdf": ["--max-pages", limits.max_pages, "--max-inflated", limits.max_inflated],
        "image": ["--max-pixels", limits.max_pixels],
        "gif": ["--gif", "--max-pixels", limits.max_pixels],
        "odf": ["--max-inflated", limits.max_inflated],
    }[kind]
    printed, code = confined(MODULES[kind], [*own, "--", *paths], limits=limits)
    told = [json.loads(line) for line in printed.splitlines(keepends=True) if line.endswith(b"}\n")]
    dead = {"ok": False, "pages": None, "reason_code": code, "sentence": SENTENCES[code]}
    return told + [dead] * (len(paths) - len(told))


def confined(
    module: str, words: Sequence[object], *, limits: Limits, given: bytes = b""
) -> tuple[bytes, Literal["unreadable", "too_slow", "too_heavy"]]:
    """Runs a module of this package alone, `given` on its standard input: what it printed, and what it died of if it did."""
    command = [
        sys.executable,
        "-E",
        "-s",
        "-B",
        "-m",
        module,
        "--max-memory",
        limits.memory_bytes,
        "--max-cpu",
        limits.cpu_seconds,
        *words,
    ]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            timeout=limits.wall_seconds,
            check=False,
            close_fds=True,
            input=given,  # nothing given: an empty input, never ours
        )
    except subprocess.TimeoutExpired as expired:
        return expired.stdout or b"", "too_slow"
    if b"MemoryError" in done.stderr[-2000:] or b"bad_alloc" in done.stderr[-2000:]:
        return done.stdout, "too_heavy"
    return done.stdout, "too_slow" if done.returncode in OUT_OF_TIME else "unreadable"


def megabytes(size: int) -> str:
    return f"{size / MB:.1f}".removesuffix(".0") + " MB"


def too_big_sentence(size: int, cap: int) -> str:
    shown = megabytes(size)
    if shown == megabytes(cap):  # a few bytes over: say so exactly
        shown, limit = f"{size:,} 位元組", f"{megabytes(cap)}（{cap:,} 位元組）"
    else:
        limit = megabytes(cap)
    return f"檔案大小為 {shown}，超過上限 {limit}。" + SENTENCES["too_big"].split("，", 1)[1]


def with_limit(code: str, sentence: str, limits: Limits) -> str:
    """Names the figure where the person needs it to know how far to go."""
    if code == "too_many_pages":
        return sentence.replace("超過上限", f"超過上限 {limits.max_pages} 頁")
    return sentence
