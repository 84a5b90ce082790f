"""Addresses. Every view needs sign-in unless marked public; a test walks them all."""

from django.contrib import admin
from django.urls import include, path

from accounts.parts import parts
from config import health, metrics

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    *(path(place, include(addresses)) for part in parts() for place, addresses in part.places),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler429 = "accounts.views.errors.too_many"  # allauth's limiter asks for it
handler500 = "accounts.views.errors.server_error"
