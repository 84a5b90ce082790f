"""Names of the scheme's kinds of case, and the states that more than one module asks for. Their tables: acts.py."""

APP = "vrs_credentials"
#: 貳 to 柒 of 說明書, in the order in which a person meets them.
QUALIFICATION_KIND = f"{APP}.qualification"
HOURS_KIND = f"{APP}.hours"
COURSE_KIND = f"{APP}.course"
EDUCATION_KIND = f"{APP}.education"
RENEWAL_KIND = f"{APP}.renewal"
EXTENSION_KIND = f"{APP}.extension"

#: The application is in the applicant's hands and may be changed.
EDITABLE = ("draft", "supplement")
