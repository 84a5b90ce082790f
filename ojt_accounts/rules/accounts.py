"""The account itself: seats, name, password, sign-in, rights by year 帳號."""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date

from kernel.characters import same_name
from kernel.facts import Impossible
from kernel.identifiers import plain
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from ojt_accounts.params import PACK, PLANS


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """Accounts of the unit at the branch, open or being opened, all plans together; and how many more are asked."""

    taken: int
    asked: int = 1

    def __post_init__(self) -> None:
        if self.taken < 0 or self.asked < 0:
            raise Impossible("帳號數不得為負數。")


@rule("OA-07", facts=SeatFacts)
def seats(facts: SeatFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第2頁、第4頁※四：同一訓練單位於單一分署以申請6組帳號為上限。"""
    why = Reasoning("OA-07", on=on, law=law)
    cap = why.figure("oa.account_cap")
    total = facts.taken + facts.asked
    why.judge(
        total <= cap,
        f"已使用 {facts.taken} 組，本次 {facts.asked} 組，合計 {total} 組，未逾上限 {cap} 組",
        otherwise=f"已使用 {facts.taken} 組，本次 {facts.asked} 組，合計 {total} 組，超過上限 {cap} 組",
        comparison=f"{facts.taken} + {facts.asked} ≤ {cap}",
    )
    return why.outcome(left=max(0, cap - facts.taken))


def year_in_hand(on: date) -> int:
    """The program year that is worked on: until October the present one, then the coming one, which is applied for in winter."""
    return on.year - 1911 + (on.month > 10)


@dataclass(frozen=True, slots=True)
class WordFacts:
    value: str


def holds_person_id(text: str) -> bool:
    """Whether a whole national ID or residence number stands in the text, alone or with something before or after it."""
    return bool(re.search(r"[A-Z][1289A-D]\d{8}", plain(text)))


@rule("OA-09", facts=WordFacts)
def account_name(facts: WordFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第4頁設定原則（帳號）：5～15碼，第1碼需為英文，限英文字母及數字，不得為或含有身分證字號或統一證號形式，且不得與他人重複。

    Uniqueness regardless of case is the database's (user_account_name_once).
    """
    why = Reasoning("OA-09", on=on, law=law)
    value = facts.value
    shortest, longest = why.figure("oa.account_name_length")
    why.judge(
        shortest <= len(value) <= longest,
        f"帳號須為 {shortest} 至 {longest} 碼（目前 {len(value)} 碼）",
        length=len(value),
    )
    why.judge(bool(re.match(r"[A-Za-z]", value)), "帳號第 1 碼須為英文字母")
    why.judge(bool(re.fullmatch(r"[A-Za-z0-9]*", value)), "帳號只能使用英文字母及數字，不得有空白或特殊符號")
    why.judge(not holds_person_id(value), "帳號不得使用或含有身分證字號、統一證號的形式")
    return why.outcome()


_PASSWORD_CHARACTERS = frozenset(string.ascii_letters + string.digits + string.punctuation)


@rule("OA-10", facts=WordFacts)
def password(facts: WordFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第4頁設定原則（密碼）：12～16碼，為英文大寫、小寫、數字及符號之組合，四者均須包含。

    The four kinds are those of the keyboard, half width: a Chinese or full-width character or a blank is none of them.
    The facts are never stored: callers drop the outcome's facts (accounts keep no password anywhere).
    """
    why = Reasoning("OA-10", on=on, law=law)
    value = facts.value
    shortest, longest = why.figure("oa.password_length")
    why.judge(shortest <= len(value) <= longest, f"密碼須為 {shortest} 至 {longest} 碼")
    why.judge(any(c in string.ascii_uppercase for c in value), "密碼須包含英文大寫字母")
    why.judge(any(c in string.ascii_lowercase for c in value), "密碼須包含英文小寫字母")
    why.judge(any(c in string.digits for c in value), "密碼須包含數字")
    why.judge(any(c in string.punctuation for c in value), "密碼須包含符號，例：!、@、#")
    why.judge(
        all(c in _PASSWORD_CHARACTERS for c in value),
        "密碼只能使用半形的英文字母、數字及符號，不得有中文、全形字元或空白",
    )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class YearFacts:
    """The program year 計畫年度, in ROC years."""

    program_year: int

    def __post_init__(self) -> None:
        if not 1 <= self.program_year <= MAXYEAR - 1911:
            raise Impossible("計畫年度應為民國年，例：115。")


@rule("OA-13", facts=YearFacts)
def rights_end(facts: YearFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第2頁※賦予：權限依年度及計畫開通，年度終了即止，新年度須重新申請賦予。"""
    why = Reasoning("OA-13", on=on, law=law)
    year = facts.program_year + 1911
    starts_on, last_day = date(year, 1, 1), date(year, 12, 31)
    in_force = starts_on <= on <= last_day
    why.note(f"{facts.program_year} 年度權限自 {facts.program_year}/01/01 至 {facts.program_year}/12/31 止", on=on)
    return why.outcome(judged=False, starts_on=starts_on, last_day=last_day, in_force=in_force)


@dataclass(frozen=True, slots=True)
class HolderFacts:
    """Who the identifier on an account form belongs to: a person the portal knows, and how that name is spelled there."""

    form: str
    name: str
    known_name: str
    #: Their sign-in was closed by another decision than 註銷: an officer opens it again (登入協助 › 恢復登入).
    closed_elsewhere: bool = False


def holder(facts: HolderFacts, *, on: date, law: Law) -> Outcome:
    """An account goes to the holder of the identifier, and to nobody of another name. Part of OA-12.

    What is said reaches the unit too: it never tells how the known person is called.
    """
    why = Reasoning("OA-12", on=on, law=law)
    citation = f"{PACK} 第4頁※"
    why.judge(
        same_name(facts.name, facts.known_name),
        f"{facts.form}的姓名與身分證字號的持有人相符",
        otherwise=f"{facts.form}的姓名與這個身分證字號在本入口登錄的姓名不同，請查明身分證件後更正",
        citation=citation,
    )
    if facts.closed_elsewhere:
        why.judge(
            False,
            "",
            otherwise=f"{facts.form}的申請人，登入帳號因本業務註銷以外的原因停用，須先由帳號管理人員於「登入協助」恢復",
            citation=citation,
        )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What a 註銷單 ticks, and the plan rights of the account that have not ended, as (program year, plan)."""

    program_year: int
    ticked: tuple[str, ...]
    held: tuple[tuple[int, str], ...]
    #: 一併註銷帳號 is ticked.
    whole_account: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """What a 註銷單 takes away and what it leaves."""

    withdrawn: tuple[tuple[int, str], ...]
    left: tuple[tuple[int, str], ...]

    @property
    def account_ends(self) -> bool:
        return not self.left


def plans_in_words(rights: Iterable[tuple[int, str]]) -> str:
    """Plan rights (program year, plan) as a person reads them: 115 年度產業人才投資計畫、充電起飛計畫；116 年度…"""
    order, years = list(PLANS), {}  # type: ignore[var-annotated]
    for year, plan in sorted(rights, key=lambda one: (one[0], order.index(one[1]))):
        years.setdefault(year, []).append(PLANS[plan])
    return "；".join(f"{year} 年度{'、'.join(plans)}" for year, plans in years.items())


def closing(facts: ClosingFacts) -> Closing:
    """註銷：註銷所勾計畫的帳號權限. The account itself ends when nothing is left, or when asked in so many words (OA-14)."""
    ticked = {(facts.program_year, plan) for plan in facts.ticked}
    gone = tuple(one for one in facts.held if facts.whole_account or one in ticked)
    return Closing(gone, tuple(one for one in facts.held if one not in gone))


promise(
    __name__,
    "OA-11",
    f"{PACK} 第4頁設定原則：系統寄送密碼設定連結，由使用者自行設定；密碼不以郵件寄送，連結限用一次並有期限。",
    screens=("portal:set_password",),
)
promise(
    __name__,
    "OA-12",
    f"{PACK} 第2頁、第4頁※：以自然人憑證登入，身分證字號須與憑證相符；帳號密碼登入僅於特殊情況由分署敘明理由、期限後開放。",
    screens=("account_login", "portal:sign_in_complete", "admin:sign_in_help", "admin:sign_in_help_act"),
)
promise(
    __name__,
    "OA-14",
    f"{PACK} 第2頁、第4頁※：人員異動或業務調整應填註銷單；註銷設定當下即停止所勾計畫的權限，沒有計畫留下（或註明一併註銷）時帳號停用，其過去辦理紀錄仍保留姓名。",
    screens=("ojt_accounts:account_new", "casework:act", "admin:ojt_registration"),
)
