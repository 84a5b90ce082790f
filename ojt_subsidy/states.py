"""Kinds of case and the states that services ask about; the tables of what is no case: a filing, a line of payment.

What may be done to a case stands in acts.py.
"""

from kernel.acts import Act, Acts, State, Turn

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

COURSE_KIND, CLOSING_KIND = "ojt_subsidy.course", "ojt_subsidy.closing"
EVIDENCE_KIND, COMPLAINT_KIND = "ojt_subsidy.evidence", "ojt_subsidy.complaint"

#: States in which a plan, a dossier, evidence is the applicant's to change.
EDITABLE = ("draft", "returned")
#: Evidence that nobody has decided yet.
UNDECIDED = ("draft", "filed", "returned")
#: States of the course in which somebody may still be admitted to it.
RECRUITING = ("published", "running")
#: States of the class's dossier in which its lines are decided.
DECIDABLE = ("approved", "settled")

# 報名: a filing is only a filing; the unit works through the ledger in order of filing.
ENROLMENT = Acts(
    "ojt_subsidy.enrolment",
    states=(
        State("filed", "收件成功", OFFICE),
        State("waiting", "備取", NOBODY),
        State("asked", "待繳費及繳交資料", APPLICANT, "warn"),
        State("admitted", "已錄訓", NOBODY, "good"),
        State("attending", "參訓中", NOBODY, "good"),
        State("completed", "已結訓", NOBODY, "good", final=True),
        State("failed", "未通過考核", NOBODY, "bad", final=True),
        State("dropped", "離退訓", NOBODY, "bad", final=True),
        State("rejected", "未錄訓", NOBODY, "bad", final=True),
        State("lapsed", "逾期未繳", NOBODY, "bad", final=True),
        State("withdrawn", "已取消報名", NOBODY, "calm", final=True),
    ),
    acts=(
        Act("hold", "列為備取", "filed → waiting", "ojt_subsidy.screen_enrolment", clause="學員問答第20題"),
        Act("ask", "通知繳費及繳交資料", "filed | waiting → asked", "ojt_subsidy.screen_enrolment", clause="學員問答第19題"),
        Act("reject", "不予錄訓", "filed | waiting | asked → rejected", "ojt_subsidy.screen_enrolment", reason=True),
        Act("admit", "錄訓", "asked → admitted", "ojt_subsidy.screen_enrolment", clause="學員問答第19題"),
        Act("lapse", "逾期取消資格", "asked → lapsed", "ojt_subsidy.screen_enrolment"),
        Act("withdraw", "取消報名", "filed | waiting | asked | admitted → withdrawn", "ojt_subsidy.file_enrolment"),
        Act("begin", "到訓", "admitted → attending", "ojt_subsidy.record_attendance"),
        Act("no_show", "未到訓", "admitted → withdrawn", "ojt_subsidy.record_attendance"),
        Act("drop", "離退訓", "attending → dropped", "ojt_subsidy.record_attendance", reason=True),
        Act("complete", "結訓發證", "attending → completed", "ojt_subsidy.close_class", clause="學員問答第10題"),
        Act("fail", "未通過考核", "attending → failed", "ojt_subsidy.close_class", reason=True),
    ),
)  # fmt: skip

#: States that stand in the way of a second filing and of another class at the same hours.
LIVE = ("filed", "waiting", "asked", "admitted", "attending")
#: States that hold one of the approved seats, until the end of the class and after.
HOLDS_SEAT = ("filed", "asked", "admitted", "attending", "completed", "failed")
#: Filings not yet admitted: they end with the class.
PENDING = ("filed", "waiting", "asked")
#: States in which a part of the person's cap is kept for the course.
RESERVES = ("admitted", "attending", "completed")
#: Admitted to a class, and not gone from it.
IN_CLASS = ("admitted", "attending", "completed", "failed")
#: Admitted, whatever came of it: its first day counts for the window. Who never came has not taken part (no_show).
BEGUN = (*IN_CLASS, "dropped")

# 補助款明細: one line per trainee, so that missing papers of one do not hold back the others.
PAYMENT = Acts(
    "ojt_subsidy.payment",
    states=(
        State("pending", "待審核", OFFICE),
        State("missing", "待補件", APPLICANT, "warn"),
        State("approved", "已核定", OFFICE, "good"),
        State("batched", "已列入撥款清冊", OFFICE),
        State("sent", "已送銀行", OFFICE),
        State("with_unit", "已撥付訓練單位，待轉撥", APPLICANT, "warn"),
        State("bounced", "退匯", APPLICANT, "bad"),
        State("paid", "已撥款", NOBODY, "good", final=True),
        State("refused", "不予補助", NOBODY, "bad", final=True),
    ),
    acts=(
        Act("ask", "通知補件", "pending → missing", "ojt_subsidy.review_payment", clause="學員問答第18題", reason=True),
        Act("supply", "補件", "missing → pending", "ojt_subsidy.file_closing"),
        Act("approve", "核定", "pending → approved", "ojt_subsidy.approve_payment", clause="學員問答第10題"),
        Act("refuse", "不予補助", "pending | missing → refused", "ojt_subsidy.approve_payment", reason=True),
        Act("batch", "列入撥款清冊", "approved → batched", "ojt_subsidy.batch_payment"),
        Act("unbatch", "移出撥款清冊", "batched → approved", "ojt_subsidy.batch_payment", reason=True),
        Act(
            "reopen", "重新核定", "approved | batched → pending", "ojt_subsidy.review_payment", clause="學員問答第15題",
            reason=True,
        ),
        Act("send", "送交銀行", "batched → sent", "ojt_subsidy.batch_payment"),
        Act("pay", "撥款完成", "sent → paid", "ojt_subsidy.batch_payment"),
        Act("pay_unit", "撥付訓練單位", "sent → with_unit", "ojt_subsidy.batch_payment", clause="學員問答第22題"),
        Act("pass_on", "轉撥學員", "with_unit → paid", "ojt_subsidy.pass_on_payment", clause="學員問答第22題"),
        Act("bounce", "退匯", "sent → bounced", "ojt_subsidy.batch_payment", reason=True),
        Act("correct", "更正帳戶", "bounced → approved", "ojt_subsidy.review_payment"),
    ),
)  # fmt: skip

#: Things with a life of their own that are no cases.
THINGS = (ENROLMENT, PAYMENT)
