"""The records that everything else passes around: spans, documents, passages and their places.

A position is an index into a document's text, counted in Unicode code points; that text is never changed after
loading, so a span names the same words for ever. All records are frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from source.boxes import PageBoxes

Role = Literal["body", "heading", "furniture"]
"""What a passage is for: `body` is ranked and quoted, a `heading` is searched with the body below it, and
`furniture` (navigation, captions, credits, repeated titles) is kept and shown but never ranked."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of code points in a document's text; `0 <= start <= end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            message = f"not a span: [{self.start}, {self.end})"
            raise ValueError(message)

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` in this span."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """True if at least one code point lies in both."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit that is embedded and quoted: a span, and its folded copy for searching (see `source.fold`)."""

    span: Span
    folded: str


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, table or list as a loader found it.

    `level` is 1 to 6 for a heading and 0 otherwise. `sentences` is empty unless the loader knows them better than
    the sentence splitter does (the rows of a table).
    """

    span: Span
    role: Role
    level: int = 0
    sentences: tuple[Sentence, ...] = ()


PartKind = Literal["page", "slide", "sheet", "chapter"]
PartState = Literal["text", "OCR", "no text", "unreadable"]
"""How a part was read: `OCR` is text that was read from a picture of the page, `no text` may be a scan or an empty
page, `unreadable` is one that failed or has no sense."""


@dataclass(frozen=True, slots=True)
class Part:
    """A page, slide, sheet or chapter: where its text stands, its number (1-based, of its kind) and its name, if any.

    The span of a part that has no text is empty.
    """

    span: Span
    kind: PartKind
    number: int
    name: str = ""
    state: PartState = "text"


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a loader makes of a file's bytes.

    `text` is what the file says, `blocks` are disjoint, in order, and hold every non-blank character of it.
    `text_is_file` is true where `text` is the decoded file itself, so that its lines are the file's lines. `parts`
    are disjoint and in order, and hold all of the text where the file has pages or the like; else there are none.
    `encoding` is the codec of a text file, and empty for any other. `rows_in_parts` is true where each line of a part
    is a row of it, and is counted from there. `boxes` are those of its pages, where it has any.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str
    encoding: str
    text_is_file: bool
    markup: Markup
    parts: tuple[Part, ...] = ()
    rows_in_parts: bool = False
    boxes: tuple[PageBoxes, ...] = ()


Markup = Literal["none", "markdown"]
"""Which inline markup `text` still holds; folding removes it from the copy that is searched."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Line numbers, 1-based and inclusive; a line ends at LF, CR LF or CR only."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Location:
    """A span for people: the number of its paragraph (1-based), its heading path, its lines in the file, its parts.

    `lines` is None where the text was extracted, and so has no lines of its own; in a sheet, they are its rows.
    `parts` are the pages or the like that the span touches; none where the file has none.
    """

    paragraph: int
    headings: tuple[str, ...]
    lines: Lines | None
    parts: tuple[Part, ...]

    @property
    def counts_rows(self) -> bool:
        """True if `lines` are the rows of a sheet."""
        return any(part.kind == "sheet" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit shown and ranked: one paragraph, or a piece of a long one.

    `number` is 1-based and counts all passages of the document in order. `headings` runs from the title down.
    `sentences` are disjoint, in order, and hold every non-blank character of `span`.
    """

    number: int
    span: Span
    role: Role
    headings: tuple[str, ...]
    lines: Lines | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it was read: its name, place, digest and extracted text, with its passages.

    `sha256` is the digest of the file's bytes, in hexadecimal. `format` is the loader's name ("text", "markdown").
    `parts` are its pages or the like, `boxes` where the words stand on them. `origin` is the web address that a saved
    page came from, and `fetched_at` when, in ISO 8601 and UTC; both are empty for any other.
    """

    name: str
    path: str
    sha256: str
    size_bytes: int
    format: str
    encoding: str
    title: str
    text: str
    passages: tuple[Passage, ...]
    parts: tuple[Part, ...] = ()
    boxes: tuple[PageBoxes, ...] = ()
    origin: str = ""
    fetched_at: str = ""
