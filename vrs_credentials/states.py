"""State tables of the scheme's case kinds. Names of permissions: `vrs_credentials.<verb>_<thing>`."""

from __future__ import annotations

from kernel.machine import Machine, State, Transition, Turn

APP = "vrs_credentials"
REVOKE = f"{APP}.revoke_certificate"


def _reviewed(kind: str, thing: str, *, filed: str, supplement_clause: str) -> Machine:
    """The path of 貳: completeness → two reviewers → committee when in doubt → the ministry. 肆 and 伍 use the same.

    The committee only resolves; it is the ministry that grants or refuses, with a letter (貳 階段二 2, 肆, 伍).
    """
    return Machine(
        kind=kind,
        initial="draft",
        states=(
            State("draft", "草稿（尚未送審）", Turn.APPLICANT, "calm"),
            State("filed", "送審中", Turn.OFFICE),
            State("supplement", "需補件", Turn.APPLICANT, "warn"),
            State("review", "審查中", Turn.OFFICE),
            State("committee", "疑義案件（複審會議）", Turn.OFFICE, "warn"),
            State("to_approve", "陳報核定", Turn.OFFICE, awaits=f"{APP}.approve_{thing}"),
            State("approved", "通過", Turn.NOBODY, "good", final=True),
            State("rejected", "不通過", Turn.NOBODY, "bad", final=True),
            State("withdrawn", "已撤回", Turn.NOBODY, "calm", final=True),
        ),
        transitions=(
            Transition("file", "送審", ("draft",), "filed", f"{APP}.file_{thing}", "papers_complete", filed),
            Transition(
                "ask_supplement",
                "通知補件",
                ("filed", "review", "committee"),
                "supplement",
                f"{APP}.check_{thing}",
                "items_named",
                supplement_clause,
                reason=True,
            ),
            Transition(
                "supply", "補件", ("supplement",), "filed", f"{APP}.file_{thing}", "papers_complete", supplement_clause
            ),
            Transition(
                "assign",
                "指派審查委員",
                ("filed",),
                "review",
                f"{APP}.assign_{thing}",
                "two_reviewers",
                "說明書貳、案件審查階段一",
            ),
            Transition(
                "pass_review",
                "審查通過",
                ("review",),
                "to_approve",
                f"{APP}.check_{thing}",
                "both_passed",
                "說明書貳、案件審查階段一",
            ),
            Transition(
                "refer",
                "提複審會議",
                ("review",),
                "committee",
                f"{APP}.check_{thing}",
                "in_doubt",
                "說明書貳、案件審查階段二",
            ),
            Transition(
                "committee_pass",
                "複審通過",
                ("committee",),
                "to_approve",
                f"{APP}.decide_{thing}",
                "minutes_kept",
                "說明書貳、案件審查階段二",
                reason=True,
            ),
            Transition(
                "committee_reject",
                "複審不通過",
                ("committee",),
                "to_approve",
                f"{APP}.decide_{thing}",
                "minutes_kept",
                "說明書貳、案件審查階段二",
                reason=True,
            ),
            Transition(
                "approve",
                "核定",
                ("to_approve",),
                "approved",
                f"{APP}.approve_{thing}",
                "letter_entered review_passed",
                "說明書貳、案件審查階段一",
            ),
            Transition(
                "reject",
                "不予核定",
                ("to_approve",),
                "rejected",
                f"{APP}.approve_{thing}",
                "letter_entered review_refused",
                "說明書貳、案件審查階段二",
                reason=True,
            ),
            Transition(
                "return_to_review",
                "退回審查",
                ("to_approve",),
                "review",
                f"{APP}.approve_{thing}",
                "",
                "說明書貳、案件審查階段一",
                reason=True,
            ),
            Transition(
                "withdraw",
                "撤回",
                ("draft", "filed", "supplement"),
                "withdrawn",
                f"{APP}.file_{thing}",
                "",
                "行政程序法",
            ),
        ),
    )


def _checked(kind: str, thing: str, *, clause: str, guard: str) -> Machine:
    """The short path of 參, 陸 and 柒: the commissioned body checks, the ministry approves; no reviewers.

    What rests on a certificate ends with it (`end`): nothing is granted on a certificate that was revoked.
    """
    return Machine(
        kind=kind,
        initial="draft",
        states=(
            State("draft", "草稿（尚未送審）", Turn.APPLICANT, "calm"),
            State("filed", "審核中", Turn.OFFICE),
            State("supplement", "需補件", Turn.APPLICANT, "warn"),
            State("to_approve", "陳報核定", Turn.OFFICE, awaits=f"{APP}.approve_{thing}"),
            State("approved", "已通過", Turn.NOBODY, "good", final=True),
            State("rejected", "未通過", Turn.NOBODY, "bad", final=True),
            State("withdrawn", "已撤回", Turn.NOBODY, "calm", final=True),
            State("ended", "已終止", Turn.NOBODY, "bad", final=True),
        ),
        transitions=(
            Transition("file", "送審", ("draft",), "filed", f"{APP}.file_{thing}", guard, clause),
            Transition(
                "ask_supplement",
                "通知補件",
                ("filed", "to_approve"),
                "supplement",
                f"{APP}.check_{thing}",
                "items_named",
                clause,
                reason=True,
            ),
            Transition("supply", "補件", ("supplement",), "filed", f"{APP}.file_{thing}", guard, clause),
            Transition(
                "report", "陳報核定", ("filed",), "to_approve", f"{APP}.check_{thing}", "papers_complete", clause
            ),
            Transition(
                "approve", "核定", ("to_approve",), "approved", f"{APP}.approve_{thing}", "letter_entered", clause
            ),
            Transition(
                "reject",
                "不予核定",
                ("to_approve",),
                "rejected",
                f"{APP}.approve_{thing}",
                "letter_entered",
                clause,
                reason=True,
            ),
            Transition(
                "end",
                "終止（資格已撤銷）",
                ("draft", "filed", "supplement", "to_approve"),
                "ended",
                REVOKE,
                "",
                "準則第14條",
                reason=True,
            ),
            Transition(
                "withdraw",
                "撤回",
                ("draft", "filed", "supplement"),
                "withdrawn",
                f"{APP}.file_{thing}",
                "",
                "行政程序法",
            ),
        ),
    )


QUALIFICATION = _reviewed(
    "vrs_credentials.qualification",
    "qualification",
    filed="說明書貳、一（線上申請資格）",
    supplement_clause="說明書貳、一（缺件另行通知）",
)
HOURS = _checked("vrs_credentials.hours", "hours", clause="說明書參、一", guard="records_complete")
OWN_EDUCATION = _reviewed(
    "vrs_credentials.education", "education", filed="說明書伍、一、5", supplement_clause="說明書伍、一"
)
RENEWAL = _checked("vrs_credentials.renewal", "renewal", clause="說明書陸、一", guard="window_open_and_hours_done")
EXTENSION = _checked("vrs_credentials.extension", "extension", clause="說明書柒、一", guard="away_long_enough")


def _course() -> Machine:
    """肆: the reviewed path, and after approval the attendance of the course until its hours are approved."""
    base = _reviewed(
        "vrs_credentials.course", "course", filed="說明書肆、一、3", supplement_clause="說明書肆、重要提醒1"
    )
    states = (
        *(s for s in base.states if s.code != "approved"),
        State("approved", "通過（待匯入上課紀錄）", Turn.APPLICANT, "good"),
        State("attendance", "上課紀錄審核中", Turn.OFFICE),
        State("credited", "時數已核", Turn.NOBODY, "good", final=True),
    )
    transitions = (
        *base.transitions,
        Transition(
            "import_attendance",
            "確定上傳",
            ("approved",),
            "attendance",
            f"{APP}.file_attendance",
            "csv_and_sheet",
            "說明書肆、二、(二)3",
        ),
        Transition(
            "clear_attendance",
            "清除上課紀錄",
            ("attendance",),
            "approved",
            f"{APP}.file_attendance",
            "",
            "說明書肆、二、(二)5",
        ),
        Transition(
            "return_attendance",
            "退回上課紀錄",
            ("attendance",),
            "approved",
            f"{APP}.check_course",
            "",
            "說明書肆、重要提醒1",
            reason=True,
        ),
        Transition(
            "credit",
            "核定時數",
            ("attendance",),
            "credited",
            f"{APP}.credit_attendance",
            "rows_without_errors",
            "說明書肆、二、(二)5",
        ),
    )
    return Machine("vrs_credentials.course", "draft", states, transitions)


COURSE = _course()

MACHINES: tuple[Machine, ...] = (QUALIFICATION, HOURS, COURSE, OWN_EDUCATION, RENEWAL, EXTENSION)
