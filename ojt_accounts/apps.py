from django.apps import AppConfig


class OjtAccountsConfig(AppConfig):
    name = "ojt_accounts"
    verbose_name = "在職訓練系統帳號"

    def ready(self) -> None:
        from accounts.care import register_care
        from casework.schemes.entitlements import PLAN_RIGHT, UNIT_STANDING, register_entitlement
        from ojt_accounts.permissions import people_in_care
        from ojt_accounts.services.entitlements import plan_right, unit_standing

        register_entitlement(PLAN_RIGHT, plan_right)
        register_entitlement(UNIT_STANDING, unit_standing)
        register_care(people_in_care)
