"""Addresses."""

from django.urls import path

from sixth import views

app_name = "sixth"
urlpatterns = [path("", views.home, name="home")]
