"""The harness itself: what it must notice, it notices."""

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Opens
from tests.browser.harness import HIGH, PHONE, WIDE, Watch, axe, ink, no_sideways, pdf_pages, pdf_text, tab_to
from tests.ojt_accounts import world as w


def test_front_page_at_a_desk_and_on_a_telephone(visit: Page, phone: Page) -> None:
    for page in (visit, phone):
        page.goto("/")
        assert page.locator("h1").is_visible()
        axe(page)
        no_sideways(page)


def test_a_session_is_somebodys(opens: Opens) -> None:
    person = w.person("陳美惠")
    page = opens(person)
    page.goto("/me/")
    assert page.get_by_role("group").filter(has_text="陳美惠").count() or page.get_by_text("陳美惠").count()


def test_a_page_too_wide_and_a_picture_without_words_are_noticed(visit: Page) -> None:
    visit.goto("/accessibility/")
    visit.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/img/mark.svg\">')"
    )
    visit.evaluate("document.querySelector('h1').style.width = '3000px'")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(visit)
    with pytest.raises(AssertionError, match="is wider"):
        no_sideways(visit)


GREY = "document.querySelector('main').insertAdjacentHTML('beforeend', '<div><p class=\"grey\">看得清楚嗎</p></div>')"
PAINTED = """(colours) => { const [text, ground] = colours, p = document.querySelector('.grey');
    p.attributeStyleMap.set('color', text); p.parentElement.attributeStyleMap.set('background-color', ground) }"""


def test_each_look_of_text_is_judged_once_and_a_bad_one_always(visit: Page) -> None:
    """Grey on white is too pale, black on white is not; the same black on another ground, in another page, is asked anew."""
    for address, colours, seen in (
        ("/accessibility/", ["#999", "#fff"], False),
        ("/privacy/", ["#999", "#fff"], False),
        ("/accessibility/", ["#000", "#fff"], True),
        ("/privacy/", ["#000", "#222"], False),
        ("/privacy/", ["#000", "#fff"], True),
    ):
        visit.goto(address)
        visit.evaluate(GREY)
        visit.evaluate(PAINTED, colours)
        for width in (WIDE, PHONE):
            visit.set_viewport_size({"width": width, "height": HIGH})
            if seen:
                axe(visit)
            else:
                with pytest.raises(AssertionError, match=r"color-contrast[^$]+class=.grey"):
                    axe(visit)


def _with_what_is_refused(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text() + '<p style="color: red">x</p><img src="/nothing.png" alt="">')


def test_refusals_of_the_policy_and_script_errors_are_noticed(site: str, chromium, phone: Page) -> None:
    watch = Watch()
    context = chromium.new_context(base_url=site)
    watch.over(context)
    page = context.new_page()
    page.route("**/accessibility/", _with_what_is_refused)
    page.goto("/accessibility/")
    with context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') }, 0)")
    context.close()
    said = "\n".join(watch.problems)
    assert "Content Security Policy" in said and "broken" in said and "404 GET" in said


def test_papers_are_read_and_looked_at(tmp_path) -> None:
    content = w.pdf(title="公文").read()
    assert "測試用文件" in pdf_text(content)
    (page,) = pdf_pages(content, tmp_path)
    assert 0.001 < ink(page) < 0.5


def test_a_focus_that_does_not_show_is_noticed(visit: Page) -> None:
    visit.goto("/accounts/login/")
    tab_to(visit, "密碼")
    visit.goto("/accounts/login/")
    visit.evaluate(
        "const bare = new CSSStyleSheet(); bare.replaceSync('* { outline: none !important; box-shadow: none !important }');"
        "document.adoptedStyleSheets = [bare]"
    )
    with pytest.raises(AssertionError, match="focus does not show"):
        tab_to(visit, "密碼")
    visit.goto("/accounts/login/")
    with pytest.raises(AssertionError, match="is not reached"):
        tab_to(visit, "沒有這個欄位", most=8)
