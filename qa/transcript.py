"""What is kept of an answer: its quotes with their places, complete enough to be shown when the documents are gone.

A `Reply` is made once, from an `Answer`, and what is shown, exported and copied is made from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa.answer import Answer, Citation, difference_words, place
from qa.llm.written import Written, read_written
from source.document import Span

# As much of a passage as is kept on either side of a quote from it.
_AROUND_CHARS = 110


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote, and where it stands: `text` is `[start, end)` of the document that has the digest `sha256`.

    `marks` are the answering words, spans of the document too, in order and disjoint. `before` and `after` are what
    stands around it in its passage, which goes on where they are cut. `sureness` is the chance that it answers, 0 to 1.
    """

    document_id: int
    document: str
    format: str
    sha256: str
    passage: int
    place: str
    headings: tuple[str, ...]
    start: int
    end: int
    text: str
    marks: tuple[tuple[int, int], ...]
    before: str
    after: str
    is_cut_before: bool
    is_cut_after: bool
    sureness: float

    @property
    def fragment(self) -> str:
        """Its address in the page: `#s/<document id>/<passage number>/<start>-<end>`."""
        return f"#s/{self.document_id}/{self.passage}/{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Searched:
    """What an answer was looked for in and with: so many documents of all, the model, the version of the program.

    `generation` is the library's then; 0 in answers that were kept before it was noted.
    """

    documents: int
    all_documents: int
    model: str
    program: str
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is kept: its quotes, those of one document together; or those that came nearest.

    `corrections` say which words were taken for misspelt, and first whether the model cannot read the question;
    `differences` where the quotes, numbered from 1, differ.
    `written` is what a language model wrote from them, if one was asked.
    """

    question: str
    answered: bool
    score: float
    quotes: tuple[Quote, ...]
    missing_words: tuple[str, ...]
    follow_ups: tuple[str, ...]
    searched: Searched
    seconds: float
    written: Written | None = None
    corrections: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    def as_json(self) -> str:
        """The reply as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_reply(text: str) -> Reply:
    """The reply that `Reply.as_json` wrote.

    Raises:
        ValueError: it is none.
    """
    try:
        values: dict[str, Any] = json.loads(text)
        values["quotes"] = tuple(_quote(one) for one in values["quotes"])
        values["searched"] = Searched(**values["searched"])
        values["written"] = read_written(values["written"]) if values.get("written") else None
        for name in ("corrections", "differences"):  # answers of older versions have none
            values[name] = tuple(values.get(name, ()))
        for name in ("missing_words", "follow_ups"):
            values[name] = tuple(values[name])
        return Reply(**values)
    except (KeyError, TypeError, AttributeError) as error:
        message = "this is no answer that was kept"
        raise ValueError(message) from error


def _quote(values: dict[str, Any]) -> Quote:
    headings, marks = tuple(values.pop("headings")), tuple((start, end) for start, end in values.pop("marks"))
    return Quote(headings=headings, marks=marks, **values)


def reply_of(answer: Answer, searched: Searched, follow_ups: Sequence[str]) -> Reply:
    """What is to be kept of `answer`."""
    citations = _by_document(answer.citations or answer.nearest)
    return Reply(
        question=answer.question,
        answered=answer.answered,
        score=answer.score,
        quotes=tuple(_kept(one, citations, answer.score) for one in citations),
        missing_words=answer.missing_words,
        follow_ups=tuple(follow_ups),
        searched=searched,
        seconds=answer.seconds,
        corrections=tuple(filter(None, (answer.notice, *(one.words for one in answer.corrections)))),
        differences=_differences(answer, citations),
    )


def _differences(answer: Answer, shown: Sequence[Citation]) -> tuple[str, ...]:
    numbers = [1 + shown.index(citation) for citation in answer.citations]
    return tuple(difference_words(difference, answer.citations, numbers) for difference in answer.differences)


def _by_document(citations: Sequence[Citation]) -> list[Citation]:
    """The best first, with what else its document says; then the other documents, each with all that it says."""
    documents = list(dict.fromkeys(one.document.id for one in citations))
    return sorted(citations, key=lambda one: documents.index(one.document.id))


def _kept(citation: Citation, citations: Sequence[Citation], score: float) -> Quote:
    passage, span, offset = citation.passage, citation.span, citation.passage.span.start
    # What another quote shows is not shown again beside this one.
    others = [one.span for one in citations if one.document.id == citation.document.id and one is not citation]
    first = max([passage.span.start, *(one.end for one in others if one.end <= span.start)])
    last = min([passage.span.end, *(one.start for one in others if one.start >= span.end)])
    start = _word_start(passage.text, max(first, span.start - _AROUND_CHARS) - offset, first - offset)
    end = _word_end(passage.text, min(last, span.end + _AROUND_CHARS) - offset, last - offset)
    return Quote(
        document_id=citation.document.id,
        document=citation.document.name,
        format=citation.document.format,
        sha256=citation.document.sha256,
        passage=passage.number,
        place=place(citation.location),
        headings=citation.location.headings,
        start=span.start,
        end=span.end,
        text=citation.quote,
        marks=tuple((one.start, one.end) for one in _merged(citation.answering)),
        before=passage.text[start : span.start - offset],
        after=passage.text[span.end - offset : end],
        is_cut_before=start > 0,
        is_cut_after=end < len(passage.text),
        sureness=round(min(1.0, score * citation.score), 4),
    )


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans from first to last, those that touch or overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _word_start(passage: str, start: int, first: int) -> int:
    """The first word that begins at or after `start`; `first` stays."""
    if start == first:
        return start
    while start < len(passage) and not (passage[start - 1].isspace() and not passage[start].isspace()):
        start += 1
    return start


def _word_end(passage: str, end: int, last: int) -> int:
    """The end of the last word that ends at or before `end`; `last` stays."""
    while 0 < end < last and not passage[end].isspace():
        end -= 1
    return end
