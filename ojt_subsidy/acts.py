"""What may be done to a plan, to the dossier of a class, to evidence, to a complaint: each kind's states, and a row an act.

A filing and a line of payment are no cases: their tables stand in states.py.
"""

from django.urls import reverse

from accounts.rights import can
from casework.cases.doing import Doing, only_the_step
from kernel.acts import Act, Acts, State, Turn
from ojt_subsidy.forms import acts as forms
from ojt_subsidy.permissions import (
    APPROVE_CLOSING,
    APPROVE_COURSE,
    APPROVE_PAYMENT,
    CANCEL_COURSE,
    FILE_CLOSING,
    FILE_COMPLAINT,
    FILE_COURSE,
    FILE_EVIDENCE,
    HANDLE_COMPLAINT,
    PASS_ON,
    PUBLISH_COURSE,
    REVIEW_CLOSING,
    REVIEW_COURSE,
    REVIEW_EVIDENCE,
    RUN_COURSE,
)
from ojt_subsidy.services import closing, complaining, evidence, papers, paying, planning, reviewing, running
from ojt_subsidy.states import CLOSING_KIND, COMPLAINT_KIND, COURSE_KIND, EVIDENCE_KIND

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

#: 訓練計畫 (課程): unit files, officer and chief of the branch of the place of training decide, then the class runs.
COURSE = Acts(
    COURSE_KIND,
    states=(
        State("draft", "草稿", APPLICANT, "calm"),
        State("filed", "審查中", OFFICE),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("at_chief", "待主管核定", OFFICE, awaits=APPROVE_COURSE),
        State("approved", "已核定", OFFICE, "good"),
        State("published", "已公告招生", NOBODY, "good"),
        State("running", "訓練中", NOBODY),
        State("ended", "已結訓", NOBODY, "calm", final=True),
        State("refused", "不予核定", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
        State("cancelled", "停辦", NOBODY, "bad", final=True),
    ),
    acts=(
        Act(
            "file", "送審", "draft | returned → filed", FILE_COURSE, planning.file_course, "辦訓單位問答第3題",
            asks=(planning.may_file,), confirm="送審後由分署審查，退回補正前不能修改。",
        ),
        Act(
            "withdraw", "撤回", "draft | filed | returned → withdrawn", FILE_COURSE, planning.withdraw_course,
            tone="danger", confirm="撤回後須重新填寫計畫。",
        ),
        Act("forward", "陳核", "filed → at_chief", REVIEW_COURSE, reviewing.forward_course, form=forms.ForwardForm),
        Act(
            "send_back", "退回補正", "filed → returned", REVIEW_COURSE, reviewing.return_course,
            reason=True, form=forms.ReasonForm, tone="secondary",
        ),
        Act(
            "approve", "核定", "at_chief → approved", APPROVE_COURSE, reviewing.approve_course,
            asks=(reviewing.plan_fits,), apart=("forward",), form=forms.CommentForm,
        ),
        Act(
            "reconsider", "退回承辦", "at_chief → filed", APPROVE_COURSE, reviewing.reconsider_course,
            reason=True, apart=("forward",), form=forms.ReasonForm, tone="secondary",
        ),
        Act(
            "refuse", "不予核定", "at_chief → refused", APPROVE_COURSE, reviewing.refuse_course,
            reason=True, apart=("forward",), form=forms.ReasonForm, tone="danger",
        ),
        Act(
            "publish", "公告招生", "approved → published", PUBLISH_COURSE, reviewing.publish_course,
            confirm="公告後課程公開查詢，並依規定時間開放報名。",
        ),
        Act(
            "cancel", "停辦", "approved | published → cancelled", CANCEL_COURSE, running.cancel_course,
            reason=True, holds=running.hold_class_and_money, form=forms.ReasonForm, tone="danger",
        ),
        Act(
            "start", "開訓", "published → running", RUN_COURSE, only_the_step,
            asks=(running.first_day_reached,), offered=False,
        ),
        Act(
            "end", "結訓", "running → ended", RUN_COURSE, running.end_course,
            asks=(running.last_day_passed,), holds=running.hold_class, offered=False,
        ),
        Act("saved", "儲存訓練計畫", "draft | returned", FILE_COURSE, planning.save_course, offered=False),
    ),
)  # fmt: skip


def _approve_closing(doing: Doing, *, comment: str = "") -> str:
    """核定 of the class leads to its lines, which are approved one by one, often by the same person."""
    closing.approve_closing(doing, comment=comment)
    lines = reverse("admin:subsidy_payments", args=[doing.case.number])
    return lines if can(doing.by, APPROVE_PAYMENT, doing.case) else ""


#: 結訓核銷: one dossier per class.
CLOSING = Acts(
    CLOSING_KIND,
    states=(
        State("draft", "待送件", APPLICANT, "warn"),
        State("filed", "審查中", OFFICE),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("at_chief", "待主管核定", OFFICE, awaits=APPROVE_CLOSING),
        State("approved", "已核定", OFFICE, "good"),
        State("settled", "已結案", NOBODY, "good", final=True),
    ),
    acts=(
        Act(
            "file", "函送分署", "draft | returned → filed", FILE_CLOSING, closing.file_closing, "學員問答第18題",
            asks=(closing.dossier_complete,), holds=closing.hold_class, form=forms.RemarksForm,
        ),
        Act(
            "forward", "陳核", "filed → at_chief", REVIEW_CLOSING, closing.forward_closing,
            asks=(closing.dossier_complete,), form=forms.CommentForm,
        ),
        Act(
            "send_back", "退回補正", "filed → returned", REVIEW_CLOSING, closing.return_closing,
            reason=True, form=forms.ReasonForm, tone="secondary",
        ),
        Act(
            "approve", "核定", "at_chief → approved", APPROVE_CLOSING, _approve_closing,
            asks=(closing.officer_signed,), apart=("forward",), form=forms.CommentForm,
        ),
        Act(
            "reconsider", "退回承辦", "at_chief → filed", APPROVE_CLOSING, closing.reconsider_closing,
            reason=True, apart=("forward",), form=forms.ReasonForm, tone="secondary",
        ),
        Act(
            "settle", "結案", "approved → settled", REVIEW_CLOSING, closing.settle_closing,
            asks=(closing.every_line_finished,),
        ),
        Act(
            "add_paper", "上傳結訓文件", "draft | returned", FILE_CLOSING, closing.add_paper,
            before=papers.judge_paper, offered=False,
        ),
        Act(
            "add_proof", "上傳轉撥證明", "approved | settled", PASS_ON, paying.keep_proof,
            before=papers.judge_paper, offered=False,
        ),
    ),
)  # fmt: skip

#: 學員證明文件: identity for the full rate, insurance where the bureau's file has no match.
EVIDENCE = Acts(
    EVIDENCE_KIND,
    states=(
        State("draft", "待送出", APPLICANT, "warn"),
        State("filed", "審核中", OFFICE),
        State("returned", "退回補件", APPLICANT, "warn"),
        State("accepted", "已採認", NOBODY, "good", final=True),
        State("refused", "不予採認", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    acts=(
        Act(
            "file", "送出", "draft | returned → filed", FILE_EVIDENCE, evidence.file_evidence,
            asks=(evidence.papers_attached,),
        ),
        Act("withdraw", "撤回", "draft | filed | returned → withdrawn", FILE_EVIDENCE, only_the_step, tone="danger"),
        Act(
            "accept", "採認", "filed → accepted", REVIEW_EVIDENCE, evidence.accept_evidence,
            "學員問答第6題、第8題、第9題", asks=(evidence.statement_shows_the_day,), holds=evidence.hold_money,
            form=forms.AcceptForm,
        ),
        Act(
            "return", "退回補件", "filed → returned", REVIEW_EVIDENCE, evidence.return_evidence,
            reason=True, form=forms.ReasonForm, tone="secondary",
        ),
        Act(
            "refuse", "不予採認", "filed → refused", REVIEW_EVIDENCE, evidence.refuse_evidence,
            reason=True, form=forms.ReasonForm, tone="danger",
        ),
        Act(
            "add_paper", "上傳證明文件", "draft | returned", FILE_EVIDENCE, evidence.add_paper,
            asks=(evidence.day_reached,), before=papers.judge_paper, offered=False,
        ),
    ),
)  # fmt: skip

#: 陳情
COMPLAINT = Acts(
    COMPLAINT_KIND,
    states=(
        State("filed", "已收件", OFFICE),
        State("handling", "查處中", OFFICE),
        State("answered", "已答覆", APPLICANT, "good"),
        State("closed", "已結案", NOBODY, "calm", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    acts=(
        Act("take", "分案查處", "filed → handling", HANDLE_COMPLAINT, only_the_step, "學員問答第23題"),
        Act(
            "answer", "答覆", "handling → answered", HANDLE_COMPLAINT, complaining.answer_complaint, "學員問答第23題",
            form=forms.AnswerForm,
        ),
        Act("close", "結案", "answered → closed", HANDLE_COMPLAINT, only_the_step),
        Act(
            "insist", "再陳情", "answered → handling", FILE_COMPLAINT, complaining.hide_writer,
            reason=True, form=forms.ReasonForm, tone="secondary",
        ),
        Act(
            "withdraw", "撤回", "filed | handling → withdrawn", FILE_COMPLAINT, complaining.hide_writer,
            button="撤回陳情", tone="danger", confirm="撤回後不再處理。",
        ),
    ),
)  # fmt: skip
