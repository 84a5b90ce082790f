"""What the scheme adds to the menu."""

from accounts.navigation import NavItem, register_nav
from vrs_credentials.permissions import VIEW_OWN


def enter() -> None:
    register_nav(
        NavItem("我的資格", "vrs_credentials:dashboard", staff=False, order=30),
        NavItem("機構單位專區", "vrs_credentials:institution", right=VIEW_OWN, staff=False, order=31),
        NavItem("職重專業人員", "vrs_credentials:home", order=65, public=True),
    )
