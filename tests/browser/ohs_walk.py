"""Steps of the health-service training as people take them: signing by finger."""

from playwright.sync_api import Locator, Page, expect


def seat(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def draw(page: Page) -> None:
    """Three strokes with the finger in the frame."""
    frame = page.get_by_label("簽名框")
    expect(frame).to_be_visible()
    box = frame.bounding_box()
    assert box is not None
    left, top = box["x"] + 60, box["y"] + 60
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((80, 70), (160, 10), (240, 90)):
        page.mouse.move(left + x, top + y, steps=3)
    page.mouse.up()


def sign(page: Page, name: str) -> None:
    """One person at the tablet: the seat, the signature, the button."""
    seat(page, name).click()
    draw(page)
    page.get_by_role("button", name="完成簽名").click()


def mode(page: Page, words: str) -> None:
    """上午簽到 and the like."""
    page.get_by_role("button", name=words, exact=True).click()
    expect(page.get_by_role("button", name=words, exact=True)).to_have_attribute("aria-pressed", "true")
