"""Review, hours, courses, extension: what each act refuses and leaves."""

from datetime import timedelta
from decimal import Decimal

from accounts.clock import now, today
from casework.models import Case
from tests.vrs_credentials import world as w
from vrs_credentials.models import Certificate
from vrs_credentials.services import filing, training, uploading


def hours_filed(here: w.World, certificate: Certificate, hours: str = "36") -> Case:
    who = certificate.holder
    one = training.start(
        person=who, purpose="after", kind=certificate.kind, clause=certificate.clause, certificate=certificate, at=now()
    )
    data = {
        "course": "就業服務專業訓練", "hours": Decimal(hours), "trainer": "勞動力發展署", "class_name": "第一班",
        "starts_on": today() - timedelta(days=5), "ends_on": today() - timedelta(days=1), "disabilities": ["physical"],
    }  # fmt: skip
    row = training.save_record(one.case, position=None, data=data, by=who, at=now())
    uploading.add_paper(one.case, code="certificate", label="結訓證書", uploads=[w.pdf("正面"), w.pdf("反面")], by=who, at=now(), subject=row.code)
    uploading.add_paper(one.case, code="pledge", label="切結書", uploads=[w.pdf("切結書")], by=who, at=now(), field="pledge", by_hand=True)
    return filing.file(Case.objects.get(pk=one.case_id), by=who, at=now())
