from django.db import models


class FailedSignIns(models.Model):
    """Consecutive failed sign-ins under one name, and the lock that follows (登入失敗鎖定).

    `key` is a digest of the person, or of what was typed when nobody has that name: a name that does not exist locks in the
    same way, so that nobody learns which names exist. It stands in the database, not in the cache: the lock holds with Redis
    stopped and under parallel guesses.
    """

    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="failed_sign_ins", verbose_name="人員"
    )
    failures = models.PositiveSmallIntegerField("連續失敗次數", default=0)
    last_at = models.DateTimeField("最近一次")
    locked_until = models.DateTimeField("鎖定至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登入失敗鎖定"
        indexes = [models.Index(fields=["last_at"])]

    def __str__(self) -> str:
        return f"{self.user or '不存在的帳號'}：{self.failures}"
