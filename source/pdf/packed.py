"""Pages of a PDF in little memory, while others are read: what recurs on many pages is known only at the end.

A page of 500 words takes about 7 KB, and some 150 KB as objects.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import islice

import numpy as np

from source.boxes import Word
from source.document import PartState
from source.pdf.layout import Line

_LINE = np.dtype(
    [
        ("group", "<u4"),
        *((name, "<f8") for name in ("left", "right", "bottom", "top", "size")),
        ("is_bold", "?"),
        ("words", "<u4"),
    ]
)
_WORD = np.dtype([("start", "<u4"), ("end", "<u4"), *((edge, "<u2") for edge in ("left", "top", "right", "bottom"))])


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page: `lines` run as most of it does, each of `turned` another way. Its lowest point is 0."""

    lines: list[Line]
    turned: list[list[Line]]
    height: float
    state: PartState


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A page as bytes: the texts of its lines, which have no line ends, then where they are, then their words."""

    height: float
    state: PartState
    _texts: bytes
    _lines: bytes
    _words: bytes

    @classmethod
    def of(cls, page: Page) -> PackedPage:
        """`page`, packed."""
        lines = [(group, line) for group, lines in enumerate([page.lines, *page.turned]) for line in lines]
        places = [
            (group, line.left, line.right, line.bottom, line.top, line.size, line.is_bold, len(line.words))
            for group, line in lines
        ]
        return cls(
            page.height,
            page.state,
            zlib.compress("\n".join(line.text for _, line in lines).encode("utf-8", "surrogatepass"), 1),
            zlib.compress(np.array(places, dtype=_LINE).tobytes(), 1),
            zlib.compress(np.array([word for _, line in lines for word in line.words], dtype=_WORD).tobytes(), 1),
        )

    @property
    def has_text(self) -> bool:
        """True if something on it was read."""
        return self.state in {"text", "OCR"}

    def unpack(self) -> Page:
        """The page as it was."""
        texts = zlib.decompress(self._texts).decode("utf-8", "surrogatepass").split("\n")
        words = map(Word._make, np.frombuffer(zlib.decompress(self._words), dtype=_WORD).tolist())
        rows = np.frombuffer(zlib.decompress(self._lines), dtype=_LINE).tolist()
        groups: list[list[Line]] = [[]]
        # Where there are no lines, there is still the empty text.
        for text, (group, left, right, bottom, top, size, is_bold, count) in zip(texts, rows, strict=False):
            if group == len(groups):
                groups.append([])
            line = Line(text, left, right, bottom, top, size, is_bold, tuple(islice(words, count)))
            groups[group].append(line)
        return Page(groups[0], groups[1:], self.height, self.state)
