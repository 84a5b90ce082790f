"""補助比率與特定對象身分 (學員問答第8, 9, 17題)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal

from kernel.dates import add_months, years_since
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from ojt_subsidy.params import IDENTITY_LABELS, Identity


@dataclass(frozen=True, slots=True)
class RateFacts:
    """`proven`: the branch accepted the evidence; its validity (both days count) must cover the first day of class.

    Age needs no paper and no acceptance beyond the birth date on file: `born_on` for 中高齡者 and 65歲以上者.
    """

    identity: Identity
    starts_on: date
    proven: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    born_on: date | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise Impossible("證明文件有效迄日不可能早於起日。")
        if self.born_on and self.born_on > self.starts_on:
            raise Impossible("出生日期不可能晚於開訓日。")


#: The identities that follow from the birth date, and the figure of the age, the higher one first.
BY_AGE = {Identity.AGED_65: "sub.aged_from", Identity.MIDDLE_AGED: "sub.middle_aged_from"}


@rule("SUB-07", facts=RateFacts)
def rate(facts: RateFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第8題、第17題：一般身分補助訓練費用80%，特定對象勞工、65歲以上者及犯罪被害人與其家屬補助100%；中高齡者及65歲以上者依出生日期認定，其他身分未經確認前，先顯示80%。"""
    why = Reasoning("SUB-07", on=on, law=law)
    day, label = facts.starts_on, IDENTITY_LABELS[facts.identity]
    ordinary = law.at("sub.ordinary_percent", day).value
    full = False
    if facts.identity.value not in why.figure("sub.full_identities", day):
        why.note(f"{label}依一般補助比率", identity=facts.identity)
    elif facts.identity in BY_AGE:
        full = _age_fits(facts, why)
    elif not facts.proven:
        why.note(f"「{label}」尚未確認，先顯示一般補助比率", identity=facts.identity)
    else:
        full = _paper_covers(facts, why)
    percent = why.figure("sub.full_percent" if full else "sub.ordinary_percent", day)
    why.note(f"補助比率為{percent}%", identity=facts.identity)
    return why.outcome(judged=False, percent=percent, full=full, shown_first=ordinary)


def _age_fits(facts: RateFacts, why: Reasoning) -> bool:
    if facts.born_on is None:
        why.note("未登錄出生日期，無法確認年齡")
        return False
    age, needed = years_since(facts.born_on, facts.starts_on), why.figure(BY_AGE[facts.identity], facts.starts_on)
    why.note(f"開訓日年滿{age}歲", comparison=f"{age} ≥ {needed}", born_on=facts.born_on)
    return bool(age >= needed)


def _paper_covers(facts: RateFacts, why: Reasoning) -> bool:
    covers = (facts.valid_from is None or facts.valid_from <= facts.starts_on) and (
        facts.valid_until is None or facts.starts_on <= facts.valid_until
    )
    why.note(
        "證明文件於開訓日有效" if covers else "證明文件於開訓日不在有效期間內",
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
    )
    return covers


class Ground(StrEnum):
    """獨力負擔家計者之事由 (學員問答第9題)."""

    SPOUSE_DEAD = "spouse_dead"
    SPOUSE_MISSING = "spouse_missing"
    DIVORCED = "divorced"
    DIVORCE_SUIT_AFTER_VIOLENCE = "divorce_suit_after_violence"
    SPOUSE_IMPRISONED = "spouse_imprisoned"
    SPOUSE_IN_SERVICE = "spouse_in_service"
    SPOUSE_UNABLE_TO_WORK = "spouse_unable_to_work"
    REFERRED = "referred"
    UNMARRIED = "unmarried"
    OBLIGOR_UNABLE = "obligor_unable"


@dataclass(frozen=True, slots=True)
class GroundText:
    clause: str
    label: str
    paper: str
    relations: tuple[str, ...]


_LINEAL = ("descendant", "ascendant")
_ALL_KIN = (*_LINEAL, "spouse_lineal", "former_spouse_lineal")

#: The questionnaire shows these in order.
GROUNDS = {
    Ground.SPOUSE_DEAD: GroundText("（一）1", "配偶死亡", "新式戶口名簿影本", _ALL_KIN),
    Ground.SPOUSE_MISSING: GroundText(
        "（一）2", "配偶失蹤，經向警察機關報案協尋達6個月以上未尋獲", "報案紀錄文件", _ALL_KIN
    ),
    Ground.DIVORCED: GroundText("（一）3", "離婚", "新式戶口名簿影本", _ALL_KIN),
    Ground.DIVORCE_SUIT_AFTER_VIOLENCE: GroundText(
        "（一）4", "受家庭暴力，已提起離婚之訴", "訴訟案件證明文件", _ALL_KIN
    ),
    Ground.SPOUSE_IMPRISONED: GroundText(
        "（一）5", "配偶入獄服刑、因案羈押或依法拘禁", "入獄、羈押或拘禁通知文件", _ALL_KIN
    ),
    Ground.SPOUSE_IN_SERVICE: GroundText(
        "（一）6", "配偶應徵集、召集入營服義務役或替代役", "徵集、召集通知文件", _ALL_KIN
    ),
    Ground.SPOUSE_UNABLE_TO_WORK: GroundText(
        "（一）7", "配偶身心障礙或罹患重大傷、病致不能工作", "醫療機構診斷證明文件", _ALL_KIN
    ),
    Ground.REFERRED: GroundText(
        "（一）8", "其他經認定或經社政單位轉介之情況特殊需提供協助者", "公文或轉介單", _ALL_KIN
    ),
    Ground.UNMARRIED: GroundText(
        "（二）", "未婚且家庭內無與申請人有同居關係之成員", "新式戶口名簿影本", ("descendant",)
    ),
    Ground.OBLIGOR_UNABLE: GroundText(
        "（三）",
        "原負有法定扶養義務者死亡、失蹤、婚姻、經濟、疾病或法律因素，致無法履行該義務",
        "相關證明文件",
        _LINEAL,
    ),
}


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative supported alone 獨自扶養之直系親屬. `study` other than day: the kinds of study that do not count."""

    relation: Literal["descendant", "ascendant", "spouse_lineal", "former_spouse_lineal"]
    born_on: date
    study: Literal[
        "none", "day", "open_university", "continuing", "in_service", "credit", "night_weekend", "distance"
    ] = "none"
    disability_card: bool = False
    treatment_months: int = 0


@dataclass(frozen=True, slots=True)
class SupporterFacts:
    """`reported_on`: 配偶失蹤報案日. `lives_with_partner`: a member of the household cohabits with the applicant."""

    ground: Ground
    starts_on: date
    relatives: tuple[Relative, ...]
    paper_shown: bool = True
    reported_on: date | None = None
    lives_with_partner: bool = False

    def __post_init__(self) -> None:
        if any(r.born_on > self.starts_on or r.treatment_months < 0 for r in self.relatives):
            raise Impossible("受扶養親屬的出生日期不可能晚於開訓日，治療期間不得為負數。")


@rule("SUB-08", facts=SupporterFacts)
def single_supporter(facts: SupporterFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第9題：獨力負擔家計者應具所列事由之一，獨自扶養在學或無工作能力之直系親屬，並檢附證明；受扶養者年滿15歲至65歲須附在學或無工作能力證明。

    One relative who fulfils the clause is enough: that others are supported too takes nothing away, they are left out.
    """
    why = Reasoning("SUB-08", on=on, law=law)
    day, text = facts.starts_on, GROUNDS[facts.ground]
    clause = f"學員問答第9題{text.clause}"
    why.judge(
        facts.paper_shown,
        f"{text.label}，已附{text.paper}",
        otherwise=f"{text.label}，請附{text.paper}",
        citation=clause,
    )
    if facts.ground is Ground.SPOUSE_MISSING:
        months = why.figure("sub.missing_months", day)
        long_enough = facts.reported_on is not None and add_months(facts.reported_on, months) <= day
        why.judge(
            long_enough,
            f"報案協尋已達{months}個月",
            otherwise=f"報案協尋未達{months}個月",
            reported_on=facts.reported_on,
        )
    if facts.ground is Ground.UNMARRIED:
        why.judge(
            not facts.lives_with_partner, "家庭內無同居關係之成員", otherwise="家庭內有同居關係之成員", citation=clause
        )
    papers = [text.paper]
    if not facts.relatives:
        why.judge(False, "未列受扶養之直系親屬", citation=clause)
    judged = [_supported(number, one, text, day, on, law) for number, one in enumerate(facts.relatives, 1)]
    anybody = any(found.met for found, _ in judged)
    for found, proof in judged:
        if found.met or not anybody:
            why.include(found)
            papers += proof
        else:
            why.lines += [replace(line, met=None, text=f"{line.text}，不列計") for line in found.refusals]
    return why.outcome(clause=clause, papers=list(dict.fromkeys(papers)))


def _supported(
    number: int, relative: Relative, text: GroundText, day: date, on: date, law: Law
) -> tuple[Outcome, list[str]]:
    """Whether one relative fulfils the clause, and the papers that prove it."""
    why = Reasoning("SUB-08", on=on, law=law)
    if relative.relation not in text.relations:
        why.judge(False, f"受扶養者{number}之親屬關係不屬本事由範圍", citation=f"學員問答第9題{text.clause}")
        return why.outcome(), []
    papers = _proof(number, relative, day, why, law)
    return why.outcome(), papers


def _proof(number: int, relative: Relative, day: date, why: Reasoning, law: Law) -> list[str]:
    """Judge one relative; returns the papers that prove it (none are needed below 15 and above 65)."""
    age, until = years_since(relative.born_on, day), law.at("sub.kin_proof_until", day).value
    needed_from = why.figure("sub.kin_proof_from", day)
    if not needed_from <= age <= until:
        why.judge(True, f"受扶養者{number}（{age}歲）免附在學或無工作能力證明", born_on=relative.born_on)
        return []
    why.note(f"受扶養者{number}（{age}歲）須附在學或無工作能力證明", comparison=f"{needed_from} ≤ {age} ≤ {until}")
    months = law.at("sub.treatment_months", day).value
    if relative.disability_card:
        why.judge(True, f"受扶養者{number}領有身心障礙者手冊", citation="學員問答第9題附註2")
        return ["身心障礙者手冊正反面影本"]
    if relative.treatment_months >= months:
        why.figure("sub.treatment_months", day)
        why.judge(True, f"受扶養者{number}須治療或療養{months}個月以上")
        return ["醫療機構診斷證明文件正本"]
    limit = why.figure("sub.study_age_limit", day)
    why.judge(
        relative.study == "day" and age <= limit,
        f"受扶養者{number}為{limit}歲以下在學",
        otherwise=(
            f"受扶養者{number}無{limit}歲以下日間在學證明（空中大學、進修學校、在職班、學分班、夜間或假日上課及遠距教學不計），"
            f"亦無治療{months}個月以上或身心障礙證明"
        ),
        comparison=f"{age} ≤ {limit}",
        study=relative.study,
    )
    return ["在學證明文件"]
