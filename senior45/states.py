"""Kinds of case of the scheme, sets of their states, and the table of what is no case: a line of an inventory."""

from kernel.acts import Act, Acts, State, Turn

REQUEST_KIND, ARTICLE_KIND, CAMPAIGN_KIND = "senior45.request", "senior45.article", "senior45.campaign"

#: A request that came to its end, whichever.
REQUEST_ENDS = ("done", "refused", "withdrawn")
#: In the hands of who writes it.
WRITABLE = ("draft", "returned")

# 帳號清查: one line per account and campaign.
INVENTORY_LINE = Acts(
    "senior45.inventory_line",
    states=(
        State("pending", "待回覆", Turn.APPLICANT, "warn"),
        State("escalated", "逾期未回覆", Turn.OFFICE, "bad"),
        State("keep", "保留", Turn.NOBODY, "good"),
        State("stop", "應停用", Turn.OFFICE, "warn"),
        State("kept", "清查完成（保留）", Turn.NOBODY, "good", final=True),
        State("stopped", "清查完成（停用）", Turn.NOBODY, "calm", final=True),
    ),
    acts=(
        Act("keep", "保留", "pending | escalated → keep", "senior45.answer_inventory", clause="附件2"),
        Act("stop", "停用", "pending | escalated → stop", "senior45.answer_inventory", clause="附件2", reason=True),
        Act("correct", "更正回覆", "keep | stop → pending", "senior45.answer_inventory"),
        Act("escalate", "逾期陳報", "pending → escalated", "senior45.run_inventory", clause="附件2"),
        Act("confirm", "確認保留", "keep → kept", "senior45.run_inventory"),
        Act("close", "停用帳號", "stop | escalated → stopped", "senior45.run_inventory", clause="第3點第4款"),
    ),
)
