"""Addresses. Every view needs sign-in unless marked public; a test walks them all."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import guide, health, metrics

#: Where each scheme's pages stand, once it has any.
PLACES = {
    "ojt_accounts": "ojt/",
    "senior45": "senior45/",
    "ohs_training": "ohs/",
    "ojt_subsidy": "",  # courses/ for everybody, subsidy/ for trainees and units
    "vrs_credentials": "vrs/",
}
schemes = [name for name in PLACES if name in settings.SCHEMES and find_spec(f"{name}.urls")]

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include((guide.urlpatterns, "guide"))),
    path("", include("casework.urls")),
    *(path(PLACES[name], include(f"{name}.urls")) for name in schemes),
]

if "senior45" in schemes:
    from senior45.urls import public_urlpatterns

    # what is published on the 45+ site, for everybody
    urlpatterns.append(path("45plus/", include((public_urlpatterns, "plus45"))))

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler429 = "accounts.views.errors.too_many"  # allauth's limiter asks for it
handler500 = "accounts.views.errors.server_error"
