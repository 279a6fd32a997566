"""Small OpenDocument files made by hand, flat and packed."""

from __future__ import annotations

from typing import Literal

from tests.archives import zipped

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "chart": "chart",
        "draw": "drawing",
        "meta": "meta",
        "office": "office",
        "presentation": "presentation",
        "style": "style",
        "svg": "svg-compatible",
        "table": "table",
        "text": "text",
    }.items()
)
NAMES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
Kind = Literal["text", "presentation", "spreadsheet"]


def content(kind: Kind, body: str, styles: str = "") -> str:
    """The XML of a file's content; `styles` are automatic ones."""
    return (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def packed(kind: Kind, body: str, styles: str = "", *, pages: str = "", title: str = "", manifest: str = "") -> bytes:
    """A file as programs write them; `pages` are its master pages."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content(kind, body, styles),
            "styles.xml": (
                f"<office:document-styles {NAMES}><office:styles>{STYLES}</office:styles>"
                f"<office:master-styles>{pages}</office:master-styles></office:document-styles>"
            ),
            "meta.xml": f"<office:document-meta {NAMES}><office:meta><dc:title>{title}</dc:title></office:meta>"
            "</office:document-meta>",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            f'manifest:1.0">{manifest}</manifest:manifest>',
        }
    )


def flat(kind: Kind, body: str, styles: str = "") -> bytes:
    """The same as one XML file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {NAMES}>'
        f"<office:styles>{STYLES}</office:styles><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    ).encode()


STYLES = "".join(
    f'<style:style style:family="paragraph" style:name="{name}" style:parent-style-name="{parent}"/>'
    for name, parent in {
        "Title": "Standard",
        "Subtitle": "Standard",
        "Caption": "Standard",
        "Illustration": "Caption",
        "Index": "Standard",
        "Contents_20_1": "Index",
        "Table_20_Heading": "Table_20_Contents",
    }.items()
)
"""The common styles that LibreOffice writes, as far as they tell what a paragraph is."""


def p(text: str, style: str = "Standard") -> str:
    """A paragraph."""
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text: str, level: int = 1) -> str:
    """A heading."""
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def ul(*items: str) -> str:
    """A list; each item is XML."""
    return f"<text:list>{''.join(f'<text:list-item>{item}</text:list-item>' for item in items)}</text:list>"


def note(text: str, kind: str = "footnote") -> str:
    """A note where it is cited."""
    cited = "<text:note-citation>1</text:note-citation>"
    return f'<text:note text:note-class="{kind}">{cited}<text:note-body>{p(text)}</text:note-body></text:note>'


def cell(text: str, **attributes: int) -> str:
    """A cell of XML or a text; attributes are such as `columns_spanned`."""
    counts = " ".join(f'table:number-{name.replace("_", "-")}="{count}"' for name, count in attributes.items())
    return f"<table:table-cell {counts}>{p(text) if text and '<text:p' not in text else text}</table:table-cell>"


def row(*cells: str, repeated: int = 1) -> str:
    """A row; each cell is XML or a text."""
    inside = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inside}</table:table-row>'


def table(*rows: str, header: str = "", name: str = "Bells") -> str:
    """A table of rows below a header."""
    head = f"<table:table-header-rows>{header}</table:table-header-rows>" if header else ""
    return f'<table:table table:name="{name}">{head}{"".join(rows)}</table:table>'


def frame(body: str, left: float = 0, top: float = 0, kind: str = "") -> str:
    """A text box on a slide, at a place in centimetres."""
    role = f'presentation:class="{kind}"' if kind else ""
    place = f'svg:x="{left}cm" svg:y="{top}cm" svg:width="5cm" svg:height="1cm"'
    return f"<draw:frame {place} {role}><draw:text-box>{body}</draw:text-box></draw:frame>"


def slide(*shapes: str, notes: str = "", attributes: str = "") -> str:
    """A slide with its notes."""
    said = (
        f"<presentation:notes>{frame(p(notes), kind='notes')}{frame(p('3'), kind='page-number')}</presentation:notes>"
    )
    return f'<draw:page draw:name="page" {attributes}>{"".join(shapes)}{said if notes else ""}</draw:page>'
