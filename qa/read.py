"""The reader: question and hits to quotes. No language model; whole sentences are ranked and cut out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import StoredSentence
from index.vectors import Vectors
from qa.answer import Citation, Hit
from qa.retrieve import Found
from qa.words import stem, stems_of
from source.document import Span

# Shares of a sentence's score, chosen on development data (docs/experiments.md).
_COSINE_WEIGHT = 0.5
_OVERLAP_WEIGHT = 0.3
_PASSAGE_WEIGHT = 0.2

MAX_QUOTES = 4
# A further quote must come this near to the best one's score.
_MIN_SHARE_OF_BEST = 0.8
# Two sentences that share this much of their words say the same.
_SAME_SHARE = 0.8
_LEANS = re.compile(
    r"[\"'“‘(]*(?:however|but|this|these|that|those|it|its|they|their|he|his|she|her|such|therefore|thus|hence|also|"
    r"moreover|furthermore|in addition|yet|so|then|instead|nevertheless|nonetheless|consequently|as a result|"
    r"for example|for instance|similarly|likewise|meanwhile|the latter|the former|both|neither)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much each content word of a question tells: its inverse document frequency in the library, by stem."""

    weights: dict[str, float]

    def share(self, stems: set[str]) -> float:
        """The part of the question's words, weighed by rarity, that is among `stems`: 0 to 1."""
        total = sum(self.weights.values())
        return sum(weight for one, weight in self.weights.items() if one in stems) / total if total else 0.0


def weigh_words(counts: dict[str, int], passages: int) -> Rarity:
    """Inverse document frequency (Robertson and Spärck Jones 1976, floored at 0) of words with these `counts`."""
    weights = {}
    for word, count in counts.items():
        weights[stem(word)] = math.log(1 + (max(passages - count, 0) + 0.5) / (count + 0.5))
    return Rarity(weights)


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence that may answer, its place among its passage's sentences, and its score; higher is better."""

    hit: Hit
    sentence: StoredSentence
    number: int
    score: float
    cosine: float
    overlap: float


def rank_sentences(found: Found, vector: Vectors, rarity: Rarity) -> list[RankedSentence]:
    """All sentences of the found passages, best first; equal scores rank by passage and place."""
    ranked = []
    for hit in found.hits:
        for number, sentence in enumerate(found.sentences[hit.passage.id]):
            cosine = float(sentence.vector @ vector)
            overlap = rarity.share(stems_of(sentence.folded))
            score = _COSINE_WEIGHT * cosine + _OVERLAP_WEIGHT * overlap + _PASSAGE_WEIGHT * hit.score
            ranked.append(RankedSentence(hit, sentence, number, score, cosine, overlap))
    return sorted(ranked, key=lambda one: (-one.score, one.sentence.id))


def choose_quotes(ranked: Sequence[RankedSentence], found: Found, rarity: Rarity, k: int) -> list[Citation]:
    """Up to `k` quotes: the best sentences, none that says what another says, each with what it leans on."""
    quotes: list[Citation] = []
    taken: list[set[str]] = []
    for one in ranked:
        if len(quotes) == k:
            break
        stems = stems_of(one.sentence.folded)
        span = _with_what_it_leans_on(one, found.sentences[one.hit.passage.id])
        if any(quote.document.id == one.hit.document.id and quote.span.overlaps(span) for quote in quotes):
            continue
        if any(_share(stems, other) >= _SAME_SHARE for other in taken):
            continue
        taken.append(stems)
        quotes.append(Citation(one.hit.document, one.hit.passage, span, (one.sentence.span,), one.score))
    return quotes


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _with_what_it_leans_on(one: RankedSentence, sentences: Sequence[StoredSentence]) -> Span:
    """The span of a sentence, from the one before it where it begins by pointing back."""
    start = one.number
    while start > 0 and one.number - start < 2 and _LEANS.match(sentences[start].folded):
        start -= 1
    return Span(sentences[start].span.start, one.sentence.span.end)
