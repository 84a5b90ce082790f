from senior45.models.accounts import AccountEvent, AccountRequest, AccountRight, SiteAccount
from senior45.models.content import Article, ArticleFile, ArticlePicture, ArticleVersion
from senior45.models.inventory import Campaign, InventoryLine, LineAnswer
from senior45.models.offices import SiteOffice

__all__ = [
    "AccountEvent",
    "AccountRequest",
    "AccountRight",
    "Article",
    "ArticleFile",
    "ArticlePicture",
    "ArticleVersion",
    "Campaign",
    "InventoryLine",
    "LineAnswer",
    "SiteAccount",
    "SiteOffice",
]
