from django.apps import AppConfig


class Senior45Config(AppConfig):
    name = "senior45"
    label = "senior45"
    verbose_name = "45+就業資源網帳號與刊登"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from senior45.services.idling import on_sign_in

        # A sign-in anywhere in the portal, whichever way, counts as use of the account (S45-09).
        user_logged_in.connect(on_sign_in, dispatch_uid="senior45.signed_in")
