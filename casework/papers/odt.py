"""Texts that people type in, as ODT: headings, paragraphs and tables. A zip with four small XML files (see sheets for ODS).

What a blank form says comes from the same context as its PDF; here only the layout is another.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
#: Between margins of 2.5 cm on A4.
WIDTH_CM = 16.0


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `style`: agency, title, text, article (hanging), small, end (to the right), centre."""

    text: str
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    text: str = ""
    #: A label, shaded; a column's heading when it stands in the first row of a list.
    label: bool = False
    span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """`widths`: shares of the columns. `headed`: the first row repeats on every page. `tall`: rows by number with room to sign."""

    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]
    headed: bool = False
    tall: frozenset[int] = frozenset()


Block = Line | Table

_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
#: The Kai of offices where there is one, else the free one; no font is inside.
_FONTS = (
    '<office:font-face-decls><style:font-face style:name="Kai" svg:font-family="標楷體;TW-Kai;DFKai-SB" '
    'style:font-family-generic="roman"/></office:font-face-decls>'
)


def _paragraph(name: str, size: int, *, align: str = "start", more: str = "", bold: bool = False) -> str:
    weight = ' fo:font-weight="bold" style:font-weight-asian="bold"' if bold else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph">'
        f'<style:paragraph-properties fo:text-align="{align}" fo:margin-bottom="0.15cm" {more}/>'
        f'<style:text-properties fo:font-size="{size}pt" style:font-size-asian="{size}pt"{weight}/></style:style>'
    )


_STYLES = (
    f"{_XML}<office:document-styles {_NAMES}>{_FONTS}<office:styles>"
    '<style:default-style style:family="paragraph"><style:paragraph-properties fo:line-height="140%" style:punctuation-wrap="hanging"/>'
    '<style:text-properties style:font-name="Kai" style:font-name-asian="Kai" fo:font-size="12pt" style:font-size-asian="12pt" '
    'fo:language="zh" fo:country="TW" style:language-asian="zh" style:country-asian="TW"/></style:default-style>'
    + _paragraph("agency", 14, align="center")
    + _paragraph("title", 18, align="center", bold=True, more='fo:margin-top="0.2cm"')
    + _paragraph("text", 12)
    + _paragraph("article", 12, more='fo:margin-left="0.85cm" fo:text-indent="-0.85cm"')
    + _paragraph("small", 10)
    + _paragraph("end", 10, align="end")
    + _paragraph("centre", 14, align="center", more='fo:margin-top="1cm"')
    + "</office:styles><office:automatic-styles>"
    '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
    'fo:margin="2.5cm" style:print-orientation="portrait"/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/></office:master-styles>'
    "</office:document-styles>"
)
_MANIFEST = (
    f'{_XML}<manifest:manifest manifest:version="1.3" xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)
_CELL = 'fo:border="0.5pt solid #000000" fo:padding="0.12cm" style:vertical-align="middle"'


def odt(title: str, blocks: Iterable[Block]) -> bytes:
    """The same arguments give the same bytes."""
    body: list[str] = []
    styles: list[str] = []
    for block in blocks:
        if isinstance(block, Line):
            body.append(_line(block))
        else:
            name = f"t{len(styles)}"
            styles.append(_table_styles(name, block))
            body.append(_table(name, block))
    content = (
        f"{_XML}<office:document-content {_NAMES}>{_FONTS}<office:automatic-styles>"
        f'<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties {_CELL}/></style:style>'
        '<style:style style:name="label" style:family="table-cell">'
        f'<style:table-cell-properties {_CELL} fo:background-color="#f0f0f0"/></style:style>'
        '<style:style style:name="tall" style:family="table-row"><style:table-row-properties style:min-row-height="1.8cm"/></style:style>'
        f"{''.join(styles)}</office:automatic-styles><office:body><office:text>{''.join(body)}</office:text></office:body>"
        "</office:document-content>"
    )
    meta = f"{_XML}<office:document-meta {_NAMES}><office:meta><dc:title>{escape(title)}</dc:title></office:meta></office:document-meta>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # first and stored: by it a program knows the file without opening it
        for name, text, how in (
            ("mimetype", MEDIA_TYPE, zipfile.ZIP_STORED),
            ("META-INF/manifest.xml", _MANIFEST, zipfile.ZIP_DEFLATED),
            ("meta.xml", meta, zipfile.ZIP_DEFLATED),
            ("styles.xml", _STYLES, zipfile.ZIP_DEFLATED),
            ("content.xml", content, zipfile.ZIP_DEFLATED),
        ):
            archive.writestr(zipfile.ZipInfo(name), text, how)
    return out.getvalue()


def _line(line: Line) -> str:
    level = ' text:outline-level="1"' if line.style == "title" else ""
    tag = "text:h" if level else "text:p"
    # ideographic spaces are wide and stand as they are; rows of plain ones would be run together
    return f"<{tag} text:style-name={quoteattr(line.style)}{level}>{escape(line.text)}</{tag}>"


def _table_styles(name: str, table: Table) -> str:
    whole = sum(table.widths)
    columns = "".join(
        f'<style:style style:name="{name}c{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{WIDTH_CM * share / whole:.2f}cm"/></style:style>'
        for n, share in enumerate(table.widths)
    )
    return (
        f'<style:style style:name="{name}" style:family="table"><style:table-properties style:width="{WIDTH_CM}cm" '
        f'table:align="margins" table:border-model="collapsing" fo:margin-bottom="0.3cm"/></style:style>{columns}'
    )


def _table(name: str, table: Table) -> str:
    columns = "".join(f'<table:table-column table:style-name="{name}c{n}"/>' for n in range(len(table.widths)))
    rows = [_row(row, n in table.tall) for n, row in enumerate(table.rows)]
    if table.headed:
        rows[0] = f"<table:table-header-rows>{rows[0]}</table:table-header-rows>"
    return f'<table:table table:name="{name}" table:style-name="{name}">{columns}{"".join(rows)}</table:table>'


def _row(cells: Sequence[Cell], tall: bool) -> str:
    style = ' table:style-name="tall"' if tall else ""
    return f"<table:table-row{style}>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: Cell) -> str:
    span = f' table:number-columns-spanned="{cell.span}"' if cell.span > 1 else ""
    covered = "<table:covered-table-cell/>" * (cell.span - 1)
    style = "label" if cell.label else "cell"
    return (
        f'<table:table-cell table:style-name="{style}"{span} office:value-type="string">'
        f'<text:p text:style-name="text">{escape(cell.text)}</text:p></table:table-cell>{covered}'
    )
