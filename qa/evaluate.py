"""Measuring a library on gold questions: are the right passage and quote found, and is the rest refused?

A gold question is a line of JSON: `{"question": …, "document": file name, list of file names, or null, "start": int?,
"end": int?, "quote": str?}`. `document: null` means that the library does not answer it. A passage or quote is right
if it overlaps the span `[start, end)` in a gold document; without a span, if it contains the quote; without either,
if it comes from a gold document.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from index.embed import Embedder
from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.answer import Citation
from qa.ask import HITS_READ, ask, read
from qa.baselines import BASELINES
from qa.question import fold_question, prepare_question
from qa.read import best_quotes
from qa.retrieve import retrieve
from source.document import Span
from source.errors import QuestionError, printable

T = TypeVar("T")

PASSAGES_RANKED = 50
QUOTES_RANKED = 5


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what answers it; `documents` is empty if nothing in the library does."""

    question: str
    documents: frozenset[str]
    span: Span | None
    quote: str | None

    @property
    def answerable(self) -> bool:
        """True if the library answers it."""
        return bool(self.documents)

    def is_right(self, document: DocumentRecord, span: Span, text: str) -> bool:
        """True if the words `text` at `span` of `document` are, or hold, what answers."""
        if document.name not in self.documents:
            return False
        return span.overlaps(self.span) if self.span is not None else self._is_quoted_in(text)

    def is_in(self, text: str) -> bool:
        """True if the whole `text` of a document has the place or the quote, or neither is known."""
        return self.span.end <= len(text) if self.span is not None else self._is_quoted_in(text)

    def _is_quoted_in(self, text: str) -> bool:
        return self.quote is None or self.quote in text or self.quote in " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one gold question.

    Ranks are 1-based, None if nothing right was ranked. `passage_ranks` are by method; the method "qa" is the
    product's own. `document_ranks` are those of all gold documents that were ranked.
    """

    gold: GoldQuestion
    passage_ranks: dict[str, int | None]
    document_ranks: tuple[int, ...]
    quote_rank: int | None
    score: float
    threshold: float
    answered: bool
    seconds: float


def load_gold_questions(path: Path) -> list[GoldQuestion]:
    """The gold questions in a JSON Lines file.

    Raises:
        QuestionError: the file cannot be read, or a line is not a gold question.
    """
    thing = f"Cannot read the gold questions in {printable(str(path))}"
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise QuestionError(thing, "it is not UTF-8", "Save it again as UTF-8.") from error
    except OSError as error:
        reasons = {errno.ENOENT: "there is no such file", errno.EISDIR: "it is a folder"}
        reason = reasons.get(error.errno or 0, (error.strerror or str(error)).lower())
        raise QuestionError(thing, reason, "Check the path.") from error
    questions = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(_gold_question(line))
            except ValueError as error:
                reason = f"line {number} is not a gold question ({error})"
                raise QuestionError(thing, reason, "See qa eval --help for the format.") from error
    if not questions:
        raise QuestionError(thing, "there is no question in it", "See qa eval --help for the format.")
    return questions


def _gold_question(line: str) -> GoldQuestion:
    """The gold question in a line; raises ValueError with the reason in plain words if there is none."""
    fields = _fields(line)
    question, named, quote = fields["question"], fields["document"], fields.get("quote")
    documents = named if isinstance(named, list) else [] if named is None else [named]
    for name, texts in (("question", [question]), ("document", documents), ("quote", [] if quote is None else [quote])):
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{name} must be text")
    if "" in (*documents, quote):
        raise ValueError("a document or quote is empty; for none, write null")
    try:
        fold_question(question)
    except QuestionError as error:
        raise ValueError(f"of its question: {error.reason}") from error
    return GoldQuestion(question, frozenset(documents), _span(fields), quote)


def _fields(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(fields, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - as for all that is wrong with a line
    for name in ("question", "document"):
        if name not in fields:
            raise ValueError(f"it has no {name}")
    return fields


def _span(fields: dict[str, Any]) -> Span | None:
    start, end = fields.get("start"), fields.get("end")
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise ValueError("of start and end, one is missing")
    if type(start) is not int or type(end) is not int:  # True is an instance of int
        raise ValueError("start and end must be whole numbers")
    return Span(start, end)


def evaluate(
    library: Library, embedder: Embedder, questions: Sequence[GoldQuestion], *, compare: bool
) -> Iterator[Outcome]:
    """Ask each question and note what came of it; with `compare`, the baselines are ranked too.

    Raises:
        QuestionError: a question names a document that `library` does not hold, or a quote or place that no such
            document has; none has been asked then.
    """
    with library.snapshot():
        documents = {document.id: document for document in library.documents()}
        _check_gold(library, questions, documents.values())
    for gold in questions:
        began = time.perf_counter()
        answer = ask(library, embedder, gold.question)
        seconds = time.perf_counter() - began
        prepared = prepare_question(library, embedder, gold.question)
        found = retrieve(library, prepared, PASSAGES_RANKED)
        few = found.first(HITS_READ)
        reading = read(few, prepared, embedder)
        quotes = best_quotes(reading.ranked, few, prepared, QUOTES_RANKED)
        hits = reading.in_order(found.hits)
        passages = [hit.passage for hit in hits]
        ranks = {"qa": _passage_rank(gold, passages, documents)}
        for name, rank in BASELINES.items() if compare else ():
            ids = rank(library, prepared, PASSAGES_RANKED)
            by_id = library.passages(ids)
            ranks[name] = _passage_rank(gold, [by_id[id_] for id_ in ids], documents)
        yield Outcome(
            gold=gold,
            passage_ranks=ranks,
            document_ranks=_document_ranks(gold, [hit.document for hit in hits]),
            quote_rank=_quote_rank(gold, quotes),
            score=answer.score,
            threshold=answer.threshold,
            answered=answer.answered,
            seconds=seconds,
        )


def _check_gold(library: Library, questions: Iterable[GoldQuestion], documents: Iterable[DocumentRecord]) -> None:
    held: dict[str, list[int]] = {}
    for document in documents:
        held.setdefault(document.name, []).append(document.id)
    text_of = lru_cache(maxsize=100)(library.text)
    for gold in questions:
        thing = f"Cannot measure with the gold question {printable(gold.question)}"
        for name in sorted(gold.documents - held.keys()):
            reason = f"no document is called {printable(name)} in this library"
            raise QuestionError(thing, reason, "See which there are: qa list.")
        texts = (text_of(id_) for name in gold.documents for id_ in held[name])
        if gold.documents and not any(gold.is_in(text) for text in texts):
            names = " or ".join(printable(name) for name in sorted(gold.documents))
            what = "its quote does not stand" if gold.span is None else f"there are no characters {_place(gold.span)}"
            raise QuestionError(thing, f"{what} in {names}", "Correct it, or leave it out.")


def _place(span: Span) -> str:
    return f"{span.start:,} to {span.end:,}"


def _quote_rank(gold: GoldQuestion, quotes: Sequence[Citation]) -> int | None:
    return _first(quotes, lambda quote: gold.is_right(quote.document, quote.span, quote.quote))


def _passage_rank(
    gold: GoldQuestion, passages: Sequence[StoredPassage], documents: dict[int, DocumentRecord]
) -> int | None:
    return _first(passages, lambda one: gold.is_right(documents[one.document_id], one.span, one.text))


def _document_ranks(gold: GoldQuestion, ranked: Sequence[DocumentRecord]) -> tuple[int, ...]:
    """The ranks of the gold documents among all, each ranked by its best passage."""
    names = list(dict.fromkeys(document.name for document in ranked))
    return tuple(rank for rank, name in enumerate(names, 1) if name in gold.documents)


def _first(ranked: Iterable[T], is_right: Callable[[T], bool]) -> int | None:
    return next((rank for rank, one in enumerate(ranked, 1) if is_right(one)), None)
