"""Small whole files of every kind, from which broken ones are made: made here, always the same, and real ones."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from source.container import CONTAINERS
from source.load import FORMATS
from tests.measure import corpus_python
from tests.measure.corpus_texts import SourceText, load_texts
from tests.measure.corpus_write import to_html, to_plain
from tests.measure.datasets import SHARED_DATA
from tests.pdfs import column, make_pdf

_MAX_SAMPLE_BYTES = 150_000
_A_DATE = (1980, 1, 1, 0, 0, 0)
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Seed:
    """A whole file: where it comes from, the suffix that it should have, its bytes."""

    name: str
    suffix: str
    data: bytes


@cache
def made_seeds() -> tuple[Seed, ...]:
    """One or more of every kind, of bytes that never change, in a fixed order."""
    text = load_texts()[1]
    seeds = [
        ("text", ".txt", to_plain(text).encode()),
        ("utf-16", ".txt", to_plain(text).encode("utf-16")),
        ("latin-1", ".txt", to_plain(text).encode("latin-1", "replace")),
        ("markdown", ".md", text.markdown.encode()),
        ("csv", ".csv", _written(corpus_python.write_csv, text, ".csv")),
        ("tsv", ".tsv", "\n".join(text.table.lines).encode()),
        ("html", ".html", to_html(text).encode()),
        ("xhtml", ".xhtml", to_html(text).replace("<br>", "<br/>").encode()),
        ("docx", ".docx", _written(corpus_python.write_docx, text, ".docx")),
        ("xlsx", ".xlsx", _written(corpus_python.write_xlsx, text, ".xlsx")),
        ("pptx", ".pptx", _written(corpus_python.write_pptx, text, ".pptx")),
        ("epub", ".epub", _epub(text)),
        ("pdf", ".pdf", _pdf(text)),
        ("odt", ".odt", _open_document("text", _ODT_BODY)),
        ("odp", ".odp", _open_document("presentation", _ODP_BODY)),
        ("ods", ".ods", _open_document("spreadsheet", _ODS_BODY)),
        ("fodt", ".fodt", _content("text", _ODT_BODY)),
        ("rtf", ".rtf", _rtf(text)),
        ("eml", ".eml", _eml(text)),
        ("mbox", ".mbox", b"From mira@example.org Thu Mar 14 09:30:00 2024\n" + _eml(text)),
        ("zip", ".zip", pack({"a/ropewalk.html": to_html(text).encode(), "b.txt": b"One line.\n", "c.zip": pack({})})),
    ]
    return tuple(Seed(*seed) for seed in seeds if seed[1] in FORMATS or seed[1] in CONTAINERS)


@cache
def sample_seeds() -> tuple[Seed, ...]:
    """Real files beside a developer's checkout, the small ones; none where there are none."""
    folder = SHARED_DATA / "files"
    known = FORMATS.keys() | CONTAINERS.keys()
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in known and path.is_file())
    small = (path for path in paths if path.stat().st_size <= _MAX_SAMPLE_BYTES)
    return tuple(Seed(str(path.relative_to(folder)), path.suffix.lower(), path.read_bytes()) for path in small)


def pack(members: dict[str, bytes]) -> bytes:
    """A ZIP file that depends on nothing but its members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _A_DATE), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The members of a ZIP file by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _written(write: Callable[[SourceText, Path], None], text: SourceText, suffix: str) -> bytes:
    """What `write` makes, without the time at which it did."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"seed{suffix}"
        write(text, path)
        data = path.read_bytes()
    if not data.startswith(b"PK"):
        return data
    return pack({name: _TIME.sub(b"2024-03-14T09:30:00Z", member) for name, member in unpack(data).items()})


def _pdf(text: SourceText) -> bytes:
    lines = [line.encode("cp1252", "replace").decode("cp1252") for line in to_plain(text).splitlines()]
    return make_pdf([column(50, 750, lines[:55]), column(50, 750, lines[55:110])], title=text.title)


def _epub(text: SourceText) -> bytes:
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    container += '<rootfile full-path="c/p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/'
        '1.1/"><dc:title>Ropes</dc:title></metadata><manifest><item id="a" href="a.xhtml" media-type="application/'
        'xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    return pack(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "c/p.opf": package.encode(),
            "c/a.xhtml": to_html(text).encode(),
        }
    )


_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "presentation": "presentation",
    }.items()
)
_ODT_BODY = (
    '<text:h text:outline-level="1">Ropes</text:h><text:p>A rope is <text:span>laid</text:span><text:s text:c="3"/>of '
    'yarns.<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>By '
    "hand.</text:p></text:note-body></text:note></text:p><text:list><text:list-item><text:p>Hemp comes from a farm."
    "</text:p></text:list-item></text:list>"
)
_CELLS = '<table:table-cell><text:p>Bell rope</text:p></table:table-cell><table:table-cell office:value="18"/>'
_ODS_BODY = (
    '<table:table table:name="Ropes"><table:table-row table:number-rows-repeated="2">'
    f'{_CELLS}<table:table-cell table:number-columns-repeated="16382"/></table:table-row></table:table>'
)
_ODP_BODY = (
    '<draw:page draw:name="One"><draw:frame presentation:class="title"><draw:text-box><text:p>Ropes</text:p>'
    "</draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Say it slowly.</text:p>"
    "</draw:text-box></draw:frame></presentation:notes></draw:page>"
)


def _content(kind: str, body: str) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMESPACES} office:mimetype="{mimetype}" '
        f'office:version="1.3"><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>'
    ).encode()


def _open_document(kind: str, body: str) -> bytes:
    content = _content(kind, body).replace(b"office:document ", b"office:document-content ")
    content = content.replace(b"</office:document>", b"</office:document-content>")
    return pack({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": content})


def _rtf(text: SourceText) -> bytes:
    lines = [
        r"\pard " + "".join(_rtf_character(one) for one in line) + r"\par" for line in to_plain(text).split("\n\n")
    ]
    head = r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Times;}}{\info{\title Ropes}}"
    table = r"\trowd\cellx1000\cellx2000\intbl Bell rope\cell 18\cell\row"
    return "\n".join([head, *lines, table, "}"]).encode("ascii")


def _rtf_character(character: str) -> str:
    if character in "\\{}":
        return "\\" + character
    return character if character.isascii() else f"\\u{ord(character)}?"


def _eml(text: SourceText) -> bytes:
    attached = pack({"inner.txt": b"A rope in a box.\n"})
    encoded = base64.encodebytes(attached).decode()
    return (
        "From: =?utf-8?q?Mira_=C3=84?= <mira@example.org>\nTo: board@example.org\nSubject: Ropes\n"
        "Date: Thu, 14 Mar 2024 09:30:00 +0100\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="=b1"\n\n--=b1\nContent-Type: text/html; charset="utf-8"\n'
        f"Content-Transfer-Encoding: 8bit\n\n{to_html(text)}\n--=b1\nContent-Type: application/zip\n"
        f'Content-Disposition: attachment; filename="box.zip"\nContent-Transfer-Encoding: base64\n\n{encoded}--=b1--\n'
    ).encode()
