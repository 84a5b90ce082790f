"""What may be asked without doing it: the planner of each certificate has a page of its own, reached from the person's page."""

from casework.law.whatif import WhatIf
from vrs_credentials.models import Certificate

QUESTIONS = (
    WhatIf(
        "credential-plan",
        "職業重建專業人員：更新時數與離開職場",
        "在您的每一張資格證明頁選擇「試算」：預計修習的課程、離開職場的期間，看更新開放日與時數。",
        (),
        page="vrs_credentials:dashboard",
        open_to=lambda user: Certificate.objects.filter(holder=user).exists(),
    ),
)
