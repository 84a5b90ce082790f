"""Addresses: `urlpatterns` under /senior45/ for those who work on the site, `public_urlpatterns` under /45plus/ for everybody."""

from django.urls import path

from accounts.navigation import NavItem, register_nav
from accounts.panels import Block, landing, register_list
from casework import converters  # noqa: F401  (enters <case:…>)
from senior45.permissions import FILE, REVIEW, WRITE
from senior45.views import content, front, inventory, requests, sheets  # noqa: F401  (sheets register their exporter)

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

public_urlpatterns = [
    path("", front.home, name="home"),
    path("rss.xml", front.feed_all, name="feed_all"),
    path("sitemap.xml", front.sitemap, name="sitemap"),
    path("c/<slug:slug>/", front.category, name="category"),
    path("c/<slug:slug>/rss.xml", front.feed, name="feed"),
    path("a/<int:pk>/", front.article, name="article"),
    path("pictures/<int:pk>/", front.picture, name="picture"),
    path("files/<int:pk>/", front.download, name="file"),
]

register_nav(
    NavItem("45+就業資源網", "plus45:home", order=70, visitors=True),
    NavItem("45+ 我的帳號", "senior45:home", order=40),
    NavItem("45+ 單位窗口", "senior45:window", right=FILE, order=41),
    NavItem("45+ 上稿", "senior45:content", right=WRITE, order=42),
    NavItem("45+ 審稿", "senior45:review", right=REVIEW, order=43),
)
landing.register(Block("senior45", "senior45/landing.html", lambda request: {}, order=40))
register_list("waiting", content.waiting_rows)
register_list("waiting", inventory.to_answer)
