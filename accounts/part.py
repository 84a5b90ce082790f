"""What accounts brings: its rights, two ways to sign in, the list of revoked cards, the guide's first page."""

from accounts import catalogue
from accounts.certificate_provider import CertificateProvider
from accounts.guide import GuidePage
from accounts.parts import Part
from accounts.providers import PasswordProvider
from kernel.jobs import At, Job

PART = Part(
    name="accounts",
    places=(("", "accounts.urls"), ("", "accounts.views.guide")),
    rights=catalogue.RIGHTS,
    ways_to_sign_in=(PasswordProvider(), CertificateProvider()),
    guide=(
        GuidePage(
            "sign-in",
            "登入與帳號安全",
            "所有使用者",
            "憑證與密碼登入、設定密碼、兩步驟驗證、自動登出。",
            about=("account_", "mfa_", "usersessions_"),
            order=10,
        ),
    ),
    jobs=(
        # of the machine the worker runs on: a site on several machines gives them one CERTIFICATE_FOLDER
        Job("更新憑證廢止清冊", "accounts.tasks.fetch_crls", At(minute=35)),
        Job("清除逾期登入階段", "accounts.tasks.clear_sessions", At(hour="4", minute=20)),
    ),
)
