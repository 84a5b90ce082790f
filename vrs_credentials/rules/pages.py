"""陸 6–7, 壹 二 and the site's menus: what a paper and a screen keep, entered so that no clause is without its place."""

from __future__ import annotations

from kernel.rulebook import promise

promise(
    __name__,
    "VRS-15",
    "說明書陸、二、6至7：數位證明載明姓名、身分證字號、出生日期、認證資格、有效期間、依據條文、勞動部、核發或換發日期及查驗條碼；遺失者得申請補發，原證明號碼保留。",
    screens=("paper:vrs_certificate", "vrs_credentials:certificate"),
)
promise(
    __name__,
    "VRS-16",
    "說明書壹、二：專業人員頁面列出各項資格、遴用條款、效期、展延、申請狀態、各類時數及期限，並可匯出。",
    screens=("vrs_credentials:dashboard",),
)
promise(
    __name__,
    "VRS-17",
    "說明書捌及網站選單：設訊息專區、下載專區、課程專區、求才專區、常見問題及留言板；公開之課程列於課程專區。",
    screens=("vrs_credentials:public_courses",),
)
