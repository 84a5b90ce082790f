"""Uploaded files judged by content: hostile ones refused with their reason, ordinary ones of many producers accepted."""

import io
import json
import random
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from casework.intake import DEFAULT, Limits, judge
from casework.intake.judge import MB, ROOT, run
from casework.intake.reasons import SENTENCES
from casework.intake.sample import paper
from tests.casework.files.builder import bomb, build, encrypted, with_object_stream, write_raw
from tests.casework.files.hostile import KINDS

GOOD = sorted((Path(__file__).parent / "files" / "good").glob("*.pdf"))
#: Pages of each good file; a file that is not entered here fails.
PAGES = {
    "cairo-drawing.pdf": 2,
    "cairo-poppler.pdf": 1,
    "chromium-letter.pdf": 1,
    "fpdf2-plan.pdf": 2,
    "ghostscript-13.pdf": 1,
    "ghostscript-14.pdf": 1,
    "ghostscript-20.pdf": 1,
    "ghostscript-image.pdf": 1,
    "ghostscript-pdfa2.pdf": 1,
    "groff-certificate.pdf": 2,
    "imagemagick-scan-fax.pdf": 2,
    "imagemagick-scan-jpeg.pdf": 1,
    "imagemagick-scan-zip.pdf": 1,
    "imagemagick-scan-lzw.pdf": 1,
    "imagemagick-scan-rle.pdf": 1,
    "img2pdf-bitonal.pdf": 1,
    "img2pdf-scan.pdf": 1,
    "libreoffice-form.pdf": 2,
    "libreoffice-letter.pdf": 1,
    "libreoffice-pdfa2-tagged.pdf": 1,
    "matplotlib-chart.pdf": 1,
    "mupdf-incremental.pdf": 2,
    "pikepdf-merged-20.pdf": 3,
    "pillow-scan.pdf": 2,
    "poppler-pdfseparate.pdf": 1,
    "poppler-pdfunite.pdf": 3,
    "pyhanko-signed-twice.pdf": 1,
    "pyhanko-signed.pdf": 1,
    "pypdf-merged.pdf": 4,
    "qpdf-linearised.pdf": 3,
    "qpdf-object-streams.pdf": 1,
    "qpdf-uncompressed.pdf": 2,
    "reportlab-form.pdf": 2,
    "sample-writer-licence.pdf": 2,
    "weasyprint-form.pdf": 1,
    "weasyprint-letter.pdf": 1,
    "weasyprint-pdfua.pdf": 1,
}
BATCH = replace(DEFAULT, cpu_seconds=60, wall_seconds=120.0)
CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}.*。$")


def put(folder: Path, data: bytes, name: str = "file.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# ---- hostile files


@pytest.fixture(scope="module")
def hostile_verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    folder = tmp_path_factory.mktemp("hostile")
    paths = [str(put(folder, make(), f"{name}.pdf")) for name, (_, make) in KINDS.items()]
    return dict(zip(KINDS, run(paths, limits=BATCH), strict=True))


@pytest.mark.parametrize("name", KINDS)
def test_hostile_file_is_refused_with_its_reason(name: str, hostile_verdicts: dict[str, dict[str, object]]) -> None:
    told = hostile_verdicts[name]
    assert (told["ok"], told["reason_code"]) == (False, KINDS[name][0])
    assert CHINESE.search(str(told["sentence"]))


def test_hostile_kinds_are_many_and_cover_every_reason_of_a_pdf() -> None:
    codes = {code for code, _ in KINDS.values()}
    elsewhere = {
        "too_big",
        "too_heavy",
        "too_slow",
        "unreadable",
        "virus",
        "not_image",
        "damaged_image",
        "heic",
        "behind_picture",
    }
    elsewhere |= {code for code in SENTENCES if code.startswith(("odf_", "not_odf", "too_many_frames"))}
    assert len(KINDS) >= 28
    assert codes == set(SENTENCES) - elsewhere


@pytest.mark.parametrize("name", ["no_bytes", "zip_archive", "half_a_file", "object_stream_of_spaces"])
def test_refusal_through_the_front_door(name: str, tmp_path: Path) -> None:
    code, make = KINDS[name]
    verdict = judge(put(tmp_path, make()))
    assert (verdict.ok, verdict.code, verdict.pages, verdict.media_type) == (False, code, None, "")
    assert CHINESE.search(verdict.sentence)
    assert verdict.size == len(make())


def test_what_is_not_a_pdf_is_named(tmp_path: Path) -> None:
    assert "壓縮檔" in judge(put(tmp_path, KINDS["zip_archive"][1]())).sentence
    assert "JPEG" in judge(put(tmp_path, KINDS["photograph"][1]())).sentence
    assert "網頁" in judge(put(tmp_path, KINDS["web_page"][1]())).sentence


def test_a_password_to_open_is_refused_and_one_against_changes_is_not(tmp_path: Path) -> None:
    assert judge(put(tmp_path, encrypted("a", "b"))).code == "encrypted"
    assert judge(put(tmp_path, encrypted("", "b"))).ok


def test_sentences_end_well_and_say_what_to_do() -> None:
    for sentence in SENTENCES.values():
        assert sentence.endswith("。")
        assert "請" in sentence
        assert "台" not in sentence


# ---- harmless neighbours of the hostile


@pytest.mark.parametrize(
    ("catalogue", "page"),
    [
        (b"/OpenAction[3 0 R/Fit]", b""),
        (b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>", b""),
        (b"/Names<<>>", b"/AA<<>>"),
        (b"", b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(HTTPS://example.org/JavaScript)>>>>]"),
        (b"", b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(mailto:a@example.org)>>>>]"),
        (b"", b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/Named/N/NextPage>>>>]"),
        (b"/Outlines<</First<</Title(HTML/JavaScript /JS \\(a\\) /Launch)>>>>", b""),
        (b"/PieceInfo<</JSx 1/XFAs 2/Launcher 3>>", b""),
    ],
)
def test_what_only_looks_like_it_is_accepted(catalogue: bytes, page: bytes, tmp_path: Path) -> None:
    verdict = judge(put(tmp_path, build(catalogue, page)))
    assert (verdict.code, verdict.pages) == ("ok", 1)


# ---- good files


@pytest.fixture(scope="module")
def good_verdicts() -> dict[str, dict[str, object]]:
    return dict(zip((path.name for path in GOOD), run([str(path) for path in GOOD], limits=BATCH), strict=True))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_file_is_accepted(path: Path, good_verdicts: dict[str, dict[str, object]]) -> None:
    told = good_verdicts[path.name]
    assert (told["reason_code"], told["pages"]) == ("ok", PAGES[path.name])


def test_good_files_are_many_and_small() -> None:
    assert len(GOOD) >= 22
    assert {path.name for path in GOOD} == set(PAGES)
    assert max(path.stat().st_size for path in GOOD) <= 60 * 1024
    assert sum(path.stat().st_size for path in GOOD) <= MB


def test_verdict_of_a_good_file(tmp_path: Path) -> None:
    data = paper("立案證書", ["負責人：王範例"] * 30, 2, organisation="臺北市政府勞動局", on="中華民國113年12月12日")
    verdict = judge(put(tmp_path, data))
    assert (verdict.ok, verdict.code, verdict.pages, verdict.media_type) == (True, "ok", 2, "application/pdf")
    assert verdict.sentence == "檔案可以使用，共 2 頁。"
    assert (verdict.size, len(verdict.sha256), verdict.scanned, verdict.scan_note) == (len(data), 64, False, "")


def test_sample_paper_is_the_same_each_time_and_opens_without_remark() -> None:
    made = [paper("TTQS 證書", ["等級：銀牌"], 3, number="範字第1130000001號") for _ in range(2)]
    assert made[0] == made[1]
    with pikepdf.open(io.BytesIO(made[0]), attempt_recovery=False) as pdf:
        assert len(pdf.pages) == 3
        assert str(pdf.docinfo["/Title"]) == "TTQS 證書"
        assert not [remark for remark in pdf.get_warnings() if "Resources" not in str(remark)]
    assert paper("一", ["長" * 2000]).count(b"/Type/Page/") == 3  # 34 to a row, 22 rows to a page


# ---- mutants


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Good files with bytes flipped, cut out, doubled or exchanged; the same for the same seed."""
    chance = random.Random(seed)
    sources = [path.read_bytes() for path in GOOD]
    for _ in range(count):
        data = bytearray(chance.choice(sources))
        for _ in range(chance.choice((1, 1, 3, 20))):
            at, length = chance.randrange(len(data)), chance.randrange(1, 200)
            match chance.randrange(5):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + length]
                case 2:
                    data[at:at] = data[at : at + length]
                case 3:
                    data[at : at + length] = chance.randbytes(length)
                case 4:
                    digits = [found.start() for found in re.finditer(rb"\d", data)]
                    data[chance.choice(digits)] = chance.choice(b"0123456789")
        yield bytes(data)


def test_mutants_never_crash_the_judge_and_are_judged_in_time(tmp_path: Path) -> None:
    paths = [str(put(tmp_path, data, f"{n}.pdf")) for n, data in enumerate(mutants(400, seed=20241212))]
    told = run(paths, limits=BATCH)
    assert len(told) == 400
    assert all("ms" in verdict for verdict in told), "the subprocess died"
    assert {str(verdict["reason_code"]) for verdict in told} <= {"ok", *SENTENCES}
    assert max(int(str(verdict["ms"])) for verdict in told) < 2_000
    refused = [verdict for verdict in told if not verdict["ok"]]
    assert len(refused) > 200
    assert all(CHINESE.search(str(verdict["sentence"])) for verdict in refused)


# ---- limits


@pytest.mark.parametrize(("over", "code"), [(-1, "ok"), (0, "ok"), (1, "too_big")])
def test_size_at_the_cap(over: int, code: str, tmp_path: Path) -> None:
    data = build()
    filled = build(more={4: write_raw(bytes(10 * MB - len(data) - 200), b"")})
    filled = build(more={4: write_raw(bytes(10 * MB - len(data) - 200 + 10 * MB - len(filled) + over), b"")})
    assert len(filled) == 10 * MB + over
    verdict = judge(put(tmp_path, filled))
    assert verdict.code == code
    if over == 1:
        assert "10,485,761 位元組" in verdict.sentence


def test_size_of_a_field_with_its_own_cap(tmp_path: Path) -> None:
    path = put(tmp_path, paper("課程文宣", ["一"]))
    size = path.stat().st_size
    assert judge(path, limits=Limits(max_bytes=size)).ok
    assert judge(path, limits=Limits(max_bytes=size - 1)).code == "too_big"


def test_eleven_megabytes_are_named(tmp_path: Path) -> None:
    assert "檔案大小為 11 MB，超過上限 10 MB。" in judge(put(tmp_path, bytes(11 * MB))).sentence


@pytest.mark.parametrize(("pages", "code"), [(4, "ok"), (5, "ok"), (6, "too_many_pages")])
def test_pages_at_the_cap(pages: int, code: str, tmp_path: Path) -> None:
    verdict = judge(put(tmp_path, paper("訓練計畫", [], pages)), limits=Limits(max_pages=5))
    assert verdict.code == code
    assert ("上限 5 頁" in verdict.sentence) == (pages == 6)


def test_inflated_size_at_the_cap(tmp_path: Path) -> None:
    path = put(tmp_path, build(more={4: write_raw(bomb(20), b"/Filter/FlateDecode")}))
    assert judge(path, limits=Limits(max_inflated=20 * MB)).ok
    assert judge(path, limits=Limits(max_inflated=20 * MB - 1)).code == "inflated"


def test_memory_ends_at_the_limit_and_without_it_the_bomb_inflates(tmp_path: Path) -> None:
    path = put(tmp_path, with_object_stream(b"null", megabytes=300))
    open_wide = Limits(max_inflated=10_000 * MB, memory_bytes=0)
    assert judge(path, limits=open_wide).ok, "the control: it does inflate, and harms nothing but memory"
    confined = judge(path, limits=replace(open_wide, memory_bytes=400 * MB))
    assert (confined.ok, confined.code) == (False, "too_heavy")
    assert CHINESE.search(confined.sentence)


def test_processor_time_ends_at_the_limit_and_without_it_the_file_passes(tmp_path: Path) -> None:
    # far more than any machine inflates in the second it is given
    path = put(tmp_path, build(more={4: write_raw(bomb(6000), b"/Filter/FlateDecode")}))
    free = Limits(max_inflated=10_000 * MB, cpu_seconds=0, wall_seconds=60)
    assert judge(path, limits=free).ok, "the control: given time, it is judged"
    confined = judge(path, limits=replace(free, cpu_seconds=1))
    assert (confined.ok, confined.code) == (False, "too_slow")


def test_wall_time_ends_at_the_limit(tmp_path: Path) -> None:
    started = time.monotonic()
    verdict = judge(put(tmp_path, paper("函", [])), limits=Limits(wall_seconds=0.02))
    assert (verdict.ok, verdict.code) == (False, "too_slow")
    assert time.monotonic() - started < 5


def test_a_subprocess_that_cannot_start_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    verdict = judge(put(tmp_path, paper("函", [])))
    assert (verdict.ok, verdict.code) == (False, "unreadable")


def test_the_subprocess_can_fill_no_disk(tmp_path: Path) -> None:
    script = (
        "from casework.intake.confine import confine; confine(memory=0, cpu=0)\n"
        f"open({str(tmp_path / 'out')!r}, 'wb', buffering=0).write(bytes(3 << 20))\n"
        f"open({str(tmp_path / 'out')!r}, 'ab', buffering=0).write(b'x')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode != 0
    assert (tmp_path / "out").stat().st_size == MB


def test_judging_program_alone(tmp_path: Path) -> None:
    """It prints one JSON line, needs no Django, and imports nothing but the standard library and pikepdf with its own."""
    path = put(tmp_path, paper("函", [], 2))
    command = [
        sys.executable,
        "-m",
        "casework.intake.judge_pdf",
        str(path),
        "--max-pages",
        "2",
        "--max-inflated",
        "9999",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert (told["ok"], told["pages"], told["reason_code"], told["sentence"]) == (True, 2, "ok", "")
    listing = "import sys, casework.intake.judge_pdf; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", listing], cwd=ROOT, capture_output=True, check=True, text=True)
    foreign = set(loaded.stdout.split()) - sys.stdlib_module_names
    assert {"pikepdf", "casework"} <= foreign
    assert not {"django", "config", "accounts", "requests", "weasyprint", "celery"} & foreign


# ---- the scanner


def scanner(folder: Path, reply: bytes) -> tuple[str, list[bytes], threading.Thread]:
    """A clamd of one answer on a Unix socket; what it was sent is in the list."""
    address, sent = str(folder / "clamd"), []
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(1)

    def serve() -> None:
        with server, server.accept()[0] as line, line.makefile("rb") as reader:
            assert reader.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!I", reader.read(4))[0]:
                sent.append(reader.read(length))
            line.sendall(reply)

    thread = threading.Thread(target=serve)
    thread.start()
    return address, sent, thread


@pytest.mark.parametrize(
    ("reply", "code", "scanned"),
    [
        (b"stream: OK\0", "ok", True),
        (b"stream: Eicar-Test-Signature FOUND\0", "virus", True),
        (b"INSTREAM size limit exceeded. ERROR\0", "ok", False),
    ],
)
def test_scanner_is_asked(reply: bytes, code: str, scanned: bool, tmp_path: Path, socket_enabled: None) -> None:
    data = paper("函", ["一" * 400] * 300)
    address, sent, thread = scanner(tmp_path, reply)
    verdict = judge(put(tmp_path, data), clamd=address)
    thread.join(10)
    assert (verdict.code, verdict.scanned) == (code, scanned)
    assert b"".join(sent) == data
    assert ("limit" in verdict.scan_note) == (b"limit" in reply)


def test_scanner_that_is_not_there_refuses_nothing(tmp_path: Path, socket_enabled: None) -> None:
    verdict = judge(put(tmp_path, paper("函", [])), clamd=str(tmp_path / "nowhere"))
    assert (verdict.ok, verdict.scanned) == (True, False)
    assert "FileNotFoundError" in verdict.scan_note


# ---- pictures


def picture(form: str, size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(("form", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_picture_is_accepted_and_a_broken_one_refused(form: str, media: str, tmp_path: Path) -> None:
    data = picture(form)
    verdict = judge(put(tmp_path, data), kind="image")
    assert (verdict.code, verdict.media_type, verdict.pages) == ("ok", media, None)
    bad = {"half": data[: len(data) // 2], "zip": data + KINDS["zip_archive"][1](), "page": data + b"<script>"}
    codes = {name: judge(put(tmp_path, broken), kind="image").code for name, broken in bad.items()}
    assert codes == {"half": "damaged_image", "zip": "behind_picture", "page": "behind_picture"}


def test_other_pictures_and_papers_are_no_pictures(tmp_path: Path) -> None:
    for data in (picture("GIF"), picture("BMP"), build(), b"<svg/>"):
        verdict = judge(put(tmp_path, data), kind="image")
        assert verdict.code == "not_image"
        assert CHINESE.search(verdict.sentence)


@pytest.mark.parametrize(("pixels", "code"), [(2401, "ok"), (2400, "ok"), (2399, "huge_image")])
def test_pixels_at_the_cap(pixels: int, code: str, tmp_path: Path) -> None:
    assert judge(put(tmp_path, picture("PNG")), kind="image", limits=Limits(max_pixels=pixels)).code == code
