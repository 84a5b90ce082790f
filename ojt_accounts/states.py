"""The kind of case, and sets of its states that rows and rules ask for; the states themselves stand in acts.py."""

KIND = "ojt_accounts.application"
#: In the unit's hands 填報.
EDITABLE = ("draft", "correction")
#: Applied for, or about to be, and not decided.
UNDECIDED = ("draft", "filed", "correction")
