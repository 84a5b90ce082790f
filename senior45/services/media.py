"""Pictures and files of an article: judged, made smaller, kept by their content (S45-06)."""

import hashlib
import io
import zipfile
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from accounts.models import User
from casework.cases.attachments import judged
from casework.cases.events import record
from casework.cases.moving import lock
from casework.errors import Refused
from casework.intake import Limits
from casework.intake.judge import MB, too_big_sentence
from casework.models import Case
from senior45.models import ArticleFile, ArticlePicture
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


@transaction.atomic
def add_picture(
    case: Case, *, upload: UploadedFile, alt: str, by: User, at: datetime, version: int | None = None
) -> ArticlePicture:
    """Checked, turned upright, at most 1600 px wide or high, without what the camera wrote into it. Raises Refused."""
    if not alt.strip():
        raise Refused("請填寫替代文字，讓看不見圖片的人也知道內容。", field="alt")
    judged(upload, PICTURE, kind="image", field="picture")
    case = lock(case, version=version)
    working = articles.working_version(case, by=by, at=at)
    if working.pictures.count() >= MOST_PICTURES:
        raise Refused(f"每篇文稿最多 {MOST_PICTURES} 張圖片。", field="picture")
    upload.seek(0)
    content, extension, (width, height) = smaller(upload.read())
    picture = ArticlePicture(
        version=working,
        extension=extension,
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
        alt=alt.strip()[:200],
        original_name=Path(upload.name or "").name[-200:],
        uploaded_at=at,
        uploaded_by=by,
    )
    picture.file.save(picture.original_name, ContentFile(content), save=False)
    picture.save()
    record(case, "picture.added", f"加入圖片：{picture.original_name}", by=by, at=at)
    return picture


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


@transaction.atomic
def remove_picture(case: Case, *, pk: int, by: User, at: datetime, version: int | None = None) -> None:
    case = lock(case, version=version)
    working = articles.working_version(case, by=by, at=at)
    gone = _same(working.pictures, ArticlePicture.objects.filter(version__article__case=case).get(pk=pk).sha256)
    for picture in gone:
        record(case, "picture.removed", f"移除圖片：{picture.original_name}", by=by, at=at)
        picture.delete()


@transaction.atomic
def add_file(
    case: Case, *, upload: UploadedFile, label: str, by: User, at: datetime, version: int | None = None
) -> ArticleFile:
    """A PDF or an ODF document to download. Raises Refused."""
    if not label.strip():
        raise Refused("請填寫檔案名稱，例：活動報名表。", field="label")
    if (upload.size or 0) > FILE.max_bytes:
        raise Refused(too_big_sentence(upload.size or 0, FILE.max_bytes), field="file")
    upload.seek(0)
    head = upload.read(4)
    upload.seek(0)
    if head == b"PK\x03\x04":
        content = upload.read()
        extension = judge_odf(content)
        media_type = ODF[extension]
    else:
        judged(upload, FILE, field="file")
        upload.seek(0)
        content, extension, media_type = upload.read(), "pdf", "application/pdf"
    case = lock(case, version=version)
    working = articles.working_version(case, by=by, at=at)
    if working.files.count() >= MOST_FILES:
        raise Refused(f"每篇文稿最多 {MOST_FILES} 個附件。", field="file")
    made = ArticleFile(
        version=working,
        extension=extension,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        label=label.strip()[:120],
        original_name=Path(upload.name or "").name[-200:],
        uploaded_at=at,
        uploaded_by=by,
    )
    made.file.save(made.original_name, ContentFile(content), save=False)
    made.save()
    record(case, "file.added", f"加入附件：{made.label}", by=by, at=at)
    return made


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


@transaction.atomic
def remove_file(case: Case, *, pk: int, by: User, at: datetime, version: int | None = None) -> None:
    case = lock(case, version=version)
    working = articles.working_version(case, by=by, at=at)
    gone = _same(working.files, ArticleFile.objects.filter(version__article__case=case).get(pk=pk).sha256)
    for one in gone:
        record(case, "file.removed", f"移除附件：{one.label}", by=by, at=at)
        one.delete()


def _same(rows, sha256: str):  # type: ignore[no-untyped-def]
    """The row of the version being worked on that holds the same content as the one pointed at (which may be an older version's)."""
    return list(rows.filter(sha256=sha256)[:1])
