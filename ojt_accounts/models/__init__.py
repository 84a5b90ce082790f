from ojt_accounts.models.application import AccountForm, Application, Intake, Pledge, UnitForm
from ojt_accounts.models.register import PlanRight, Registration, TrainingAccount

__all__ = [
    "AccountForm",
    "Application",
    "Intake",
    "PlanRight",
    "Pledge",
    "Registration",
    "TrainingAccount",
    "UnitForm",
]
