"""What may be told less loudly 通知的種類. Every notice stands in the inbox; of its mail a person may choose, by kind.

A code nobody classified is MUST: what asks for an act within a term or says what was decided is mailed at once, whatever a
person would like, because its day counts from being told.
"""

from dataclasses import dataclass
from enum import StrEnum

from kernel.registry import Registry


class How(StrEnum):
    """At once, once a day in one letter, or not by mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NONE = "none"

    @property
    def label(self) -> str:
        return {"at_once": "立即寄信", "daily": "每日彙整一封", "none": "不寄信，只在站內通知"}[self.value]


@dataclass(frozen=True, slots=True)
class Kind:
    """`choices`: the first is what holds for whoever has not chosen; one alone cannot be changed."""

    code: str
    label: str
    text: str
    choices: tuple[How, ...]


MUST = Kind(
    "must", "須辦事項與結果", "補正、核定、不予核准、處分、帳號與密碼。依規定必須通知，不能關閉。", (How.AT_ONCE,)
)
REMINDER = Kind("reminder", "期限提醒", "期限將屆或已過的提醒；期限本身不因是否寄信而改變。", (How.AT_ONCE, How.DAILY))
WORK = Kind("work", "審查與核稿分派", "分派給您審查、核定或核稿的案件。", (How.AT_ONCE, How.DAILY))
PROGRESS = Kind(
    "progress", "收件與進度", "收件回執、公告、備查等不需要您辦理的進度。", (How.AT_ONCE, How.DAILY, How.NONE)
)
SITE = Kind("site", "留言、清單與作業訊息", "留言回復、名冊匯入、清單產製完成。", (How.AT_ONCE, How.DAILY, How.NONE))
KINDS = (MUST, REMINDER, WORK, PROGRESS, SITE)


@dataclass(frozen=True, slots=True)
class Classified:
    """A notice's code and its kind."""

    code: str
    kind: Kind


CLASSIFIED: Registry[Classified] = Registry("code of a notice")


def classify(kind: Kind, *codes: str) -> tuple[Classified, ...]:
    return tuple(Classified(code, kind) for code in codes)


def kind_of_notice(code: str) -> Kind:
    found = CLASSIFIED.get(code)
    return found.kind if found else MUST


def kind_named(code: str) -> Kind:
    return next(kind for kind in KINDS if kind.code == code)
