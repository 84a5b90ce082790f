"""次數限制: how often one visitor may do a thing. A view names its limit; what is told by the request alone holds everywhere.

    @limited(EXPORT)
    def export(request): …

accounts.middleware.limits counts. Sign-in, set-password links and one-time codes have their own (ACCOUNT_RATE_LIMITS and
accounts.services.lockout): there a guess is judged, not a visit. A person signed in is counted by themselves, anybody else by
their address (behind the proxy the one the proxy saw).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` visits in `seconds`; `when` says which visits count."""

    code: str
    most: int
    seconds: int
    when: Callable[[HttpRequest], bool] = lambda request: True


def _post(request: HttpRequest) -> bool:
    return request.method == "POST"


def _search(request: HttpRequest) -> bool:
    return request.method == "GET" and bool(request.GET.get("q") or request.GET.get("who"))


def _with_files(request: HttpRequest) -> bool:
    return request.method == "POST" and (request.content_type or "") == "multipart/form-data"


#: A check code has 60 bits: the limit keeps the log readable, the code keeps the paper.
CHECK = Limit("check", 20, MINUTE)
#: Enough for a training room behind one address, not for trying names.
REGISTER = Limit("register", 20, HOUR, _post)
EXPORT = Limit("export", 30, HOUR, _post)
DOWNLOAD = Limit("download", 300, 10 * MINUTE)
#: Each is written down with its reason; nobody needs so many.
REVEALING = Limit("reveal", 60, HOUR, _post)
PUBLIC_DATA = Limit("open_data", 60, MINUTE)
#: Hold for every address.
EVERYWHERE = (Limit("search", 60, MINUTE, _search), Limit("upload", 600, HOUR, _with_files))


def limited(limit: Limit) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a view; functools.wraps carries the mark through the decorators around it."""

    def marked(view: Callable[..., Any]) -> Callable[..., Any]:
        view.limits = (*getattr(view, "limits", ()), limit)  # type: ignore[attr-defined]
        return view

    return marked
