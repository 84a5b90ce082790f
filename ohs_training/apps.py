from django.apps import AppConfig


class OhsTrainingConfig(AppConfig):
    name = "ohs_training"
    label = "ohs_training"
    verbose_name = "勞工健康服務醫護人員訓練"
    default_auto_field = "django.db.models.BigAutoField"
