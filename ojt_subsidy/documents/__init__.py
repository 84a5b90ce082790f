"""Papers of the scheme. What leaves the house is issued: frozen, numbered, to be checked; a sign-in sheet is a form to write on."""

from casework.papers.rendering import Paper

PLACE = "papers/subsidy"
PAPERS = {
    "enrolment_receipt": "報名收件證明",
    "roster": "參訓學員名冊",
    "sign_in_sheet": "學員簽到表",
    "completion_certificate": "結訓證書",
    "closing_cover": "結訓核銷封面",
    "subsidy_list": "補助費申請清冊",
    "payment_notice": "補助費撥款通知",
    "balance_statement": "補助額度使用明細",
}
#: Given by the agency itself; the others go out under the training unit's hand.
SIGNED = ("enrolment_receipt", "payment_notice", "balance_statement")
PRINTED = tuple(Paper(code, title, f"{PLACE}/{code}.html", signed=code in SIGNED) for code, title in PAPERS.items())
