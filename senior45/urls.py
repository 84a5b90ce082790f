"""Addresses of those who work on the site; what is published stands in public_urls.py."""

from django.urls import path

from senior45.views import content, inventory, requests

app_name = "senior45"
urlpatterns = [
    path("", requests.home, name="home"),
    path("apply/", requests.apply, name="apply"),
    path("join/", requests.join, name="join"),
    path("terms/", requests.terms, name="terms"),
    path("matrix/", requests.matrix_page, name="matrix"),
    path("blank.pdf", requests.blank, name="blank"),
    path("accounts/<int:pk>/stop/", requests.stop, name="stop"),
    path("requests/<case:number>/", requests.edit, name="request"),
    path("requests/<case:number>/paper.pdf", requests.paper, name="paper"),
    path("window/", requests.window, name="window"),
    path("window/<int:pk>/leaving/", requests.leaving, name="leaving"),
    path("inventory/", inventory.answers, name="inventory"),
    path("content/", content.content, name="content"),
    path("review/", content.review, name="review"),
    path("content/new/", content.write, name="write"),
    path("content/<case:number>/", content.article, name="article"),
    path("content/<case:number>/edit/", content.edit, name="edit"),
    path("content/<case:number>/preview/", content.preview, name="preview"),
    path("content/<case:number>/preview/<int:version>/", content.preview, name="preview_version"),
    path("content/<case:number>/press/<slug:act>/", content.press, name="press"),
    path("content/<case:number>/pictures/", content.add_media, {"what": "picture"}, name="add_picture"),
    path("content/<case:number>/files/", content.add_media, {"what": "file"}, name="add_file"),
    path("content/<case:number>/pictures/<int:pk>/", content.picture, name="picture"),
    path(
        "content/<case:number>/pictures/<int:pk>/remove/",
        content.remove_media,
        {"what": "picture"},
        name="remove_picture",
    ),
    path("content/<case:number>/files/<int:pk>/remove/", content.remove_media, {"what": "file"}, name="remove_file"),
]
