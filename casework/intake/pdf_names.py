"""What a PDF's dictionaries may not hold: scripts, actions that reach outside, files and media inside (動作與夾帶內容).

Part of the judging subprocess: the standard library and pikepdf only.
"""

from __future__ import annotations

import re
from typing import Any

import pikepdf

from casework.intake.reasons import SENTENCES

SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
MEDIA = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/U3D", "/PRC"})
#: Action types (/S) that reach outside the document, with the reason each gives.
ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "submit_form",
    "/ImportData": "import_data",
    "/GoToR": "remote_goto",
    "/GoToE": "remote_goto",
    "/Rendition": "rich_media",
    "/Movie": "rich_media",
    "/Sound": "rich_media",
    "/GoTo3DView": "rich_media",
    "/RichMediaExecute": "rich_media",
}
#: Keys that are refused wherever they stand.
KEYS = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/XFA": "xfa",
    "/EF": "embedded_file",
    "/EmbeddedFiles": "embedded_file",
    "/Collection": "embedded_file",
    "/RichMediaContent": "rich_media",
    "/RichMediaSettings": "rich_media",
}
_NAMES = {*ACTIONS, *KEYS, *MEDIA, "/AA", "/OpenAction", "/URI", "/EmbeddedFile", "/FileAttachment", "/Thread", "/Ref"}
#: Only objects that hold one of these names are looked at key by key.
SUSPECT = re.compile(rb"(?:" + b"|".join(sorted(n.encode() for n in _NAMES)) + rb")(?![^\s()<>\[\]{}/%])")


class Refused(Exception):
    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence or SENTENCES[code]


def check_names(top: Any) -> None:
    """The dictionaries of one object, key by key; indirect ones are objects of their own and come by themselves."""
    todo = [top]
    while todo:
        node = todo.pop()
        values = list(node) if isinstance(node, pikepdf.Array) else [node[key] for key in check_dictionary(node)]
        todo += [v for v in values if isinstance(v, (pikepdf.Array, pikepdf.Dictionary)) and not v.is_indirect]


def check_dictionary(node: Any) -> list[str]:
    keys = list(node.keys())
    for key in keys:
        if key in KEYS:
            raise Refused(KEYS[key])
    kind, subtype, action = (name(node.get(key)) for key in ("/Type", "/Subtype", "/S"))
    if action in ACTIONS:
        raise Refused(ACTIONS[action])
    if kind == "/EmbeddedFile" or subtype == "/FileAttachment":
        raise Refused("embedded_file")
    if subtype in MEDIA or kind in MEDIA:
        raise Refused("rich_media")
    if action == "/Thread" and "/F" in node:
        raise Refused("remote_goto")
    if subtype == "/Form" and isinstance(node.get("/Ref"), pikepdf.Dictionary):
        raise Refused("external_file")
    if "/AA" in node and not (isinstance(node.AA, pikepdf.Dictionary) and not len(node.AA.keys())):
        check_automatic(node.AA)
    if isinstance(opening := node.get("/OpenAction"), pikepdf.Dictionary):
        check_automatic(pikepdf.Dictionary(O=opening))
    if isinstance(link := node.get("/URI"), pikepdf.Dictionary):
        link = link.get("/Base")
    if link is not None:
        check_link(link)
    return keys


def check_automatic(triggers: Any) -> None:
    """Actions the reader runs by itself: only going to a page of the same document is accepted (/GoTo, no /Next)."""
    if not isinstance(triggers, pikepdf.Dictionary):
        raise Refused("open_action")
    for trigger in list(triggers.keys()):
        action = triggers[trigger]
        kind = name(action.get("/S")) if isinstance(action, pikepdf.Dictionary) else ""
        if kind != "/GoTo" or "/Next" in action:
            raise Refused(ACTIONS.get(kind, "open_action"))


def check_link(link: Any) -> None:
    if not isinstance(link, pikepdf.String):
        raise Refused("local_link")
    text = re.sub(r"[\x00-\x20\x7f\ufeff]", "", str(link)).lower()
    scheme = re.match(r"[a-z][a-z0-9+.\-]*(?=:)", text)
    if (scheme and scheme[0] not in SAFE_SCHEMES) or text.startswith(("\\", "//", "/")):
        raise Refused("local_link")


def name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""
