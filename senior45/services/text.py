"""Markdown to clean HTML. What could run in a reader's browser is refused to the writer's face, and could not get through anyway."""

import re
from html.parser import HTMLParser

import markdown
import nh3

from casework.errors import Refused

TAGS = {
    "p", "br", "strong", "em", "del", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "h4", "h5", "h6", "hr", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto", "tel"}
#: Never a slip of the pen in a news item.
HOSTILE = {
    "script", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "textarea", "select", "style", "link",
    "meta", "base", "svg", "math", "template", "noscript", "audio", "video", "source", "portal",
}  # fmt: skip
_SCHEME = re.compile(r"^[\s\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
CLAUSE = "第4點、第5點"


def render(text: str) -> str:
    """The body as the page prints it: headings begin at the second level under the article's title."""
    made = markdown.markdown(
        text,
        extensions=["sane_lists", "tables", "nl2br", "toc"],
        extension_configs={"toc": {"baselevel": 2}},
        output_format="html",
    )
    return nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")


class _Hunter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        scheme, colon, _ = tag.partition(":")
        if tag in HOSTILE or (colon and scheme not in SCHEMES):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"{name}=")
            leads = name in ("href", "src", "action", "formaction")
            where = _SCHEME.match(re.sub(r"[\t\r\n]", "", value or "")) if leads else None
            if where and where.group(1).lower() not in SCHEMES:
                self.found.append(f"{where.group(1).lower()}:")


def judge(text: str, *, field: str = "body") -> str:
    """The clean HTML. Raises Refused where the text carries code, naming what was found."""
    made = markdown.markdown(text, extensions=["sane_lists", "tables", "nl2br"], output_format="html")
    found: list[str] = []
    for part in (text, made):
        hunter = _Hunter()
        hunter.feed(part)
        hunter.close()
        found += hunter.found
    if found:
        names = "、".join(dict.fromkeys(found))
        raise Refused(f"內文含有不得刊登的程式碼：{names}，請移除後再儲存（{CLAUSE}）。", field=field)
    html = render(text)
    if not nh3.clean(html, tags=set()).strip():
        raise Refused("內文沒有可刊登的文字。", field=field)
    return html


def plain(html: str) -> str:
    """Words only: for the feed and the description of the page."""
    return re.sub(r"\s+", " ", nh3.clean(html, tags=set())).strip()
