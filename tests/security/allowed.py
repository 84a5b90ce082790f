"""What the walk over the demonstration may find, each with its reason; anything else fails (test_demonstration)."""

#: URL name → why an identifier or bank account stands there in full. Each is logged as a download, and none is a page of HTML.
PAGES = {
    "ojt_accounts:print_one": "附表 and 切結書: the regulation's forms ask for the whole number; the unit prints its own to be signed by hand",
    "vrs_credentials:print": "申請書 and 切結書 of the applicant's own case, the same",
    "ohs_training:print": "受訓人員名冊, 成績冊, …: the roster's columns are the regulation's, for the institution that keeps it",
    "ohs_training:my_certificate": "one's own 結業證書 or 證明 as it was issued: the form prints the number (附表六、七)",
    "admin:subsidy_batch_file": "撥款檔: the bank pays to the account that stands in it; cashiers alone",
}

#: Public pages that are the same for everybody, signed in or not, and may be kept by caches: nothing of the visitor is in them.
SAME_FOR_EVERYBODY = "plus45:"

#: Addresses with a word or number in them that name nobody's thing: for everybody signed in, or for all staff → why.
SHARED = {
    "admin:accounts_county_change": "counties are looked up by all staff",
    "admin:accounts_county_history": "counties are looked up by all staff",
    **dict.fromkeys(
        (
            "admin:amendment",
            "admin:amendment_act",
            "admin:amendment_edit",
            "admin:amendment_figures",
            "admin:amendment_value",
            "admin:impact",
        ),
        "the law is one for all offices: whoever may amend it may amend it",
    ),
    **dict.fromkeys(
        (
            f"admin:{name}_{page}"
            for name in (
                "accounts_accesslog",
                "accounts_membership",
                "accounts_organisation",
                "accounts_user",
                "casework_notice",
                "casework_wording",
            )
            for page in ("change", "history")
        ),
        "registers of the whole country, for every 系統管理者 (docs/security.md: not yet narrowed to the office)",
    ),
    "admin:ojt_unverified_release": "a unit that never filed is no branch's yet: whichever its true owner turns to releases its number",
    **dict.fromkeys(("admin:ohs_class", "admin:ohs_print"), "中央主管機關 looks into every class; there is one"),
    **dict.fromkeys(
        ("admin:s45_campaign", "admin:s45_campaign_sheet", "admin:s45_office"),
        "身特組 leads all offices of the 45+ site",
    ),
    **dict.fromkeys(
        ("admin:vrs_news_item", "admin:vrs_question"), "news and questions of the one office of the scheme"
    ),
    "casework:whatif": "a calculation by name, nothing saved",
}
