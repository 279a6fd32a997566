"""Word documents (.docx): paragraphs, lists, tables and notes in the order in which they are read.

Headers, footers, captions and tables of contents are furniture. Text that was deleted while changes were tracked,
hidden text and comments are left out, and so are the numbers that Word gives to headings and items as it shows them.
Nothing outside the file is read.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from source.archive import Archive
from source.blocks import heading_words
from source.document import Extraction
from source.docx_blocks import DocxWriter
from source.docx_styles import Styles
from source.docx_xml import WORD, Element, NoteKey, child
from source.errors import LoadError
from source.fold import fold

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import Part
    from docx.oxml.xmlchemy import BaseOxmlElement

_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# As a tree in memory it takes several times as much; a thousand pages are about 20 MB.
_MAX_XML_BYTES = 150_000_000
# What a picture, font or macro is called; any other member may be read as XML.
_NO_XML = (".bin", ".bmp", ".emf", ".gif", ".jpeg", ".jpg", ".odttf", ".png", ".tif", ".tiff", ".wdp", ".wmf")
# The names of the standard's strict form, which python-docx does not know; they differ from the usual ones by a rule.
_STRICT_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_USUAL_NAME = rb"http://schemas.openxmlformats.org/\1/2006/"
# Word leaves this behind where a picture was lost, and python-docx looks for it.
_DEAD_RELATION = re.compile(rb'<Relationship\b[^>]*\bTarget="[^"]*\bNULL"[^>]*/>')
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What programs fill in by themselves.
_NO_TITLE = re.compile(
    r"(?:microsoft word - .*|word document|document ?\d*|untitled.*|.*\.(?:do[ct][xm]?|odt|rtf|pdf|tmp))\Z",
    re.IGNORECASE,
)
# What reading a damaged file stumbles on: these libraries look at nothing before they use it.
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def load_docx(data: bytes) -> Extraction:
    """The blocks of a Word document; it has no pages until it is printed, and so no parts.

    Raises:
        LoadError: `data` is locked with a password, damaged, no Word document, or unpacks to a huge one.
    """
    if data.startswith(_OLE_MARK):
        reason = "it is locked with a password, or an old .doc file"
        raise LoadError(reason, "Save it as .docx without a password and add it again.")
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
    _refuse_too_much_xml(archive)
    try:
        document = Document(BytesIO(_mended(archive) or data))
        styles = [_root_of(part) for part in _related(document, "styles")]
        return _Parts(
            body=_body_of(document),
            headers=tuple(_referenced(document, "header")),
            footers=tuple(_referenced(document, "footer")),
            notes=dict(_notes(document)),
            styles=styles[0] if styles else None,
            title=_title(document),
        )
    except LoadError:
        raise
    except (*_DAMAGE, PythonDocxError, OpcError) as error:
        raise _not_whole() from error


def _not_whole() -> LoadError:
    return LoadError("it is not a whole .docx file", "Get it again, or save it anew.")


def _refuse_too_much_xml(archive: Archive) -> None:
    xml_bytes = sum(archive.size_bytes(name) for name in archive.names if _is_xml(name))
    if xml_bytes > _MAX_XML_BYTES:
        reason = (
            f"it unpacks to {xml_bytes / 1e6:,.0f} MB of XML, more than the limit of {_MAX_XML_BYTES / 1e6:,.0f} MB"
        )
        raise LoadError(reason, "Add its text in smaller files.")


def _is_xml(name: str) -> bool:
    return not name.lower().endswith(_NO_XML)


def _mended(archive: Archive) -> bytes | None:
    """A copy that python-docx can read of a document that only Word can; None if there is no need."""
    relations = (archive.read(name) for name in archive.names if name.endswith(".rels"))
    if not any(_STRICT_NAME.search(one) or _DEAD_RELATION.search(one) for one in relations):
        return None
    copy = BytesIO()
    with ZipFile(copy, "w") as copied:
        for name in archive.names:
            content = archive.read(name)
            if _is_xml(name):
                content = _STRICT_NAME.sub(_USUAL_NAME, _DEAD_RELATION.sub(b"", content))
            copied.writestr(name, content)
    return copy.getvalue()


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


def _title(document: WordDocument) -> str:
    title = fold(document.core_properties.title, "none")
    return "" if _NO_TITLE.match(title) else title
