"""Files that ask for far more than they are: of memory, of depth, of time, or of what is not theirs."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.measure.fuzz_seeds import made_seeds, pack, unpack

_MEGABYTE = 1_000_000
SECRET_FILE = "/etc/passwd"


@dataclass(frozen=True, slots=True)
class Bomb:
    """A hostile file: what it is called here, its suffix, and what makes its bytes."""

    name: str
    suffix: str
    make: Callable[[], bytes]


def _seed(suffix: str) -> bytes:
    return next((seed.data for seed in made_seeds() if seed.suffix == suffix), b"")


def _with_member(suffix: str, change: Callable[[bytes], bytes]) -> bytes:
    """The seed of this kind with its main member changed."""
    members = unpack(_seed(suffix))
    main = _MAIN_MEMBERS[suffix]
    return pack({**members, main: change(members[main])})


_MAIN_MEMBERS = {
    ".docx": "word/document.xml",
    ".pptx": "ppt/slides/slide1.xml",
    ".xlsx": "xl/worksheets/sheet1.xml",
    ".odt": "content.xml",
    ".odp": "content.xml",
    ".ods": "content.xml",
    ".epub": "c/a.xhtml",
}
_TEXTS = {
    ".docx": b"<w:t>",
    ".pptx": b"<a:t>",
    ".xlsx": b"<v>",
    ".odt": b"<text:p>",
    ".odp": b"<text:p>",
    ".ods": b"<text:p>",
    ".epub": b"<p>",
}
_LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>%s]>" % b"".join(
    b"<!ENTITY a%d '%s'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 10)
)
_OUTSIDE = f"<!DOCTYPE x [<!ENTITY a9 SYSTEM 'file://{SECRET_FILE}'>]>".encode()


def _with_entity(suffix: str, doctype: bytes) -> bytes:
    def change(xml: bytes) -> bytes:
        head, mark, rest = xml.partition(b"?>")
        xml = head + mark + doctype + rest if mark else doctype + xml
        return xml.replace(_TEXTS[suffix], _TEXTS[suffix] + b"&a9;", 1)

    return _with_member(suffix, change)


def _swollen(suffix: str, megabytes: int) -> bytes:
    """The seed with so much white space, or so many letters, in its text that it unpacks to a multiple."""
    text = _TEXTS[suffix]
    return _with_member(suffix, lambda xml: xml.replace(text, text + b"swell " * (megabytes * _MEGABYTE // 6), 1))


def _nested(suffix: str, opening: bytes, closing: bytes, depth: int) -> bytes:
    text = _TEXTS[suffix]
    return _with_member(suffix, lambda xml: xml.replace(text, opening * depth + closing * depth + text, 1))


def _zip_in_zip(depth: int) -> bytes:
    data = pack({"bottom.txt": b"The bottom of it all.\n"})
    for _ in range(depth):
        data = pack({f"{number}.zip": data for number in range(3)})
    return data


def _overlapping_zip() -> bytes:
    """Many names for the same packed bytes."""
    packed = bytearray(pack({"a.txt": b"swell " * (10 * _MEGABYTE // 6)}))
    place = packed.rindex(b"PK\x01\x02")
    end = packed.rindex(b"PK\x05\x06")
    entry = bytes(packed[place:end])
    tail = bytearray(packed[end:])
    tail[8:12] = (1000).to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * 1000).to_bytes(4, "little")
    return bytes(packed[:place]) + entry * 1000 + bytes(tail)


def _strange_names() -> bytes:
    names = ["../up.txt", "/root.txt", "C:\\windows.txt", "a//b.txt", "./c.txt", "..", "x/../../y.txt", "nul\0l.txt"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in [*names, "same.txt", "SAME.txt", "a" * 5000 + ".txt"]:
            archive.writestr(zipfile.ZipInfo(name), "A line of text to be found.\n")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, SECRET_FILE)
    return packed.getvalue()


def _pdf(content: bytes, *, filters: bytes = b"", pages: bytes = b"", box: bytes = b"[0 0 600 800]") -> bytes:
    """A PDF without a table of its objects, which readers then look for."""
    kids = pages or b"[3 0 R]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids %s /Count 1 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>" % box,
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n"


def _deflated_pdf(megabytes: int, times: int) -> bytes:
    content = b"BT /F1 9 Tf 50 50 Td (swell) Tj ET\n" * (megabytes * _MEGABYTE // 36)
    for _ in range(times):
        content = zlib.compress(content, 9)
    return _pdf(content, filters=b"/Filter [%s]" % (b"/FlateDecode " * times))


def _crowded_pdf(letters: int) -> bytes:
    """A page with so many letters, all at a few places."""
    return _pdf(b"BT /F1 9 Tf 50 50 Td " + b"(crowd) Tj 1 0 Td\n" * (letters // 5) + b"ET")


def _many_pages_pdf(count: int) -> bytes:
    return _pdf(b"BT /F1 9 Tf 50 50 Td (page) Tj ET", pages=b"[%s]" % (b"3 0 R " * count))


def _sheet(rows: bytes) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return _with_member(".xlsx", lambda _: head + rows + b"</worksheet>")


def _repeated(count: int) -> bytes:
    text = b'table:number-rows-repeated="2"'
    more = b'table:number-rows-repeated="%d"' % count
    cell, many = b"<table:table-cell><text:p>", b'<table:table-cell table:number-columns-repeated="16384"><text:p>'
    return _with_member(".ods", lambda xml: xml.replace(text, more).replace(cell, many, 1))


def _mail(depth: int) -> bytes:
    """Multiparts in multiparts."""
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (one, one) for one in range(depth))
    return b"Subject: deep\nMIME-Version: 1.0\n" + heads + b"Content-Type: text/plain\n\nThe bottom of it.\n"


def _in_charset(name: bytes) -> bytes:
    return b"Subject: x\nContent-Type: text/plain; charset=%s\n\nA line of \xe9t\xe9 to be found.\n" % name


def _page_in_charset(name: bytes) -> bytes:
    return b"<meta charset=%s>" % name + _HTML % b"\xe9"


_HTML = b"<html><body><p>A line of text to be found.</p>%s</body></html>"
_FOUND = b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>found</t></is></c></row>'
_LAST = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'


def _bombs() -> Iterator[Bomb]:
    zipped = [suffix for suffix in _MAIN_MEMBERS if _seed(suffix)]
    for suffix in zipped:
        yield Bomb("entities", suffix, partial(_with_entity, suffix, _LAUGHS))
        yield Bomb("outside entity", suffix, partial(_with_entity, suffix, _OUTSIDE))
        yield Bomb("8 MB of text", suffix, partial(_swollen, suffix, 8))
        yield Bomb("200 MB of text", suffix, partial(_swollen, suffix, 200))
        yield Bomb("deep", suffix, partial(_nested, suffix, b"<w:p>", b"</w:p>", 50_000))
    yield Bomb(
        "deep tables", ".docx", lambda: _nested(".docx", b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>", 3000)
    )
    yield Bomb(
        "deep lists",
        ".odt",
        lambda: _nested(".odt", b"<text:list><text:list-item>", b"</text:list-item></text:list>", 3000),
    )
    yield Bomb("deep zips", ".zip", lambda: _zip_in_zip(6))
    yield Bomb("overlapping", ".zip", _overlapping_zip)
    yield Bomb("strange names", ".zip", _strange_names)
    yield Bomb("deflated", ".pdf", lambda: _deflated_pdf(50, 1))
    yield Bomb("deflated twice", ".pdf", lambda: _deflated_pdf(100, 2))
    yield Bomb("crowded", ".pdf", lambda: _crowded_pdf(1_000_000))
    yield Bomb("20,000 pages", ".pdf", lambda: _many_pages_pdf(20_000))
    yield Bomb("pages in a ring", ".pdf", lambda: _pdf(b"", pages=b"[2 0 R]"))
    yield Bomb("huge page", ".pdf", lambda: _pdf(b"BT (x) Tj ET", box=b"[0 0 1e30 -1e30]"))
    yield Bomb("deep arrays", ".pdf", lambda: _pdf(b"[" * 100_000 + b"]" * 100_000))
    yield Bomb("last cell", ".xlsx", lambda: _sheet(b'<dimension ref="A1:XFD1048576"/>' + _FOUND + _LAST))
    yield Bomb(
        "merged",
        ".xlsx",
        lambda: _sheet(_FOUND + b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    )
    yield Bomb("repeated", ".ods", lambda: _repeated(1_048_576))
    yield Bomb(
        "wide cell",
        ".html",
        lambda: _HTML % (b'<table><tr><td colspan="99999999" rowspan="99999999">a<td>b</table>' * 99),
    )
    yield Bomb("deep", ".html", lambda: _HTML % (b"<div>" * 200_000))
    yield Bomb("deep tables", ".html", lambda: _HTML % (b"<table><tr><td>" * 20_000))
    yield Bomb("long attribute", ".html", lambda: _HTML % (b"<p title='" + b"a" * 5 * _MEGABYTE + b"'>b"))
    yield Bomb("deep quotes", ".md", lambda: b">" * 100_000 + b" a line to be found\n")
    yield Bomb("brackets", ".md", lambda: b"[" * 100_000 + b"a](" * 50_000)
    yield Bomb("deep lists", ".md", lambda: b"\n".join(b"  " * one + b"- item" for one in range(3000)))
    yield Bomb("stars", ".md", lambda: b"*a **b " * 50_000)
    yield Bomb("one line", ".txt", lambda: b"word " * _MEGABYTE)
    yield Bomb("one word", ".txt", lambda: b"w" * 5 * _MEGABYTE)
    yield Bomb("line ends", ".txt", lambda: b"a\r\n\n\r" * _MEGABYTE)
    yield Bomb("combining", ".txt", ("e" + "\u0301" * 500_000).encode)
    yield Bomb("many cells", ".csv", lambda: b"a,b\n" + b"," * 2 * _MEGABYTE + b"c\n")
    yield Bomb("open quote", ".csv", lambda: b'a,b\n"' + b"c,d\n" * _MEGABYTE)
    yield Bomb("deep groups", ".rtf", lambda: b"{\\rtf1 " + b"{" * 200_000 + b" deep " + b"}" * 200_000 + b"}")
    yield Bomb(
        "binary", ".rtf", lambda: b"{\\rtf1 found \\bin2147483647 " + b"x" * 1000 + b"\\u-99999999? \\'zz\\cellx9}"
    )
    yield Bomb("deep parts", ".eml", lambda: _mail(5000))
    yield Bomb("long header", ".eml", lambda: b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nA line to be found.\n")
    for name in (b"undefined", b"punycode", b"rot13", b"unicode_escape", b"utf-7", b"\xff", b"idna", b"zlib"):
        yield Bomb(f"charset {name.decode('latin-1')}", ".eml", partial(_in_charset, name))
        yield Bomb(
            f"charset {name.decode('latin-1')}",
            ".html",
            partial(_page_in_charset, name),
        )


BOMBS = tuple(_bombs())
