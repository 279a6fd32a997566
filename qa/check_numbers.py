"""Whether a number of a draft stands near the same words in a document, with the same value and unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qa.check_fold import plain
from qa.check_sources import Source, Sources
from qa.check_values import Value, find_values
from qa.words import STOP_WORDS, stem, words_of
from source.document import Span
from source.sentences import split_sentences

_PROPOSED = 12
# The share of the words of the draft's sentence that the document's must have to be about the same.
_NEAR_SHARE = 0.4
# Words of the sentence before or after count, but less.
_NEIGHBOUR_WEIGHT = 0.5
# A sentence that is nearer by this holds the number that is meant, if it holds one of this kind.
_CLEARLY_NEARER = 0.3
_WINDOW_WORDS = 3
# So many of the words beside a number stand there beside another: that one is in its place, though no year, or one.
_SAME_PLACE_WORDS = 2


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a document, its values, the stems of its words and of its neighbours'."""

    source: Source
    span: Span
    values: tuple[Value, ...]
    stems: frozenset[str]
    around: frozenset[str]


@dataclass(frozen=True, slots=True)
class Near:
    """The value nearest to one in the draft, where it stands, and whether it is the same; `written` is as there."""

    source: Source
    span: Span
    agrees: bool
    is_written_so: bool
    written: str


class Wanted:
    """A number of a draft, with the sentence that it stands in."""

    def __init__(self, draft: str, sentence: Span, value: Value) -> None:
        self.value = value
        self.written = value.span.of(draft)
        self.sentence = sentence.of(draft)
        self.stems = _stems(self.sentence)
        self.window = _window(draft, sentence, value)


class NumberFinder:
    """Finds numbers near the same words in `sources`."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._sentences_at = lru_cache(maxsize=5000)(self._split)
        self._sentences_for = lru_cache(maxsize=200)(self._propose)

    def find(self, wanted: Wanted, preferred: frozenset[int]) -> Near | None:
        """The nearest value that may be meant by the one that is wanted.

        None if no sentence about the same has such a value.
        Of documents that are as near, the `preferred` are taken first.
        """
        value = wanted.value
        scored = [(_share(wanted.stems, one), one) for one in self._sentences_for(wanted.sentence)]
        near = [(share + (one.source.id in preferred) / 1000, one) for share, one in scored if share >= _NEAR_SHARE]
        agreeing = [one for one in near if any(value.agrees(other) for other in one[1].values)]
        alike = [one for one in near if any(_may_be_meant(wanted, one[1], other) for other in one[1].values)]
        best = max(agreeing, key=lambda one: (one[0], _agreeing_overlap(wanted, one[1])), default=None)
        other = max(alike, key=lambda one: one[0], default=None)
        if best and not (other and other[0] > best[0] + _CLEARLY_NEARER):
            return _nearest_in(wanted, best[1], only_agreeing=not _is_told_apart(wanted, best[1]))
        return _nearest_in(wanted, other[1], only_agreeing=False) if other else None

    def nearest_sentence(self, words: str) -> tuple[Source, Span] | None:
        """The sentence with most words of `words`; None if none has any."""
        wanted = _stems(words)
        best = max(self._sentences_for(words), key=lambda one: _share(wanted, one), default=None)
        return (best.source, best.span) if best else None

    def _propose(self, words: str) -> list[_Sentence]:
        found: list[_Sentence] = []
        for document_id, span in self._sources.propose(words, _PROPOSED):
            if document_id in self._sources.by_id:
                found += self._sentences_at(document_id, span)
        return found

    def _split(self, document_id: int, passage: Span) -> list[_Sentence]:
        source = self._sources.by_id[document_id]
        spans = split_sentences(source.words, passage)
        stems = [_stems(span.of(source.words)) for span in spans]
        return [
            _Sentence(source, span, tuple(_values_in(source.words, span)), stems[place], _around(stems, place))
            for place, span in enumerate(spans)
        ]


def _around(stems: list[frozenset[str]], place: int) -> frozenset[str]:
    return frozenset().union(*stems[max(0, place - 1) : place], *stems[place + 1 : place + 2])


def _values_in(words: str, span: Span) -> Iterator[Value]:
    for value in find_values(span.of(words)):
        moved = Span(value.span.start + span.start, value.span.end + span.start)
        yield Value(moved, value.amount, value.unit, value.is_ordinal)


def _stems(words: str) -> frozenset[str]:
    """The stems of what is told but its numbers."""
    return frozenset(stem(word) for word in words_of(words) if word not in STOP_WORDS and not word[0].isdigit())


def _share(wanted: frozenset[str], sentence: _Sentence) -> float:
    """How much of `wanted` stands in the sentence or, at less, beside it."""
    beside = (wanted & sentence.around) - sentence.stems
    return (len(wanted & sentence.stems) + _NEIGHBOUR_WEIGHT * len(beside)) / (len(wanted) or 1)


def _window(words: str, within: Span, value: Value) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the few words before a number and of those after it, in its sentence."""
    before = words_of(words[within.start : value.span.start])[-_WINDOW_WORDS:]
    after = words_of(words[value.span.end : within.end])[:_WINDOW_WORDS]
    first, second = (frozenset(stem(word) for word in side if word not in STOP_WORDS) for side in (before, after))
    return first, second


def _overlap(wanted: Wanted, sentence: _Sentence, other: Value) -> int:
    """How many of the words before and after the draft's number stand on the same side of this one."""
    there = _window(sentence.source.words, sentence.span, other)
    return sum(len(ours & theirs) for ours, theirs in zip(wanted.window, there, strict=True))


def _agreeing_overlap(wanted: Wanted, sentence: _Sentence) -> int:
    """How many of the words beside the draft's number stand beside the same one of the sentence."""
    return max(_overlap(wanted, sentence, one) for one in sentence.values if wanted.value.agrees(one))


def _is_told_apart(wanted: Wanted, sentence: _Sentence) -> bool:
    """True if another number of the sentence has more of the words beside the draft's number beside it."""
    agreeing = _agreeing_overlap(wanted, sentence)
    others = [one for one in sentence.values if _may_be_meant(wanted, sentence, one)]
    return any(_overlap(wanted, sentence, one) > agreeing for one in others if not wanted.value.agrees(one))


def _may_be_meant(wanted: Wanted, sentence: _Sentence, other: Value) -> bool:
    """True for a value of the same kind, and for any without a unit that stands between the same words."""
    is_plain = wanted.value.unit == "" and other.unit in ("", "date")
    return wanted.value.is_like(other) or (is_plain and _overlap(wanted, sentence, other) >= _SAME_PLACE_WORDS)


def _nearest_in(wanted: Wanted, sentence: _Sentence, *, only_agreeing: bool) -> Near:
    value = wanted.value
    values = [one for one in sentence.values if value.agrees(one)] if only_agreeing else []
    others = [one for one in sentence.values if _may_be_meant(wanted, sentence, one)]
    values = values or [one for one in others if not value.agrees(one)]
    nearest = max(values, key=lambda one: _overlap(wanted, sentence, one))
    written = nearest.span.of(sentence.source.words)
    is_written_so = re.search(rf"(?<!\w){re.escape(wanted.written)}(?!\w)", plain(written)) is not None
    return Near(sentence.source, nearest.span, value.agrees(nearest), is_written_so, written)
