"""Hits, citations and answers: what retriever and reader give back.

A citation holds no quote of its own: its quote is cut from its passage, which is cut from the document, so it
cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from index.records import DocumentRecord, StoredPassage
from qa.abbreviations import Expansion
from qa.quoted_phrases import QuotedPhrase
from qa.spelling import Correction
from source.boxes import LineBox
from source.document import Location, Part, Span
from source.errors import printable

DifferenceKind = Literal["number", "date", "negation"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer, and the scores it was found by; higher is better.

    A search puts the best few in the order of a second reading, of which these say nothing. `score` sums evidence of
    the passage (see `qa.retrieve`); `cosine` is that of its sentence nearest to the question (-1 to 1), and
    `keyword_share` its BM25 `keyword_score` as a share of the best one for this question (0 to 1).
    """

    passage: StoredPassage
    document: DocumentRecord
    score: float
    cosine: float
    keyword_score: float
    keyword_share: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `span` is one or more whole sentences of `passage`.

    `answering` are the spans in it of the words that answer; `score` is that of the reader, higher is better. `boxes`
    are where its lines stand on the pages of a PDF; none in any other document.
    """

    document: DocumentRecord
    passage: StoredPassage
    span: Span
    answering: tuple[Span, ...]
    score: float
    boxes: tuple[LineBox, ...] = ()

    def __post_init__(self) -> None:
        inside = self.passage.span.start <= self.span.start < self.span.end <= self.passage.span.end
        if not inside or not all(self.span.start <= one.start < one.end <= self.span.end for one in self.answering):
            message = f"{self.span} with {self.answering} is no quote of the passage at {self.passage.span}"
            raise ValueError(message)

    @property
    def quote(self) -> str:
        """The quoted words, as they stand in the document."""
        start = self.passage.span.start
        return self.passage.text[self.span.start - start : self.span.end - start]

    @property
    def location(self) -> Location:
        """Where the quote stands, for people: the lines are those of the quote itself."""
        return self.passage.location_of(self.span)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two of an answer's citations that differ: their places among them, from 0, and the words of each that do.

    The spans count code points of their documents' texts.
    """

    kind: DifferenceKind
    citations: tuple[int, int]
    words: tuple[Span, Span]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question: quotes, or none and what came nearest.

    `score` is the probability that the documents answer at all, 0 to 1; below `threshold` there are no citations.
    `nearest` are the best passages where there is no answer. `missing_words` are words of the question that stand
    in no document, in no form; `corrections` those that were taken for misspelt and searched for as the documents spell
    them, abbreviations and long forms that were searched for in their other form, too, and phrases in quotation marks,
    which passages had to hold. `seconds` is the time it
    took. `notice` says so if the model cannot read the question (see `qa.unread`).
    """

    question: str
    score: float
    threshold: float
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    missing_words: tuple[str, ...]
    seconds: float
    differences: tuple[Difference, ...] = ()
    corrections: tuple[Correction | Expansion | QuotedPhrase, ...] = ()
    notice: str = ""

    @property
    def answered(self) -> bool:
        """True if the documents answer."""
        return bool(self.citations)

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values, for JSON: see `citation_dict` for its quotes."""
        return {
            "question": self.question,
            "answered": self.answered,
            "score": round(self.score, 4),
            "citations": [citation_dict(citation) for citation in self.citations],
            "nearest": [citation_dict(citation) for citation in self.nearest],
            "missing_words": list(self.missing_words),
            "differences": [_difference_dict(difference) for difference in self.differences],
            "seconds": round(self.seconds, 4),
        } | self._searched_otherwise()

    def _searched_otherwise(self) -> dict[str, Any]:
        kinds = {"corrections": Correction, "expansions": Expansion, "phrases": QuotedPhrase}
        told = {
            name: [asdict(one) for one in self.corrections if isinstance(one, kind)] for name, kind in kinds.items()
        }
        unread: dict[str, Any] = {"notice": self.notice} if self.notice else {}
        return {name: ones for name, ones in told.items() if ones} | unread


def citation_dict(citation: Citation) -> dict[str, Any]:
    """A citation as plain values; `start` and `end` count code points of the document's text."""
    return {
        "quote": citation.quote,
        **_document_dict(citation.document),
        "start": citation.span.start,
        "end": citation.span.end,
        "answering": [[span.start, span.end] for span in citation.answering],
        "location": _location_dict(citation.location),
        "boxes": [_box_dict(box) for box in citation.boxes],
        "passage": _passage_dict(citation.passage),
        "score": round(citation.score, 4),
    }


def hit_dict(hit: Hit) -> dict[str, Any]:
    """A hit as plain values, its location that of the whole passage."""
    return {
        **_document_dict(hit.document),
        "location": _location_dict(hit.passage.location_of(hit.passage.span)),
        "passage": _passage_dict(hit.passage),
        "score": round(hit.score, 4),
        "cosine": round(hit.cosine, 4),
        "keyword_score": round(hit.keyword_score, 4),
        "keyword_share": round(hit.keyword_share, 4),
    }


def difference_words(difference: Difference, citations: Sequence[Citation], numbers: Sequence[int]) -> str:
    """A difference in a sentence, with no verdict; `numbers` are those that the citations are shown with."""
    quotes = [citations[place] for place in difference.citations]
    said = [" ".join(_cut(quote, words).split()) for quote, words in zip(quotes, difference.words, strict=True)]
    first, second = (numbers[place] for place in difference.citations)
    if difference.kind == "negation":
        return f"Your documents differ: of quotes {first} and {second} only one denies it."
    return f"Your documents differ: quote {first} says “{said[0]}”, quote {second} “{said[1]}”."


def _cut(quote: Citation, words: Span) -> str:
    return quote.quote[words.start - quote.span.start : words.end - quote.span.start]


def _difference_dict(difference: Difference) -> dict[str, Any]:
    words = [[span.start, span.end] for span in difference.words]
    return {"kind": difference.kind, "citations": list(difference.citations), "words": words}


def _document_dict(document: DocumentRecord) -> dict[str, Any]:
    fetched = {"origin": document.origin, "fetched_at": document.fetched_at} if document.origin else {}
    return {"document": document.name, "path": document.path, "sha256": document.sha256, **fetched}


def _location_dict(location: Location) -> dict[str, Any]:
    lines = [location.lines.first, location.lines.last] if location.lines else None
    parts = [_part_dict(part) for part in location.parts]
    counted = {"rows": lines} if location.counts_rows else {"lines": lines}
    return {"paragraph": location.paragraph, "headings": list(location.headings), **counted, "parts": parts}


def _box_dict(box: LineBox) -> dict[str, Any]:
    """`box` is left, top, right and bottom in shares of the page's width and height, from its top left corner."""
    edges = (box.left, box.top, box.right, box.bottom)
    return {"page": box.page, "box": [round(edge, 5) for edge in edges]}


def _part_dict(part: Part) -> dict[str, Any]:
    return {"kind": part.kind, "number": part.number, "name": part.name, "ocr": part.state == "OCR"}


def _passage_dict(passage: StoredPassage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "start": passage.span.start,
        "end": passage.span.end,
        "headings": list(passage.headings),
    }


def saved(document: DocumentRecord) -> str:
    """When a document was saved from the web, as `saved 2026-11-24`; empty for any other."""
    return f"saved {document.fetched_at[:10]}" if document.fetched_at else ""


def place(location: Location) -> str:
    """A location in words: `page 3, paragraph 5`, `page 4 (read by OCR), paragraph 7`, `paragraph 5, lines 14-15`."""
    words = [_part_words(part) for part in location.parts]
    words.append(f"paragraph {location.paragraph}")
    if location.lines is not None:
        first, last = location.lines.first, location.lines.last
        unit = "row" if location.counts_rows else "line"
        words.append(f"{unit} {first}" if first == last else f"{unit}s {first}-{last}")
    return ", ".join(words)


def _part_words(part: Part) -> str:
    name = f" ({printable(part.name)})" if part.name else ""
    return f"{part.kind} {part.number}{name}{' (read by OCR)' if part.state == 'OCR' else ''}"
