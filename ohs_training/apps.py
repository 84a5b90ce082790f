from django.apps import AppConfig


class OhsTrainingConfig(AppConfig):
    name = "ohs_training"
    verbose_name = "勞工健康服務醫護人員訓練"
