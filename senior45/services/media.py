"""Pictures and files of an article: judged, made smaller, kept by their content (S45-06)."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from PIL import Image, ImageOps

from accounts.models import User
from casework.cases.attachments import judged
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.errors import Refused
from casework.intake import Limits
from casework.intake.judge import MB, too_big_sentence
from casework.models import Case
from senior45.models import ArticleFile, ArticlePicture, ArticleVersion
from senior45.services import articles

#: A telephone's picture (12 to 20 megapixels) passes; what would fill the server's memory does not.
PICTURE = Limits(max_bytes=15 * MB, max_pixels=24_000_000)
FILE = Limits(max_bytes=20 * MB)
LONGEST = 1600
MOST_PICTURES, MOST_FILES = 10, 10
ODF = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_INFLATED = 200 * MB


def judge_picture(case: Case, by: User, *, picture: UploadedFile, alt: str) -> dict[str, Any]:
    """Judge a picture; turn it upright, make it small, leave out what the camera wrote into it. Raises Refused."""
    if not alt.strip():
        raise Refused("請填寫替代文字，讓看不見圖片的人也知道內容。", field="alt")
    judged(picture, PICTURE, kind="image", field="picture")
    picture.seek(0)
    content, extension, (width, height) = smaller(picture.read())
    made = ArticlePicture(
        extension=extension,
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
        alt=alt.strip()[:200],
        original_name=Path(picture.name or "").name[-200:],
    )
    return {"picture": made, "content": content}


def add_picture(doing: Doing, *, picture: ArticlePicture, content: bytes) -> ArticlePicture:
    """Put the picture into the version that is being written."""
    working = articles.working_version(doing)
    if working.pictures.count() >= MOST_PICTURES:
        raise Refused(f"每篇文稿最多 {MOST_PICTURES} 張圖片。", field="picture")
    _keep(picture, working, content, doing)
    record(doing.case, doing.act.code, f"加入圖片：{picture.original_name}", by=doing.by, at=doing.at)
    return picture


def _keep(made: ArticlePicture | ArticleFile, working: ArticleVersion, content: bytes, doing: Doing) -> None:
    made.version, made.uploaded_at, made.uploaded_by = working, doing.at, doing.by
    made.file.save(made.original_name, ContentFile(content), save=False)
    made.save()


def smaller(content: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """The picture as it is kept: JPEG, or PNG where parts of it are transparent."""
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as opened:
        opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is then decoded no larger than needed
        picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if picture.mode in ("RGBA", "LA") or "transparency" in picture.info:
        picture.convert("RGBA").save(out, "PNG", optimize=True)
        return out.getvalue(), "png", picture.size
    picture.convert("RGB").save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue(), "jpg", picture.size


def remove_picture(doing: Doing, *, pk: int) -> None:
    """Take a picture out of the version that is being written."""
    pointed_at = ArticlePicture.objects.filter(version__article__case=doing.case).get(pk=pk)
    for picture in _same(articles.working_version(doing).pictures, pointed_at):
        record(doing.case, doing.act.code, f"移除圖片：{picture.original_name}", by=doing.by, at=doing.at)
        picture.delete()


def judge_file(case: Case, by: User, *, file: UploadedFile, label: str) -> dict[str, Any]:
    """Judge a PDF or an ODF document to download. Raises Refused."""
    if not label.strip():
        raise Refused("請填寫檔案名稱，例：活動報名表。", field="label")
    if (file.size or 0) > FILE.max_bytes:
        raise Refused(too_big_sentence(file.size or 0, FILE.max_bytes), field="file")
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if head == b"PK\x03\x04":
        content = file.read()
        extension = judge_odf(content)
        media_type = ODF[extension]
    else:
        judged(file, FILE, field="file")
        file.seek(0)
        content, extension, media_type = file.read(), "pdf", "application/pdf"
    made = ArticleFile(
        extension=extension,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        label=label.strip()[:120],
        original_name=Path(file.name or "").name[-200:],
    )
    return {"file": made, "content": content}


def add_file(doing: Doing, *, file: ArticleFile, content: bytes) -> ArticleFile:
    """Put the document into the version that is being written."""
    working = articles.working_version(doing)
    if working.files.count() >= MOST_FILES:
        raise Refused(f"每篇文稿最多 {MOST_FILES} 個附件。", field="file")
    _keep(file, working, content, doing)
    record(doing.case, doing.act.code, f"加入附件：{file.label}", by=doing.by, at=doing.at)
    return file


def judge_odf(content: bytes) -> str:
    """The extension of an ODF document without macros. Raises Refused. Nothing is unpacked: names and sizes tell."""
    wrong = Refused("附件只接受 PDF 或 ODF（odt、ods、odp）檔案，請另存成其中一種格式後再上傳。", field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = [one.filename for one in packed.infolist()]
            if len(names) > 2000 or sum(one.file_size for one in packed.infolist()) > _INFLATED:
                raise Refused("這個檔案解壓縮後的內容異常龐大，無法收件。", field="file")
            if names[0] != "mimetype" or packed.getinfo("mimetype").file_size > 100:
                raise wrong
            kind = packed.read("mimetype").decode("ascii", "replace").strip()
            manifest = packed.read("META-INF/manifest.xml")[: 2 * MB]
    except (zipfile.BadZipFile, KeyError, IndexError, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise wrong from error
    extension = next((short for short, media in ODF.items() if media == kind), "")
    if not extension:
        raise wrong
    if b"encryption-data" in manifest:
        raise Refused("這個檔案設有密碼，請取消密碼後再上傳。", field="file")
    if any(name.startswith(("Basic/", "Scripts/")) or "/Scripts/" in name for name in names):
        raise Refused("這個檔案含有巨集，請移除巨集後再上傳。", field="file")
    if any(name.startswith("/") or ".." in Path(name).parts for name in names):
        raise wrong
    return extension


def remove_file(doing: Doing, *, pk: int) -> None:
    """Take a document out of the version that is being written."""
    pointed_at = ArticleFile.objects.filter(version__article__case=doing.case).get(pk=pk)
    for one in _same(articles.working_version(doing).files, pointed_at):
        record(doing.case, doing.act.code, f"移除附件：{one.label}", by=doing.by, at=doing.at)
        one.delete()


def _same(rows: QuerySet[Any], pointed_at: ArticlePicture | ArticleFile) -> list[Any]:
    """The row of the version being worked on that holds the same content as the one pointed at (which may be an older version's)."""
    return list(rows.filter(sha256=pointed_at.sha256)[:1])
