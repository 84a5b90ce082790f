"""What may be done to an account application 帳號申請案: its states, and a row an act."""

from casework.forms import CorrectionForm
from kernel.acts import Act, Acts, State, Turn
from ojt_accounts.forms import reviewing as forms
from ojt_accounts.permissions import PREPARE, REFUSE, SET_ACCOUNT, SIGN_APPROVER, SIGN_CHIEF, SIGN_OFFICER
from ojt_accounts.services import attaching, filing, preparing, reviewing, setting
from ojt_accounts.states import KIND

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY
#: While it is in the unit's hands 填報.
OPEN = "draft | correction"
#: What only who handles the case does; chief and approver look at it with eyes of their own.
HANDLING = ("checks", "ask_correction", "resume")

APPLICATION = Acts(
    KIND,
    states=(
        State("draft", "草稿", APPLICANT, "calm"),
        State("filed", "審查中", OFFICE),
        State("correction", "待補正", APPLICANT, "warn"),
        State("setting", "已核定，待設定帳號", OFFICE, "good", awaits=SET_ACCOUNT),
        State("done", "辦理完成", NOBODY, "good", final=True),
        State("refused", "不予核准", NOBODY, "bad", final=True),
        State("withdrawn", "已撤回", NOBODY, "calm", final=True),
    ),
    acts=(
        Act(
            "file", "送件", "draft → filed", PREPARE, filing.file_application, "OA-01 文件齊備始得送件",
            asks=(filing.unit_stands, filing.intake_open, filing.may_file), holds=filing.unit_of,
            confirm="送出後即由分署審查，除補正外不能再修改。",
        ),
        Act(
            "refile", "補正後重新送件", "correction → filed", PREPARE, filing.refile_application, "OA-01",
            asks=(filing.unit_stands, filing.all_answered, filing.may_file), holds=filing.unit_of,
            button="補正完成，重新送件",
        ),
        Act(
            "withdraw", "撤回", "draft | filed | correction → withdrawn", PREPARE, filing.withdraw_application,
            button="撤回申請", form=forms.WithdrawForm, tone="danger",
        ),
        # the branch reviews; every signature leaves an event of its own, the last one decides
        Act(
            "checks", "登錄查核結果", "filed", SIGN_OFFICER, reviewing.record_checks, "OA-05、OA-06、OA-16",
            form=forms.ChecksForm, tone="secondary",
        ),
        Act(
            "confirm", "確認文件與簽章", "filed", SIGN_OFFICER, reviewing.confirm_papers, "OA-15、OA-23",
            quiet=True, form=forms.ConfirmForm, tone="secondary",
        ),
        Act(
            "ask_correction", "通知補正", "filed → correction", SIGN_OFFICER, reviewing.ask_correction,
            "OA-16、OA-23 文件不符退回補正", form=CorrectionForm, tone="secondary",
        ),
        Act(
            "sign_officer", "承辦人核章", "filed", SIGN_OFFICER, reviewing.sign_forms, "OA-21 依序簽核",
            asks=(reviewing.step_due(SIGN_OFFICER), reviewing.papers_checked), form=forms.sign_form(SIGN_OFFICER),
        ),
        Act(
            "sign_chief", "科室主管簽核", "filed", SIGN_CHIEF, reviewing.sign_forms, "OA-21 依序簽核",
            asks=(reviewing.step_due(SIGN_CHIEF),), apart=HANDLING, form=forms.sign_form(SIGN_CHIEF),
        ),
        Act(
            "sign_approver", "決行", "filed", SIGN_APPROVER, reviewing.sign_forms, "OA-21 依序簽核",
            asks=(reviewing.step_due(SIGN_APPROVER),), apart=HANDLING, form=forms.sign_form(SIGN_APPROVER),
        ),
        Act(
            "approve", "核定", "filed → setting", SIGN_APPROVER, reviewing.approve_application, "OA-21 決行",
            asks=(reviewing.all_signed,), offered=False,
        ),
        Act(
            "refuse", "不予核准", "filed → refused", REFUSE, reviewing.refuse_application, "OA-03 至 OA-07",
            reason=True, apart=HANDLING, form=forms.RefuseForm, tone="danger",
        ),
        Act(
            "resume", "逾期續審", "correction → filed", SIGN_OFFICER, reviewing.resume_review, "OA-01",
            asks=(reviewing.term_is_over,), button="逾期未補正，續行審查", tone="secondary",
            confirm="以現有文件續行審查，申請單位不能再補正。",
        ),
        # 設定人員: form by form, the last one completes the case
        Act(
            "set", "設定帳號", "setting", SET_ACCOUNT, setting.set_accounts, "OA-21 設定人員",
            apart=("approve",), form=forms.SetForm,
        ),
        Act(
            "drop", "不予設定", "setting", SET_ACCOUNT, setting.drop_accounts, "OA-21 設定人員",
            reason=True, apart=("approve",), form=forms.DropForm, tone="danger",
        ),
        Act(
            "complete", "帳號設定完成", "setting → done", SET_ACCOUNT, clause="OA-21 設定人員",
            asks=(setting.all_set,), offered=False,
        ),
        # the unit fills in, each on a page of its own
        Act("unit_form.saved", "填寫訓練機構名稱申請表", OPEN, PREPARE, preparing.save_unit_form, offered=False),
        Act("account_form.saved", "填寫帳號申請單", OPEN, PREPARE, preparing.save_account_form, offered=False),
        Act(
            "account_form.removed", "刪除帳號申請單", OPEN, PREPARE, preparing.remove_account_form,
            quiet=True, offered=False,
        ),
        Act("account_form.copied", "帶入現有帳號", OPEN, PREPARE, preparing.copy_accounts, quiet=True, offered=False),
        Act("standing.saved", "填寫資格與公文資料", OPEN, PREPARE, preparing.save_standing, offered=False),
        Act(
            "paper.added", "上傳文件", OPEN, PREPARE, attaching.add_paper,
            before=attaching.judge_paper, offered=False,
        ),
        Act("paper.removed", "移除文件", OPEN, PREPARE, attaching.remove_paper, quiet=True, offered=False),
        Act("pledge.saved", "填寫切結書資料", OPEN, PREPARE, attaching.save_pledge, offered=False),
        Act("pledge.separated", "聲明為同名的不同人", OPEN, PREPARE, attaching.separate_pledge, offered=False),
        Act(
            "pledge.scanned", "上傳簽章後的切結書", OPEN, PREPARE, attaching.add_scan,
            before=attaching.judge_scan, offered=False,
        ),
    ),
)  # fmt: skip
