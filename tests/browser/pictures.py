"""說明圖: the pictures of the user guide, taken from the demonstration.

    ./dev up                                              # in one window
    ./dev manage shell -c "from tests.browser.pictures import main; main('http://127.0.0.1:8000')"   # in another

writes static/guide/*.webp anew. A test takes each of them too, so that none shows a page that is gone.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from tests.browser.crawl import Found
from tests.browser.harness import session_cookie

FOLDER = Path(__file__).parents[2] / "static" / "guide"
SIZE = (800, 500)
MOST_BYTES = 60_000
#: Picture → (account of the demonstration, key of the page as crawl.py names it, part of the page).
PICTURES: Mapping[str, tuple[str, str, str]] = {
    "sign-in": ("", "account_login", "main"),
    "checklist": ("nanying", "ojt_accounts:checklist", "main"),
    "case": ("nanying", "casework:case OA", "main"),
    "check": ("", "casework:check", "main"),
    "reach": ("nanying", "casework:reach", "main"),
    "unit-home": ("nanying", "ojt_accounts:unit_home", "main"),
    "account": ("nanying", "ojt_accounts:account", "main"),
    "desk": ("yctofficer", "admin:index", "#content"),
    "work": ("yctofficer", "admin:work", "#content"),
    "agency-case": ("yctofficer", "admin:case OA", "#content"),
    "correction": ("yctofficer", "admin:case_act OA ask_correction", "#content"),
    "course-file": ("nycourse", "ojt_subsidy:file_course", "main"),
    "enrolments": ("nycourse", "ojt_subsidy:enrolments", "main"),
    "attendance": ("nycourse", "ojt_subsidy:attendance", "main"),
    "courses": ("", "ojt_subsidy:catalogue", "main"),
    "mine": ("trainee01", "ojt_subsidy:mine", "main"),
    "balance": ("trainee01", "ojt_subsidy:balance", "main"),
    "site-apply": ("s45new0", "senior45:apply", "main"),
    "site-content": ("s45reviewer", "senior45:content", "main"),
    "health-class": ("nursing1", "ohs_training:class", "main"),
    "health-timetable": ("nursing1", "ohs_training:timetable", "main"),
    "credential-apply": ("vrshalf", "vrs_credentials:apply", "main"),
    "credential-home": ("vrshalf", "vrs_credentials:dashboard", "main"),
    "calendar": ("yctofficer", "admin:calendar", "#content"),
}


def address_of(account: str, key: str) -> str:
    """Where the person meets a page of this key first; what no link leads to by itself is derived from its case."""
    from tests.browser.crawl import crawl, key_of

    if key.startswith("admin:case_act"):
        return address_of(account, "admin:case OA") + f"act/{key.rpartition(' ')[2]}/"
    user = User.objects.get(account_name=account) if account else None
    starts = ["/admin/" if key.startswith("admin:") else "/", "/admin/work/?tab=team"]
    found: Found | None = next((one for one in crawl([user], starts) if one.key == key), None)
    if found is None:
        raise LookupError(f"{account or 'a visitor'} meets no page {key}")
    assert key_of(found.address) == key
    return found.address


def take(browser: Browser, site: str, name: str, address: str = "") -> bytes:
    """One picture as WebP: the upper part of the page, 800 × 500."""
    account, key, part = PICTURES[name]
    context = browser.new_context(
        base_url=site, viewport={"width": 1000, "height": 900}, locale="zh-TW", reduced_motion="reduce"
    )
    try:
        if account:
            context.add_cookies([session_cookie(User.objects.get(account_name=account), site)])
        page = context.new_page()
        answer = page.goto(address or address_of(account, key))
        assert answer is not None and answer.status == 200, f"{name}: {page.url}"
        box = page.locator(part).bounding_box()
        assert box is not None
        width = 968.0  # of narrow pages too, so that letters have one size in all pictures
        clip = {"x": 16.0, "y": box["y"], "width": width, "height": width * SIZE[1] / SIZE[0]}
        taken = page.screenshot(clip=clip, full_page=True)
    finally:
        context.close()
    with Image.open(BytesIO(taken)) as picture:
        small = picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    for quality in (72, 60, 45, 30):
        kept = BytesIO()
        small.save(kept, "WEBP", quality=quality, method=6)
        if kept.tell() <= MOST_BYTES:
            break
    return kept.getvalue()


def main(site: str, chromium: str = "/usr/bin/chromium") -> None:
    import os

    FOLDER.mkdir(parents=True, exist_ok=True)
    # before the browser: papers met on the way are signed, which needs an event loop of its own
    addresses = {name: address_of(account, key) for name, (account, key, _) in PICTURES.items()}
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in PICTURES:
            (FOLDER / f"{name}.webp").write_bytes(take(browser, site, name, addresses[name]))
        browser.close()
