"""What may be done to an account request, an article, an inventory: each kind's states, and a row an act."""

from casework.cases.doing import only_the_step
from kernel.acts import Act, Acts, State, Turn
from senior45.forms.content import RemarkForm
from senior45.forms.requests import AcceptForm, CommentForm, CompleteForm, ReasonForm, WithdrawForm
from senior45.permissions import APPROVE, DECIDE, EXPIRE, FILE, REVIEW, RUN, SUBMIT, WRITE
from senior45.services import articles, deciding, inventory, media, requests
from senior45.states import ARTICLE_KIND, CAMPAIGN_KIND, REQUEST_KIND

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

#: 帳號使用（停用）申請: the same for 新增, 停止使用 and 恢復使用 (第3點第4款). Who approved or filed one stays away from the office's side
#: of it (迴避: a step of the applicant's side makes them a party).
REQUEST_ACTS = Acts(
    REQUEST_KIND,
    states=(
        State("draft", "填寫中", APPLICANT, "calm"),
        State("at_head", "待單位主管核定", APPLICANT),
        State("at_window", "待聯繫窗口送件", APPLICANT),
        State("filed", "審查中", OFFICE, awaits=DECIDE),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("done", "已完成", NOBODY, "good", final=True),
        State("refused", "不同意", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    acts=(
        Act("edited", "修改申請表", "draft | returned", SUBMIT, requests.save_request, quiet=True, offered=False),
        Act(
            "submit", "送單位主管", "draft | returned → at_head", SUBMIT, requests.submit_request, "第3點第1款、第2款",
            asks=(requests.consent_is_the_users, requests.may_hold_account), form=AcceptForm, button="送單位主管核定",
        ),
        Act(
            "approve", "單位主管核定", "at_head → at_window", APPROVE, requests.approve_request, "第3點第1款、第2款",
            asks=(requests.not_their_own,), apart=("submit",), form=CommentForm, button="核定",
        ),
        Act(
            "decline", "單位主管退回", "at_head → returned", APPROVE, requests.decline_request, "第3點第1款、第2款",
            asks=(requests.not_their_own,), reason=True, form=ReasonForm, button="退回申請人", tone="danger",
        ),
        Act(
            "file", "提出申請", "at_window → filed", FILE, requests.file_request, "第3點第1款、第2款",
            asks=(requests.head_then_window,), confirm="送出後由受理機關於五個工作天內回覆。",
        ),
        Act(
            "withdraw", "撤回", "draft | at_head | at_window | filed | returned → withdrawn", SUBMIT, requests.withdraw_request,
            form=WithdrawForm, button="撤回申請", tone="danger",
        ),
        Act(
            "complete", "開通（停用、恢復）", "filed → done", DECIDE, deciding.complete_request, "第3點第3款",
            asks=(deciding.seats_are_free,), holds=deciding.office_of, form=CompleteForm, button="同意並完成設定",
        ),
        Act(
            "send_back", "退回補正", "filed → returned", DECIDE, deciding.return_request, "第3點第3款",
            reason=True, form=ReasonForm, tone="secondary",
        ),
        Act(
            "refuse", "不同意", "filed → refused", DECIDE, deciding.refuse_request, "第3點第3款",
            reason=True, form=ReasonForm, tone="danger",
        ),
    ),
)  # fmt: skip

#: 文稿: what was published stays on the public page while its next version is being written. Its own page shows the buttons.
ARTICLE_ACTS = Acts(
    ARTICLE_KIND,
    states=(
        State("draft", "草稿", APPLICANT, "calm"),
        State("waiting", "待審稿", OFFICE),
        State("returned", "退回修改", APPLICANT, "warn"),
        State("published", "已刊登", NOBODY, "good"),
        State("expired", "已逾刊登期間", NOBODY, "calm"),
        State("withdrawn", "已下架", NOBODY, "bad"),
        State("discarded", "已捨棄", NOBODY, "calm", final=True),
    ),
    acts=(
        Act(
            "edited", "修改文稿", "draft | returned", WRITE, articles.save_article, "第4點",
            asks=(articles.writes_here,), quiet=True, offered=False,
        ),
        Act(
            "picture.added", "加入圖片", "draft | returned", WRITE, media.add_picture, "第4點",
            asks=(articles.writes_here,), before=media.judge_picture, offered=False,
        ),
        Act(
            "picture.removed", "移除圖片", "draft | returned", WRITE, media.remove_picture, "第4點",
            asks=(articles.writes_here,), quiet=True, offered=False,
        ),
        Act(
            "file.added", "加入附件", "draft | returned", WRITE, media.add_file, "第4點",
            asks=(articles.writes_here,), before=media.judge_file, offered=False,
        ),
        Act(
            "file.removed", "移除附件", "draft | returned", WRITE, media.remove_file, "第4點",
            asks=(articles.writes_here,), quiet=True, offered=False,
        ),
        Act(
            "submit", "送審", "draft | returned → waiting", WRITE, articles.submit_article, "第4點、附件2",
            asks=(articles.writes_here, articles.fit_for_review),
        ),
        Act(
            "publish", "核准刊登", "waiting → published", REVIEW, articles.publish_article, "附件2",
            asks=(articles.reviews_here, articles.fit_to_publish),
        ),
        Act(
            "send_back", "退回修改", "waiting → returned", REVIEW, articles.return_article, "附件2",
            asks=(articles.reviews_here, articles.not_own_text), reason=True, form=RemarkForm, tone="secondary",
        ),
        Act(
            "revise", "修訂", "published | expired | withdrawn → draft", WRITE, articles.revise_article,
            asks=(articles.writes_here,), tone="secondary",
        ),
        # What stands on the public page can be taken down at once, also while its next version is being written.
        Act(
            "withdraw", "下架", "published | draft | waiting | returned → withdrawn", REVIEW, articles.withdraw_article, "附件2",
            asks=(articles.reviews_here, articles.is_live), reason=True, form=RemarkForm, tone="danger",
        ),
        Act(
            "discard", "捨棄", "draft | returned → discarded", WRITE, only_the_step,
            asks=(articles.writes_here, articles.never_published), button="捨棄草稿", tone="danger",
        ),
        Act(
            "expire", "刊登期滿", "published → expired", EXPIRE, articles.expire_article,
            asks=(articles.days_are_over,), offered=False,
        ),
        Act(
            "expired", "刊登期滿（修訂中）", "draft | waiting | returned", EXPIRE, articles.expire_article,
            asks=(articles.days_are_over,), offered=False,
        ),
    ),
)  # fmt: skip

#: 清查作業: opened on 1 January and 1 July, closed with its signed report.
CAMPAIGN_ACTS = Acts(
    CAMPAIGN_KIND,
    states=(
        State("running", "清查中", OFFICE),
        State("closed", "清查完成", NOBODY, "good", final=True),
    ),
    acts=(
        Act(
            "finish", "結束清查並製作結果", "running → closed", RUN, inventory.finish_campaign, "附件2",
            asks=(inventory.all_answered_or_over,), holds=inventory.held_with, confirm="回覆停用之帳號將即停用，並產製經電子簽章的清查結果。",
        ),
        Act(
            "inventory.escalated", "逾期未回覆，陳報本署", "running", RUN, inventory.escalate_campaign, inventory.CLAUSE,
            holds=inventory.held_with, offered=False,
        ),
    ),
)  # fmt: skip
