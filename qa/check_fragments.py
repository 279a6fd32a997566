"""A quotation with ellipses and brackets, as fragments that must stand in one document, in order and near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from qa.check_cuts import cut_at_edges, telling_word
from qa.check_fold import MASK
from qa.check_sources import Match, Source, Sources
from qa.check_words import key_of
from qa.words import STOP_WORDS
from source.document import Span
from source.sentences import split_sentences

# What an ellipsis may skip, and what the words in brackets may stand for.
_MAX_SKIPPED_CHARS = 1000
_MAX_REPLACED_CHARS = 80
# A quotation in more pieces is none; and so many places of its longest piece are tried.
_MAX_FRAGMENTS, _MAX_ANCHORS = 50, 1000

_NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,}\b")
_DOTS = r"(?:…|\.\s?\.\s?\.)"
# Beside a word or at an end; elsewhere a number in brackets is one that the draft puts in.
_NOTES = r"\^?\d{1,3}(?:[,–-]\s?\d{1,3})*"
_DIVISION = re.compile(
    rf"\[(?P<letter>\w)\](?=\w)|(?P<ellipsis>[\[(]\s*{_DOTS}\s*[\])]|{_DOTS}(?:\s?\.)?)"
    rf"|\[sic!?\]|(?<=[^\s\0])\[{_NOTES}\]|\[{_NOTES}\](?=\s*(?:[.,;:!?]|\Z))|\[(?P<inserted>[^\[\]]*)\]"
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words of a quotation; at most `skipped` characters are left out before them.

    Their first letter may have another case where `may_begin`.
    """

    words: str
    skipped: int
    may_begin: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands: `problem` says what it skips or is cut off from that it must not, if anything.

    `pieces` are its fragments, in order; one if it has no ellipses and brackets.
    """

    source: Source
    span: Span
    pieces: tuple[Span, ...]
    folds: tuple[str, ...]
    problem: str

    @property
    def rank(self) -> tuple[bool, int]:
        """The better, the smaller."""
        return bool(self.problem), len(self.folds)


def find_places(sources: Sources, words: str) -> Iterator[Place]:
    """All places where the quoted `words` stand, as they are or in fragments, exactly or but for folding."""
    found = False
    for match in sources.matches(words):
        found = True
        problem = cut_at_edges(match.source.words, match.span)
        yield Place(match.source, match.span, (match.span,), match.folds, problem)
    fragments = split_fragments(words)
    is_divided = len(fragments) > 1 or fragments[0].words != words
    if not found and is_divided and len(fragments) <= _MAX_FRAGMENTS:
        added = _added(words)
        for place in _chains(sources, fragments):
            yield replace(place, problem=added or _added_name(words, place.source) or place.problem)


def split_fragments(words: str) -> list[Fragment]:
    """The fragments between the ellipses and brackets of a quotation; at least one, if it has a letter or digit."""
    fragments: list[Fragment] = []
    skipped, may_begin, at = 0, True, 0
    for division in [*_DIVISION.finditer(words), None]:
        piece = words[at : division.start() if division else len(words)]
        if key_of(piece):
            fragments.append(Fragment(piece, skipped, may_begin))
            skipped, may_begin = 0, False
        if division is None:
            break
        at = division.end()
        if division["letter"]:
            at = division.start("letter")
            words = words[: division.end() - 1] + MASK + words[division.end() :]
            may_begin = True
        elif division["ellipsis"]:
            skipped, may_begin = _MAX_SKIPPED_CHARS, True
        elif division["inserted"] is not None:
            skipped = max(skipped, _MAX_REPLACED_CHARS)
    return fragments or [Fragment(words, 0, may_begin=True)]


def _added(words: str) -> str:
    """What the draft adds in brackets that changes what is said; empty if nothing."""
    insertions = " ".join(found["inserted"] or "" for found in _DIVISION.finditer(words))
    word = telling_word(insertions)
    return f"“{word}” is added in brackets" if word else ""


def _added_name(words: str, source: Source) -> str:
    """A name that the draft puts in brackets and the document does not hold; empty if there is none.

    One that is shortened may stand for a name of the document.
    """
    for found in _DIVISION.finditer(words):
        for name in _NAME.findall(found["inserted"] or ""):
            if name.lower() not in STOP_WORDS and name not in source.words:
                return f"“{name}” is added in brackets, and stands nowhere in {source.name}"
    return ""


def _chains(sources: Sources, fragments: Sequence[Fragment]) -> Iterator[Place]:
    """From each place of the longest fragment, the others before and after it, each the nearest."""
    anchor = max(range(len(fragments)), key=lambda number: len(key_of(fragments[number].words)))
    matches = sources.matches(fragments[anchor].words, is_at_start=fragments[anchor].may_begin)
    for match in islice(matches, _MAX_ANCHORS):
        chain = [match]
        for number in range(anchor + 1, len(fragments)):
            following = _nearest_after(chain[-1], fragments[number])
            if following is None:
                break
            chain.append(following)
        else:
            for number in range(anchor - 1, -1, -1):
                preceding = _nearest_before(chain[0], fragments[number], fragments[number + 1].skipped)
                if preceding is None:
                    break
                chain.insert(0, preceding)
            else:
                yield _place_of(chain)


def _nearest_after(match: Match, fragment: Fragment) -> Match | None:
    start = match.span.end
    limit = start + fragment.skipped + 2 * len(fragment.words) + 10
    found = _matches_within(match.source, Span(start, min(limit, len(match.source.words))), fragment)
    return next((one for one in found if _is_near(match, one, fragment.skipped)), None)


def _nearest_before(match: Match, fragment: Fragment, skipped: int) -> Match | None:
    end = match.span.start
    found = list(
        _matches_within(match.source, Span(max(0, end - skipped - 2 * len(fragment.words) - 10), end), fragment)
    )
    return next((one for one in reversed(found) if _is_near(one, match, skipped)), None)


def _is_near(one: Match, other: Match, skipped: int) -> bool:
    gap = other.source.words[one.span.end : other.span.start]
    return len(gap) <= skipped + 2 if skipped else not key_of(gap)


def _matches_within(source: Source, window: Span, fragment: Fragment) -> Iterator[Match]:
    words = window.of(source.words)
    if key_of(fragment.words) not in key_of(words):
        return
    piece = Sources([replace(source, words=words)], lambda *_: [])
    for match in piece.matches(fragment.words, is_at_start=fragment.may_begin):
        span = Span(match.span.start + window.start, match.span.end + window.start)
        yield replace(match, source=source, span=span)


def _place_of(chain: Sequence[Match]) -> Place:
    source, folds = chain[0].source, dict.fromkeys(fold for match in chain for fold in match.folds)
    span = Span(chain[0].span.start, chain[-1].span.end)
    pieces = tuple(match.span for match in chain)
    return Place(source, span, pieces, tuple(folds), _problem(chain) or cut_at_edges(source.words, span))


def _problem(chain: Sequence[Match]) -> str:
    for before, after in pairwise(chain):
        if word := telling_word(before.source.words[before.span.end : after.span.start]):
            return f"it skips “{word}”"
        if _are_halves(before.source.words, before.span, after.span):
            return "it joins parts of two sentences"
    return ""


def _are_halves(words: str, before: Span, after: Span) -> bool:
    """True if one is the beginning of a sentence, without its end, and the other the end of a later one."""
    sentences = split_sentences(words, Span(before.start, after.end))
    first = next(one for one in sentences if one.end >= before.end)
    last = next(one for one in sentences if one.end > after.start)
    is_cut = key_of(words[before.end : first.end]) and key_of(words[last.start : after.start])
    return last.start > first.start and bool(is_cut)
