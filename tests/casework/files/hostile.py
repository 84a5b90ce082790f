"""Files that must be refused, built here and nowhere stored: name → (reason code, bytes).

Nothing in them does harm: scripts are one alert, addresses are names that do not exist, bombs are a few kilobytes.
"""

from __future__ import annotations

import zlib
from base64 import a85encode
from collections.abc import Callable

from casework.intake.sample import stream
from tests.casework.files.builder import (
    ALERT,
    CATALOGUE,
    PAGE,
    annotation,
    archive,
    bomb,
    build,
    encrypted,
    link,
    update,
    with_object_stream,
    write_raw,
)

KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {}


def kind(code: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def enter(build: Callable[[], bytes]) -> Callable[[], bytes]:
        KINDS[build.__name__] = (code, build)
        return build

    return enter


# ---- not a PDF at all


@kind("empty")
def no_bytes() -> bytes:
    return b""


@kind("not_pdf")
def plain_text() -> bytes:
    return "立案證書".encode()


@kind("not_pdf")
def web_page() -> bytes:
    return b"<!doctype html><script>alert(1)</script>"


@kind("not_pdf")
def zip_archive() -> bytes:
    return archive()


@kind("not_pdf")
def photograph() -> bytes:
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(200)


@kind("not_pdf")
def program() -> bytes:
    return b"MZ\x90\0" + bytes(200)


@kind("damaged")
def header_only() -> bytes:
    return b"%PDF-1.7\nstartxref\n0\n%%EOF\n"


@kind("damaged")
def unknown_version() -> bytes:
    return build().replace(b"%PDF-1.7", b"%PDF-9.9")


# ---- cut off or broken


@kind("truncated")
def half_a_file() -> bytes:
    return build(more={4: stream(bytes(range(256)) * 20)})[:-300]


@kind("truncated")
def update_cut_off() -> bytes:
    return update(build(), {4: b"(text)"})[:-40]


@kind("damaged")
def offsets_wrong() -> bytes:
    return build().replace(b"%PDF-1.7\n", b"%PDF-1.7\n%moved\n")


@kind("damaged")
def no_root() -> bytes:
    return build(trailer=b"")


@kind("damaged")
def trailer_not_closed() -> bytes:
    return build().replace(b"/Root 1 0 R>>\nstartxref", b"/Root 1 0 R\nstartxref")


@kind("damaged")
def no_size() -> bytes:
    return build().replace(b"/Size 4 ", b"")


@kind("damaged")
def previous_table_loops() -> bytes:
    start = build().rfind(b"xref\n0 ")
    return build(trailer=b"/Root 1 0 R/Prev %d" % start)


@kind("damaged")
def key_given_twice() -> bytes:
    return build(b"/OpenAction" + ALERT + b"/OpenAction[3 0 R/Fit]")


@kind("damaged")
def stream_length_wrong() -> bytes:
    return build(more={4: b"<</Length 3>>stream\nseven letters\nendstream"})


# ---- passwords


@kind("encrypted")
def user_password() -> bytes:
    return encrypted("sesame", "sesame")


# ---- scripts


@kind("javascript")
def script_on_opening() -> bytes:
    return build(b"/OpenAction" + ALERT)


@kind("javascript")
def script_by_name() -> bytes:
    return build(b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>", more={4: ALERT})


@kind("javascript")
def script_behind_a_link() -> bytes:
    return annotation(b"/Subtype/Link/A 4 0 R", {4: ALERT})


@kind("javascript")
def script_after_another_action() -> bytes:
    return link(b"/S/URI/URI(https://example.org/)/Next" + ALERT)


@kind("javascript")
def script_in_hex_escapes() -> bytes:
    return build(b"/Open#41ction<</S/J#61va#53cript/J#53(app.alert\\(1\\))>>")


@kind("javascript")
def script_in_object_stream() -> bytes:
    return with_object_stream(ALERT)


@kind("javascript")
def script_in_armoured_object_stream() -> bytes:
    return with_object_stream(ALERT, armour=True)


@kind("javascript")
def script_added_by_update() -> bytes:
    return update(build(), {1: b"<<" + CATALOGUE + b"/OpenAction 4 0 R>>", 4: ALERT})


@kind("javascript")
def script_covered_by_update() -> bytes:
    return update(build(b"/OpenAction 4 0 R", more={4: ALERT}), {1: b"<<" + CATALOGUE + b">>", 4: b"null"})


@kind("javascript")
def script_in_covered_object_stream() -> bytes:
    return update(with_object_stream(ALERT), {4: b"(text)"})


@kind("javascript")
def script_no_table_names() -> bytes:
    return build(more={4: b"null\nendobj\n9 0 obj\n" + ALERT})


# ---- actions


@kind("launch")
def launches_a_program() -> bytes:
    return link(b"/S/Launch/F(cmd.exe)")


@kind("launch")
def launches_on_opening() -> bytes:
    return build(b"/OpenAction<</S/Launch/Win<</F(cmd.exe)>>>>")


@kind("open_action")
def prints_on_opening() -> bytes:
    return build(b"/OpenAction<</S/Named/N/Print>>")


@kind("open_action")
def opens_a_web_page_by_itself() -> bytes:
    return build(b"/OpenAction<</S/URI/URI(https://example.org/)>>")


@kind("open_action")
def acts_when_the_page_shows() -> bytes:
    return build(page=b"/AA<</O<</S/URI/URI(https://example.org/)>>>>")


@kind("submit_form")
def form_sends_itself() -> bytes:
    return annotation(b"/Subtype/Widget/FT/Btn/T(send)/A<</S/SubmitForm/F(https://example.org/)>>")


@kind("import_data")
def form_fetches_data() -> bytes:
    return link(b"/S/ImportData/F(data.fdf)")


@kind("remote_goto")
def goes_to_another_file() -> bytes:
    return link(b"/S/GoToR/F(//example.org/share/a.pdf)/D[0/Fit]")


@kind("remote_goto")
def goes_to_an_embedded_file() -> bytes:
    return link(b"/S/GoToE/D[0/Fit]/T<</R/C/N(a.pdf)>>")


@kind("local_link")
def link_to_local_file() -> bytes:
    return link(b"/S/URI/URI(file:///C:/Windows/win.ini)")


@kind("local_link")
def link_to_network_share() -> bytes:
    return link(b"/S/URI/URI(\\\\\\\\example.org\\\\share)")


@kind("local_link")
def link_that_is_a_script() -> bytes:
    return link(b"/S/URI/URI(java\\tscript:alert\\(1\\))")


@kind("local_link")
def base_of_links_is_local() -> bytes:
    return build(
        b"/URI<</Base(file:///C:/)>>", page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(a.html)>>>>]"
    )


# ---- things inside


@kind("embedded_file")
def file_embedded() -> bytes:
    names = b"/Names<</EmbeddedFiles<</Names[(a.exe)<</Type/Filespec/F(a.exe)/EF<</F 4 0 R>>>>]>>>>"
    return build(names, more={4: stream(b"MZ", b"/Type/EmbeddedFile")})


@kind("embedded_file")
def file_pinned_to_the_page() -> bytes:
    spec = b"/Subtype/FileAttachment/FS<</Type/Filespec/F(a.doc)/EF<</F 4 0 R>>>>"
    return annotation(spec, {4: stream(b"text", b"/Type/EmbeddedFile")})


@kind("embedded_file")
def portfolio() -> bytes:
    return build(b"/Collection<</Type/Collection/View/T>>")


@kind("embedded_file")
def file_no_name_leads_to() -> bytes:
    return build(more={4: stream(b"MZ", b"/Type/EmbeddedFile")})


@kind("rich_media")
def flash() -> bytes:
    return annotation(b"/Subtype/RichMedia/RichMediaContent<<>>")


@kind("rich_media")
def sound() -> bytes:
    return link(b"/S/Sound/Sound 4 0 R")


@kind("rich_media")
def solid_model() -> bytes:
    return annotation(b"/Subtype/3D/3DD 4 0 R", {4: stream(b"U3D\0", b"/Type/3D/Subtype/U3D")})


@kind("xfa")
def dynamic_form() -> bytes:
    return build(b"/AcroForm<</Fields[]/XFA 4 0 R>>", more={4: stream(b"<xdp:xdp/>")})


@kind("external_file")
def stream_kept_elsewhere() -> bytes:
    return build(more={4: b"<</Length 0/F(//example.org/share/a)>>stream\n\nendstream"})


# ---- two kinds of file at once


@kind("polyglot")
def web_page_before_it() -> bytes:
    return b"<html><script>alert(1)</script></html>\n" + build()


@kind("polyglot")
def web_page_in_a_comment() -> bytes:
    return build().replace(b"%PDF-1.7\n", b"%PDF-1.7 <html><script>alert(1)</script>\n")


@kind("polyglot")
def web_page_after_it() -> bytes:
    return build() + b"<script>alert(1)</script>"


@kind("polyglot")
def archive_after_it() -> bytes:
    return build() + archive()


@kind("polyglot")
def archive_inside_it() -> bytes:
    return build(more={4: b"<</Length %d>>stream\n%b\nendstream" % (len(archive()), archive())})


@kind("polyglot")
def a_script_before_it() -> bytes:
    return b"#!/bin/sh\n" + build()


@kind("polyglot")
def anything_after_it() -> bytes:
    return build() + b"more of something"


# ---- bombs and loops


@kind("inflated")
def deflated_zeros() -> bytes:
    return build(page=b"/Contents 4 0 R", more={4: write_raw(bomb(450), b"/Filter/FlateDecode")})


@kind("inflated")
def deflated_twice() -> bytes:
    packed = zlib.compress(bomb(450), 9)
    return build(page=b"/Contents 4 0 R", more={4: write_raw(packed, b"/Filter[/FlateDecode/FlateDecode]")})


@kind("inflated")
def deflated_in_armour() -> bytes:
    packed = a85encode(bomb(450)) + b"~>"
    return build(page=b"/Contents 4 0 R", more={4: write_raw(packed, b"/Filter[/ASCII85Decode/FlateDecode]")})


@kind("inflated")
def object_stream_of_spaces() -> bytes:
    return with_object_stream(b"null", megabytes=450)


@kind("too_many_pages")
def more_pages_than_allowed() -> bytes:
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(501))
    pages = {3 + i: b"<<" + PAGE + b">>" for i in range(501)}
    return build(more={2: b"<</Type/Pages/Kids[%b]/Count 1>>" % kids} | pages)


@kind("too_many_pages")
def one_page_named_many_times() -> bytes:
    return build(more={2: b"<</Type/Pages/Kids[" + b"3 0 R " * 30_000 + b"]/Count 1>>"})


@kind("page_tree")
def page_tree_loops() -> bytes:
    return build(more={2: b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"})


@kind("page_tree")
def page_tree_doubles() -> bytes:
    nodes = {n: b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>" % (n + 1, n + 1) for n in range(4, 40)}
    return build(more={2: b"<</Type/Pages/Kids[4 0 R]/Count 1>>"} | nodes | {40: b"<<" + PAGE + b">>"})


@kind("no_pages")
def no_page_at_all() -> bytes:
    return build(more={2: b"<</Type/Pages/Kids[]/Count 0>>"})


@kind("nested")
def nested_deeply() -> bytes:
    return build(more={4: b"[" * 20_000 + b"]" * 20_000})


@kind("huge_page")
def page_of_a_kilometre() -> bytes:
    return build(more={3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 3000000 3000000]/Resources<<>>>>"})


@kind("huge_page")
def page_unit_enlarged() -> bytes:
    return build(page=b"/UserUnit 75000")


@kind("huge_image")
def image_of_a_terapixel() -> bytes:
    entries = b"/Type/XObject/Subtype/Image/Width 1000000/Height 1000000/ColorSpace/DeviceGray/BitsPerComponent 1"
    return build(more={4: write_raw(b"\0", entries + b"/Filter/CCITTFaxDecode")})


@kind("revisions")
def saved_fifty_times() -> bytes:
    whole = build()
    for _ in range(50):
        whole = update(whole, {4: b"(text)"})
    return whole
