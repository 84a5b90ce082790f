"""The rights of this app itself; the apps' roles bundle them with their own."""

from accounts.roles import Right, Side

#: 檢視完整身分證字號, with a reason that is logged.
REVEAL = "accounts.reveal_national_id"
#: 登入協助: lifting a lock, taking a card off an account, opening the password for a while, confirming whose ID it is.
HELP_SIGN_IN = "accounts.help_sign_in"
#: 人員與角色: granting and taking back the roles of an office.
APPOINT = "accounts.appoint"

RIGHTS = (
    Right(REVEAL, "檢視完整身分證字號", Side.OFFICE),
    Right(HELP_SIGN_IN, "協助登入（解除鎖定、改綁憑證、開放密碼、確認身分證字號）", Side.OFFICE),
    Right(APPOINT, "授予及收回角色", Side.OFFICE),
)
