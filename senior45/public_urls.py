"""What is published on the 45+ site, for everybody."""

from django.urls import path

from senior45.views import front

app_name = "plus45"
urlpatterns = [
    path("", front.home, name="home"),
    path("rss.xml", front.feed_all, name="feed_all"),
    path("sitemap.xml", front.sitemap, name="sitemap"),
    path("c/<slug:slug>/", front.category, name="category"),
    path("c/<slug:slug>/rss.xml", front.feed, name="feed"),
    path("a/<int:pk>/", front.article, name="article"),
    path("pictures/<int:pk>/", front.picture, name="picture"),
    path("files/<int:pk>/", front.download, name="file"),
]
