r"""RTF as tokens: braces, control words and symbols, bytes of text; binary data is stepped over.

A control word is a backslash, letters, maybe a number, and maybe a blank that belongs to it (RTF 1.9.1, "Conventions").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

TokenKind = Literal["open", "close", "word", "symbol", "byte", "text"]

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})? ?"
    rb"|\\'(?P<byte>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>\r\n|[^a-zA-Z])"
    rb"|(?P<open>\{)|(?P<close>\})"
    rb"|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)


class Token(NamedTuple):
    r"""`text` is a word without its backslash, a symbol, or what stands there; `number` that of a word, if it has one.

    A "byte" is one written as \'hh, and is in `text`.
    """

    kind: TokenKind
    text: bytes
    number: int | None = None

    def is_on(self) -> bool:
        r"""False for a property that is turned off, such as \b0."""
        return self.number != 0


def read_tokens(data: bytes) -> Iterator[Token]:
    """The tokens of `data` in order; line ends between them are none, and what is no token is stepped over."""
    position = 0
    while found := _TOKEN.search(data, position):
        position = found.end()
        kind = found.lastgroup
        if kind in {"word", "number"}:
            number = int(found["number"]) if found["number"] else None
            if found["word"] == b"bin":
                position += max(0, number or 0)
            yield Token("word", found["word"], number)
        elif kind == "byte":
            yield Token("byte", bytes.fromhex(found["byte"].decode()))
        elif kind == "symbol":
            yield Token("symbol", found["symbol"])
        elif kind == "open":
            yield Token("open", b"{")
        elif kind == "close":
            yield Token("close", b"}")
        else:
            yield Token("text", found["text"])
