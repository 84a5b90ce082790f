"""The states of an account application 帳號申請案."""

from kernel.machine import Machine, State, Transition, Turn

KIND = "ojt_accounts.application"

#: Applied for, or about to be, and not decided.
#: In the unit's hands 填報.
EDITABLE = ("draft", "correction")
UNDECIDED = ("draft", "filed", "correction")

APPLICATION = Machine(
    kind=KIND,
    initial="draft",
    states=(
        State("draft", "草稿", Turn.APPLICANT, tone="calm"),
        State("filed", "審查中", Turn.OFFICE),
        State("correction", "待補正", Turn.APPLICANT, tone="warn"),
        State("setting", "已核定，待設定帳號", Turn.OFFICE, tone="good"),
        State("done", "辦理完成", Turn.NOBODY, tone="good", final=True),
        State("refused", "不予核准", Turn.NOBODY, tone="bad", final=True),
        State("withdrawn", "已撤回", Turn.NOBODY, tone="calm", final=True),
    ),
    transitions=(
        Transition(
            "file",
            "送件",
            ("draft",),
            "filed",
            "ojt_accounts.prepare",
            guard="may_file",
            clause="OA-01 文件齊備始得送件",
        ),
        Transition(
            "ask_correction",
            "通知補正",
            ("filed",),
            "correction",
            "ojt_accounts.sign_officer",
            clause="OA-16、OA-23 文件不符退回補正",
        ),
        Transition(
            "refile",
            "補正後重新送件",
            ("correction",),
            "filed",
            "ojt_accounts.prepare",
            guard="may_file",
            clause="OA-01",
        ),
        Transition(
            "resume",
            "逾期續審",
            ("correction",),
            "filed",
            "ojt_accounts.sign_officer",
            guard="term_is_over",
            clause="OA-01",
        ),
        Transition(
            "approve",
            "核定",
            ("filed",),
            "setting",
            "ojt_accounts.sign_approver",
            guard="all_signed",
            clause="OA-21 決行",
        ),
        Transition(
            "refuse", "不予核准", ("filed",), "refused", "ojt_accounts.refuse", reason=True, clause="OA-03 至 OA-07"
        ),
        Transition(
            "complete",
            "帳號設定完成",
            ("setting",),
            "done",
            "ojt_accounts.set_account",
            guard="all_set",
            clause="OA-21 設定人員",
        ),
        Transition("withdraw", "撤回", ("draft", "filed", "correction"), "withdrawn", "ojt_accounts.prepare"),
    ),
)

MACHINES = (APPLICATION,)
