"""Small PDF files made by hand, so that a test knows where each word stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 600, 800


class At(NamedTuple):
    """Words at a place on a page, measured in points from its lowest left corner."""

    left: float
    bottom: float
    words: str
    size: float = 10
    font: str = "F1"
    matrix: str = "1 0 0 1"


def column(left: float, top: float, lines: Sequence[str], size: float = 10) -> list[At]:
    """Lines below one another, an empty one as a gap between paragraphs."""
    return [At(left, top - 1.2 * size * number, line, size) for number, line in enumerate(lines) if line]


def make_pdf(pages: Iterable[Iterable[At]], *, title: str = "", page_entries: str = "") -> bytes:
    """A PDF in Helvetica (F1) and Helvetica Bold (F2), and in F3, whose letters are in Unicode's private area."""
    to_unicode = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <00> <FF> <E000> endbfrange"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        _font("Helvetica", " /ToUnicode 6 0 R"),
        _stream(to_unicode),
        b"<< /Title (%s) >>" % _escaped(title),
    ]
    kids = []
    for page in pages:
        content = b"".join(
            b"BT /%s %g Tf %s %g %g Tm (%s) Tj ET\n"
            % (at.font.encode(), at.size, at.matrix.encode(), at.left, at.bottom, _escaped(at.words))
            for at in page
        )
        objects.append(_stream(content))
        fonts = "/F1 3 0 R /F2 4 0 R /F3 5 0 R"
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] {page_entries}"
            f" /Resources << /Font << {fonts} >> >> /Contents {len(objects)} 0 R >>".encode()
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(data))
    )


def _font(name: str, more: str = "") -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding{more} >>".encode()


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _escaped(words: str) -> bytes:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
