"""The words that a question leaves out, as the fewest phrases of the conversation that hold them all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.left_out import PieceKind, Said, Word
from qa.words import STOP_WORDS

# Where the same words stand in several places, those read best that come from further to the left.
_PREFERRED: tuple[PieceKind, ...] = ("title", "asked", "heading", "quoted")
_INNER = re.compile(r"[\s'’\-–&]*\Z")
_MOST_BETWEEN = 2
_MOST_PHRASES = 4


@dataclass(frozen=True, slots=True)
class LeftOutPhrase:
    """Words side by side in piece number `piece`, the stems among them that were left out, and their mean log odds."""

    text: str
    piece: int
    stems: frozenset[str]
    score: float

    @property
    def is_name(self) -> bool:
        """True if a word but the first has a capital letter, or the only one has."""
        words = self.text.split()
        return any(word[0].isupper() for word in words[1:] or words)


def phrases_left_out(said: Said, scores: Mapping[str, float], least: float) -> list[LeftOutPhrase]:
    """Phrases that hold each stem of at least `least`, surest first; few, and none that holds only what others do.

    `scores` are of stems that `said` holds.
    """
    chosen = {one: score for one, score in scores.items() if score >= least}
    phrases = [_phrase(said, run, chosen) for run in _runs(said, chosen)]
    missing, found = set(chosen), list[LeftOutPhrase]()
    while missing and len(found) < _MOST_PHRASES:
        best = max(phrases, key=lambda one: _merit(one, missing, said))
        missing -= best.stems
        found.append(best)
    needed = [one for one in found if not any(one is not other and one.stems <= other.stems for other in found)]
    return sorted(needed, key=lambda one: -one.score)


def _merit(phrase: LeftOutPhrase, missing: set[str], said: Said) -> tuple[int, int, bool, int, int]:
    piece = said.pieces[phrase.piece]
    new = len(phrase.stems & missing)
    return new, -len(phrase.stems - missing), phrase.is_name, -_PREFERRED.index(piece.kind), -piece.turns_ago


def _runs(said: Said, chosen: Mapping[str, float]) -> list[list[Word]]:
    """Words of one piece that were left out, as far as only small words and blanks stand between them."""
    runs: list[list[Word]] = []
    between: list[Word] = []
    for word in said.words:
        if word.may_be_left_out and word.stem in chosen:
            if runs and _goes_on(said, [runs[-1][-1], *between, word]):
                runs[-1] += [*between, word]
            else:
                runs.append([word])
            between = []
        else:
            between.append(word)
    return runs


def _goes_on(said: Said, words: Sequence[Word]) -> bool:
    """True if the first and the last of `words` belong to one phrase."""
    text = said.pieces[words[0].piece].text
    is_near = words[0].piece == words[-1].piece and len(words) - 2 <= _MOST_BETWEEN
    return (
        is_near
        and all(said.text_of(one).lower() in STOP_WORDS or len(one.span.of(text)) == 1 for one in words[1:-1])
        and all(_INNER.match(text[one.span.end : other.span.start]) for one, other in pairwise(words))
    )


def _phrase(said: Said, run: Sequence[Word], chosen: Mapping[str, float]) -> LeftOutPhrase:
    text = said.pieces[run[0].piece].text[run[0].span.start : run[-1].span.end]
    stems = frozenset(word.stem for word in run if word.stem in chosen)
    return LeftOutPhrase(" ".join(text.split()), run[0].piece, stems, sum(map(chosen.__getitem__, stems)) / len(stems))
