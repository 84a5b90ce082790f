"""九、十三、附表六、附表七: certificates and proofs, what stands against them, entries after the end
(OHS-11, OHS-12, OHS-13, OHS-17, OHS-20, OHS-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kernel import dates
from kernel.comparing import BELOW, WORD, beyond
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain, share
from ohs_training.rules.training import Training


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`acknowledgement`: 備查文號 of the county's letter. `grounds`: those of 十三 that hold (OHS-17)."""

    ended_on: date
    passed: bool
    practice_approved: bool
    acknowledgement: str
    grounds: tuple[str, ...] = ()
    issued_on: date | None = None

    def __post_init__(self) -> None:
        if self.issued_on is not None and self.issued_on < self.ended_on:
            raise Impossible("發給日不得早於結訓日。")


@rule("OHS-11", facts=CertificateFacts)
def certificate(facts: CertificateFacts, *, on: date, law: Law) -> Outcome:
    """要點九第1款：專業訓練經測驗合格且實習或實作報告書審核通過者，應於結訓後二十日內發給結業證書，並註明備查文號。

    `may_issue` is whether it may be issued at all; `met` also asks whether that was in time. Late is late, not forbidden.
    The term is that of the law on the day the class ended: 30 days under the former text.
    """
    why = Reasoning("OHS-11", on=on, law=law)
    why.judge(facts.passed, "測驗合格", otherwise="測驗未合格，不得發給結業證書")
    why.judge(
        facts.practice_approved, "實習或實作報告書審核通過", otherwise="實習或實作報告書未審核通過，不得發給結業證書"
    )
    why.judge(not facts.grounds, "無要點十三不得發證情形", otherwise="有要點十三不得發證情形", citation="要點十三")
    why.judge(bool(facts.acknowledgement.strip()), "已取得備查文號", otherwise="尚無備查文號，結業證書應註明備查文號")
    against = [line.text for line in why.lines if line.met is False]
    days = why.figure("ohs.certificate_days", facts.ended_on)
    counted_to = dates.days_after(facts.ended_on, days)
    issue_by = law.calendar.act_by(counted_to)
    done_on = facts.issued_on or on
    why.judge(
        done_on <= issue_by,
        f"發給期限 {dates.roc(issue_by)}",
        otherwise=f"已逾發給期限 {dates.roc(issue_by)}",
        comparison=f"{dates.roc(facts.ended_on)} + {days} 日 = {dates.roc(counted_to)}",
        ended_on=facts.ended_on,
    )
    return why.outcome(
        may_issue=not against, against=against, issue_by=issue_by, counted_to=counted_to, late=done_on > issue_by
    )


@dataclass(frozen=True, slots=True)
class ProofFacts:
    ended_on: date
    grounds: tuple[str, ...] = ()
    issued_on: date | None = None

    def __post_init__(self) -> None:
        if self.issued_on is not None and self.issued_on < self.ended_on:
            raise Impossible("發給日不得早於結訓日。")


@rule("OHS-12", facts=ProofFacts)
def proof(facts: ProofFacts, *, on: date, law: Law) -> Outcome:
    """要點九第2款：接受在職教育訓練者，應於結訓當日發給在職教育訓練證明。"""
    why = Reasoning("OHS-12", on=on, law=law)
    kinds = why.figure("ohs.training_kinds", facts.ended_on)
    why.judge("in_service" in kinds, "要點設有在職教育訓練", otherwise="修正前要點無在職教育訓練")
    why.judge(not facts.grounds, "無要點十三不得發證情形", otherwise="有要點十三不得發證情形", citation="要點十三")
    against = [line.text for line in why.lines if line.met is False]
    done_on = facts.issued_on or on
    why.judge(
        done_on <= facts.ended_on,
        f"應於結訓當日 {dates.roc(facts.ended_on)} 發給",
        otherwise=f"已逾結訓當日 {dates.roc(facts.ended_on)}",
        comparison=f"{dates.roc(done_on)} ≤ {dates.roc(facts.ended_on)}",
    )
    return why.outcome(may_issue=not against, against=against, issue_by=facts.ended_on, late=done_on > facts.ended_on)


@dataclass(frozen=True, slots=True)
class AfterFacts:
    """Something to be entered and reported after a class: the day it ended, and the day it was done."""

    ended_on: date
    done_on: date | None = None

    def __post_init__(self) -> None:
        if self.done_on is not None and self.done_on < self.ended_on:
            raise Impossible("登錄日不得早於結訓日。")


@rule("OHS-13", facts=AfterFacts)
def entry_after_class(facts: AfterFacts, *, on: date, law: Law) -> Outcome:
    """要點九第3款：於結訓後十五日內，將受訓人員之個人資料、簽到（簽退）紀錄及成績等登錄至教育訓練系統，並函請備查。"""
    why = Reasoning("OHS-13", on=on, law=law)
    days = why.figure("ohs.entry_after_days", facts.ended_on)
    if days is None:
        why.note("修正前要點無登錄規定")
        return why.outcome(judged=False, enter_by=None)
    counted_to = dates.days_after(facts.ended_on, days)
    enter_by = law.calendar.act_by(counted_to)
    done_on = facts.done_on or on
    why.judge(
        done_on <= enter_by,
        f"登錄及備查期限 {dates.roc(enter_by)}",
        otherwise=f"已逾登錄及備查期限 {dates.roc(enter_by)}",
        comparison=f"{dates.roc(done_on)} ≤ {dates.roc(enter_by)}",
        ended_on=facts.ended_on,
    )
    return why.outcome(enter_by=enter_by, counted_to=counted_to)


@dataclass(frozen=True, slots=True)
class GroundsFacts:
    """`absent_hours`: leave and truancy, before anything was made up: 十三 第2款 counts what was missed of the class."""

    training: Training
    qualified: bool
    in_person: bool
    total_hours: Decimal
    absent_hours: Decimal
    practice_done: bool = True
    report_done: bool = True

    def __post_init__(self) -> None:
        if self.total_hours <= 0:
            raise Impossible("課程總時數應大於 0。")
        if not 0 <= self.absent_hours <= self.total_hours:
            raise Impossible("缺課時數應在 0 與課程總時數之間。")


#: Grounds of 十三, in its order; the second clause holds two that block apart.
GROUNDS = {
    "not_qualified": "未具合格醫師或護理人員資格",
    "absent_one_fifth": "專業訓練缺課時數達應上課總時數五分之一以上",
    "practice_missing": "專業訓練未參加實習或實作，並完成報告",
    "not_in_full": "在職教育訓練未全程參與各課程",
    "not_in_person": "非其本人或冒名頂替參加",
}


@rule("OHS-17", facts=GroundsFacts)
def grounds(facts: GroundsFacts, *, on: date, law: Law) -> Outcome:
    """要點十三：未具合格資格、專業訓練缺課達五分之一以上或未參加實習並完成報告、在職教育訓練未全程參與、冒名頂替者，不得製發證書或證明。"""
    why = Reasoning("OHS-17", on=on, law=law)
    held: list[str] = []

    def against(
        code: str, holds: bool, fine: str, citation: str | None, comparison: str = "", otherwise: str = ""
    ) -> None:
        if not why.judge(
            not holds, fine, otherwise=otherwise or GROUNDS[code], citation=citation, comparison=comparison
        ):
            held.append(code)

    against("not_qualified", not facts.qualified, "具合格醫師或護理人員資格", "要點十三第1款")
    if facts.training == "professional":
        how = law.at("ohs.absence_comparator", on).value
        percent = why.figure("ohs.certificate_bar_percent")
        too_much = beyond(facts.absent_hours * 100, how, facts.total_hours * percent)
        against(
            "absent_one_fifth",
            too_much,
            f"缺課 {plain(facts.absent_hours)} 小時，未{WORD[how]}{share(percent)}",
            None,
            f"{plain(facts.absent_hours)} {BELOW[how]} {plain(facts.total_hours)} × {percent}%",
            f"專業訓練缺課時數{WORD[how]}應上課總時數{share(percent)}{'以上' if how == 'ge' else ''}",
        )
        against(
            "practice_missing",
            not (facts.practice_done and facts.report_done),
            "已參加實習或實作並完成報告",
            "要點十三第2款",
        )
    else:
        against(
            "not_in_full",
            facts.absent_hours > 0,
            "全程參與各課程",
            "要點十三第3款",
            f"缺課 {plain(facts.absent_hours)} 小時",
        )
    against("not_in_person", not facts.in_person, "本人參加", "要點十三第4款")
    return why.outcome(grounds=held)


@dataclass(frozen=True, slots=True)
class ConfirmationFacts:
    """參訓後: counted from the last day of the class."""

    ended_on: date
    answer: Literal["confirmed", "disputed"] | None = None
    answered_on: date | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        if (self.answer is None) != (self.answered_on is None):
            raise Impossible("確認結果與確認日應同時填寫。")
        if self.answered_on is not None and self.answered_on < self.ended_on:
            raise Impossible("確認日不得早於結訓日。")


@rule("OHS-20", facts=ConfirmationFacts)
def confirmation(facts: ConfirmationFacts, *, on: date, law: Law) -> Outcome:
    """附表七附註：受訓人員應於參訓後 30 日內，至教育訓練系統確認訓練單位所登錄之在職教育訓練時數。

    No answer by then leaves the hours as they are: the note attaches no consequence.
    """
    why = Reasoning("OHS-20", on=on, law=law)
    days = why.figure("ohs.confirm_days", facts.ended_on)
    if days is None:
        why.note("修正前要點無在職教育訓練")
        return why.outcome(judged=False, confirm_by=None, open=False)
    counted_to = dates.days_after(facts.ended_on, days)
    confirm_by = law.calendar.act_by(counted_to)
    done_on = facts.answered_on or on
    why.judge(
        done_on <= confirm_by,
        f"確認期限 {dates.roc(confirm_by)}",
        otherwise=f"已逾確認期限 {dates.roc(confirm_by)}",
        comparison=f"{dates.roc(done_on)} ≤ {dates.roc(confirm_by)}",
    )
    if facts.answer == "disputed":
        why.judge(bool(facts.remark.strip()), "已敘明對時數之意見", otherwise="對時數有意見者，請敘明理由")
    return why.outcome(
        confirm_by=confirm_by,
        counted_to=counted_to,
        open=facts.answer is None and facts.ended_on <= on <= confirm_by,
    )


#: 附表六, in the order of the paper.
CERTIFICATE_FIELDS = {
    "photo": "相片",
    "number": "證書字號",
    "name": "姓名",
    "person_id": "身分證字號",
    "born_on": "出生年月日",
    "starts_on": "訓練起日",
    "ends_on": "訓練迄日",
    "institution": "訓練機構",
    "class_number": "期別",
    "kind": "訓練類別",
    "authority": "備查機關",
    "acknowledgement": "備查文號",
    "issuer": "發證單位全銜",
    "issued_on": "發證日期",
}


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """`given`: fields that have a value. `replaces`: number of the certificate this one replaces 補發."""

    given: tuple[str, ...]
    number: str
    replaces: str | None = None


@rule("OHS-22", facts=PaperFacts)
def certificate_paper(facts: PaperFacts, *, on: date, law: Law) -> Outcome:
    """附表六：結業證書載明相片、證書字號、姓名、身分證字號、出生日期、訓練期間、期別、類別、備查機關及文號、發證單位及日期；補發保留原證書。"""
    why = Reasoning("OHS-22", on=on, law=law)
    missing = [code for code in CERTIFICATE_FIELDS if code not in facts.given]
    why.judge(not missing, "應載事項齊全", otherwise="尚缺：" + "、".join(CERTIFICATE_FIELDS[c] for c in missing))
    if facts.replaces is not None:
        why.judge(
            facts.replaces != facts.number, f"補發，原證書 {facts.replaces} 註記保留", otherwise="補發證書應另編字號"
        )
    return why.outcome(missing=missing)
