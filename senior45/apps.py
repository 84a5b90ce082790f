from django.apps import AppConfig


class Senior45Config(AppConfig):
    name = "senior45"
    label = "senior45"
    verbose_name = "45+就業資源網帳號與刊登"
    default_auto_field = "django.db.models.BigAutoField"
