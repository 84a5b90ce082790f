"""State tables of the scheme's case kinds. Names of permissions: `ohs_training.<verb>_<thing>`."""

from __future__ import annotations

from kernel.machine import Machine, State, Transition, Turn

APP = "ohs_training"

ACCREDITATION = Machine(
    kind="ohs_training.accreditation",
    initial="draft",
    states=(
        State("draft", "草稿", Turn.APPLICANT, "calm"),
        State("filed", "審查中", Turn.OFFICE),
        State("supplement", "待補正", Turn.APPLICANT, "warn"),
        State("accredited", "已認可（待登錄文件）", Turn.APPLICANT, "good"),
        State("announced", "認可中", Turn.NOBODY, "good"),
        State("rejected", "不予認可", Turn.NOBODY, "bad", final=True),
        State("withdrawn_by_applicant", "已撤回", Turn.NOBODY, "calm", final=True),
        State("expired", "認可期間屆滿", Turn.NOBODY, "calm", final=True),
        State("revoked", "認可經撤銷", Turn.NOBODY, "bad", final=True),
        State("abolished", "認可經廢止", Turn.NOBODY, "bad", final=True),
    ),
    transitions=(
        Transition(
            "file",
            "送件",
            ("draft",),
            "filed",
            f"{APP}.file_accreditation",
            "papers_complete_and_not_barred",
            "要點四、附表一",
        ),
        Transition(
            "ask_supplement",
            "通知補正",
            ("filed",),
            "supplement",
            f"{APP}.review_accreditation",
            "items_named",
            "要點四、附表一",
            reason=True,
        ),
        Transition(
            "supply",
            "補正送件",
            ("supplement",),
            "filed",
            f"{APP}.file_accreditation",
            "papers_complete_and_not_barred",
            "要點四、附表一",
        ),
        Transition(
            "accredit",
            "認可",
            ("filed",),
            "accredited",
            f"{APP}.decide_accreditation",
            "period_within_three_years",
            "要點五",
        ),
        Transition(
            "reject", "不予認可", ("filed",), "rejected", f"{APP}.decide_accreditation", "", "要點四", reason=True
        ),
        # 附表一特別規定 sets ten days for the entry; the announcement 公告 does not wait for it.
        Transition(
            "announce", "公告", ("accredited",), "announced", f"{APP}.announce_accreditation", "", "要點五第1項"
        ),
        Transition(
            "expire",
            "期間屆滿",
            ("accredited", "announced"),
            "expired",
            f"{APP}.close_accreditation",
            "period_over",
            "要點五第2項",
        ),
        Transition(
            "revoke",
            "撤銷認可",
            ("accredited", "announced"),
            "revoked",
            f"{APP}.revoke_accreditation",
            "ground_named",
            "要點十四",
            reason=True,
        ),
        Transition(
            "abolish",
            "廢止認可",
            ("accredited", "announced"),
            "abolished",
            f"{APP}.revoke_accreditation",
            "ground_named",
            "要點十四",
            reason=True,
        ),
        # 十四第2項: an application that waits when the institution loses its accreditation.
        Transition(
            "bar",
            "不予認可（認可經撤銷或廢止）",
            ("filed", "supplement"),
            "rejected",
            f"{APP}.revoke_accreditation",
            "",
            "要點十四第2項",
            reason=True,
        ),
        Transition(
            "withdraw",
            "撤回",
            ("draft", "filed", "supplement"),
            "withdrawn_by_applicant",
            f"{APP}.file_accreditation",
            "",
            "行政程序法",
        ),
    ),
)

#: One case per class: the filing 報備, then the stages of the class up to its registers.
CLASS = Machine(
    kind="ohs_training.class",
    initial="draft",
    states=(
        State("draft", "規劃中", Turn.APPLICANT, "calm"),
        State("filed", "已報備（待備查）", Turn.OFFICE),
        State("returned", "退回補正", Turn.APPLICANT, "warn"),
        State("acknowledged", "已備查", Turn.APPLICANT, "good"),
        State("running", "訓練中", Turn.APPLICANT),
        State("ended", "已結訓", Turn.APPLICANT),
        State("examined", "已測驗", Turn.APPLICANT),
        State("issued", "已發證", Turn.APPLICANT),
        State("reported", "已登錄並函報（待備查）", Turn.OFFICE),
        State("closed", "結案", Turn.NOBODY, "good", final=True),
        State("cancelled", "取消辦理", Turn.NOBODY, "calm", final=True),
    ),
    transitions=(
        Transition(
            "file",
            "報備",
            ("draft", "returned"),
            "filed",
            f"{APP}.file_class",
            "filed_in_time_with_head_count",
            "要點六第1項",
        ),
        Transition(
            "return",
            "退回補正",
            ("filed",),
            "returned",
            f"{APP}.acknowledge_class",
            "items_named",
            "要點六第1項",
            reason=True,
        ),
        Transition(
            "acknowledge",
            "備查",
            ("filed",),
            "acknowledged",
            f"{APP}.acknowledge_class",
            "letter_number",
            "要點六第1項",
        ),
        # 變動報備 (六第2項) moves nothing: 備查 takes note of it, and the class acknowledged once begins on its day meanwhile.
        Transition(
            "start",
            "開訓",
            ("acknowledged",),
            "running",
            f"{APP}.run_class",
            "first_day_come as_it_was_filed",
            "要點六第2項、七",
        ),
        Transition("end", "結訓", ("running",), "ended", f"{APP}.run_class", "last_period_over", "要點七"),
        Transition(
            "examine",
            "登錄測驗成績",
            ("ended",),
            "examined",
            f"{APP}.mark_exam",
            "professional_and_marked",
            "要點八",
        ),
        Transition(
            "issue",
            "發給結業證書",
            ("examined",),
            "issued",
            f"{APP}.issue_certificate",
            "no_red_line",
            "要點九第1款",
        ),
        Transition(
            "issue_proofs",
            "發給在職教育訓練證明",
            ("ended",),
            "issued",
            f"{APP}.issue_certificate",
            "in_service_no_red_line",
            "要點九第2款",
        ),
        Transition(
            # Everybody failed or withdrew: there are registers and marks to report, and nothing to issue.
            "issue_none",
            "無人合格，免予發證",
            ("examined", "ended"),
            "issued",
            f"{APP}.issue_certificate",
            "nobody_qualifies",
            "要點九、十三",
            reason=True,
        ),
        Transition(
            "report",
            "登錄並函報",
            ("issued",),
            "reported",
            f"{APP}.report_class",
            "registers_complete",
            "要點九第3款、十第2項",
        ),
        Transition(
            "return_report",
            "退回函報",
            ("reported",),
            "issued",
            f"{APP}.acknowledge_class",
            "",
            "要點十第2項",
            reason=True,
        ),
        Transition(
            "close", "函報備查", ("reported",), "closed", f"{APP}.acknowledge_class", "letter_number", "要點十第2項"
        ),
        Transition(
            "cancel",
            "取消辦理",
            ("draft", "filed", "returned", "acknowledged"),
            "cancelled",
            f"{APP}.file_class",
            "",
            "要點六第2項",
            reason=True,
        ),
    ),
)

ORDER_KIND = "ohs_training.order"

MACHINES: tuple[Machine, ...] = (ACCREDITATION, CLASS)
