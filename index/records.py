"""What a library gives back: documents, passages and sentences as they are stored, with their ids."""

from __future__ import annotations

from dataclasses import dataclass

from index.vectors import Vectors
from source.document import Lines, Location, Part, Role, Span
from source.lines import LINE_END


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the library lists it.

    `added_at` is ISO 8601 in UTC. The counts of characters are those of its body, heading and furniture passages;
    those of parts are of its pages or the like, and of the ones among them that could not be read or were by OCR.
    `origin` is the web address that a saved page came from, and `fetched_at` when; both are empty for any other.
    """

    id: int
    name: str
    path: str
    sha256: str
    size_bytes: int
    format: str
    encoding: str
    title: str
    added_at: str
    body_passages: int
    body_chars: int
    heading_chars: int
    furniture_chars: int
    parts: int
    parts_without_text: int
    parts_unreadable: int
    parts_by_ocr: int
    origin: str = ""
    fetched_at: str = ""

    @property
    def extracted_chars(self) -> int:
        """All characters that were read of it, blanks between passages left out."""
        return self.body_chars + self.heading_chars + self.furniture_chars


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the library keeps it; `text` is the slice `span` of its document."""

    id: int
    document_id: int
    number: int
    role: Role
    span: Span
    headings: tuple[str, ...]
    lines: Lines | None
    parts: tuple[Part, ...]
    text: str

    def location_of(self, span: Span) -> Location:
        """Where `span`, which lies in this passage, stands, for people."""
        parts = tuple(part for part in self.parts if part.span.overlaps(span))
        return Location(self.number, self.headings, self._lines_of(span), parts)

    def _lines_of(self, span: Span) -> Lines | None:
        if self.lines is None:
            return None
        before = self.text[: span.start - self.span.start]
        first = self.lines.first + len(LINE_END.findall(before))
        return Lines(first, first + len(LINE_END.findall(self.text[len(before) : span.end - self.span.start])))


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence of a body passage as the library keeps it; `vector` is (dimension,) float32 of length 1."""

    id: int
    passage_id: int
    span: Span
    folded: str
    vector: Vectors
