"""Identifiers of Taiwan: national ID, residence number, unified number, phones, postal codes, letter numbers, names.

`read_*` functions understand what is pasted along (blanks, hyphens, invisible characters), full-width characters and lower case,
return the canonical form in ASCII digits, and raise `IdentifierError` with a Chinese sentence and an example. Test vectors:
requirements/facts.md §1.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kernel.asking import tell
from kernel.characters import BETWEEN, COMMAS, half_width, is_radical, visible, without_radicals
from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule

_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
_NATIONAL = re.compile(r"[A-Z][12][0-9]{8}")
_RESIDENCE_NEW = re.compile(r"[A-Z][89][0-9]{8}")
_RESIDENCE_OLD = re.compile(r"[A-Z][A-D][0-9]{8}")
_UNIFIED = re.compile(r"[0-9]{8}")
#: 舊式統一證號: the last day is 2030-12-31 (內政部移民署：新式統一證號自 110年1月2日 起換發，舊式沿用至 119年12月31日).
OLD_RESIDENCE_ENDS = date(2031, 1, 1)


class IdentifierError(ValueError):
    """The message is a Chinese sentence naming what is wrong, with an example."""


def plain(text: str) -> str:
    """Nothing invisible, full-width to half-width, digits as 0–9, outer spaces off, upper case. For codes only, never for names."""
    return half_width(text).strip().upper()


def _code(text: str) -> str:
    """`plain` without the blanks and hyphens that people put into a number or paste along with it."""
    return re.sub(r"[\s\u2010-\u2015\u2212_-]", "", plain(text))


def _sum_holds(number: str) -> bool:
    n1, n2 = divmod(_LETTERS[number[0]], 10)
    second = _LETTERS[number[1]] % 10 if number[1].isalpha() else int(number[1])
    digits = [second, *(int(c) for c in number[2:])]
    total = n1 + 9 * n2 + sum(w * d for w, d in zip((8, 7, 6, 5, 4, 3, 2, 1), digits, strict=False)) + digits[-1]
    return total % 10 == 0


def is_national_id(number: str) -> bool:
    return bool(_NATIONAL.fullmatch(number)) and _sum_holds(number)


def is_residence_number(number: str) -> bool:
    shaped = _RESIDENCE_NEW.fullmatch(number) or _RESIDENCE_OLD.fullmatch(number)
    return bool(shaped) and _sum_holds(number)


def is_unified_number(number: str) -> bool:
    """統一編號, by the rule in force since 2023-04-01 (divisible by 5)."""
    if not _UNIFIED.fullmatch(number):
        return False
    products = [int(d) * w for d, w in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)]
    total = sum(p // 10 + p % 10 for p in products)
    return total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)


def looks_like_person_id(text: str) -> bool:
    """Shaped like a national ID or residence number, whether or not its check digit holds."""
    return bool(re.fullmatch(r"[A-Z][A-D0-9][0-9]{8}", _code(text)))


def is_ended(number: str, on: date) -> bool:
    """An old residence number from the day on which none is taken any more. Records made before keep theirs."""
    return on >= OLD_RESIDENCE_ENDS and bool(_RESIDENCE_OLD.fullmatch(number))


def read_person_id(text: str, *, entered_on: date | None = None) -> str:
    """身分證字號 or 統一證號. `entered_on`: the day of a new entry; None where a number is only looked up."""
    number = _code(text)
    if not re.fullmatch(r"[A-Z][A-D1289][0-9]{8}", number):
        raise IdentifierError("身分證字號應為 1 個英文字母加 9 個數字（居留證統一證號亦可），例：A123456789。")
    holds, ended = (
        is_national_id(number) or is_residence_number(number),
        entered_on is not None and is_ended(number, entered_on),
    )
    tell("ID-1" if _NATIONAL.fullmatch(number) else "ID-2", refused=ended or not holds)
    if not holds:
        raise IdentifierError("身分證字號檢查碼不符，請核對是否有打錯的字母或數字。")
    if ended:
        raise IdentifierError(
            "舊式統一證號（2 個英文字母加 8 個數字）已停用，請填寫換發後的新式統一證號，例：A800000014。"
        )
    return number


def read_unified_number(text: str) -> str:
    number = _code(text)
    if not _UNIFIED.fullmatch(number):
        raise IdentifierError("統一編號應為 8 個數字，例：04595257。")
    holds = is_unified_number(number)
    tell("ID-3", refused=not holds)
    if not holds:
        raise IdentifierError("統一編號檢查碼不符，請核對是否有打錯的數字，例：04595257。")
    return number


def mask_person_id(number: str) -> str:
    """A12****789"""
    return f"{number[:3]}****{number[-3:]}" if len(number) == 10 else "＊" * len(number)


def mask_name(name: str) -> str:
    """王小明 → 王○明, 王明 → 王○."""
    if len(name) <= 1:
        return "○" * len(name)
    return name[0] + "○" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def mask_email(address: str) -> str:
    """wang@example.org → w***@example.org"""
    return re.sub(r"^(.).*(@[^@]+)$", r"\1***\2", address)


#: 簡碼: services of three or four digits, and those of seven that have no area code (市話與行動電話均直撥).
_SHORT = re.compile(r"11[0-9]|16[5-9]|19[0-9]{2}")
_NATIONWIDE = re.compile(r"(?:\(?0[2-8]\)?[ -]*)?(412|449|405)[ -]*([0-9]{4})")
_EXTENSION = re.compile(r"[\s,，、;；(]*(?:(?:分機|內線|轉|extension|ext\.?|[x×#*])[\s:：.號]*)+", re.IGNORECASE)


def read_phone(text: str, *, mobile: bool = False) -> str:
    """A number of Taiwan in national form, extension as #; one of another country with its country code.

    Understands 分機 and 轉, free numbers (0800-777-888) and short ones (1955, 412-8185). Raises IdentifierError.
    """
    import phonenumbers

    example = "0912-345-678" if mobile else "06-6985945#123"
    spelled = half_width(text).strip()
    spelled = re.sub(
        r"[\u2010-\u2015\u2212\u30fc]",
        "-",
        re.sub(r"^(?:電話|手機|行動電話|TEL|MOBILE)[\s:.]*", "", spelled, flags=re.I),
    )
    main, *rest = _EXTENSION.split(spelled, maxsplit=1)
    main, extension = main.strip(" -"), "".join(rest).strip(" )")
    if not re.fullmatch(r"[+0-9 ()./-]+", main):
        raise IdentifierError(f"看不懂這個電話號碼，請含區碼且只填一個號碼，例：{example}。")
    if extension and not re.fullmatch(r"[0-9\-~ ,、]{1,12}", extension):
        raise IdentifierError(f"分機應為數字，例：{example}。")
    if (short := _SHORT.fullmatch(main) or _NATIONWIDE.fullmatch(main)) and not mobile:
        national = "-".join(short.groups() or (main,))
        return f"{national}#{extension}" if extension else national
    try:
        number = phonenumbers.parse(main, "TW")
    except phonenumbers.NumberParseException:
        raise IdentifierError(f"看不懂這個電話號碼，請含區碼，例：{example}。") from None
    if not phonenumbers.is_valid_number(number) and not short:
        raise IdentifierError(f"電話號碼不正確，請檢查區碼與位數，例：{example}。")
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if mobile and (not is_mobile or number.country_code != 886):
        raise IdentifierError(f"行動電話應為 09 開頭的 10 個數字（臺灣門號），例：{example}。")
    digits = phonenumbers.national_significant_number(number)
    if number.country_code != 886:
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", "-")
    elif digits.startswith("80"):  # as people know them: the package says 080-077-7888
        national = f"0{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    else:
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "-")
    return f"{national}#{extension}" if extension else national


def read_postal_code(text: str) -> str:
    """720, 72001, 720201 or 720-201."""
    code = _code(text)
    if not re.fullmatch(r"[0-9]{3}([0-9]{2,3})?", code):
        raise IdentifierError("郵遞區號應為 3、5 或 6 個數字，例：720201。")
    return code


def read_bank_code(text: str) -> str:
    """金融機構代碼: 700, ７００, 代碼 700, 700 中華郵政, 700-0021."""
    code = re.sub(r"[^0-9A-Z]", "", plain(text))
    if not re.fullmatch(r"[0-9]{3}([0-9]{4})?", code):
        raise IdentifierError("金融機構代碼為 3 或 7 碼數字，例：700。")
    return code


def read_bank_account(text: str) -> str:
    """帳號 as the bank's file takes it: digits alone. Understands full-width digits, blanks, hyphens, 局號 and 帳號."""
    number = re.sub(r"局號|帳號|[\s:.,/_‐‑‒–—―−-]", "", plain(text))
    if not re.fullmatch(r"[0-9]{6,16}", number):
        raise IdentifierError("帳號為 6 到 16 碼數字，例：00012345678901。")
    return number


def read_account_holder(text: str) -> str:
    """戶名 of a person or a body: what may stand in a name, and digits. Never a line break, a comma or a straight quotation mark.

    A comma between surname and given names becomes a blank: the bank's file is divided by commas.
    """
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in text):
        raise IdentifierError("戶名不得有換行或其他控制字元。")
    holder = _tidy_name(re.sub(f"[{COMMAS}]", " ", text))
    if not holder:
        raise IdentifierError("請填寫戶名。")
    if len(holder) > 100:
        raise IdentifierError("戶名最多 100 字。")
    wrong = [c for c in holder if not (_may_stand_in_name(c) or c in "0123456789") or c in "'＇`´^"]
    if wrong or holder[0] in BETWEEN:
        raise IdentifierError(f"戶名裡有不能使用的字元「{(wrong or holder)[0]}」，請填金融機構登記的戶名。")
    return holder


def odd_letter_number(text: str) -> str:
    """A warning (not an error) when a 發文字號 does not look like 「勞職能字第1130501234號」; empty when it does."""
    if re.fullmatch(r".{1,20}字第\s*\w{3,20}\s*號(之\d+)?", unicodedata.normalize("NFKC", text).strip()):
        return ""
    return "發文字號通常是「某某字第1130501234號」的形式，請再看一次公文。"


#: Letters of a name, what stands between them not counted: 50 of the Chinese and 50 of the Roman name (姓名條例).
MOST_LETTERS = 100
#: Columns that hold a name: the letters and what stands between them.
NAME_LENGTH = 120
#: 〔〕 hold the description of a character that no font has (缺字), with signs that say how its parts stand.
_NAME_EXTRA = {*BETWEEN, *"()（） 〇〔〕⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻"}


def _may_stand_in_name(char: str) -> bool:
    # Planes 2 and 3 are all ideographs, 15 and 16 private use (CNS 11643 characters without a code yet). Python's own
    # tables lag behind: what was added to plane 3 after its Unicode version would be "unassigned".
    if is_radical(char):
        return False
    return unicodedata.category(char)[0] in "LM" or ord(char) >> 16 in (2, 3, 15, 16) or char in _NAME_EXTRA


def _wrong_in_name(char: str) -> str:
    """What is wrong with a character that no name has, and what to do."""
    code = f"U+{ord(char):04X}"
    if unicodedata.category(char) == "Co":
        return f"姓名裡有自造字（{code}），別的電腦看不到這個字；請改用標準字輸入，查無此字者請以缺字辦理。"
    if char == "\N{REPLACEMENT CHARACTER}":
        return "姓名裡有轉檔時遺失的字（顯示為「�」），請重新輸入該字。"
    if is_radical(char):
        return f"姓名裡的「{char}」（{code}）是部首符號，不是文字，請刪除後重新輸入該字。"
    if char.isspace() or not char.isprintable():
        return f"姓名裡有看不見的控制字元（{code}），請刪除後重新輸入。"
    return f"姓名裡有不能使用的字元「{char}」，請刪除後重新輸入。"


def _tidy_name(text: str) -> str:
    """As it is kept: composed, nothing invisible, radicals as ideographs, one blank where there were several."""
    return " ".join(without_radicals(visible(text)).split())


def replaced_in_name(text: str) -> str:
    """A word for the person whose characters were put back, 「⼀」 → 「一」; empty where what was typed is what is kept."""
    told = {
        c: without_radicals(c)
        for c in visible(text)
        if without_radicals(c) != c and len(unicodedata.normalize("NFD", c)) == 1
    }
    said = "、".join(f"「{before}」（U+{ord(before):04X}）改為「{after}」" for before, after in told.items())
    return f"已將部首字或相容字{said}，請核對。" if said else ""


def read_name(text: str) -> str:
    """A person's name: any CJK of any plane, Latin letters, and the dots, hyphens, quotation marks and commas of names; NFC.

    Raises IdentifierError.
    """
    if broken := next((c for c in text if unicodedata.category(c) == "Cc" and not c.isspace()), ""):
        raise IdentifierError(_wrong_in_name(broken))
    name = _tidy_name(text)
    if wrong := next((c for c in name if not _may_stand_in_name(c)), ""):
        raise IdentifierError(_wrong_in_name(wrong))
    letters = sum(c not in _NAME_EXTRA or c == "〇" for c in name)
    if not letters:
        raise IdentifierError("請填寫姓名。")
    if letters > MOST_LETTERS or len(name) > NAME_LENGTH:
        raise IdentifierError(f"姓名最多 {MOST_LETTERS} 字。")
    return name


# --- the three checksums as rules, for the rule cases -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberFacts:
    #: A number written without quotes in a rule case arrives as a number.
    value: str | int


def _judge(rule_id: str, label: str, holds: bool, *, on: date, law: Law) -> Outcome:
    why = Reasoning(rule_id, on=on, law=law)
    why.judge(holds, f"{label}檢查碼相符", otherwise=f"{label}的格式或檢查碼不符")
    return why.outcome()


@rule("ID-1", facts=NumberFacts)
def national_id(facts: NumberFacts, *, on: date, law: Law) -> Outcome:
    """國民身分證統一編號編碼規則：1 個英文字母、性別碼 1 或 2、8 個數字，末碼為檢查碼。"""
    return _judge("ID-1", "身分證字號", is_national_id(plain(str(facts.value))), on=on, law=law)


@rule("ID-2", facts=NumberFacts)
def residence_number(facts: NumberFacts, *, on: date, law: Law) -> Outcome:
    """外來人口統一證號編碼規則：新式第 2 碼為 8 或 9，舊式為 A 至 D（120年1月1日起停用），末碼為檢查碼。"""
    number = plain(str(facts.value))
    if is_ended(number, on):
        why = Reasoning("ID-2", on=on, law=law)
        why.judge(False, f"舊式統一證號自 {roc(OLD_RESIDENCE_ENDS)} 起停用")
        return why.outcome()
    return _judge("ID-2", "統一證號", is_residence_number(number), on=on, law=law)


@rule("ID-3", facts=NumberFacts)
def unified_number(facts: NumberFacts, *, on: date, law: Law) -> Outcome:
    """營利事業統一編號檢查碼規則（112年4月1日起）：8 個數字依權數相乘後各位數和可被 5 整除。"""
    return _judge("ID-3", "統一編號", is_unified_number(plain(str(facts.value))), on=on, law=law)


#: They belong to no scheme.
RULES = ("ID-1", "ID-2", "ID-3")
