"""Small PDF files made by hand, so that a test knows where each word stands; and what must be true of any PDF."""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from source.document import Extraction
from source.pdf.reader import load_pdf
from tests.checks import check_coverage, check_passages

WIDTH, HEIGHT = 600, 800

BELLS = ["The old bell of the town hangs in the north tower,", "and it has been rung by hand since the year 1874."]
TIDES = ["High water comes to the harbour twice a day, later", "by fifty minutes each day than on the day before."]
ROPES = ["Ropes are made of hemp and are changed every ten", "years, whether or not they show any sign of wear."]

_FONTS = "/F1 3 0 R /F2 4 0 R /F3 5 0 R /F4 8 0 R"
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ID = b"0123456789abcdef"
_PERMISSIONS = -4


class At(NamedTuple):
    """Words at a place on a page, measured in points from its lowest left corner; `spread` widens their blanks."""

    left: float
    bottom: float
    words: str
    size: float = 10
    font: str = "F1"
    matrix: str = "1 0 0 1"
    spread: float = 0


def column(left: float, top: float, lines: Sequence[str], size: float = 10) -> list[At]:
    """Lines below one another, an empty one as a gap between paragraphs."""
    return [At(left, top - 1.2 * size * number, line, size) for number, line in enumerate(lines) if line]


def turned(at: At, quarters: int) -> At:
    """`at` on a page that was turned, so that its text runs up, upside down, or down."""
    x, y = at.left, at.bottom
    left, bottom = {0: (x, y), 1: (HEIGHT - y, x), 2: (WIDTH - x, HEIGHT - y), 3: (y - HEIGHT + WIDTH, HEIGHT - x)}[
        quarters
    ]
    matrix = {0: "1 0 0 1", 1: "0 1 -1 0", 2: "-1 0 0 -1", 3: "0 -1 1 0"}[quarters]
    return at._replace(left=left, bottom=bottom, matrix=matrix)


def make_pdf(
    pages: Iterable[Iterable[At]],
    *,
    title: str = "",
    page_entries: str = "",
    scans: Sequence[NDArray[np.uint8] | None] = (),
    passwords: tuple[str, str] | None = None,
) -> bytes:
    """A PDF in Helvetica (F1) and Helvetica Bold (F2); F3's letters are in Unicode's private area, F4 has ligatures.

    `scans` are grey pictures that fill the pages, below their words. `passwords` are those of the user and the owner.
    """
    private = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <00> <FF> <E000> endbfrange"
    ligatures = (
        b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <0020> endbfrange"
        b" 1 beginbfchar <07> <00660069> endbfchar"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        _font("Helvetica", more=" /ToUnicode 6 0 R"),
        _stream(private),
        b"<< /Title (%s) >>" % _escaped(title),
        _font("Helvetica", "<< /BaseEncoding /WinAnsiEncoding /Differences [7 /fi] >>", " /ToUnicode 9 0 R"),
        _stream(ligatures),
    ]
    kids = []
    for number, page in enumerate(pages):
        scan = scans[number] if number < len(scans) else None
        content = b"" if scan is None else b"q %d 0 0 %d 0 0 cm /Scan Do Q\n" % (WIDTH, HEIGHT)
        content += b"".join(map(_shown, page))
        more = ""
        if scan is not None:
            objects.append(_picture(scan))
            more = f" /XObject << /Scan {len(objects)} 0 R >>"
        objects.append(_stream(content))
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] {page_entries}"
            f" /Resources << /Font << {_FONTS} >>{more} >> /Contents {len(objects)} 0 R >>".encode()
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects) if passwords is None else _locked_file(objects, *passwords)


def _shown(at: At) -> bytes:
    place = b"%g Tw %s %g %g Tm" % (at.spread, at.matrix.encode(), at.left, at.bottom)
    return b"BT /%s %g Tf %s (%s) Tj ET\n" % (at.font.encode(), at.size, place, _escaped(at.words))


def _file(objects: Sequence[bytes], more: bytes = b"") -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"<< /Size %d /Root 1 0 R /Info 7 0 R%s >>" % (size, more)
    end = b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def _locked_file(objects: Sequence[bytes], user: str, owner: str) -> bytes:
    """The oldest of PDF's locks: RC4 with a key of five bytes (ISO 32000-1, 7.6.3)."""
    padded = [(password.encode("latin-1") + _PADDING)[:32] for password in (user, owner or user)]
    owned = _rc4(_md5(padded[1])[:5], padded[0])
    key = _md5(padded[0] + owned + _PERMISSIONS.to_bytes(4, "little", signed=True) + _ID)[:5]
    locked = []
    for number, content in enumerate(objects, start=1):
        head, mark, body = content.partition(b"stream\n")
        end = b"\nendstream"
        own_key = _md5(key + number.to_bytes(3, "little") + bytes(2))[:10]
        locked.append(head + mark + _rc4(own_key, body.removesuffix(end)) + end if mark else content)
    entries = b"/Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d" % (
        owned.hex().encode(),
        _rc4(key, _PADDING).hex().encode(),
        _PERMISSIONS,
    )
    identity = _ID.hex().encode()
    return _file(locked, b" /Encrypt << %s >> /ID [<%s> <%s>]" % (entries, identity, identity))


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    at = 0
    for number in range(256):
        at = (at + state[number] + key[number % len(key)]) % 256
        state[number], state[at] = state[at], state[number]
    one = other = 0
    coded = bytearray()
    for byte in data:
        one = (one + 1) % 256
        other = (other + state[one]) % 256
        state[one], state[other] = state[other], state[one]
        coded.append(byte ^ state[(state[one] + state[other]) % 256])
    return bytes(coded)


def _font(name: str, encoding: str = "/WinAnsiEncoding", more: str = "") -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding {encoding}{more} >>".encode()


def _picture(pixels: NDArray[np.uint8]) -> bytes:
    height, width = pixels.shape
    shape = f"/Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    return _stream(zlib.compress(pixels.tobytes()), f"/Type /XObject /Subtype /Image {shape} ")


def _stream(content: bytes, entries: str = "") -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(content), content)


def _escaped(words: str) -> bytes:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")


def check_pdf(extraction: Extraction) -> Extraction:
    """`extraction`, whose passages and pages lose nothing."""
    check_passages(extraction)
    parts, text = extraction.parts, extraction.text
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert all(one.span.end <= other.span.start for one, other in pairwise(parts))
    assert all((part.state in {"text", "OCR"}) == (len(part.span) > 0) for part in parts)
    check_coverage(text, [part.span for part in parts if len(part.span)])
    assert "\0" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    return extraction


def load(*pages: Sequence[At], title: str = "", page_entries: str = "") -> Extraction:
    """What is read from a PDF of these pages."""
    return check_pdf(load_pdf(make_pdf(pages, title=title, page_entries=page_entries)))


def blocks_of(extraction: Extraction) -> list[tuple[str, str]]:
    """The role of each block and what it says."""
    return [(block.role, block.span.of(extraction.text)) for block in extraction.blocks]


def body_of(extraction: Extraction) -> list[str]:
    """What its paragraphs say."""
    return [words for role, words in blocks_of(extraction) if role == "body"]


@contextmanager
def without_tesseract() -> Iterator[None]:
    """Read PDFs as on a machine where Tesseract is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")
        yield


def need_tesseract() -> None:
    """Skip the test where Tesseract is not installed, unless it is required."""
    if shutil.which("tesseract") is None:
        if os.environ.get("QA_REQUIRE_OCR") == "1":
            pytest.fail("no tesseract")
        pytest.skip("no tesseract")
