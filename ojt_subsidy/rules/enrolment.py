"""報名: the catalogue, the opening moment, order of filing, clashes of class hours (學員問答第1–3, 19–21題)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from kernel.dates import TAIPEI, add_months, roc
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule

promise(
    __name__,
    "SUB-01",
    "學員問答第1題：課程及本方案訊息公開查詢，得依分署、縣市、日期、類別、計畫、關鍵字及餘額查詢。",
    screens=("ojt_subsidy:catalogue", "ojt_subsidy:course"),
)


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """`starts_on`: 開訓日."""

    starts_on: date


@rule("SUB-02", facts=OpeningFacts)
def opening(facts: OpeningFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第2題：線上報名於開訓日一個月前之當日中午12時起開放。

    3/1 → 2/1 12:00 Taipei time; where the month before has no such day, its last day. Compared with the server's clock
    to the microsecond: 11:59:59.999999 is a moment early.
    """
    why = Reasoning("SUB-02", on=on, law=law)
    months = why.figure("sub.opening_months", facts.starts_on)
    opens_on = add_months(facts.starts_on, -months)
    why.note(
        f"開訓日 {roc(facts.starts_on)} 之{months}個月前為 {roc(opens_on)}",
        comparison=f"{roc(facts.starts_on)} − {months} 個月 = {roc(opens_on)}",
        starts_on=facts.starts_on,
    )
    hour = why.figure("sub.opening_hour", facts.starts_on)
    opens_at = datetime.combine(opens_on, time(hour), TAIPEI)
    why.note(f"報名自 {roc(opens_on)} {hour:02d}:00 起開放", opens_at=opens_at)
    return why.outcome(judged=False, opens_at=opens_at)


promise(
    __name__,
    "SUB-03",
    "學員問答第2題、第19題、第20題：依線上報名時間先後順序編號並依序審核錄訓，報名次序及結果公開查詢；線上報名僅表示收件成功，"
    "繳費及繳交資料後始完成報名程序。",
    screens=("ojt_subsidy:ledger", "ojt_subsidy:enrolments", "paper:enrolment_receipt"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One class session 授課時段, from a moment until (not including) another."""

    starts_at: datetime
    ends_at: datetime
    course: str = ""

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise Impossible("授課結束時間必須晚於開始時間。")


@dataclass(frozen=True, slots=True)
class ClashFacts:
    """`sessions` of the course applied for; `taken`: sessions of all courses already enrolled in or attended."""

    sessions: tuple[Session, ...]
    taken: tuple[Session, ...] = ()


@rule("SUB-04", facts=ClashFacts)
def clash(facts: ClashFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第21題：報名多班訓練課程有授課時段重疊者，以參加一班訓練課程為限。

    A session that begins when another ends does not overlap.
    """
    why = Reasoning("SUB-04", on=on, law=law)
    clashes = []
    for mine in sorted(facts.sessions, key=lambda s: s.starts_at):
        for other in sorted(facts.taken, key=lambda s: s.starts_at):
            if mine.starts_at < other.ends_at and other.starts_at < mine.ends_at:
                clashes.append(other)
                why.judge(
                    False,
                    f"{_spell(mine)} 與「{other.course or '已報名課程'}」{_spell(other)} 的授課時段重疊，請擇一參訓",
                    comparison=f"{_spell(mine)} 與 {_spell(other)} 有共同時間",
                )
    if not clashes:
        why.judge(True, "與已報名或參訓中之課程無時段重疊", sessions=len(facts.sessions), taken=len(facts.taken))
    courses = list(dict.fromkeys(c.course for c in clashes))
    return why.outcome(clashes=len(clashes), courses=courses)


def _spell(session: Session) -> str:
    start, end = session.starts_at.astimezone(TAIPEI), session.ends_at.astimezone(TAIPEI)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{roc(end.date())} {end:%H:%M}"
    return f"{roc(start.date())} {start:%H:%M}–{until}"


promise(
    __name__,
    "SUB-15",
    "學員問答第21題：不限制參加相同或相似課程之次數，惟三年補助總額仍受上限限制。",
    screens=("ojt_subsidy:enrol",),
)
