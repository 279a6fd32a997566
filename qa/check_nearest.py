"""The words of a document that come nearest to a quotation that stands nowhere, and how the two differ.

Passages that share words with it are proposed by the keyword index; the best is aligned with it word by word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.check_align import Pair, Token, align, cost_of, greatest_share, tokens_of
from qa.check_fold import MASK
from qa.check_sources import Source, Sources
from qa.words import STOP_WORDS
from source.document import Span

_PROPOSED = 10
_ALIGNED = 2
_MAX_REGION_CHARS = 6000
# A quotation with less of its words in the nearest passage than this is called invented, not altered.
_MIN_SHARE = 0.5
# A longer quotation that cannot be altered, for lack of common words, is not aligned; one that may be is said to be.
_MAX_CELLS_FOR_NOTHING, _MAX_CELLS = 1_000_000, 20_000_000
_TOO_LONG = "it is too long to be compared word by word, and stands nowhere as it is"
# Words on either side of a difference that are shown with it.
_SHOWN_AROUND = 3


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
    wanted = tokens_of(words)
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


def _tells(token: Token) -> bool:
    return token.form[0].isalnum() and token.form.lower() not in STOP_WORDS


def _shared(counts: Counter[str], region: str) -> int:
    return (counts & Counter(token.form.casefold() for token in tokens_of(region) if _tells(token))).total()


def _align(source: Source, region: Span, words: str, wanted: Sequence[Token]) -> Nearest:
    there = tokens_of(region.of(source.words), region.start)
    cells = len(wanted) * len(there)
    if cells > _MAX_CELLS_FOR_NOTHING:
        share = greatest_share(wanted, there)
        if share < _MIN_SHARE or cells > _MAX_CELLS:
            return Nearest(source, region, share, _TOO_LONG if share >= _MIN_SHARE else "")
    pairs = align(wanted, there)
    used = [second for _, second in pairs if second is not None]
    span = Span(there[used[0]].span.start, there[used[-1]].span.end) if used else region
    total = sum(token.weight for token in wanted) or 1
    cost = sum(_cost(wanted, there, pair) for pair in pairs)
    return Nearest(source, span, max(0.0, 1 - cost / total), _difference(words, wanted, source.words, there, pairs))


def _cost(wanted: Sequence[Token], there: Sequence[Token], pair: Pair) -> int:
    first, second = pair
    if first is None:
        return there[second or 0].weight
    if second is None:
        return wanted[first].weight
    return cost_of(wanted[first], there[second])


def _difference(words: str, wanted: Sequence[Token], source: str, there: Sequence[Token], pairs: Sequence[Pair]) -> str:
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
