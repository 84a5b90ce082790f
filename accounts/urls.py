"""Addresses that belong to no scheme. Of allauth's views only those the portal uses: no self sign-up, no e-mail management."""

from allauth.account import views as allauth_account
from django.urls import include, path

from accounts.views import addresses, certificate, design, me, pages, passkeys, passwords, sign_in

portal = [
    path("", pages.home, name="home"),
    path("sitemap/", pages.sitemap, name="sitemap"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("terms/", pages.terms, name="terms"),
    path(".well-known/security.txt", pages.security_txt, name="security_txt"),
    path("design/", design.design, name="design"),
    path("me/", me.me, name="me"),
    path("me/log/", me.log, name="log"),
    path("me/address/", addresses.signed_in, name="address"),
    path("set-address/<str:token>/", addresses.by_link, name="set_address"),
    path("set-password/<str:token>/", passwords.set_password, name="set_password"),
    path("session/keep/", sign_in.keepalive, name="keepalive"),
    path("session/idle/", sign_in.idle_out, name="idle_out"),
    path("sign-in/challenge/", certificate.challenge, name="card_challenge"),
    path("sign-in/<slug:code>/", sign_in.complete, name="sign_in_complete"),
]

# allauth looks its own pages up by these names
sign_in_pages = [
    path("login/", sign_in.sign_in, name="account_login"),
    path("logout/", allauth_account.logout, name="account_logout"),
    path("inactive/", allauth_account.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", passwords.change_password, name="account_change_password"),
    path("password/reset/", passwords.forgotten_password, name="account_reset_password"),
    path("password/reset/sent/", passwords.forgotten_password_done, name="account_reset_password_done"),
    path("password/set/done/", passwords.password_is_set, name="account_reset_password_from_key_done"),
    # before allauth's own of the same name: it removes a member of staff's last one
    path("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove, name="mfa_remove_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", me.sessions, name="usersessions_list"),
    path("demo/", sign_in.demo_login, name="demo_login"),
    path("demo/card/", certificate.demo_card, name="demo_card"),
    path("demo/card/sign/", certificate.demo_card_sign, name="demo_card_sign"),
]

urlpatterns = [
    path("", include((portal, "portal"))),
    path("accounts/", include(sign_in_pages)),
]
