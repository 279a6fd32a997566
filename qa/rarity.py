"""How much a word of a question tells: its inverse document frequency, with English in general as a prior.

A small library says little about how common a word is: "does" may stand in none of its passages. So each word is
counted as if the library had `PRIOR_PASSAGES` more passages of ordinary English and questions.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

from qa.words import stem

FREQUENCIES = Path(__file__).with_name("frequencies.tsv")

PRIOR_PASSAGES = 300.0


def rarity(word: str, count: int, passages: int) -> float:
    """The inverse document frequency, above 0, of a word that stands in `count` of `passages` of the library.

    Robertson and Spärck Jones (1976), kept above 0 as in Lucene's BM25.
    """
    smoothed = count + PRIOR_PASSAGES * _shares().get(stem(word), 0.0)
    total = max(passages, count) + PRIOR_PASSAGES
    return math.log(1 + (total - smoothed + 0.5) / (smoothed + 0.5))


def is_common(word: str) -> bool:
    """True if `word`, or another form of it, is one of the commoner words of English."""
    return stem(word) in _shares()


@cache
def _shares() -> dict[str, float]:
    """The share of English passages or questions, whichever is more, that hold each common stem."""
    lines = FREQUENCIES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {stemmed: float(share) for stemmed, share in rows}
