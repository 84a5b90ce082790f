"""The back office: pages of work in its menu, registers to look things up (changed only through acts)."""

from casework.admin_site import AgencyPage, register_pages
from casework.jobs.exports import register_exporter
from vrs_credentials.permissions import BE_REVIEWER, VIEW_OFFICE, WRITE_NEWS, decide_right
from vrs_credentials.views import blocks, office
from vrs_credentials.views.dashboard import hours_rows

register_pages(
    AgencyPage("vrs/review/", office.review, "vrs_review", "我的審查", BE_REVIEWER),
    AgencyPage("vrs/review/<int:pk>/sheet/", office.opinion_sheet, "vrs_opinion_sheet"),
    AgencyPage("vrs/sessions/", office.sessions, "vrs_sessions", "複審會議", decide_right("qualification")),
    AgencyPage("vrs/sessions/<int:pk>/", office.session, "vrs_session"),
    AgencyPage("vrs/sessions/<int:pk>/agenda/", office.agenda, "vrs_agenda"),
    AgencyPage("vrs/certificates/", office.certificates, "vrs_certificates", "資格證明查詢", VIEW_OFFICE),
    AgencyPage("vrs/certificates/<int:pk>/", office.certificate, "vrs_certificate"),
    AgencyPage("vrs/news/", office.news, "vrs_news", "訊息專區", WRITE_NEWS),
    AgencyPage("vrs/news/<int:pk>/", office.news, "vrs_news_item"),
    AgencyPage("vrs/questions/", office.questions, "vrs_questions", "留言回復", WRITE_NEWS),
    AgencyPage("vrs/questions/<int:pk>/", office.questions, "vrs_question"),
)
register_exporter("vrs_hours", hours_rows)
blocks.enter()
