from django.apps import AppConfig


class OjtAccountsConfig(AppConfig):
    name = "ojt_accounts"
    verbose_name = "在職訓練系統帳號"
