"""The scheme in the back office: its pages of work and its places on shared pages."""

from casework.admin_site import AgencyPage, register_pages
from ojt_subsidy.permissions import BATCH_PAYMENT, EXCHANGE, REVIEW_PAYMENT, VIEW_OFFICE
from ojt_subsidy.views import blocks, office

register_pages(
    AgencyPage("subsidy/intakes/", office.intakes, "subsidy_intakes", "課程受理期間", VIEW_OFFICE),
    AgencyPage("subsidy/insurance/", office.insurance_exchange, "subsidy_insurance", "投保資料勾稽", EXCHANGE),
    AgencyPage("subsidy/closings/", office.closings, "subsidy_closings", "結訓核銷", VIEW_OFFICE),
    AgencyPage("subsidy/closings/<case:number>/", office.payments, "subsidy_payments"),
    AgencyPage("subsidy/closings/<case:number>/people/<int:pk>/", office.person, "subsidy_person"),
    AgencyPage("subsidy/births/", office.births, "subsidy_births", "更正出生日期", REVIEW_PAYMENT),
    AgencyPage("subsidy/batches/", office.batches, "subsidy_batches", "撥款清冊", BATCH_PAYMENT),
    AgencyPage("subsidy/batches/<int:pk>/", office.batch, "subsidy_batch"),
    AgencyPage("subsidy/batches/<int:pk>/file/", office.batch_file, "subsidy_batch_file"),
    AgencyPage("subsidy/outside/", office.outside_courses, "subsidy_outside", "其他計畫參訓", REVIEW_PAYMENT),
    AgencyPage("subsidy/statistics/", office.statistics, "subsidy_statistics", "課程統計", VIEW_OFFICE),
)
blocks.enter()
