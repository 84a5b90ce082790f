"""使用說明: which pages the guide has, and which of them speaks of where a visitor is. The pages stand in templates/guide/."""

from dataclasses import dataclass
from operator import attrgetter

from django.http import HttpRequest
from django.urls import reverse

from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class GuidePage:
    slug: str
    title: str
    audience: str
    text: str
    #: Namespaces and URL names it speaks of; the longest name that fits a page is behind its 「使用說明」.
    about: tuple[str, ...] = ()
    order: int = 100

    @property
    def template(self) -> str:
        return f"guide/{self.slug}.html"


GUIDE: Registry[GuidePage] = Registry("page of the guide", attrgetter("slug"))


def guide_pages() -> list[GuidePage]:
    return sorted(GUIDE, key=attrgetter("order"))


def help_for(request: HttpRequest) -> str:
    """The page of the guide that speaks of where the visitor is; the index where none does."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    fitting = [(len(name), one.slug) for one in GUIDE for name in one.about if here.startswith(name)]
    return reverse("guide:page", args=[max(fitting)[1]]) if fitting else reverse("guide:index")
