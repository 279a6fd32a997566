"""Word documents (.docx): paragraphs, lists, tables and notes in the order in which they are read.

Headers, footers, captions and tables of contents are furniture. Text that was deleted while changes were tracked,
hidden text and comments are left out, and so are the numbers that Word gives to headings and items as it shows them.
Nothing outside the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from source.archive import Archive
from source.blocks import heading_words
from source.document import Extraction
from source.errors import LoadError
from source.office.docx_blocks import DocxWriter
from source.office.docx_styles import Styles
from source.office.docx_xml import WORD, Element, NoteKey, child, elements_in, read_inline
from source.office.files import DAMAGE, chosen_title, mended, refuse_too_much_xml

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import Part
    from docx.oxml.xmlchemy import BaseOxmlElement

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def load_docx(data: bytes) -> Extraction:
    """The blocks of a Word document; it has no pages until it is printed, and so no parts.

    Raises:
        LoadError: `data` is damaged, no Word document, or unpacks to a huge one.
    """
    parts = _read_parts(data)
    writer = DocxWriter(Styles(parts.styles), parts.notes)
    for header in parts.headers:
        writer.write(header, is_furniture=True)
    writer.write(parts.body)
    for footer in parts.footers:
        writer.write(footer, is_furniture=True)
    text, blocks = writer.builder.text(), tuple(writer.builder.blocks)
    title = parts.title or next((heading_words(text, one, "none") for one in blocks if one.role == "heading"), "")
    return Extraction(text, blocks, title, "", text_is_file=False, markup="none")


def paragraphs_of(data: bytes) -> list[tuple[str, bool]]:
    """What the paragraphs of a Word document say, in order, and whether each is set as a block quote.

    Raises:
        LoadError: as `load_docx`.
    """
    parts = _read_parts(data)
    styles = Styles(parts.styles)
    paragraphs = elements_in(parts.body, frozenset({"p"}))
    return [(read_inline(one).text, styles.is_quote(one)) for one in paragraphs]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is read of a document: XML trees, each header and footer once, and the title in its properties, if any."""

    body: Element
    headers: tuple[Element, ...]
    footers: tuple[Element, ...]
    notes: dict[NoteKey, Element]
    styles: Element | None
    title: str


def _read_parts(data: bytes) -> _Parts:
    """The parts of the document; all that can fail on a damaged file is done here."""
    from docx import Document
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError

    archive = Archive(data, ".docx")  # refuses what unpacks to too much
    refuse_too_much_xml(archive)
    try:
        document = Document(BytesIO(mended(archive, _MAIN_TYPE) or data))
        styles = [_root_of(part) for part in _related(document, "styles")]
        return _Parts(
            body=_body_of(document),
            headers=tuple(_referenced(document, "header")),
            footers=tuple(_referenced(document, "footer")),
            notes=dict(_notes(document)),
            styles=styles[0] if styles else None,
            title=chosen_title(document.core_properties.title),
        )
    except LoadError:
        raise
    except (*DAMAGE, PythonDocxError, OpcError) as error:
        raise _not_whole() from error


def _not_whole() -> LoadError:
    return LoadError("it is not a whole .docx file", "Get it again, or save it anew.")


def _body_of(document: WordDocument) -> Element:
    body = child(_root_of(document.part), "body")
    if body is None:
        raise _not_whole()
    return body


def _related(document: WordDocument, kind: str) -> list[Part]:
    """The parts of a kind, such as "footnotes", that the document refers to."""
    relations = document.part.rels.values()
    return [one.target_part for one in relations if not one.is_external and one.reltype.endswith(f"/{kind}")]


def _referenced(document: WordDocument, kind: str) -> Iterator[Element]:
    """The headers or footers of all sections in order, those that say the same once, without any that are missing."""
    seen: set[str] = set()
    for reference in document.element.body.iter(f"{WORD}{kind}Reference"):
        relation = document.part.rels.get(str(reference.get(_RELATION_ID)))
        if relation is None or relation.is_external:
            continue
        root = _root_of(relation.target_part)
        said = "".join(str(one.text) for one in root.iter(f"{WORD}t"))
        if said not in seen:
            seen.add(said)
            yield root


def _notes(document: WordDocument) -> Iterator[tuple[NoteKey, Element]]:
    for kind in ("footnote", "endnote"):
        for part in _related(document, f"{kind}s"):
            for note in _root_of(part).iter(f"{WORD}{kind}"):
                yield (kind, str(note.get(f"{WORD}id"))), note


def _root_of(part: Part) -> BaseOxmlElement:
    """The XML of a part, which python-docx reads without resolving entities; a file of Word's declares none."""
    from docx.opc.part import XmlPart
    from docx.oxml.parser import parse_xml

    root = part.element if isinstance(part, XmlPart) else parse_xml(part.blob)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _not_whole()
    return root
