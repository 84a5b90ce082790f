"""Every address × every kind of visitor: what each gets. tests/test_urls.py walks the resolver; an address without a row fails.

To add an app: one row per URL name in ROWS. A row is the answer of each visitor, as status code, or SIGN_IN (sent to the
sign-in page). `args` builds the address from the scene (the applicant's filed case and what hangs on it), `post` makes it a
POST with these fields. A name used for two addresses has a row per address, keyed "name route". Names of the stock admin's
model pages may be matched by a pattern (`admin:*_changelist`); an exact row wins.

`administrator` sets accounts (系統帳號設定人員), `system` looks after the portal (系統管理者) and works on no case. The outsider
holds the officer's role in another branch: the same rights elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

SIGN_IN = "sign-in"
ANYBODY = (
    "anonymous",
    "applicant",
    "other_applicant",
    "officer",
    "chief",
    "approver",
    "administrator",
    "system",
    "outsider",
)
STAFF = ("officer", "chief", "approver", "administrator", "system", "outsider")
OF_THE_BRANCH = ("officer", "chief", "approver", "administrator")

Answer = int | str


@dataclass(frozen=True)
class Row:
    answers: Mapping[str, Answer]
    args: Callable[[Any], tuple[Any, ...]] = lambda scene: ()
    post: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def row(
    everybody: Answer = 200,
    *,
    args: Callable[[Any], tuple[Any, ...]] = lambda scene: (),
    post: Mapping[str, str] | None = None,
    anonymous: Answer = SIGN_IN,
    applicants: Answer | None = None,
    staff: Answer | None = None,
    branch: Answer | None = None,
    **one: Answer,
) -> Row:
    """Answers from the general to the particular: everybody, anonymous, both applicants, staff, staff of the branch, one."""
    answers: dict[str, Answer] = dict.fromkeys(ANYBODY, everybody)
    answers["anonymous"] = anonymous
    for names, answer in ((("applicant", "other_applicant"), applicants), (STAFF, staff), (OF_THE_BRANCH, branch)):
        if answer is not None:
            answers |= dict.fromkeys(names, answer)
    unknown = set(one) - set(ANYBODY)
    if unknown:
        raise ValueError(f"no such visitor: {', '.join(sorted(unknown))}")
    return Row(answers | one, args, post)


def public(answer: Answer = 200, **given: Any) -> Row:
    return row(answer, anonymous=answer, **given)


def members(answer: Answer = 200, **given: Any) -> Row:
    """Whoever is signed in."""
    return row(answer, **given)


def agency(answer: Answer = 200, **given: Any) -> Row:
    """The back office: any member of staff; others are led away from it."""
    return row(answer, applicants=302, **given)


def case_number(scene: Any) -> tuple[Any, ...]:
    return (scene.case.number,)


NOT_THERE = 999_999
ROWS: dict[str, Row] = {
    "health_live": public(),
    "health_ready": public(),
    "metrics": public(404),  # nobody brings the token
    # --- accounts: pages of no scheme -------------------------------------------------------------------------------
    "portal:home": public(),
    "portal:sitemap": public(),
    "portal:accessibility": public(),
    "portal:privacy": public(),
    "portal:terms": public(),
    "portal:security_txt": public(),
    "portal:design": public(),
    "portal:me": members(),
    "portal:log": members(),
    "portal:keepalive": members(204, post={}),
    "portal:address": members(302),  # nothing waits for an answer
    "portal:set_address": public(410, args=lambda scene: ("no-such-token",)),
    "portal:set_password": public(410, args=lambda scene: ("no-such-token",)),
    "portal:idle_out": public(SIGN_IN, post={}),
    "portal:sign_in_complete": public(404, args=lambda scene: ("card",), post={}),
    "portal:card_challenge": public(404, post={}),  # no folder of authorities is set
    "guide:index": public(),
    "guide:page": public(args=lambda scene: ("cases",)),
    "guide:english": public(),
    # --- accounts: sign-in ------------------------------------------------------------------------------------------
    "account_login": row(302, anonymous=200),
    "account_logout": row(200, anonymous=302),
    "account_inactive": public(),
    "account_reauthenticate": members(),
    "account_change_password": members(),
    "account_reset_password": public(),
    "account_reset_password_done": public(),
    "account_reset_password_from_key_done": public(),
    "mfa_index": members(),
    "mfa_authenticate": row(302, anonymous=SIGN_IN),
    "mfa_reauthenticate": members(302),
    "mfa_activate_totp": members(302),  # asks for the password once more
    "mfa_deactivate_totp": members(404),  # nobody here has one
    "mfa_view_recovery_codes": members(404),
    "mfa_generate_recovery_codes": members(302),
    "mfa_download_recovery_codes": members(404),
    "mfa_list_webauthn": members(),
    "mfa_add_webauthn": members(302),  # asks for the password once more
    "mfa_reauthenticate_webauthn": members(302),  # nobody here has one
    "mfa_edit_webauthn": members(302, args=lambda scene: (NOT_THERE,)),
    "mfa_remove_webauthn accounts/2fa/webauthn/keys/<int:pk>/remove/": members(302, args=lambda scene: (NOT_THERE,)),
    "usersessions_list": members(),
    "demo_login": public(404, post={"role": "officer1"}),  # not a demonstration
    "demo_card": public(404),
    "demo_card_sign": public(404, post={}),
    # --- casework: the applicant's side -----------------------------------------------------------------------------
    "casework:mine": members(),
    "casework:search": members(302),
    "casework:inbox": members(),
    "casework:notice": members(404, args=lambda scene: (scene.notice.pk,), applicant=200),
    "casework:identity": members(),
    "casework:identity_withdraw": members(422, post={}),  # nothing asked for
    "casework:reach": members(),
    "casework:feed_make": members(302, post={}),
    "casework:feed_drop": members(302, post={}),
    "casework:feed": public(404, args=lambda scene: ("no-such-token",)),
    "casework:exports": members(),
    "casework:export_file": members(404, args=lambda scene: (NOT_THERE,)),
    "casework:autosave": members(400, post={}),
    "casework:attachment": members(404, args=lambda scene: (scene.attachment.pk,), applicant=200, branch=200),
    "casework:document": members(404, args=lambda scene: (scene.document.number,), applicant=200, branch=200),
    "casework:case": members(404, args=case_number, applicant=200),
    "casework:act": members(404, args=lambda scene: (scene.case.number, "no-such-act")),
    "casework:as_of": members(404, args=case_number, applicant=200),
    "casework:message": members(404, args=case_number, post={}, applicant=422),
    "casework:correction_answer": members(404, args=lambda scene: (scene.case.number, NOT_THERE), post={}),
    "casework:whatifs": members(),
    # the applicant of another unit may ask too: nothing of anybody's is in the answer
    "casework:whatif": members(
        404, args=lambda scene: ("account-terms",), applicant=200, other_applicant=200, officer=200, outsider=200
    ),
    "casework:rules": public(),
    "casework:rules_of": public(args=lambda scene: ("ojt-accounts",)),
    "casework:check check/": public(),
    "casework:check check/<case:number>/<slug:code>/": public(404, args=lambda scene: ("OA-115-999999", "ABCDEFGH")),
    "casework:demo_mail": public(404),  # not a demonstration
    # --- casework: the back office ----------------------------------------------------------------------------------
    "admin:index": agency(),
    "admin:work": agency(),
    "admin:bulk": agency(302, post={}),
    "admin:export": agency(422, post={}),
    "admin:save_filter": agency(422, post={}),
    "admin:drop_filter": agency(404, args=lambda scene: (NOT_THERE,), post={}),
    "admin:case": agency(404, args=case_number, branch=200),
    "admin:case_as_of": agency(404, args=case_number, branch=200),
    "admin:case_act": agency(404, args=lambda scene: (scene.case.number, "no-such-act")),
    "admin:case_desk": agency(404, args=lambda scene: (scene.case.number, "no-such-act"), post={}),
    "admin:case_message": agency(404, args=case_number, post={}, branch=422),
    "admin:case_confirm": agency(404, args=lambda scene: (scene.case.number, NOT_THERE), post={}),
    "admin:case_resend": agency(404, args=lambda scene: (scene.case.number, NOT_THERE), post={}),
    "admin:case_reveal": agency(404, args=lambda scene: (scene.case.number, "no-such-code")),
    "admin:people": agency(404, system=200),
    "admin:people_add": agency(404, post={}, system=422),
    "admin:people_office": agency(404, post={}),  # the administrator of a branch enters no body
    "admin:people_person": agency(404, args=lambda scene: (scene.visitors["officer"].pk,), system=200),
    "admin:people_grant": agency(404, args=lambda scene: (scene.visitors["officer"].pk,), post={}, system=422),
    "admin:people_take_back": agency(404, args=lambda scene: (scene.visitors["officer"].pk,), post={}),
    "admin:reveal_person": agency(404, args=lambda scene: (scene.applicant.pk,)),
    "admin:calendar": agency(),
    "admin:calendar_upload": agency(404, post={}, system=422),
    "admin:calendar_day": agency(404, post={}, system=422),
    "admin:law": agency(),
    # drafting and putting in force are rights of nobody here: tests/casework/test_amendment_pages.py has who may
    "admin:amendments": agency(),
    "admin:amendment_new": agency(404),
    "admin:amendment": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:amendment_edit": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:amendment_figures": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:amendment_value": agency(404, args=lambda scene: (NOT_THERE, "oa.account_cap")),
    "admin:amendment_act": agency(404, args=lambda scene: (NOT_THERE, "enforce"), post={}),
    "admin:impact": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:impact_export": agency(404, args=lambda scene: (NOT_THERE,), post={}),
    "admin:jobs": agency(404, system=200),
    "admin:wordings": agency(404, system=200),
    "admin:mail_log": agency(404, system=200),
    "admin:sign_in_help": agency(404, administrator=200, system=200),
    "admin:sign_in_help_person": agency(404, args=lambda scene: (scene.applicant.pk,), administrator=200),
    "admin:sign_in_help_proof": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:sign_in_help_act": agency(
        404, args=lambda scene: (scene.applicant.pk, "unlock"), post={}, administrator=422
    ),
    "admin:resend_mail": agency(404, args=lambda scene: (NOT_THERE,), post={}),
    "admin:login": members(302, staff=SIGN_IN),
    "admin:logout": agency(302, post={}),
    "admin:password_change": agency(302),
    "admin:password_change_done": agency(),
    "admin:autocomplete": agency(403),
    "admin:jsi18n": agency(),
    "admin:view_on_site": agency(404, args=lambda scene: (NOT_THERE, NOT_THERE)),
    "admin:app_list": agency(302, args=lambda scene: ("accounts",)),
    # --- ojt_accounts: the unit's side ------------------------------------------------------------------------------
    "ojt_accounts:home": public(200, applicants=302, branch=302, outsider=302),
    "ojt_accounts:unit_home": members(404, applicants=200),
    "ojt_accounts:start": members(404, applicants=200),
    "ojt_accounts:register": public(),
    "ojt_accounts:registered": public(),
    "ojt_accounts:blank": public(args=lambda scene: ("pledge",)),
    # the case of the scene is approved: its pages lead to the case, and nothing is changed any more
    "ojt_accounts:checklist": members(404, args=case_number, applicant=302),
    "ojt_accounts:unit": members(404, args=case_number, applicant=302),
    "ojt_accounts:accounts": members(404, args=case_number, applicant=302),
    "ojt_accounts:accounts_copy": members(404, args=case_number, post={}, applicant=422),
    "ojt_accounts:account_new": members(404, args=case_number, applicant=302),
    "ojt_accounts:account": members(404, args=lambda scene: (scene.case.number, 1), applicant=302),
    "ojt_accounts:account_remove": members(404, args=lambda scene: (scene.case.number, 1), post={}, applicant=422),
    "ojt_accounts:papers": members(404, args=case_number, applicant=302),
    "ojt_accounts:pledges": members(404, args=case_number, applicant=302),
    "ojt_accounts:print": members(404, args=lambda scene: (scene.case.number, "cover"), applicant=200, branch=200),
    "ojt_accounts:print_one": members(
        404, args=lambda scene: (scene.case.number, "account", 1), applicant=200, branch=200
    ),
    # --- ojt_accounts: the branch ------------------------------------------------------------------------------------
    "admin:ojt_registers": agency(system=404),
    "admin:ojt_registration": agency(404, args=lambda scene: (scene.registration,), branch=200),
    "admin:ojt_rollover": agency(system=404),
    "admin:ojt_intakes": agency(system=404),
    "admin:ojt_intake": agency(404, args=lambda scene: (scene.intake,), officer=200),
    "admin:ojt_unverified": agency(404, officer=200, outsider=200),
    "admin:ojt_unverified_release": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:ojt_export": agency(404, post={}),
    # --- senior45: nobody of the scene has anything to do with the 45+ site; its own people are in tests/senior45 -----
    "senior45:home": members(),
    "senior45:apply": members(),
    "senior45:join": row(302, anonymous=200),
    "senior45:terms": public(),
    "senior45:matrix": public(),
    "senior45:blank": public(),
    "senior45:stop": members(404, args=lambda scene: (NOT_THERE,)),
    "senior45:request": members(404, args=case_number),
    "senior45:paper": members(404, args=case_number),
    "senior45:window": members(404),
    "senior45:leaving": members(404, args=lambda scene: (NOT_THERE,), post={}),
    "senior45:inventory": members(404),
    "senior45:content": members(),
    "senior45:review": members(),
    "senior45:write": members(404),
    "senior45:article": members(404, args=case_number),
    "senior45:edit": members(404, args=case_number),
    "senior45:preview": members(404, args=case_number),
    "senior45:preview_version": members(404, args=lambda scene: (scene.case.number, 1)),
    "senior45:press": members(404, args=lambda scene: (scene.case.number, "publish"), post={}),
    "senior45:add_picture": members(404, args=case_number, post={}),
    "senior45:add_file": members(404, args=case_number, post={}),
    "senior45:picture": members(404, args=lambda scene: (scene.case.number, NOT_THERE)),
    "senior45:remove_picture": members(404, args=lambda scene: (scene.case.number, NOT_THERE), post={}),
    "senior45:remove_file": members(404, args=lambda scene: (scene.case.number, NOT_THERE), post={}),
    "plus45:home": public(),
    "plus45:feed_all": public(),
    "plus45:sitemap": public(),
    "plus45:category": public(args=lambda scene: ("event",)),
    "plus45:feed": public(args=lambda scene: ("event",)),
    "plus45:article": public(404, args=lambda scene: (NOT_THERE,)),
    "plus45:picture": public(404, args=lambda scene: (NOT_THERE,)),
    "plus45:file": public(404, args=lambda scene: (NOT_THERE,)),
    "admin:s45_accounts": agency(404),
    "admin:s45_idle": agency(404),
    "admin:s45_offices": agency(404),
    "admin:s45_office": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:s45_inventory": agency(404),
    "admin:s45_campaign": agency(404, args=lambda scene: (NOT_THERE,)),
    "admin:s45_campaign_sheet": agency(404, args=lambda scene: (NOT_THERE,), post={}),
    # --- stock admin: looked up by whoever holds the right, changed by nobody. Rows of patterns stand for every model ----
    "admin:*_add": agency(403),
    "admin:*_delete": agency(403, args=lambda scene: (NOT_THERE,)),
    "admin:*_history": agency(302, args=lambda scene: (NOT_THERE,)),
    "admin:*_simple_history": agency(404, args=lambda scene: (NOT_THERE, NOT_THERE)),
    "admin:accounts_user_changelist": agency(403, system=200),
    "admin:accounts_user_change": agency(403, args=lambda scene: (scene.applicant.pk,), system=200),
    "admin:accounts_user_history": agency(403, args=lambda scene: (scene.applicant.pk,), system=200),
    "admin:accounts_organisation_changelist": agency(403, system=200),
    "admin:accounts_organisation_change": agency(403, args=lambda scene: (scene.case.office.pk,), system=200),
    "admin:accounts_organisation_history": agency(403, args=lambda scene: (scene.case.office.pk,), system=200),
    "admin:accounts_membership_changelist": agency(403, system=200),
    "admin:accounts_accesslog_changelist": agency(403, system=200),
    "admin:accounts_county_changelist": agency(),
    "admin:accounts_county_change": agency(args=lambda scene: ("67000",)),
    "admin:casework_calendarday_changelist": agency(),
    "admin:casework_calendarday_change": agency(302, args=lambda scene: (NOT_THERE,)),
    "admin:casework_document_changelist": agency(),
    "admin:casework_document_change": agency(302, args=lambda scene: (scene.document.pk,), branch=200),
    "admin:casework_notice_changelist": agency(403, system=200),
    "admin:casework_wording_changelist": agency(403, system=200),
    # whoever may look a register up is told that there is no such row; the others hear nothing
    "admin:accounts_membership_change": agency(403, args=lambda scene: (NOT_THERE,), system=302),
    "admin:accounts_accesslog_change": agency(403, args=lambda scene: (NOT_THERE,), system=302),
    "admin:casework_notice_change": agency(403, args=lambda scene: (NOT_THERE,), system=302),
    "admin:casework_wording_change": agency(403, args=lambda scene: (NOT_THERE,), system=302),
    # --- vrs_credentials: nobody of this scene is a professional or an institution of that scheme -------------------------
    "vrs_credentials:home": public(),
    "vrs_credentials:public_courses": public(),
    "vrs_credentials:public_course": public(404, args=lambda scene: ("20261121000001",)),
    "vrs_credentials:public_lecturers": public(),
    "vrs_credentials:public_jobs": public(),
    "vrs_credentials:public_job": public(404, args=lambda scene: (NOT_THERE,)),
    "vrs_credentials:news": public(),
    "vrs_credentials:news_item": public(404, args=lambda scene: (NOT_THERE,)),
    "vrs_credentials:downloads": public(),
    "vrs_credentials:download": public(404, args=lambda scene: ("no.such",)),
    "vrs_credentials:download_as": public(404, args=lambda scene: ("no.such", "odt")),
    "vrs_credentials:questions": public(),
    "vrs_credentials:join": row(302, anonymous=200),
    "vrs_credentials:join_institution": row(200, anonymous=200),
    "vrs_credentials:profile": members(),
    "vrs_credentials:dashboard": members(302),
    "vrs_credentials:export": members(302, post={}),
    "vrs_credentials:apply": members(302),
    "vrs_credentials:hours": members(302),
    "vrs_credentials:education_apply": members(302),
    "vrs_credentials:hours_record": members(404, args=lambda scene: (scene.case.number, 1)),
    "vrs_credentials:upload": members(404, args=lambda scene: (scene.case.number, "degree"), post={}),
    "vrs_credentials:remove": members(404, args=lambda scene: (scene.case.number, NOT_THERE), post={}),
    "vrs_credentials:print": members(404, args=lambda scene: (scene.case.number, "form")),
    **{
        f"vrs_credentials:{name}": members(404, args=case_number)
        for name in (
            "application",
            "hours_case",
            "education",
            "renewal",
            "extension",
            "course",
            "attendance_import",
            "import_progress",
            "import_findings",
        )
    },
    **{
        f"vrs_credentials:{name}": members(404, args=lambda scene: (NOT_THERE,))
        for name in ("certificate", "plan", "reissue", "renew", "extend", "lapsed", "lecturer", "job")
    },
    "vrs_credentials:job_remove": members(404, args=lambda scene: (NOT_THERE,), post={}),
    **{
        f"vrs_credentials:{name}": members(404)
        for name in (
            "institution",
            "institution_profile",
            "course_list",
            "course_file",
            "attendance_list",
            "roster_example",
            "lecturers",
            "lecturer_new",
            "job_list",
            "job_new",
        )
    },
    **{
        f"admin:{name}": agency(404)
        for name in ("vrs_review", "vrs_sessions", "vrs_certificates", "vrs_news", "vrs_questions")
    },
    **{
        f"admin:{name}": agency(404, args=lambda scene: (NOT_THERE,))
        for name in (
            "vrs_opinion_sheet",
            "vrs_session",
            "vrs_agenda",
            "vrs_certificate",
            "vrs_news_item",
            "vrs_question",
        )
    },
}

# --- ojt_subsidy: the public front, what everybody has of their own; nobody of this scene runs or reviews a course ----------
_NO_COURSE = ("115-999999",)
ROWS |= {
    **{
        f"ojt_subsidy:{name}": public()
        for name in ("catalogue", "clock", "open_data_csv", "open_data_json", "help", "join", "joined")
    },
    "ojt_subsidy:help_topic": public(args=lambda scene: ("cap",)),
    **{f"ojt_subsidy:{name}": public(404, args=lambda scene: _NO_COURSE) for name in ("course", "ledger", "calendar")},
    "ojt_subsidy:enrol": members(404, args=lambda scene: _NO_COURSE, post={}),
    **{
        f"ojt_subsidy:{name}": members()
        for name in (
            "profile",
            "mine",
            "balance",
            "balance_statement",
            "payments",
            "identity",
            "single_supporter",
            "complaints",
            "complain",
        )
    },
    **{
        f"ojt_subsidy:{name}": members(404, args=lambda scene: (NOT_THERE,))
        for name in ("enrolled", "stand_in", "survey", "insurance_upload", "receipt", "payment_notice")
    },
    "ojt_subsidy:withdraw": members(404, args=lambda scene: (NOT_THERE,), post={}),
    "ojt_subsidy:evidence": members(404, args=case_number),
    **{f"ojt_subsidy:{name}": members(404) for name in ("classes", "file_course")},
    "ojt_subsidy:file_course_edit": members(404, args=case_number),
    **{
        f"ojt_subsidy:{name}": members(404, args=lambda scene: _NO_COURSE)
        for name in ("enrolments", "attendance", "results", "closing", "pass_on")
    },
    "ojt_subsidy:attendance_session": members(404, args=lambda scene: (*_NO_COURSE, 1)),
    "ojt_subsidy:statement": members(404, args=lambda scene: (*_NO_COURSE, 1)),
    "ojt_subsidy:class_paper": members(404, args=lambda scene: (*_NO_COURSE, "roster")),
    "ojt_subsidy:certificate": members(404, args=lambda scene: (*_NO_COURSE, 1)),
    **{
        f"admin:subsidy_{name}": agency(404)
        for name in ("intakes", "insurance", "closings", "births", "batches", "outside", "statistics")
    },
    "admin:subsidy_payments": agency(404, args=case_number),
    "admin:subsidy_person": agency(404, args=lambda scene: (scene.case.number, NOT_THERE)),
    **{f"admin:subsidy_{name}": agency(404, args=lambda scene: (NOT_THERE,)) for name in ("batch", "batch_file")},
}

# --- ohs_training: the visitors hold no role of the scheme; who does is in tests/ohs_training/test_pages.py ------------------
_CLASS = (
    "class",
    "plan",
    "teachers",
    "timetable",
    "roster",
    "roster_template",
    "trainee_new",
    "versions",
    "attendance",
    "sheet_template",
    "tablet",
    "tablet_state",
    "roll_call",
)
_CLASS += ("absence", "practice", "fees", "certificates", "batch", "records", "accreditation")
_ONE = ("trainee", "photo", "signature")
ROWS |= {
    "ohs_training:home": public(),
    "ohs_training:institutions": public(),
    "ohs_training:worker": public(),
    "ohs_training:apply": members(404),
    "ohs_training:class_new": members(404),
    "ohs_training:last_day": members(),
    "ohs_training:my_records": members(),
    "ohs_training:confirm": members(404, args=lambda scene: (NOT_THERE,)),
    "ohs_training:my_certificate": members(404, args=lambda scene: (NOT_THERE,)),
    **{f"ohs_training:{name}": members(404, args=case_number) for name in _CLASS},
    **{f"ohs_training:{name}": members(404, args=lambda scene: (scene.case.number, NOT_THERE)) for name in _ONE},
    "ohs_training:print": members(404, args=lambda scene: (scene.case.number, "roster")),
    "ohs_training:sheet": members(404, args=case_number, post={}),
    "ohs_training:tablet_sign": members(404, args=case_number, post={}),
    **{
        f"ohs_training:{name}": members(404, args=lambda scene: (scene.case.number, NOT_THERE), post={})
        for name in ("trainee_remove", "leave_change", "certificate_change", "dispute")
    },
    **{
        f"admin:{name}": agency(404)
        for name in ("ohs_board", "ohs_institutions", "ohs_inspections", "ohs_statistics", "ohs_retention")
    },
    "admin:ohs_class": agency(404, args=case_number),
    "admin:ohs_marks": agency(404, args=case_number),
    "admin:ohs_print": agency(404, args=lambda scene: (scene.case.number, "roster")),
}
