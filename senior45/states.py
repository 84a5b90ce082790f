"""State tables of the scheme: account request, article, inventory campaign and its lines."""

from __future__ import annotations

from kernel.machine import Machine, State, Transition, Turn

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

# 帳號使用（停用）申請: the same for 新增, 停止使用 and 恢復使用 (第3點第4款).
REQUEST = Machine(
    "senior45.request",
    "draft",
    (
        State("draft", "填寫中", APPLICANT, "calm"),
        State("at_head", "待單位主管核定", APPLICANT),
        State("at_window", "待聯繫窗口送件", APPLICANT),
        State("filed", "審查中", OFFICE, awaits="senior45.decide_request"),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("done", "已完成", NOBODY, "good", final=True),
        State("refused", "不同意", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    (
        Transition(
            "submit",
            "送單位主管",
            ("draft", "returned"),
            "at_head",
            "senior45.submit_request",
            "S45-01",
            "第3點第1款、第2款",
        ),
        Transition(
            "approve", "單位主管核定", ("at_head",), "at_window", "senior45.approve_request", "", "第3點第1款、第2款"
        ),
        Transition(
            "decline",
            "單位主管退回",
            ("at_head",),
            "returned",
            "senior45.approve_request",
            "",
            "第3點第1款、第2款",
            reason=True,
        ),
        Transition("file", "提出申請", ("at_window",), "filed", "senior45.file_request", "S45-02", "第3點第1款、第2款"),
        Transition(
            "send_back", "退回補正", ("filed",), "returned", "senior45.decide_request", "", "第3點第3款", reason=True
        ),
        Transition(
            "complete", "開通（停用、恢復）", ("filed",), "done", "senior45.decide_request", "S45-08", "第3點第3款"
        ),
        Transition("refuse", "不同意", ("filed",), "refused", "senior45.decide_request", "", "第3點第3款", reason=True),
        Transition(
            "withdraw",
            "撤回",
            ("draft", "at_head", "at_window", "filed", "returned"),
            "withdrawn",
            "senior45.submit_request",
        ),
    ),
)

# 文稿: what was published stays on the public page while its next version is being written.
ARTICLE = Machine(
    "senior45.article",
    "draft",
    (
        State("draft", "草稿", APPLICANT, "calm"),
        State("waiting", "待審稿", OFFICE),
        State("returned", "退回修改", APPLICANT, "warn"),
        State("published", "已刊登", NOBODY, "good"),
        State("expired", "已逾刊登期間", NOBODY, "calm"),
        State("withdrawn", "已下架", NOBODY, "bad"),
        State("discarded", "已捨棄", NOBODY, "calm", final=True),
    ),
    (
        Transition(
            "submit", "送審", ("draft", "returned"), "waiting", "senior45.write_article", "S45-06", "第4點、附件2"
        ),
        Transition(
            "send_back", "退回修改", ("waiting",), "returned", "senior45.review_article", "", "附件2", reason=True
        ),
        Transition("publish", "核准刊登", ("waiting",), "published", "senior45.review_article", "S45-11", "附件2"),
        Transition(
            "revise", "修訂", ("published", "expired", "withdrawn"), "draft", "senior45.write_article", "S45-06"
        ),
        Transition("expire", "刊登期滿", ("published",), "expired", "senior45.expire_article", "publish_until_passed"),
        # What stands on the public page can be taken down at once, also while its next version is being written.
        Transition(
            "withdraw",
            "下架",
            ("published", "draft", "waiting", "returned"),
            "withdrawn",
            "senior45.review_article",
            "is_live",
            "附件2",
            reason=True,
        ),
        Transition("discard", "捨棄", ("draft", "returned"), "discarded", "senior45.write_article", "never_published"),
    ),
)

# 帳號清查: one line per account and campaign.
INVENTORY_LINE = Machine(
    "senior45.inventory_line",
    "pending",
    (
        State("pending", "待回覆", APPLICANT, "warn"),
        State("escalated", "逾期未回覆", OFFICE, "bad"),
        State("keep", "保留", NOBODY, "good"),
        State("stop", "應停用", OFFICE, "warn"),
        State("kept", "清查完成（保留）", NOBODY, "good", final=True),
        State("stopped", "清查完成（停用）", NOBODY, "calm", final=True),
    ),
    (
        Transition("keep", "保留", ("pending", "escalated"), "keep", "senior45.answer_inventory", "", "附件2"),
        Transition(
            "stop", "停用", ("pending", "escalated"), "stop", "senior45.answer_inventory", "", "附件2", reason=True
        ),
        Transition("correct", "更正回覆", ("keep", "stop"), "pending", "senior45.answer_inventory", "campaign_open"),
        Transition("escalate", "逾期陳報", ("pending",), "escalated", "senior45.run_inventory", "term_over", "附件2"),
        Transition("confirm", "確認保留", ("keep",), "kept", "senior45.run_inventory"),
        Transition("close", "停用帳號", ("stop", "escalated"), "stopped", "senior45.run_inventory", "", "第3點第4款"),
    ),
)

# 清查作業: opened on 1 January and 1 July, closed with its signed report.
CAMPAIGN = Machine(
    "senior45.campaign",
    "running",
    (
        State("running", "清查中", OFFICE),
        State("closed", "清查完成", NOBODY, "good", final=True),
    ),
    (
        Transition(
            "finish", "結束清查並製作結果", ("running",), "closed", "senior45.run_inventory", "term_over", "附件2"
        ),
    ),
)

MACHINES = (REQUEST, ARTICLE, INVENTORY_LINE, CAMPAIGN)
