"""The rights of this app itself; the apps' roles bundle them with their own."""

from accounts.roles import Right, Side, declare_rights

#: 檢視完整身分證字號, with a reason that is logged.
REVEAL = "accounts.reveal_national_id"

declare_rights(Right(REVEAL, "檢視完整身分證字號", Side.OFFICE))
