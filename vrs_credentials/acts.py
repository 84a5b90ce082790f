"""What may be done to the scheme's cases: a table a kind. The kinds go one of two ways, whose rows are written once.

貳 (資格), 肆 (課程) and 伍 (個人繼續教育) are reviewed: completeness, two reviewers, the committee when in doubt, the ministry. The
committee only resolves; the ministry grants or refuses, with a letter. 參 (訓練時數), 陸 (更新) and 柒 (展延) are checked: the
commissioned body reports to the ministry, and what rests on a certificate ends with it.
"""

from collections.abc import Callable
from typing import Any

from casework.forms import CorrectionForm, DatedCorrectionForm
from kernel.acts import Act, Acts, State, Turn
from vrs_credentials.forms import office as forms
from vrs_credentials.permissions import (
    CREDIT_ATTENDANCE,
    FILE_ATTENDANCE,
    GIVE_OPINION,
    REVOKE,
    approve_right,
    assign_right,
    check_right,
    decide_right,
    file_right,
)
from vrs_credentials.services import (
    attending,
    certifying,
    courses,
    deciding,
    education,
    filing,
    qualifying,
    renewing,
    reviewing,
    rosters,
    training,
    uploading,
)
from vrs_credentials.services.reviewing import CLAUSE_COMMITTEE, CLAUSE_REVIEW
from vrs_credentials.states import (
    COURSE_KIND,
    EDITABLE,
    EDUCATION_KIND,
    EXTENSION_KIND,
    HOURS_KIND,
    QUALIFICATION_KIND,
    RENEWAL_KIND,
)

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY
Function = Callable[..., Any]
#: While the application may be changed.
WRITABLE = " | ".join(EDITABLE)
IN_HANDS = "送審後由承辦單位檢查，除補件外不能再修改。"
REFUSAL_ENDS = "送出後即以所填發文字號及日期製發不予核定函、通知申請人並結案。"


def _applied(
    thing: str, complete: Function, clause: str, supplied: str, file: Function, supply: Function
) -> tuple[Act, ...]:
    """What an applicant does to any application. `complete` asks whether it may be filed."""
    own = file_right(thing)
    return (
        Act("file", "送審", "draft → filed", own, file, clause, (complete,), confirm=IN_HANDS),
        Act(
            "supply", "補件", "supplement → filed", own, supply, supplied, (filing.all_answered, complete), button="完成補件",
        ),
        Act(
            "withdraw", "撤回", "draft | filed | supplement → withdrawn", own, filing.withdraw_application, "行政程序法",
            form=forms.WithdrawForm, tone="danger",
        ),
        Act("add_paper", "上傳文件", WRITABLE, own, uploading.keep_paper, clause, offered=False),
        Act("remove_paper", "移除文件", WRITABLE, own, uploading.remove_paper, clause, offered=False),
    )  # fmt: skip


def _reviewed_states(thing: str) -> tuple[State, ...]:
    return (
        State("draft", "草稿（尚未送審）", APPLICANT, "calm"),
        State("filed", "送審中", OFFICE),
        State("supplement", "需補件", APPLICANT, "warn"),
        State("review", "審查中", OFFICE),
        State("committee", "疑義案件（複審會議）", OFFICE, "warn"),
        State("to_approve", "陳報核定", OFFICE, awaits=approve_right(thing)),
        State("approved", "通過", NOBODY, "good", final=True),
        State("rejected", "不通過", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    )


def _reviewed(
    thing: str, *, complete: Function, approve: Function, clause: str, supplied: str,
    file: Function = filing.file_application, ask: Function = filing.ask_supplement, asking: Function = DatedCorrectionForm,
    letter: Function = forms.ApproveForm,
) -> tuple[Act, ...]:  # fmt: skip
    """Who gave an opinion, passed the case on or wrote the resolution does not decide by it."""
    check, decide, grant = check_right(thing), decide_right(thing), approve_right(thing)
    apart = ("opinion", "pass_review", "committee_pass", "committee_reject")
    return (
        *_applied(thing, complete, clause, supplied, file, filing.supply_application),
        Act(
            "ask_supplement", "通知補件", "filed | review | committee → supplement", check, ask, supplied,
            form=asking, tone="secondary",
        ),
        Act(
            "assign", "指派審查委員", "filed → review", assign_right(thing), reviewing.assign_reviewers, CLAUSE_REVIEW,
            button="無缺件，指派審查委員", form=forms.AssignForm,
        ),
        Act(
            "opinion", "審查委員提出意見", "review", GIVE_OPINION, reviewing.give_opinion, CLAUSE_REVIEW,
            (reviewing.may_give_opinion,), button="提出審查意見", form=forms.OpinionForm,
        ),
        Act(
            "pass_review", "審查通過", "review → to_approve", check, deciding.report_application, CLAUSE_REVIEW,
            (reviewing.both_passed,), button="審查通過，陳報核定",
        ),
        Act(
            "refer", "提複審會議", "review → committee", check, reviewing.refer_to_committee, CLAUSE_COMMITTEE,
            (reviewing.in_doubt,), form=forms.ReferForm,
        ),
        Act(
            "decide", "登錄複審決議", "committee", decide, reviewing.resolve_case, CLAUSE_COMMITTEE,
            (reviewing.session_held,), form=forms.DecideForm,
        ),
        Act(
            "committee_pass", "複審通過", "committee → to_approve", decide, reviewing.forward_resolution, CLAUSE_COMMITTEE,
            (reviewing.minutes_kept,), reason=True, offered=False,
        ),
        Act(
            "committee_reject", "複審不通過", "committee → to_approve", decide, reviewing.forward_resolution, CLAUSE_COMMITTEE,
            (reviewing.minutes_kept,), reason=True, offered=False,
        ),
        Act(
            "approve", "核定", "to_approve → approved", grant, approve, CLAUSE_REVIEW, (reviewing.not_turned_down,),
            apart=apart, form=letter,
        ),
        Act(
            "reject", "不予核定", "to_approve → rejected", grant, deciding.reject_application, CLAUSE_COMMITTEE,
            (reviewing.turned_down,), reason=True, apart=apart, form=forms.RejectForm, tone="danger", confirm=REFUSAL_ENDS,
        ),
        Act(
            "return_to_review", "退回審查", "to_approve → review", grant, reviewing.return_to_review, CLAUSE_REVIEW,
            reason=True, form=forms.CaseReasonForm, tone="secondary",
        ),
    )  # fmt: skip


def _checked_states(thing: str) -> tuple[State, ...]:
    return (
        State("draft", "草稿（尚未送審）", APPLICANT, "calm"),
        State("filed", "審核中", OFFICE),
        State("supplement", "需補件", APPLICANT, "warn"),
        State("to_approve", "陳報核定", OFFICE, awaits=approve_right(thing)),
        State("approved", "已通過", NOBODY, "good", final=True),
        State("rejected", "未通過", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
        State("ended", "已終止", NOBODY, "bad", final=True),
    )


def _checked(
    thing: str, *, complete: Function, approve: Function, clause: str, file: Function = filing.file_application,
    supply: Function = filing.supply_application,
) -> tuple[Act, ...]:  # fmt: skip
    """Who reported the case does not decide on it."""
    check, grant = check_right(thing), approve_right(thing)
    return (
        *_applied(thing, complete, clause, clause, file, supply),
        Act(
            "ask_supplement", "通知補件", "filed | to_approve → supplement", check, filing.ask_supplement, clause,
            form=DatedCorrectionForm, tone="secondary",
        ),
        Act(
            "report", "陳報核定", "filed → to_approve", check, deciding.report_application, clause, (complete,),
            button="無缺件，陳報核定",
        ),
        Act(
            "approve", "核定", "to_approve → approved", grant, approve, clause, (certifying.certificate_stands,),
            holds=certifying.origin_of, apart=("report",), form=forms.ApproveForm,
        ),
        Act(
            "reject", "不予核定", "to_approve → rejected", grant, deciding.reject_application, clause,
            reason=True, apart=("report",), form=forms.RejectForm, tone="danger", confirm=REFUSAL_ENDS,
        ),
        Act(
            "end", "終止（資格已撤銷）", "draft | filed | supplement | to_approve → ended", REVOKE, filing.end_application,
            "準則第14條", reason=True, offered=False,
        ),
    )  # fmt: skip


def _attendance() -> tuple[Act, ...]:
    """肆二: the attendance of a course that was approved, until its hours are."""
    return (
        Act(
            "add_sheet", "上傳簽到表", "approved", FILE_ATTENDANCE, uploading.keep_paper, "說明書肆、二、(二)3", offered=False,
        ),
        Act(
            "upload_rosters", "上傳上課紀錄", "approved", FILE_ATTENDANCE, rosters.upload_rosters, "說明書肆、二、(二)3",
            quiet=True, offered=False,
        ),
        Act(
            "confirm_rosters", "確定上傳", "approved", FILE_ATTENDANCE, rosters.confirm_rosters, "說明書肆、二、(二)3",
            quiet=True, offered=False,
        ),
        Act(
            "import_attendance", "確定上傳", "approved → attendance", FILE_ATTENDANCE, attending.write_attendance,
            "說明書肆、二、(二)3", (attending.sheet_there,), offered=False,
        ),
        Act(
            "clear_attendance", "清除上課紀錄", "attendance → approved", FILE_ATTENDANCE, attending.clear_attendance,
            "說明書肆、二、(二)5", tone="danger", confirm="清除後須重新匯入；時數核定後即不能清除。",
        ),
        Act(
            "credit", "核定時數", "attendance → credited", CREDIT_ATTENDANCE, attending.credit_attendance,
            "說明書肆、二、(二)5", (attending.rows_there,), confirm="核定後登錄各學員時數帳，之後只能以更正登錄修改。",
        ),
        Act(
            "return_attendance", "退回上課紀錄", "attendance → approved", check_right("course"), attending.return_attendance,
            "說明書肆、重要提醒1", reason=True, form=forms.CaseReasonForm, tone="secondary",
        ),
    )  # fmt: skip


def _written(code: str, label: str, thing: str, perform: Function, clause: str, *, quiet: bool = False) -> Act:
    """A part of the application, saved on its own page; saving is not filing."""
    return Act(code, label, WRITABLE, file_right(thing), perform, clause, quiet=quiet, offered=False)


QUALIFICATION = Acts(
    QUALIFICATION_KIND,
    _reviewed_states("qualification"),
    (
        *_reviewed(
            "qualification",
            complete=qualifying.papers_complete,
            approve=qualifying.approve_qualification,
            clause="說明書貳、一（線上申請資格）",
            supplied="說明書貳、一（缺件另行通知）",
        ),
        _written("save_answers", "填寫資格條款與問題", "qualification", qualifying.save_answers, "說明書貳、一（線上申請資格）"),
        _written(
            "declare_no_bar", "聲明無準則第十四條各款情事", "qualification", qualifying.declare_no_bar, "準則第14條", quiet=True
        ),
    ),
)  # fmt: skip

HOURS = Acts(
    HOURS_KIND,
    _checked_states("hours"),
    (
        *_checked("hours", complete=training.records_complete, approve=training.approve_hours, clause="說明書參、一"),
        _written("save_record", "儲存上課紀錄", "hours", training.save_record, "說明書參、一"),
        _written("remove_record", "刪除上課紀錄", "hours", training.remove_record, "說明書參、一"),
    ),
)

#: After the approval comes the attendance.
COURSE = Acts(
    COURSE_KIND,
    (
        *(state for state in _reviewed_states("course") if state.code != "approved"),
        State("approved", "通過（待匯入上課紀錄）", APPLICANT, "good"),
        State("attendance", "上課紀錄審核中", OFFICE),
        State("credited", "時數已核", NOBODY, "good", final=True),
    ),
    (
        *_reviewed(
            "course",
            complete=courses.course_complete,
            approve=courses.approve_course,
            clause="說明書肆、一、3",
            supplied="說明書肆、重要提醒1",
            file=courses.file_course,
            ask=courses.ask_course_supplement,
            asking=CorrectionForm,
        ),
        *_attendance(),
        _written("save_course", "儲存課程資料", "course", courses.save_course, "說明書肆、一、3"),
    ),
)

EDUCATION = Acts(
    EDUCATION_KIND,
    _reviewed_states("education"),
    (
        *_reviewed(
            "education",
            complete=education.education_complete,
            approve=education.approve_education,
            clause="說明書伍、一、5",
            supplied="說明書伍、一",
            letter=forms.EducationApproveForm,
        ),
        _written("save_education", "儲存繼續教育資料", "education", education.save_education, "說明書伍、一、5"),
    ),
)

RENEWAL = Acts(
    RENEWAL_KIND,
    _checked_states("renewal"),
    _checked(
        "renewal",
        complete=renewing.renewal_complete,
        approve=renewing.approve_renewal,
        clause="說明書陸、一",
        file=renewing.file_renewal,
        supply=renewing.supply_renewal,
    ),
)

EXTENSION = Acts(
    EXTENSION_KIND,
    _checked_states("extension"),
    (
        *_checked(
            "extension",
            complete=renewing.away_long_enough,
            approve=renewing.approve_extension,
            clause="說明書柒、一",
            file=renewing.file_extension,
        ),
        _written("change_extension", "修改離開職場期間", "extension", renewing.change_extension, "說明書柒、一"),
    ),
)

TABLES = (QUALIFICATION, HOURS, COURSE, EDUCATION, RENEWAL, EXTENSION)
