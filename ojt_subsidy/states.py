"""State tables of the scheme: course plan, enrolment, class closing, payment line, complaint."""

from __future__ import annotations

from kernel.machine import Machine, State, Transition, Turn

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

# 訓練計畫 (課程): unit files, officer and chief of the branch of the place of training decide, then the class runs.
COURSE = Machine(
    "ojt_subsidy.course",
    "draft",
    (
        State("draft", "草稿", APPLICANT, "calm"),
        State("filed", "審查中", OFFICE),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("at_chief", "待主管核定", OFFICE, awaits="ojt_subsidy.approve_course"),
        State("approved", "已核定", OFFICE, "good"),
        State("published", "已公告招生", NOBODY, "good"),
        State("running", "訓練中", NOBODY),
        State("ended", "已結訓", NOBODY, "calm", final=True),
        State("refused", "不予核定", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
        State("cancelled", "停辦", NOBODY, "bad", final=True),
    ),
    (
        Transition(
            "file", "送審", ("draft", "returned"), "filed", "ojt_subsidy.file_course", "SUB-18", "辦訓單位問答第3題"
        ),
        Transition("withdraw", "撤回", ("draft", "filed", "returned"), "withdrawn", "ojt_subsidy.file_course"),
        Transition("send_back", "退回補正", ("filed",), "returned", "ojt_subsidy.review_course", reason=True),
        Transition("forward", "陳核", ("filed",), "at_chief", "ojt_subsidy.review_course", "SUB-19 SUB-20 SUB-21"),
        Transition("reconsider", "退回承辦", ("at_chief",), "filed", "ojt_subsidy.approve_course", reason=True),
        Transition("approve", "核定", ("at_chief",), "approved", "ojt_subsidy.approve_course", "SUB-19 SUB-20 SUB-21"),
        Transition("refuse", "不予核定", ("at_chief",), "refused", "ojt_subsidy.approve_course", reason=True),
        Transition("publish", "公告招生", ("approved",), "published", "ojt_subsidy.publish_course"),
        Transition("cancel", "停辦", ("approved", "published"), "cancelled", "ojt_subsidy.cancel_course", reason=True),
        Transition("start", "開訓", ("published",), "running", "ojt_subsidy.run_course", "first_day_reached"),
        Transition("end", "結訓", ("running",), "ended", "ojt_subsidy.run_course", "last_day_passed"),
    ),
)

# 報名: a filing is only a filing; the unit works through the ledger in order of filing.
ENROLMENT = Machine(
    "ojt_subsidy.enrolment",
    "filed",
    (
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
    (
        Transition(
            "hold", "列為備取", ("filed",), "waiting", "ojt_subsidy.screen_enrolment", "in_order", "學員問答第20題"
        ),
        Transition(
            "ask",
            "通知繳費及繳交資料",
            ("filed", "waiting"),
            "asked",
            "ojt_subsidy.screen_enrolment",
            "in_order seat_left",
            "學員問答第19題",
        ),
        Transition(
            "reject", "不予錄訓", ("filed", "waiting", "asked"), "rejected", "ojt_subsidy.screen_enrolment", reason=True
        ),
        Transition(
            "admit", "錄訓", ("asked",), "admitted", "ojt_subsidy.screen_enrolment", "seat_left", "學員問答第19題"
        ),
        Transition("lapse", "逾期取消資格", ("asked",), "lapsed", "ojt_subsidy.screen_enrolment", "term_over"),
        Transition(
            "withdraw",
            "取消報名",
            ("filed", "waiting", "asked", "admitted"),
            "withdrawn",
            "ojt_subsidy.file_enrolment",
            "class_not_begun",
        ),
        Transition("begin", "到訓", ("admitted",), "attending", "ojt_subsidy.record_attendance", "first_day_reached"),
        Transition(
            "no_show", "未到訓", ("admitted",), "withdrawn", "ojt_subsidy.record_attendance", "first_day_reached"
        ),
        Transition("drop", "離退訓", ("attending",), "dropped", "ojt_subsidy.record_attendance", reason=True),
        Transition(
            "complete", "結訓發證", ("attending",), "completed", "ojt_subsidy.close_class", "", "學員問答第10題"
        ),
        Transition("fail", "未通過考核", ("attending",), "failed", "ojt_subsidy.close_class", reason=True),
    ),
)

#: States that stand in the way of a second filing and of another class at the same hours.
LIVE = ("filed", "waiting", "asked", "admitted", "attending")
#: States that hold one of the approved seats, until the end of the class and after.
HOLDS_SEAT = ("filed", "asked", "admitted", "attending", "completed", "failed")
#: States of the course in which somebody may still be admitted to it.
RECRUITING = ("published", "running")
#: Filings not yet admitted: they end with the class.
PENDING = ("filed", "waiting", "asked")
#: States in which a part of the person's cap is kept for the course.
RESERVES = ("admitted", "attending", "completed")
#: Admitted to a class, and not gone from it.
IN_CLASS = ("admitted", "attending", "completed", "failed")
#: Admitted, whatever came of it: its first day counts for the window. Who never came has not taken part (no_show).
BEGUN = (*IN_CLASS, "dropped")

# 結訓核銷: one dossier per class.
CLOSING = Machine(
    "ojt_subsidy.closing",
    "draft",
    (
        State("draft", "待送件", APPLICANT, "warn"),
        State("filed", "審查中", OFFICE),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("at_chief", "待主管核定", OFFICE, awaits="ojt_subsidy.approve_closing"),
        State("approved", "已核定", OFFICE, "good"),
        State("settled", "已結案", NOBODY, "good", final=True),
    ),
    (
        Transition(
            "file", "函送分署", ("draft", "returned"), "filed", "ojt_subsidy.file_closing", "SUB-13", "學員問答第18題"
        ),
        Transition("send_back", "退回補正", ("filed",), "returned", "ojt_subsidy.review_closing", reason=True),
        Transition("forward", "陳核", ("filed",), "at_chief", "ojt_subsidy.review_closing", "SUB-11"),
        Transition("reconsider", "退回承辦", ("at_chief",), "filed", "ojt_subsidy.approve_closing", reason=True),
        Transition("approve", "核定", ("at_chief",), "approved", "ojt_subsidy.approve_closing", "nobody_signs_twice"),
        Transition("settle", "結案", ("approved",), "settled", "ojt_subsidy.review_closing", "every_line_finished"),
    ),
)

# 補助款明細: one line per trainee, so that missing papers of one do not hold back the others.
PAYMENT = Machine(
    "ojt_subsidy.payment",
    "pending",
    (
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
    (
        Transition(
            "ask", "通知補件", ("pending",), "missing", "ojt_subsidy.review_payment", "", "學員問答第18題", reason=True
        ),
        Transition("supply", "補件", ("missing",), "pending", "ojt_subsidy.file_closing"),
        Transition(
            "approve",
            "核定",
            ("pending",),
            "approved",
            "ojt_subsidy.approve_payment",
            "SUB-05 SUB-10 SUB-11",
            "學員問答第10題",
        ),
        Transition("refuse", "不予補助", ("pending", "missing"), "refused", "ojt_subsidy.approve_payment", reason=True),
        Transition("batch", "列入撥款清冊", ("approved",), "batched", "ojt_subsidy.batch_payment"),
        Transition("unbatch", "移出撥款清冊", ("batched",), "approved", "ojt_subsidy.batch_payment", reason=True),
        Transition(
            "reopen",
            "重新核定",
            ("approved", "batched"),
            "pending",
            "ojt_subsidy.review_payment",
            "SUB-10",
            "學員問答第15題",
            reason=True,
        ),
        Transition("send", "送交銀行", ("batched",), "sent", "ojt_subsidy.batch_payment", "totals_agree"),
        Transition("pay", "撥款完成", ("sent",), "paid", "ojt_subsidy.batch_payment", "paid_to_trainee"),
        Transition(
            "pay_unit",
            "撥付訓練單位",
            ("sent",),
            "with_unit",
            "ojt_subsidy.batch_payment",
            "paid_to_unit",
            "學員問答第22題",
        ),
        Transition(
            "pass_on", "轉撥學員", ("with_unit",), "paid", "ojt_subsidy.pass_on_payment", "SUB-14", "學員問答第22題"
        ),
        Transition("bounce", "退匯", ("sent",), "bounced", "ojt_subsidy.batch_payment", reason=True),
        Transition(
            "correct", "更正帳戶", ("bounced",), "approved", "ojt_subsidy.review_payment", "bank_account_changed"
        ),
    ),
)

# 陳情
COMPLAINT = Machine(
    "ojt_subsidy.complaint",
    "filed",
    (
        State("filed", "已收件", OFFICE),
        State("handling", "查處中", OFFICE),
        State("answered", "已答覆", APPLICANT, "good"),
        State("closed", "已結案", NOBODY, "calm", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    (
        Transition(
            "take", "分案查處", ("filed",), "handling", "ojt_subsidy.handle_complaint", "SUB-16", "學員問答第23題"
        ),
        Transition("answer", "答覆", ("handling",), "answered", "ojt_subsidy.handle_complaint", "", "學員問答第23題"),
        Transition("insist", "再陳情", ("answered",), "handling", "ojt_subsidy.file_complaint", reason=True),
        Transition("close", "結案", ("answered",), "closed", "ojt_subsidy.handle_complaint"),
        Transition("withdraw", "撤回", ("filed", "handling"), "withdrawn", "ojt_subsidy.file_complaint"),
    ),
)

# 學員證明文件: identity for the full rate, insurance where the bureau's file has no match.
EVIDENCE = Machine(
    "ojt_subsidy.evidence",
    "draft",
    (
        State("draft", "待送出", APPLICANT, "warn"),
        State("filed", "審核中", OFFICE),
        State("returned", "退回補件", APPLICANT, "warn"),
        State("accepted", "已採認", NOBODY, "good", final=True),
        State("refused", "不予採認", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    (
        Transition("file", "送出", ("draft", "returned"), "filed", "ojt_subsidy.file_evidence", "papers_attached"),
        Transition("return", "退回補件", ("filed",), "returned", "ojt_subsidy.review_evidence", reason=True),
        Transition(
            "accept", "採認", ("filed",), "accepted", "ojt_subsidy.review_evidence", "", "學員問答第6題、第8題、第9題"
        ),
        Transition("refuse", "不予採認", ("filed",), "refused", "ojt_subsidy.review_evidence", reason=True),
        Transition("withdraw", "撤回", ("draft", "filed", "returned"), "withdrawn", "ojt_subsidy.file_evidence"),
    ),
)

MACHINES = (COURSE, ENROLMENT, CLOSING, PAYMENT, EVIDENCE, COMPLAINT)
