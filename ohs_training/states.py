"""Names of the scheme's three kinds of case; their states and acts stand in ohs_training.acts."""

APP = "ohs_training"
ACCREDITATION_KIND, CLASS_KIND, ORDER_KIND = f"{APP}.accreditation", f"{APP}.class", f"{APP}.order"
