"""Where documents differ: two quotes that speak of the same thing and give different numbers or dates, or a denial.

Nothing says which one is right. What is reported has to be plain, for a false alarm costs more trust than a difference
left to the reader: the sentences are alike but for one value, or but for one negation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from qa.answer import Citation, Difference, DifferenceKind
from qa.check_cuts import denials
from qa.check_values import Value, find_values
from qa.expect import expectations_of
from qa.question import Question
from qa.read import RankedSentence, quote_of
from qa.retrieve import Found
from qa.words import STOP_WORDS, stem
from source.document import Span

# So many of the best sentences are compared with each other.
_COMPARED = 20
# Where the question asks for such a value, each sentence is this likely to answer it, and this near to the other one.
_LEAST_PROBABILITY = 0.05
_LEAST_COSINE = 0.6
# Where it does not, the sentences share this much of their words.
_LEAST_SHARED = 0.75
_LEAST_WORDS = 4
_STOP_STEMS = frozenset(map(stem, STOP_WORDS))
_HAS_FIGURE = re.compile(r"\d").search


@dataclass(frozen=True, slots=True)
class Differing:
    """Two sentences of different documents that differ, and the words of each that do, as spans of their documents."""

    kind: DifferenceKind
    one: RankedSentence
    other: RankedSentence
    one_words: Span
    other_words: Span


def with_both_sides(
    quotes: Sequence[Citation], ranked: Sequence[RankedSentence], found: Found, question: Question
) -> tuple[list[Citation], tuple[Difference, ...]]:
    """`quotes`, which are those of an answer, with those from which they differ at the end, and the differences."""
    shown = list(quotes)
    differences: list[Difference] = []
    for one in find_differing(ranked, question):
        sides = [(one.one, one.one_words), (one.other, one.other_words)]
        if not any(_place_of(words, side, quotes) is not None for side, words in sides):
            continue  # it is about something else than what is quoted
        for side, words in sides:
            if _place_of(words, side, shown) is None:
                taken = [quote.span for quote in shown if quote.document.id == side.hit.document.id]
                shown.append(quote_of(side, found.evidence[side.hit.passage.id], question, taken))
        first, second = (_place_of(words, side, shown) for side, words in sides)
        if first is not None and second is not None and first != second:
            differences.append(Difference(one.kind, (first, second), (one.one_words, one.other_words)))
    return shown, tuple(differences)


def _place_of(words: Span, side: RankedSentence, quotes: Sequence[Citation]) -> int | None:
    """Which of `quotes` holds these words of the document of `side`."""
    for place, quote in enumerate(quotes):
        is_inside = quote.span.start <= words.start and words.end <= quote.span.end
        if quote.document.id == side.hit.document.id and is_inside:
            return place
    return None


def find_differing(ranked: Sequence[RankedSentence], question: Question) -> Iterator[Differing]:
    """The pairs among the best of `ranked` that differ, in the order of their ranks."""
    asked = {one.name for one in expectations_of(question.text)} & {"number", "date"}
    compared = [(one, content_stems(one.evidence.stems)) for one in ranked[:_COMPARED]]
    for (one, stems), (other, other_stems) in combinations(compared, 2):
        if one.hit.document.id == other.hit.document.id:
            continue
        is_asked = bool(asked) and _both_answer(one, other)
        is_alike = shared_words(stems, other_stems) >= _LEAST_SHARED
        if not is_asked and not is_alike:
            continue
        if values := differing_values(_text(one), _text(other)):
            kind: DifferenceKind = "date" if all(_is_date(value) for value in values) else "number"
            if not asked or kind in asked:
                yield Differing(kind, one, other, _placed(one, values[0].span), _placed(other, values[1].span))
        elif is_alike and (words := differing_denials(_text(one), _text(other))):
            yield Differing("negation", one, other, _placed(one, words[0]), _placed(other, words[1]))


def _text(one: RankedSentence) -> str:
    passage, span = one.hit.passage, one.evidence.sentence.span
    return passage.text[span.start - passage.span.start : span.end - passage.span.start]


def _placed(one: RankedSentence, words: Span) -> Span:
    start = one.evidence.sentence.span.start
    return Span(start + words.start, start + words.end)


def _is_date(value: Value) -> bool:
    return value.unit in {"date", "decade"} or value.may_be_year


def _both_answer(one: RankedSentence, other: RankedSentence) -> bool:
    are_likely = min(one.probability, other.probability) >= _LEAST_PROBABILITY
    return are_likely and float(one.evidence.sentence.vector @ other.evidence.sentence.vector) >= _LEAST_COSINE


def content_stems(stems: frozenset[str]) -> frozenset[str]:
    """Those of `stems` that say something, but for figures."""
    return frozenset(one for one in stems - _STOP_STEMS if not _HAS_FIGURE(one))


def shared_words(stems: frozenset[str], others: frozenset[str]) -> float:
    """The share of the words of two sentences, of these stems, that stand in both: 0 to 1; 0 if one is very short."""
    if min(len(stems), len(others)) < _LEAST_WORDS:
        return 0.0
    shared = len(stems & others)
    return shared / (len(stems) + len(others) - shared)


def differing_values(one: str, other: str) -> tuple[Value, Value] | None:
    """The one value of each that the other does not give, if they are of a kind; None if more than one differ.

    "5,000 in 2010" and "6,000 in 2015" do not differ: they speak of different years.
    """
    values = list(find_values(one)), list(find_values(other))
    own = [value for value in values[0] if not any(_agree(value, known) for known in values[1])]
    others = [value for value in values[1] if not any(_agree(value, known) for known in values[0])]
    if len(own) == len(others) == 1 and own[0].is_like(others[0]):
        return own[0], others[0]
    return None


def _agree(one: Value, other: Value) -> bool:
    return one.agrees(other) or other.agrees(one)


def differing_denials(one: str, other: str) -> tuple[Span, Span] | None:
    """The negation that only one of two sentences holds, and all of the other; None if both or neither hold one."""
    found = denials(one), denials(other)
    if bool(found[0]) == bool(found[1]):
        return None
    whole = Span(0, len(one)), Span(0, len(other))
    return (found[0][0], whole[1]) if found[0] else (whole[0], found[1][0])
