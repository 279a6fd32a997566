"""Asking a library: retriever and reader put together."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from index.embed import Embedder
from index.library import Library
from qa.answer import Answer, Citation, Difference, Hit
from qa.confidence import REREAD_THRESHOLD, THRESHOLD, TRAINED_THRESHOLD, confidence, reread_confidence
from qa.differ import with_both_sides
from qa.question import Question, prepare_question
from qa.read import RankedSentence, best_quotes, choose_quotes, rank_sentences
from qa.reread import reread
from qa.retrieve import Found, retrieve
from qa.several import asks_for_several, choose_several, compared, topic_of
from qa.trained import reader_for
from qa.unread import unread_notice
from source.boxes import boxes_of

# The reader looks into this many passages.
HITS_READ = 10
_MAX_QUOTES = 4
_MAX_SEVERAL = 8
_NEAREST_SHOWN = 3


def search(
    library: Library, embedder: Embedder, question: str, k: int = 10, *, documents: Collection[int] | None = None
) -> tuple[Hit, ...]:
    """The `k` passages that answer `question` best, whether or not they answer it; otherwise as `ask`.

    The best few are in the order of a second reading, if the model allows it.
    """
    prepared = prepare_question(library, embedder, question)
    found = retrieve(library, prepared, max(k, HITS_READ), documents)
    return read(found.first(HITS_READ), prepared, embedder).in_order(found.hits)[:k]


def search_once(
    library: Library, embedder: Embedder, question: str, k: int = 10, *, documents: Collection[int] | None = None
) -> tuple[Hit, ...]:
    """As `search`, without a second reading: several times as fast, and a little worse."""
    return retrieve(library, prepare_question(library, embedder, question), k, documents).hits


def ask(library: Library, embedder: Embedder, question: str, *, documents: Collection[int] | None = None) -> Answer:
    """What the documents say to `question`: those with the ids `documents`, or all.

    Raises:
        QuestionError: `question` is empty, holds no word, or is longer than `qa.question.MAX_QUESTION_CHARS`.
        LibraryError: the library cannot be read, or was made with another model than `embedder`.
    """
    began = time.perf_counter()
    is_broad = asks_for_several(question)
    prepared = prepare_question(library, embedder, topic_of(question) if is_broad else question)
    found = retrieve(library, prepared, HITS_READ, documents)
    reading = read(found, prepared, embedder)
    threshold = threshold_of(library, embedder)
    answered = reading.score >= threshold
    differences: tuple[Difference, ...] = ()
    if not answered:
        quotes = best_quotes(reading.ranked, found, prepared, _NEAREST_SHOWN)
    elif is_broad:
        quotes = choose_several(reading.ranked, found, prepared, _MAX_SEVERAL, compared(question))
    else:
        quotes = choose_quotes(reading.ranked, found, prepared, _MAX_QUOTES)
    if answered:
        quotes, differences = with_both_sides(quotes, reading.ranked, found, prepared)
    boxed = tuple(_with_boxes(library, quote) for quote in quotes)
    return Answer(
        question=question,
        score=reading.score,
        threshold=threshold,
        citations=boxed if answered else (),
        nearest=() if answered else boxed,
        missing_words=prepared.missing_words,
        seconds=time.perf_counter() - began,
        differences=differences,
        corrections=(*prepared.corrections, *found.phrases),
        notice=unread_notice(embedder, question),
    )


def _with_boxes(library: Library, quote: Citation) -> Citation:
    pages = [part.number for part in quote.location.parts if part.kind == "page"]
    if not pages:
        return quote
    return replace(quote, boxes=tuple(boxes_of(library.boxes_of(quote.document.id, pages), quote.span)))


def threshold_of(library: Library, embedder: Embedder) -> float:
    """How sure an answer has to be: as was set for `library`, or as its scores, of one reading or two, ask for."""
    if library.threshold is not None:
        return library.threshold
    if embedder.identity.pooling != "late":
        return THRESHOLD
    return TRAINED_THRESHOLD if reader_for(embedder) else REREAD_THRESHOLD


@dataclass(frozen=True, slots=True)
class Reading:
    """All sentences of what was found, best first, `score` as an answer has it, and the passages that were read again.

    `reread` are the ids of these, best first; there is none with a model that does not read twice.
    """

    ranked: list[RankedSentence]
    score: float
    reread: tuple[int, ...]

    def in_order(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """`hits` with those first that were read again, the best of them first."""
        by_id = {hit.passage.id: hit for hit in hits}
        return tuple(by_id[id_] for id_ in dict.fromkeys([*self.reread, *by_id]))


def read(found: Found, question: Question, embedder: Embedder) -> Reading:
    """What there is to quote, read twice if the model allows it and reads the question."""
    first = rank_sentences(found, question)
    second = reread(first, found, question, embedder) if question.legible else None
    if second is None:
        return Reading(first, confidence(first, found, question), ())
    return Reading(second.ranked, reread_confidence(second, found, question), second.passages)
