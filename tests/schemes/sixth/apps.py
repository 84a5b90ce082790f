from django.apps import AppConfig


class SixthConfig(AppConfig):
    name = "sixth"
    verbose_name = "職場見學"
