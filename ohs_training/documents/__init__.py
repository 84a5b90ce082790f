"""What the papers say: 附表二 to 附表十二, the letters, the order and the receipt."""

from casework.papers.rendering import Paper
from ohs_training.documents.forms import PRINTS, print_context, printed
from ohs_training.documents.issued import (
    certificate_standing,
    issue_accreditation,
    issue_certificate,
    issue_order,
    issue_proof,
    issue_receipt,
    revoke_accreditation_letter,
)

PRINTED = (
    Paper("ohs_filing", "附表二、訓練計畫報備書", "papers/ohs/filing.html"),
    Paper("ohs_timetable", "附表三、訓練課程表", "papers/ohs/timetable.html"),
    Paper("ohs_teachers", "附表四、講師名冊", "papers/ohs/teachers.html"),
    Paper("ohs_roster", "附表五、受訓人員名冊", "papers/ohs/roster.html"),
    Paper("ohs_certificate", "結業證書", "papers/ohs/certificate.html", standing=certificate_standing),
    Paper("ohs_proof", "在職教育訓練證明", "papers/ohs/proof.html", standing=certificate_standing),
    Paper("ohs_sign_in", "附表八、受訓人員簽到（退）紀錄", "papers/ohs/sign_in.html"),
    Paper("ohs_roll_call", "附表九、受訓人員點名紀錄", "papers/ohs/roll_call.html"),
    Paper("ohs_marks", "附表十、專業訓練受訓人員成績冊", "papers/ohs/marks.html"),
    Paper("ohs_certificates", "附表十一、專業訓練受訓人員結業證書核發清冊", "papers/ohs/certificates.html"),
    Paper("ohs_proofs", "附表十二、在職教育訓練受訓人員證明核發名冊", "papers/ohs/proofs.html"),
    Paper("ohs_accreditation", "認可訓練機構認可函", "papers/ohs/accreditation.html", numbered=True),
    Paper("ohs_revocation", "撤銷（廢止）認可處分函", "papers/ohs/revocation.html", numbered=True),
    Paper("ohs_order", "限期改善通知函", "papers/ohs/order.html", numbered=True),
    Paper("ohs_receipt", "收據", "papers/ohs/receipt.html"),
)

__all__ = [
    "PRINTED",
    "PRINTS",
    "issue_accreditation",
    "issue_certificate",
    "issue_order",
    "issue_proof",
    "issue_receipt",
    "print_context",
    "printed",
    "revoke_accreditation_letter",
]
