"""Small Word documents, made by a library or of XML written by hand."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.document import Document as WordDocument

from source.errors import LoadError
from source.office.docx import load_docx
from tests.archives import changed, replaced
from tests.extractions import blocks_of

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def bytes_of(document: WordDocument) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def with_body(body: str, *, notes: str = "") -> bytes:
    """A document with `body` as its XML, and a part of footnotes if there are `notes`."""
    override = '<Override PartName="/word/footnotes.xml" ContentType="application/xml"/></Types>'
    relation = f'<Relationship Id="rId99" Type="{RELATIONS}/footnotes" Target="footnotes.xml"/></Relationships>'
    data = replaced(bytes_of(Document()), "[Content_Types].xml", "</Types>", override)
    return changed(
        replaced(data, "word/_rels/document.xml.rels", "</Relationships>", relation),
        {
            "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
            "word/footnotes.xml": f"<w:footnotes {NAMES}>{notes}</w:footnotes>",
        },
    )


def body_of(xml: str, *, notes: str = "") -> list[str]:
    """The texts of the blocks of a document with this body, all of them body blocks."""
    blocks = blocks_of(load_docx(with_body(xml, notes=notes)))
    assert {role for role, _, _ in blocks} <= {"body"}
    return [text for _, _, text in blocks]


def reason_of(data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_docx(data)
    return caught.value.reason


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str) -> str:
    return p(text, properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')


def table(*rows: str, look: str = "0000") -> str:
    grid = f'<w:tblPr><w:tblLook w:val="{look}"/></w:tblPr><w:tblGrid/>'
    return f"<w:tbl>{grid}{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def c(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text))}</w:tc>"


def a_bell() -> WordDocument:
    document = Document()
    document.add_heading("Bells", 0)
    document.add_paragraph("It was cast in 1687.")
    document.add_table(2, 2).rows[1].cells[0].text = "640 kg"
    return document
