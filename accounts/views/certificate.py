"""憑證登入: the challenge a card signs, and in the demonstration a page that acts as the card component."""

import re
from collections.abc import Callable
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, demo, providers
from accounts.certificates.refusals import SENTENCES
from accounts.certificates.software_card import FLAWS
from accounts.services.challenges import issue_challenge, message_of

_MESSAGE = re.compile(r"sign-in\.v1\.[\w.-]{1,253}\.[0-9a-f]{64}", re.ASCII)


def talks_to_popup(response: HttpResponse) -> HttpResponse:
    """The card component answers from a window this page opens; `same-origin` would cut the two apart."""
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


@login_not_required
@never_cache
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """A new nonce, given when the button is pressed and bound to this browser's session."""
    way = providers.provider("certificate")
    if way is None or not way.offered():
        raise Http404
    if not ratelimit.consume(request, action="certificate"):
        return JsonResponse({"error": SENTENCES["too_many"]}, status=429)
    if request.session.session_key is None:
        request.session.create()
    nonce = issue_challenge(session_key=request.session.session_key or "", at=clock.now())
    return JsonResponse({"nonce": nonce, "message": message_of(nonce)})


def _only_in_the_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def judged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return judged


@login_not_required
@never_cache
@require_safe
@_only_in_the_demonstration
def demo_card(request: HttpRequest) -> HttpResponse:
    """展示用讀卡機: the window the sign-in page opens instead of the real component's."""
    context = {"cards": demo.demo_cards(), "flaws": FLAWS.items()}
    return talks_to_popup(render(request, "account/demo_card.html", context))


@login_not_required
@never_cache
@require_POST
@_only_in_the_demonstration
def demo_card_sign(request: HttpRequest) -> HttpResponse:
    """The software card signs our own challenge, nothing else."""
    message, flaw = request.POST.get("message", ""), request.POST.get("flaw", "")
    card = next(iter(demo.demo_cards([request.POST.get("card", "")])), None)
    if card is None or not _MESSAGE.fullmatch(message) or flaw not in FLAWS:
        return JsonResponse({"func": "sign", "ret_code": 1}, status=422)
    if flaw == "last_four" and "last_four" not in card.identity:
        flaw = ""
    return HttpResponse(demo.signed_by_card(card, flaw, message), content_type="application/json")
