r"""The characters of RTF: bytes in the code page of their font, \u escapes, and the words that stand for one."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from source.rtf.tokens import Token

SYMBOL = "symbol"
"""What stands for the encoding of Adobe's Symbol font among the code pages."""

DEFAULT_CODE_PAGE = "cp1252"

# \fcharset by number (RTF 1.9.1, "Font Table"). 1 is the document's own, and so are the letters of a font of signs.
_CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_SPECIAL_PAGES = {65001: "utf-8", 10000: "mac_roman", 10007: "mac_cyrillic", 936: "gbk", 1361: "johab"}

CHARACTERS = {
    b"bullet": "•",
    b"emdash": "—",
    b"emspace": "\u2003",
    b"endash": "–",
    b"enspace": "\u2002",
    b"ldblquote": "“",
    b"line": "\n",
    b"lquote": "‘",
    b"ltrmark": "\u200e",
    b"qmspace": "\u2005",
    b"rdblquote": "”",
    b"rquote": "’",
    b"rtlmark": "\u200f",
    b"tab": "\t",
    b"zwj": "\u200d",
    b"zwnj": "\u200c",
}
"""Control words that stand for a character."""

SYMBOLS = {
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"~": "\u00a0",
    b"-": "\u00ad",
    b"_": "\u2011",
    b"\t": "\t",
}
"""Control symbols that stand for a character."""

_LETTERS_IN_SYMBOL = dict(
    zip(
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\xa3\xae\xb0\xb1\xb3\xb4\xb7\xb9",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ≤→°±≥×•≠",
        strict=True,
    )
)
_PRIVATE_USE = 0xF000
# Line ends and tabs are written as words; no other control character is text, and SQLite ends a text at the first.
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(slots=True)
class Fonts:
    """The code pages of fonts by number, as their table is read, and that of the document."""

    default: int = 0
    document_page: str = DEFAULT_CODE_PAGE
    _pages: dict[int, str | None] = field(default_factory=dict)
    _latest: int = 0

    def read(self, token: Token) -> None:
        """Take in what the table says of a font."""
        number = token.number or 0
        if token.text == b"f":
            self._latest = number
        elif token.text == b"fcharset":
            self._pages[self._latest] = _CHARSETS.get(number)
        elif token.text == b"cpg":
            self._pages[self._latest] = _code_page(number)

    def read_name(self, name: bytes) -> None:
        """Take in the name of the latest font, or the beginning of it."""
        if name.strip().lower().startswith(b"symbol"):
            self._pages[self._latest] = SYMBOL

    def set_document_page(self, number: int) -> None:
        """Note the code page of what is in no font that has one; a number that stands for none is passed over."""
        self.document_page = _code_page(number) or self.document_page

    def page_of(self, font: int | None) -> str:
        """The code page of text in a font; None for the font of what says nothing."""
        return self._pages.get(self.default if font is None else font) or self.document_page


def _code_page(number: int) -> str | None:
    """The codec of a Windows or DOS code page; None if there is none."""
    name = _SPECIAL_PAGES.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


@dataclass(slots=True)
class TextBuffer:
    """Text as it grows out of bytes and UTF-16 units; bytes of one code page are decoded together."""

    _pieces: list[str] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)
    _pages: tuple[str, str] = (DEFAULT_CODE_PAGE, DEFAULT_CODE_PAGE)
    _units: list[int] = field(default_factory=list)

    def add_bytes(self, data: bytes, page: str, document_page: str) -> None:
        """Add text in the code page of a font, or, where it does not fit that, of the document."""
        self._end_units()
        if self._pages != (page, document_page):
            self._end_bytes()
            self._pages = (page, document_page)
        self._bytes += data

    def add_unit(self, unit: int, page: str) -> None:
        """Add half of a surrogate pair, or a whole character."""
        self._end_bytes()
        if page == SYMBOL and unit - _PRIVATE_USE in _LETTERS_IN_SYMBOL:
            unit = ord(_LETTERS_IN_SYMBOL[unit - _PRIVATE_USE])
        self._units.append(unit)

    def add_text(self, text: str) -> None:
        """Add characters as they are."""
        self._end_bytes()
        self._end_units()
        self._pieces.append(text)

    def take(self) -> str:
        """All that was added since this was called last."""
        self.add_text("")
        taken = "".join(self._pieces)
        self._pieces.clear()
        return taken

    def _end_bytes(self) -> None:
        if self._bytes:
            self._pieces.append(_CONTROLS.sub("", _decode(bytes(self._bytes), self._pages)))
            self._bytes.clear()

    def _end_units(self) -> None:
        """A surrogate without its other half is no character."""
        if self._units:
            data = b"".join(unit.to_bytes(2, "little") for unit in self._units)
            self._pieces.append(_CONTROLS.sub("", data.decode("utf-16-le", "ignore")))
            self._units.clear()


def _decode(data: bytes, pages: tuple[str, str]) -> str:
    if pages[0] == SYMBOL:
        return "".join(_LETTERS_IN_SYMBOL.get(byte, chr(byte)) for byte in data)
    for page in (*pages, DEFAULT_CODE_PAGE):
        try:
            return data.decode(page)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
