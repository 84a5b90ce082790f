"""A request as a view behind the sign-in gets it."""

from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """Whoever asks has signed in: accounts.middleware.signed_in lets nobody else past but where an address says so."""

    user: User
