"""Everything that mentions a topic: exhaustive, counted, and told apart by how it is mentioned.

Unlike an answer, which is the few best quotes, this leaves nothing out: the counts of passages that hold the topic's
words are exact, for the keyword index proposes all of them and each is read before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from index.embed import Embedder
from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.answer import Citation, citation_dict
from qa.question import Question, prepare_as_typed
from qa.words import stem, stems_of, words_of
from source.document import Span
from source.fold import fold

Kind = Literal["words", "forms", "meaning"]
"""`words`: the topic stands there word for word. `forms`: all its content words do, in any form and order.
`meaning`: they do not, but a sentence comes near to it."""

NEAR = 0.45
"""The least cosine of a sentence to the topic that is near in meaning, if nothing else is said."""

_WORD = re.compile(r"[^\W_]+")
_READ_AT_ONCE = 500
_FIRST_SENTENCES = 200


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage that mentions the topic: `citation` is its sentence that does so most plainly."""

    kind: Kind
    citation: Citation


@dataclass(frozen=True, slots=True)
class Mentions:
    """All mentions of `topic`, by document and then in order; each passage is mentioned once."""

    topic: str
    mentions: tuple[Mention, ...]

    def count(self, *kinds: Kind) -> int:
        """How many passages mention the topic in these ways."""
        return sum(one.kind in kinds for one in self.mentions)

    def by_document(self) -> Iterator[tuple[DocumentRecord, list[Mention]]]:
        """The documents with a mention, by name and path, and the mentions of each."""
        for _, group in groupby(self.mentions, key=lambda one: one.citation.document.id):
            mentions = list(group)
            yield mentions[0].citation.document, mentions

    def as_dict(self) -> dict[str, Any]:
        """The mentions as plain values, for JSON."""
        return {
            "topic": self.topic,
            "passages": {kind: self.count(kind) for kind in ("words", "forms", "meaning")},
            "documents": [
                {
                    "document": document.name,
                    "path": document.path,
                    "sha256": document.sha256,
                    "mentions": [{"kind": one.kind, **citation_dict(one.citation)} for one in mentions],
                }
                for document, mentions in self.by_document()
            ],
        }


def find_mentions(
    library: Library,
    embedder: Embedder,
    topic: str,
    *,
    near: float = NEAR,
    documents: Collection[int] | None = None,
) -> Mentions:
    """All passages that mention `topic`, furniture and headings included, of the documents with these ids, or all.

    Of those near in meaning, only body passages have a vector; `near` is the least cosine, -1 to 1. The topic is
    searched for as it is typed: no word of it is taken for misspelt.

    Raises:
        QuestionError: `topic` is empty, holds no word, or is longer than `qa.question.MAX_QUESTION_CHARS`.
        LibraryError: the library cannot be read, or was made with another model than `embedder`.
    """
    asked = prepare_as_typed(library, embedder, topic)
    with library.snapshot():
        allowed = None if documents is None else library.passage_ids_of(documents)
        records = {document.id: document for document in library.documents()}
        worded = {id_ for id_ in library.passages_with_all(asked.content_words) if allowed is None or id_ in allowed}
        mentions = list(_in_words(library, records, sorted(worded), asked))
        said = {one.citation.passage.id for one in mentions}
        nearby = (id_ for id_ in _nearby(library, asked, near) if id_ not in said)
        nearby_allowed = [id_ for id_ in nearby if allowed is None or id_ in allowed]
        mentions += _in_meaning(library, records, nearby_allowed, asked)
    places = {document_id: place for place, document_id in enumerate(records)}
    mentions.sort(key=lambda one: (places[one.citation.document.id], one.citation.span))
    return Mentions(topic, tuple(mentions))


def _in_words(
    library: Library, records: dict[int, DocumentRecord], passage_ids: Sequence[int], asked: Question
) -> Iterator[Mention]:
    words = words_of(fold(asked.text, "none"))
    stems = frozenset(map(stem, asked.content_words))
    for ids in _in_pieces(passage_ids):
        sentences = library.folded_sentences(ids)
        for passage in library.passages(ids).values():
            spans, folded = zip(*sentences[passage.id], strict=True)
            kind = mention_kind(folded, words, stems)
            if kind is None:
                continue
            best = max(range(len(folded)), key=lambda number: (*_plainness(folded[number], words, stems), -number))
            answering = _words_in(passage, spans[best], stems) or (spans[best],)
            yield Mention(kind, Citation(records[passage.document_id], passage, spans[best], answering, 1.0))


def mention_kind(folded: Sequence[str], words: Sequence[str], stems: frozenset[str]) -> Kind | None:
    """How a passage of these folded sentences mentions a topic of `words`, whose content words have these `stems`."""
    held = [word for sentence in folded for word in words_of(sentence)]
    if holds_in_order(held, words):
        return "words"
    return "forms" if stems <= frozenset(map(stem, held)) else None


def holds_in_order(held: Sequence[str], words: Sequence[str]) -> bool:
    """True if `words` stand in `held` one directly after the other."""
    length = len(words)
    return any(held[start : start + length] == words for start in range(len(held) - length + 1))


def _plainness(sentence: str, words: Sequence[str], stems: frozenset[str]) -> tuple[bool, int]:
    return holds_in_order(words_of(sentence), words), len(stems & stems_of(sentence))


def _words_in(passage: StoredPassage, span: Span, stems: frozenset[str]) -> tuple[Span, ...]:
    """Where the topic's words stand in a sentence, as far as they are written without a hyphen or mark inside."""
    start = span.start - passage.span.start
    found = _WORD.finditer(passage.text, start, span.end - passage.span.start)
    return tuple(
        Span(passage.span.start + word.start(), passage.span.start + word.end())
        for word in found
        if stems & stems_of(fold(word[0], "none"))
    )


def _nearby(library: Library, asked: Question, near: float) -> dict[int, float]:
    """The passages with a sentence whose cosine is `near` or more, and the highest such cosine of each."""
    wanted = _FIRST_SENTENCES
    while True:
        found = library.search_vectors(asked.vector, wanted)
        if len(found) < wanted or found[-1][1] < near:
            break
        wanted *= 8
    best: dict[int, float] = {}
    for passage_id, cosine in found:
        if cosine >= near:
            best.setdefault(passage_id, cosine)
    return best


def _in_meaning(
    library: Library, records: dict[int, DocumentRecord], passage_ids: Sequence[int], asked: Question
) -> Iterator[Mention]:
    for ids in _in_pieces(passage_ids):
        passages = library.passages(ids)
        for passage_id, group in groupby(library.sentences(ids), key=lambda sentence: sentence.passage_id):
            passage = passages[passage_id]
            cosine, span = max(((float(one.vector @ asked.vector), one.span) for one in group), key=lambda one: one[0])
            yield Mention("meaning", Citation(records[passage.document_id], passage, span, (span,), cosine))


def _in_pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """What is read at once, for there may be very many."""
    return (ids[start : start + _READ_AT_ONCE] for start in range(0, len(ids), _READ_AT_ONCE))
