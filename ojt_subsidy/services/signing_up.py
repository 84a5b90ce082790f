"""加入會員: anybody opens a user of their own; the mailed link proves the address and sets the password."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import mailer
from accounts.models import User
from accounts.services.passwords import issue_password_link, link_lines
from casework.errors import Refused
from kernel.dates import taipei_day

CODE = "ojt_subsidy.signed_up"
KNOWN = (
    "有人以您的電子郵件在課程報名網加入會員。您已有帳號，因此沒有另外建立。\n\n"
    "報名請以原帳號登入；忘記密碼時請在登入頁選「忘記密碼」。如果不是您本人，請不必理會這封信。"
)


@transaction.atomic
def sign_up(*, name: str, email: str, account: str, at: datetime) -> User | None:
    """None where the address belongs to somebody already: they are told by mail, the visitor learns nothing."""
    known = User.objects.filter(email__iexact=email).first()
    if known:
        key = f"{CODE}:known:{known.pk}:{taipei_day(at)}"
        mailer.mail(user=known, code=CODE, subject="您已有帳號", body=f"{known.name} 您好：\n\n{KNOWN}", key=key, at=at)
        return None
    if User.objects.filter(account_name__iexact=account).exists():
        raise Refused("這個帳號已有人使用，請換一個。", field="account")
    user = User(account_name=account, name=name, email=email)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused("這個帳號剛才已有人使用，請換一個。", field="account") from error
    link, token = issue_password_link(user=user, by=None, at=at)
    body = (
        f"{name} 您好：\n\n感謝您加入會員，您的帳號是「{account}」。{link_lines(link, token)}\n\n"
        "設定密碼後登入，先填妥個人報名資料，即可在開放時間報名課程。"
    )
    mailer.mail(user=user, code=CODE, subject="請設定密碼，完成加入會員", body=body, key=f"{CODE}:{user.pk}", at=at)
    return user
