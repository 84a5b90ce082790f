"""Why a card does not open the door: one sentence per reason, for the person who holds the card."""

from accounts.errors import SignInRefused

SENTENCES = {
    "nonce_unknown": "這次簽章不是由這個瀏覽器發起的，請回到登入頁重新操作。",
    "nonce_used": "這次簽章已經使用過，不能重複使用，請重新按「以憑證登入」。",
    "nonce_expired": "簽章逾時，請重新按「以憑證登入」，並在 {minutes} 分鐘內完成。",
    "unreadable": "無法讀取憑證元件回傳的內容，請確認元件為最新版本後再試一次。",
    "component": "憑證元件沒有完成簽章（代碼 {code}），請確認卡片已插妥、PIN 碼正確後再試一次。",
    "bad_signature": "簽章驗證不符，內容可能在傳送途中受損，請再試一次。",
    "weak_hash": "簽章或憑證使用的雜湊演算法（SHA-1、MD5）已不安全，請更新憑證元件，或向憑證管理中心換發憑證。",
    "weak_key": "憑證的金鑰長度不足，已不安全，請向憑證管理中心換發憑證。",
    "expired": "您的憑證已於 {day} 到期，請至內政部憑證管理中心或原發證機關展期或換發後再登入。",
    "not_yet_valid": "您的憑證自 {day} 起才生效，請於生效後再登入。",
    "wrong_usage": "這張憑證不能用於簽章（可能是加解密用憑證），請改選簽章用憑證。",
    "unknown_issuer": "這張憑證不是由本網站認可的憑證機構簽發，請使用自然人憑證、工商憑證、組織及團體憑證或政府機關憑證。",
    "revoked": "您的憑證已經廢止或停用，請至原發證機關查明或換發後再登入。",
    "crl_missing": "目前無法查核憑證是否已廢止，暫時不能以憑證登入，請稍後再試，或洽系統管理人員。",
    "crl_stale": "憑證廢止清冊已逾更新期限，暫時不能以憑證登入，請稍後再試，或洽系統管理人員。",
    "no_holder": "這張憑證沒有可供辨識身分的資料，請使用自然人憑證、工商憑證、組織及團體憑證或政府機關憑證。",
    "name_account": "這張憑證第一次在本網站使用，請一併填寫您的帳號或電子郵件。",
    "not_the_persons": "這張憑證與所填帳號登錄的姓名、身分證字號末四碼或單位不符，請確認使用的是您本人（或貴單位）的憑證，"
    "以及所填的帳號。",
    "last_four": "憑證上的身分證字號末四碼與帳號登錄的不同，請洽所屬機關的帳號管理人員查明。",
    "name_changed": "憑證上的姓名與帳號登錄的不同，如曾更改姓名，請先洽所屬機關的帳號管理人員更新帳號資料。",
    "unit_changed": "這張單位憑證的單位，與帳號目前所屬的單位不同，請洽所屬機關的帳號管理人員。",
    "other_card": "此帳號已綁定另一張憑證。如已換發新卡，請洽所屬機關的帳號管理人員解除原憑證後再登入。",
    "somebody_elses": "這張憑證已綁定其他帳號，不能用來登入所填的帳號。",
    "too_many": "嘗試次數太多，請稍候再試。",
}


class CertificateRefused(SignInRefused):
    """`code` is one of SENTENCES; the sentence carries no identifier of the holder."""

    def __init__(self, code: str, /, **words: object) -> None:
        super().__init__(SENTENCES[code].format(**words))
        self.code = code
