"""案號: letters of one kind of case only, so that a number says what it is."""

from collections import Counter

import pytest

from accounts.models.organisation import COUNTY_ORDER
from accounts.offices import BRANCHES
from casework.cases.casetypes import all_casetypes
from casework.templatetags.casework import for_people
from kernel.dates import DateError, days_spelled, parse_day


def test_no_two_kinds_share_their_letters() -> None:
    used = Counter(one.series for one in all_casetypes())
    assert len(used) > 15 and not [series for series, times in used.items() if times > 1]


def test_every_county_has_its_place_once() -> None:
    codes = {code for branch in BRANCHES for code, _ in branch.counties}
    assert sorted(COUNTY_ORDER) == sorted(codes) and len(COUNTY_ORDER) == 22
    assert COUNTY_ORDER[:2] == ("63000", "65000") and COUNTY_ORDER[-1] == "09007"


def test_days_and_formulas_as_people_read_them() -> None:
    assert days_spelled("依115/01/05申請，至 115/11/21 止") == "依115年1月5日申請，至 115年11月21日 止"
    assert days_spelled("案號 1/115/11/21 不是日期") == "案號 1/115/11/21 不是日期"
    assert for_people("min(8,000, 62,000) = 8,000") == "8,000 與 62,000 取較低者 = 8,000"
    assert for_people("送達 22:59:34.622862") == "送達 22:59:34"
    with pytest.raises(DateError, match="請填寫日期"):
        parse_day("  ")
