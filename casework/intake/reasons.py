"""Why an uploaded file was refused (退件原因): one code and one sentence each, saying what the person can do.

Standard library only: the judging subprocess imports this module.
"""

from __future__ import annotations

OK = "ok"

_SAVE_AGAIN = "請開啟原始文件，以「列印」→「另存為 PDF」重新產生後再上傳。"

SENTENCES: dict[str, str] = {
    "empty": "這個檔案是空的（0 位元組），請確認原始檔案可以開啟後再上傳一次。",
    "too_big": "檔案大小超過上限，請降低掃描解析度（建議 200 至 300 dpi、灰階或黑白）或分成數個檔案後再上傳。",
    "not_pdf": "這個檔案不是 PDF。請以原本的程式開啟，選擇「另存新檔」或「列印」成 PDF 後再上傳。",
    "truncated": "這個 PDF 不完整，可能下載或傳輸時中斷。請重新取得或重新掃描完整的檔案後再上傳。",
    "damaged": "這個 PDF 的內部結構有誤，無法保證日後都能開啟。" + _SAVE_AGAIN,
    "encrypted": "這個 PDF 設有開啟密碼，承辦人員無法閱覽。請先解除密碼，另存新檔後再上傳。",
    "javascript": "這個 PDF 內含程式碼（JavaScript），基於資訊安全無法收件。" + _SAVE_AGAIN,
    "launch": "這個 PDF 會啟動電腦上的程式，基於資訊安全無法收件。" + _SAVE_AGAIN,
    "embedded_file": "這個 PDF 裡面夾帶其他檔案。請把夾帶的檔案另外上傳，並將本文件重新列印成 PDF 後再上傳。",
    "rich_media": "這個 PDF 內含影音或立體（3D）內容，無法收件。" + _SAVE_AGAIN,
    "xfa": "這個 PDF 是動態表單（XFA），無法收件。請填妥後以「列印」→「另存為 PDF」存成一般 PDF 再上傳。",
    "open_action": "這個 PDF 設有開啟或操作時自動執行的動作，無法收件。" + _SAVE_AGAIN,
    "submit_form": "這個 PDF 含有對外傳送資料的表單按鈕，無法收件。" + _SAVE_AGAIN,
    "import_data": "這個 PDF 會從外部匯入資料，無法收件。" + _SAVE_AGAIN,
    "remote_goto": "這個 PDF 內的連結會開啟另一個檔案，無法收件。請移除該連結，或重新列印成 PDF 後再上傳。",
    "local_link": "這個 PDF 內的連結指向電腦上的檔案或不允許的位置（僅接受 http、https、mailto、tel）。"
    "請移除該連結，或重新列印成 PDF 後再上傳。",
    "external_file": "這個 PDF 的部分內容放在檔案之外，收件後將無法閱覽。" + _SAVE_AGAIN,
    "polyglot": "這個 PDF 的前後或內部夾有不屬於 PDF 的內容（例如網頁或壓縮檔），無法收件。" + _SAVE_AGAIN,
    "inflated": "這個 PDF 解壓縮後的內容異常龐大，無法收件。請降低解析度或分成數個檔案，重新產生後再上傳。",
    "no_pages": "這個 PDF 沒有任何頁面，請確認檔案內容後重新產生再上傳。",
    "too_many_pages": "這個 PDF 的頁數超過上限，請分成數個檔案後再上傳。",
    "page_tree": "這個 PDF 的頁面目錄有誤（重複或循環），無法確定頁數。" + _SAVE_AGAIN,
    "nested": "這個 PDF 的內部結構層數異常，無法收件。" + _SAVE_AGAIN,
    "huge_page": "這個 PDF 的頁面尺寸異常。請改用 A4 等一般紙張大小重新產生後再上傳。",
    "huge_image": "檔案中有影像的尺寸過大。請降低掃描或拍攝的解析度（建議 200 至 300 dpi）後再上傳。",
    "revisions": "這個 PDF 經過太多次修改存檔，無法逐一檢查。" + _SAVE_AGAIN,
    "too_heavy": "這個 PDF 的內容過於龐大複雜，檢查時超出系統限制。請降低解析度或分成數個檔案後再上傳。",
    "too_slow": "這個檔案的內容過於複雜，無法在時限內檢查完成。請重新產生較單純的檔案，或分成數個檔案後再上傳。",
    "unreadable": "系統無法讀取這個檔案，它可能已經損壞。" + _SAVE_AGAIN,
    "virus": "防毒軟體在這個檔案中發現惡意內容，已拒絕收件。請先將電腦掃毒，再以乾淨的檔案重新上傳。",
    "not_image": "這個檔案不是 JPEG 或 PNG 圖片，請轉存成其中一種格式後再上傳。",
    "too_many_frames": "這張 GIF 動畫的影格太多，請改用靜態圖片，或減少影格後再上傳。",
    "not_odf": "這個檔案不是 ODF 文件（odt、ods、odp），請另存成 ODF 或 PDF 後再上傳。",
    "odf_damaged": "這個文件的內部結構有誤，無法保證日後都能開啟。請開啟後另存新檔，或另存為 PDF 再上傳。",
    "odf_encrypted": "這個文件設有密碼，無法閱覽。請取消密碼後另存新檔，再重新上傳。",
    "odf_macro": "這個文件含有巨集或程式碼，基於資訊安全無法收件。請移除巨集後另存新檔，或另存為 PDF 再上傳。",
    "odf_embedded": "這個文件裡面夾帶其他程式的物件或檔案，無法收件。請移除後另存新檔，或另存為 PDF 再上傳。",
    "odf_outside": "這個文件會從外部讀取內容，或連結到電腦上的檔案，無法收件。請將圖片直接放入文件、移除該連結後再上傳。",
    "odf_inflated": "這個文件解壓縮後的內容異常龐大，無法收件。請縮小其中的圖片，或另存為 PDF 再上傳。",
    "odf_metafile": "這個文件裡有 EMF 或 WMF 圖片（Windows 圖元檔），系統無法檢查其內容。"
    "請將圖片另存為 PNG 後重新插入，或將文件另存為 PDF 再上傳。",
    "heic": "這是 HEIC 照片（iPhone 的高效率格式），無法收件。請在手機「設定」→「相機」→「格式」選擇「最相容」後重拍，"
    "或將照片轉存成 JPEG 再上傳。",
    "behind_picture": "這張圖片的結尾之後還夾有其他內容，無法收件。請以看圖程式開啟後另存新檔，再重新上傳。",
    "damaged_image": "這張圖片不完整或已損壞，請重新拍攝、掃描或另存後再上傳。",
}

#: What a file that is not a PDF looks like, by its first bytes: (signature, name, how to make a PDF of it).
LOOKS_LIKE: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "JPEG 圖片", "請將圖片插入文件後另存為 PDF，或以掃描程式存成 PDF 再上傳。"),
    (b"\x89PNG", "PNG 圖片", "請將圖片插入文件後另存為 PDF，或以掃描程式存成 PDF 再上傳。"),
    (b"GIF8", "GIF 圖片", "請將圖片插入文件後另存為 PDF 再上傳。"),
    (b"II*\0", "TIFF 圖片", "請以掃描程式或看圖程式另存為 PDF 再上傳。"),
    (b"MM\0*", "TIFF 圖片", "請以掃描程式或看圖程式另存為 PDF 再上傳。"),
    (b"\xd0\xcf\x11\xe0", "舊版 Word、Excel 或 PowerPoint 文件", "請開啟後選擇「另存新檔」→「PDF」再上傳。"),
    (b"PK\x03\x04", "Word、Excel、ODF 文件或壓縮檔", "請開啟其中的文件，選擇「另存新檔」→「PDF」再上傳。"),
    (b"Rar!", "壓縮檔", "請解壓縮後，將其中的文件另存為 PDF 再上傳。"),
    (b"7z\xbc\xaf", "壓縮檔", "請解壓縮後，將其中的文件另存為 PDF 再上傳。"),
    (b"{\\rtf", "RTF 文件", "請開啟後選擇「另存新檔」→「PDF」再上傳。"),
    (b"<", "網頁或 XML 檔案", "請以瀏覽器開啟後「列印」→「另存為 PDF」再上傳。"),
    (b"MZ", "執行檔", "請改上傳 PDF 文件。"),
    (b"\x7fELF", "執行檔", "請改上傳 PDF 文件。"),
)


def is_heic(head: bytes) -> bool:
    """HEIC, HEIF or AVIF, by the brand in the first box."""
    return head[4:8] == b"ftyp" and head[8:12] in (
        b"heic",
        b"heix",
        b"hevc",
        b"heim",
        b"heis",
        b"mif1",
        b"msf1",
        b"avif",
    )


def not_pdf_sentence(head: bytes) -> str:
    """The sentence for a file that does not begin like a PDF, naming what it looks like when that is known."""
    if is_heic(head):
        return SENTENCES["heic"].replace("JPEG 再", "PDF 再")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, name, remedy in LOOKS_LIKE:
        if head.startswith(signature):
            gap = " " if name[0].isascii() else ""
            return f"這個檔案看起來是{gap}{name}，不是 PDF。{remedy}"
    return SENTENCES["not_pdf"]
