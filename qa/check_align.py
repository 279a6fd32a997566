"""The words of a quotation paired with those of a document at the least cost: which are the same, and which differ.

The method is Sellers' (1980): all words of the quotation, a run of the document's. Costs are whole numbers, and a row
of the table is worked out at once, as its smallest sums from the left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.check_fold import MASK, folded
from source.document import Span

_TOKEN = re.compile(rf"[^\W_]+(?:[{MASK}'’.,-]*[^\W_]+)*|[^\w\s{MASK}]")
_WORD_COST, _SIGN_COST, _CASE_COST = 10, 2, 5
# Dearer than leaving out a word and adding a sign.
_OTHER_KIND_COST = 20

Pair = tuple[int | None, int | None]
"""The numbers of two tokens that stand for each other; None where one stands alone."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign, and where it stands."""

    form: str
    span: Span

    @property
    def is_word(self) -> bool:
        """False for a sign."""
        return self.form[0].isalnum()

    @property
    def weight(self) -> int:
        """What it costs to leave it out or to add it."""
        return _WORD_COST if self.is_word else _SIGN_COST

    @property
    def likeness(self) -> str:
        """What is the same for words in another case, and for signs that are folded."""
        return self.form.casefold() if self.is_word else folded(self.form)


def tokens_of(words: str, offset: int = 0) -> list[Token]:
    """The words and signs of a text that begins at `offset`, in order."""
    return [
        Token(found[0].replace(MASK, ""), Span(found.start() + offset, found.end() + offset))
        for found in _TOKEN.finditer(words)
    ]


def cost_of(one: Token, other: Token) -> int:
    """What it costs that `one` stands for `other`."""
    if one.form == other.form:
        return 0
    if one.is_word != other.is_word:
        return _OTHER_KIND_COST
    is_alike = one.likeness == other.likeness
    if one.is_word:
        return _CASE_COST if is_alike else _WORD_COST
    return 0 if is_alike else _SIGN_COST


def greatest_share(wanted: Sequence[Token], there: Sequence[Token]) -> float:
    """No less than the share of `wanted` that any alignment finds in `there`: that without regard to their order."""
    weights = {(token.is_word, token.likeness): token.weight for token in wanted}
    common = Counter((token.is_word, token.likeness) for token in wanted)
    common &= Counter((token.is_word, token.likeness) for token in there)
    total = sum(token.weight for token in wanted) or 1
    return sum(weights[kind] * count for kind, count in common.items()) / total


def align(wanted: Sequence[Token], there: Sequence[Token]) -> list[Pair]:
    """Pairs in order, all of `wanted` and a run of `there`, at the least cost."""
    adding = np.array([token.weight for token in there], np.int64)
    sums = np.concatenate([[0], np.cumsum(adding)])
    costs = _Costs(there)
    previous = np.zeros(len(there) + 1, np.int64)
    steps: list[NDArray[np.uint8]] = []  # 0: both, 1: of `wanted` only, 2: of `there` only
    for token in wanted:
        both, alone = previous[:-1] + costs.row(token), previous + token.weight
        least = alone.copy()
        np.minimum(least[1:], both, out=least[1:])
        row = sums + np.minimum.accumulate(least - sums)
        step = np.where(alone == row, np.uint8(1), np.uint8(2))
        step[1:][both == row[1:]] = 0
        steps.append(step)
        previous = row
    return _walk_back(previous, steps)


class _Costs:
    """What it costs that a token stands for each of `there`."""

    def __init__(self, there: Sequence[Token]) -> None:
        self._forms: dict[str, int] = {}
        self._likenesses: dict[str, int] = {}
        self._form_of = np.array([self._forms.setdefault(one.form, len(self._forms)) for one in there], np.int64)
        self._likeness_of = np.array(
            [self._likenesses.setdefault(one.likeness, len(self._likenesses)) for one in there], np.int64
        )
        is_word = np.array([one.is_word for one in there], bool)
        self._unlike = {
            True: np.where(is_word, _WORD_COST, _OTHER_KIND_COST),
            False: np.where(is_word, _OTHER_KIND_COST, _SIGN_COST),
        }
        self._is_word = is_word

    def row(self, token: Token) -> NDArray[np.int64]:
        """(len(there),) the costs, in order."""
        row = self._unlike[token.is_word].copy()
        likeness = self._likenesses.get(token.likeness)
        if likeness is not None:
            is_alike = (self._likeness_of == likeness) & (self._is_word == token.is_word)
            row[is_alike] = _CASE_COST if token.is_word else 0
        form = self._forms.get(token.form)
        if form is not None:
            row[self._form_of == form] = 0
        return row


def _walk_back(last: NDArray[np.int64], steps: Sequence[NDArray[np.uint8]]) -> list[Pair]:
    first, second = len(steps), int(last.argmin())
    while second + 1 < len(last) and last[second + 1] == last[second]:
        second += 1  # another word in the place of one costs no less than none
    pairs: list[Pair] = []
    while first > 0:
        taken = steps[first - 1][second]
        first, second = first - (taken != 2), second - (taken != 1)
        pairs.append((first if taken != 2 else None, second if taken != 1 else None))
    return pairs[::-1]
