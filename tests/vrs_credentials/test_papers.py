"""VRS-02: what each field takes, judged by content; several files merged; a paper does not slip into a case filed meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.clock import now, today
from casework.cases import attachments
from casework.cases.doing import perform
from casework.errors import NotAllowed, Refused
from casework.models import Attachment, Case
from tests.casework.test_intake_flyers import gif, odt
from tests.vrs_credentials import world as w
from vrs_credentials.services import courses, education, uploading

pytestmark = pytest.mark.django_db
MEGABYTES = 2**20


def picture(form: str) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, form)
    return out.getvalue()


def course(here: w.World) -> Any:
    data = w.course_data(today() + timedelta(days=40))
    return courses.start(here.institution, data=data, sets=[w.a_set()], lecturers=[w.lecturer(here)], by=here.clerk, at=now())  # fmt: skip


def flyer(here: w.World, case: Case, content: bytes, field: Any = "flyer") -> Attachment:
    upload = SimpleUploadedFile("課程簡章.bin", content)
    return uploading.add_paper(
        case, code="flyer", label="課程簡章", uploads=[upload], by=here.clerk, at=now(), field=field
    )


@pytest.mark.parametrize(
    ("make", "extension"),
    [
        (lambda: w.pdf().read(), "pdf"),
        (lambda: picture("JPEG"), "jpg"),
        (gif, "gif"),
        (lambda: gif(3), "gif"),
        (odt, "odt"),
    ],
)
def test_a_flyer_is_pdf_jpg_gif_or_odt(here: w.World, make: Any, extension: str) -> None:
    kept = flyer(here, course(here).case, make())
    assert (kept.extension, kept.field, kept.state) == (extension, "flyer", Attachment.State.CLEAN)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: picture("PNG"), "PNG 圖片，不是 PDF"),
        (
            lambda: odt(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "這個欄位只接受 PDF、JPG、GIF、ODT 檔案",
        ),
        (lambda: odt(parts={"Basic/Standard/Module1.xml": b"<a/>"}), "巨集"),
        (lambda: gif() + odt(), "不屬於"),
        (lambda: gif() + b"\0" * (5 * MEGABYTES), "超過上限 5 MB"),
        (lambda: b"", "空的"),
    ],
)
def test_other_files_are_no_flyer(here: w.World, make: Any, says: str) -> None:
    case = course(here).case
    with pytest.raises(Refused, match=says) as refused:
        flyer(here, case, make())
    assert refused.value.field == "files" and not case.attachments.exists()


@pytest.mark.parametrize("make", [gif, odt, lambda: picture("JPEG")])
def test_the_other_papers_are_pdf_alone(here: w.World, make: Any) -> None:
    case = course(here).case
    with pytest.raises(Refused, match="不是 PDF"):
        flyer(here, case, make(), field="document")


def test_proof_of_a_weight_takes_the_same_kinds_as_a_flyer(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=60))
    given = education.start(person=one.holder, data=w.education_data(island=True), at=now())
    upload = SimpleUploadedFile("證明.gif", gif())
    uploading.add_paper(
        given.case, code="weight_proof", label="證明", uploads=[upload], by=one.holder, at=now(), field="weight_proof"
    )
    assert given.case.attachments.get().media_type == "image/gif"


def test_a_paper_judged_while_the_case_is_filed_does_not_slip_in(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging takes seconds; whether the case may still be changed is asked after it, with the case locked."""
    case, judged = w.drafted(here), attachments.judged

    def meanwhile(*given: Any, **more: Any) -> Any:
        verdict = judged(*given, **more)
        monkeypatch.setattr(attachments, "judged", judged)
        perform(case, "file", by=here.applicant, at=now())
        return verdict

    before = set(case.attachments.filter(removed_at=None).values_list("pk", flat=True))
    monkeypatch.setattr(attachments, "judged", meanwhile)
    with pytest.raises(NotAllowed, match="案件目前為「送審中」，不能「上傳文件」"):
        uploading.add_paper(case, code="degree", label="學歷", uploads=[w.pdf("另一份")], by=here.applicant, at=now())
    assert set(case.attachments.filter(removed_at=None).values_list("pk", flat=True)) == before
