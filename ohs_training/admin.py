"""The scheme in the back office: its pages of work and its places on shared pages."""

from casework.admin_site import AgencyPage, register_pages
from ohs_training.permissions import ORDER, VIEW_ALL, VIEW_OFFICE
from ohs_training.views import blocks, classpage, office

register_pages(
    AgencyPage("ohs/", office.class_board, "ohs_board", "訓練班次", VIEW_OFFICE),
    AgencyPage("ohs/institutions/", office.institutions, "ohs_institutions", "訓練機構", VIEW_OFFICE),
    AgencyPage("ohs/inspections/", office.inspections, "ohs_inspections", "查核與改善", ORDER),
    AgencyPage("ohs/statistics/", office.figures, "ohs_statistics", "訓練統計", VIEW_ALL),
    AgencyPage("ohs/retention/", office.retention, "ohs_retention", "保存期滿", VIEW_OFFICE),
    AgencyPage("ohs/classes/<case:number>/", classpage.class_page, "ohs_class"),
    AgencyPage("ohs/classes/<case:number>/marks/", office.marks, "ohs_marks"),
    AgencyPage("ohs/classes/<case:number>/print/<slug:paper>/", classpage.printed, "ohs_print"),
)
blocks.enter()
