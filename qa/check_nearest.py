"""The words of a document that come nearest to a quotation that stands nowhere, and how the two differ.

Passages that share words with it are proposed by the keyword index; the best is aligned with it word by word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.check_fold import MASK, folds_between
from qa.check_sources import Source, Sources
from qa.words import STOP_WORDS
from source.document import Span

_TOKEN = re.compile(rf"[^\W_]+(?:[{MASK}'’.,-]*[^\W_]+)*|[^\w\s{MASK}]")
_PROPOSED = 10
_ALIGNED = 2
_MAX_REGION_CHARS = 6000
# A quotation with less of its words in the nearest passage than this is called invented, not altered.
_MIN_SHARE = 0.5
_PUNCTUATION_COST = 0.2
# Words on either side of a difference that are shown with it.
_SHOWN_AROUND = 3


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or sign, where it stands, and what it weighs."""

    form: str
    span: Span

    @property
    def weight(self) -> float:
        return 1.0 if self.form[0].isalnum() else _PUNCTUATION_COST


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest words: at `span` of `source`, `share` of the quotation's are the same, `difference` in words."""

    source: Source
    span: Span
    share: float
    difference: str

    @property
    def is_altered(self) -> bool:
        """False if so much differs that the quotation is another one."""
        return self.share >= _MIN_SHARE


def find_nearest(sources: Sources, words: str, preferred: frozenset[int] = frozenset()) -> Nearest | None:
    """The words nearest to `words`; of documents that are as near, one that is `preferred`. None if none share any."""
    wanted = _tokens(words)
    counts = Counter(token.form.casefold() for token in wanted if _tells(token))
    regions = list(_regions(sources, words))
    regions.sort(key=lambda one: -_shared(counts, one[0].words[one[1].start : one[1].end]))
    found = [_align(source, region, words, wanted) for source, region in regions[:_ALIGNED]]
    return max(found, key=lambda one: (one.share, one.source.id in preferred), default=None)


def _regions(sources: Sources, words: str) -> Iterator[tuple[Source, Span]]:
    """The proposed passages with what stands around them, as a quotation may run on."""
    around = min(2 * len(words), _MAX_REGION_CHARS)
    for document_id, span in sources.propose(words, _PROPOSED):
        if source := sources.by_id.get(document_id):
            start, end = max(0, span.start - around), min(len(source.words), span.end + around)
            while start and not source.words[start - 1].isspace():
                start -= 1
            yield source, Span(start, end)


def _tokens(words: str, offset: int = 0) -> list[_Token]:
    return [
        _Token(found[0].replace(MASK, ""), Span(found.start() + offset, found.end() + offset))
        for found in _TOKEN.finditer(words)
    ]


def _tells(token: _Token) -> bool:
    return token.form[0].isalnum() and token.form.lower() not in STOP_WORDS


def _shared(counts: Counter[str], region: str) -> int:
    return (counts & Counter(token.form.casefold() for token in _tokens(region) if _tells(token))).total()


def _align(source: Source, region: Span, words: str, wanted: Sequence[_Token]) -> Nearest:
    there = _tokens(region.of(source.words), region.start)
    pairs = _alignment(wanted, there)
    used = [second for _, second in pairs if second is not None]
    span = Span(there[used[0]].span.start, there[used[-1]].span.end) if used else region
    total = sum(token.weight for token in wanted) or 1.0
    cost = sum(_cost(wanted, there, pair) for pair in pairs)
    return Nearest(source, span, max(0.0, 1 - cost / total), _difference(words, wanted, source.words, there, pairs))


_Pair = tuple[int | None, int | None]


def _cost(wanted: Sequence[_Token], there: Sequence[_Token], pair: _Pair) -> float:
    first, second = pair
    if first is None:
        return there[second or 0].weight
    if second is None:
        return wanted[first].weight
    return _unlikeness(wanted[first], there[second])


def _unlikeness(one: _Token, other: _Token) -> float:
    if one.form == other.form:
        return 0.0
    if one.form[0].isalnum() != other.form[0].isalnum():
        return 2.0  # dearer than leaving out one and adding the other
    if not one.form[0].isalnum() and folds_between(one.form, other.form) is not None:
        return 0.0
    return max(one.weight, other.weight) * (0.5 if one.form.casefold() == other.form.casefold() else 1.0)


def _alignment(wanted: Sequence[_Token], there: Sequence[_Token]) -> list[_Pair]:
    """Pairs of places, all of `wanted` and a run of `there`, at the least cost (Sellers 1980)."""
    previous = [0.0] * (len(there) + 1)
    steps: list[bytearray] = []  # 0: both, 1: of `wanted` only, 2: of `there` only
    adding = [token.weight for token in there]
    for token in wanted:
        row, step = [previous[0] + token.weight], bytearray([1])
        for place, other in enumerate(there):
            both = previous[place] + (0.0 if token.form == other.form else _unlikeness(token, other))
            alone, added = previous[place + 1] + token.weight, row[place] + adding[place]
            least = min(both, alone, added)
            row.append(least)
            step.append(0 if least == both else 1 if least == alone else 2)
        steps.append(step)
        previous = row
    pairs: list[_Pair] = []
    first, second = len(wanted), min(range(len(previous)), key=previous.__getitem__)
    while previous[second + 1 : second + 2] == [previous[second]]:
        second += 1  # another word in the place of one costs no less than none
    while first > 0:
        taken = steps[first - 1][second]
        first, second = first - (taken != 2), second - (taken != 1)
        pairs.append((first if taken != 2 else None, second if taken != 1 else None))
    return pairs[::-1]


def _difference(
    words: str, wanted: Sequence[_Token], source: str, there: Sequence[_Token], pairs: Sequence[_Pair]
) -> str:
    """What was said and what is quoted, as `cast in [-1687-] {+1678+} by`, with a few words around each."""
    differs = [_cost(wanted, there, pair) > 0 for pair in pairs]
    if not any(differs):
        return _small_difference(words, source[there[pairs[0][1] or 0].span.start : there[pairs[-1][1] or 0].span.end])
    pieces: list[str] = []
    for is_different, group in groupby(range(len(pairs)), key=differs.__getitem__):
        places = list(group)
        if is_different:
            old = " ".join(there[second].form for _, second in map(pairs.__getitem__, places) if second is not None)
            new = " ".join(wanted[first].form for first, _ in map(pairs.__getitem__, places) if first is not None)
            pieces += [f"[-{old}-]"] if old else []
            pieces += [f"{{+{new}+}}"] if new else []
        else:
            words_here = [wanted[pairs[place][0] or 0].form for place in places]
            pieces += _shortened(words_here, is_first=places[0] == 0, is_last=places[-1] == len(pairs) - 1)
    return " ".join(pieces)


def _shortened(words: Sequence[str], *, is_first: bool, is_last: bool) -> list[str]:
    """The words beside what differs before and after them, and an ellipsis for the others."""
    before = 0 if is_first else _SHOWN_AROUND
    after = 0 if is_last else _SHOWN_AROUND
    if len(words) <= before + after:
        return list(words)
    return [*words[:before], "…", *words[len(words) - after :]]


def _small_difference(words: str, source: str) -> str:
    """Where the words are the same, and only blanks or signs differ."""
    return f"[-{' '.join(source.replace(MASK, '').split())}-] {{+{' '.join(words.replace(MASK, '').split())}+}}"
