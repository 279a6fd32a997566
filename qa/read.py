"""The reader: question and hits to quotes. No language model; whole sentences are ranked and cut out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.records import StoredPassage
from qa.answer import Citation, Hit
from qa.expect import EXPECTATIONS, Expectation, expectations_of, expected_words, to_end_of_list
from qa.question import Question
from qa.retrieve import Found, SentenceEvidence
from qa.words import stems_of
from source.document import Span

# The score of a sentence is the sum of its evidence times these, and of the weights in qa.expect for each kind of
# words that the question expects and the sentence has. Fitted on SQuAD 1.1 train and SelQA (`make fit`).
WEIGHTS = {
    "cosine": 0.276,
    "coverage": 0.153,
    "passage": 0.355,  # the score of its passage
    "before": 0.015,  # the cosine of the sentence before it in the passage
    "after": 0.015,  # the cosine of the sentence after it
}
# A sentence is the answering one with a probability proportional to exp(SHARPNESS * score), by the same fit.
SHARPNESS = 36.0
_NO_NEIGHBOUR_COSINE = 0.2

# Quotes are added until one of them answers with this probability; one of less than the least is not worth reading.
_ENOUGH_PROBABILITY = 0.8
_LEAST_PROBABILITY = 0.04

# Two sentences that share this much of the words of the longer one say the same.
_SAME_SHARE = 0.8
_DENYING = frozenset("no nor not never none nobody nothing without neither".split())
_HAS_FIGURE = re.compile(r"\d").search
# A quote is extended back over at most this many sentences.
_MAX_LEANING = 2
_LEANS = re.compile(
    r"[\"'(\[]*(?:however|but|this|these|that|those|it|its|they|their|them|he|his|she|her|such|therefore|thus|hence|also|"
    r"moreover|furthermore|in addition|yet|so|then|instead|nevertheless|nonetheless|consequently|as a result|"
    r"for example|for instance|similarly|likewise|meanwhile|otherwise|the latter|the former|both|neither|and|or)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence that may answer.

    `number` (from 0) is its place among its passage's sentences. `score` ranks, higher is better; `probability` is
    the chance that it, and no other of the sentences ranked with it, answers: they sum to 1. `words` are those of its
    folded text that the trained reader takes for the answer, if it has read it.
    """

    hit: Hit
    number: int
    evidence: SentenceEvidence
    score: float
    probability: float
    words: Span | None


def rank_sentences(found: Found, question: Question) -> list[RankedSentence]:
    """All sentences of the found passages, best first; equal scores rank by their place in the library."""
    expectations = expectations_of(question.text)
    places = [(hit, number) for hit in found.hits for number in range(len(found.evidence[hit.passage.id]))]
    if not places:
        return []
    weights = (*WEIGHTS.values(), *(kind.weight for kind in EXPECTATIONS))
    rows = (evidence_row(hit, found.evidence[hit.passage.id], number, expectations) for hit, number in places)
    scores = [sum(weight * feature for weight, feature in zip(weights, row, strict=True)) for row in rows]
    return rank_by(scores, places, found, sharpness=SHARPNESS)


def rank_by(
    scores: Sequence[float], places: Sequence[tuple[Hit, int]], found: Found, *, sharpness: float
) -> list[RankedSentence]:
    """The sentences at `places`, hits and numbers in them, best first by `scores`; there is at least one."""
    likelihoods = np.exp(sharpness * (np.array(scores) - max(scores)))
    probabilities = (likelihoods / likelihoods.sum()).tolist()
    ranked = [
        RankedSentence(hit, number, found.evidence[hit.passage.id][number], score, probability, None)
        for (hit, number), score, probability in zip(places, scores, probabilities, strict=True)
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.evidence.sentence.id))


def evidence_row(
    hit: Hit, fit: Sequence[SentenceEvidence], number: int, expectations: tuple[Expectation, ...]
) -> list[float]:
    """The features of a sentence, and 1 or 0 for each of `EXPECTATIONS`: it is among `expectations`, and met."""
    folded = fit[number].sentence.folded
    met = [kind in expectations and kind.answers.search(folded) is not None for kind in EXPECTATIONS]
    return [*sentence_features(hit, fit, number), *map(float, met)]


def sentence_features(
    hit: Hit, fit: Sequence[SentenceEvidence], number: int
) -> tuple[float, float, float, float, float]:
    """What `WEIGHTS` weighs, in its order."""
    return (
        fit[number].cosine,
        fit[number].coverage,
        hit.score,
        fit[number - 1].cosine if number else _NO_NEIGHBOUR_COSINE,
        fit[number + 1].cosine if number + 1 < len(fit) else _NO_NEIGHBOUR_COSINE,
    )


def choose_quotes(ranked: Sequence[RankedSentence], found: Found, question: Question, most: int) -> list[Citation]:
    """One to `most` quotes, best first: as many as it takes for the answer to be among them, most likely."""
    quotes: list[Citation] = []
    probability = 0.0
    for one, quote in distinct_quotes(ranked, found, question):
        unlikely = bool(quotes) and one.probability < _LEAST_PROBABILITY
        if probability >= _ENOUGH_PROBABILITY or unlikely or len(quotes) == most:
            break
        quotes.append(quote)
        probability += one.probability
    return join_neighbours(quotes, found)


def join_neighbours(quotes: Sequence[Citation], found: Found) -> list[Citation]:
    """`quotes` with those that follow each other in one passage made into one, in the place of the best of them."""
    joined: list[Citation] = []
    for quote in quotes:
        beside = [one for one in joined if _are_neighbours(one, quote, found)]  # before it, after it, or both
        if beside:
            joined[joined.index(beside[0])] = _join([*beside, quote])
            joined = [one for one in joined if one not in beside]
        else:
            joined.append(quote)
    return joined


def _join(parts: Sequence[Citation]) -> Citation:
    """One quote, in the place of the first of `parts`, which follow each other in some order."""
    span = Span(min(part.span.start for part in parts), max(part.span.end for part in parts))
    answering = tuple(sorted(words for part in parts for words in part.answering))
    return replace(parts[0], span=span, answering=answering, score=sum(part.score for part in parts))


def _are_neighbours(one: Citation, other: Citation, found: Found) -> bool:
    if one.passage.id != other.passage.id:
        return False
    first, second = sorted((one.span, other.span))
    sentences = [fit.sentence.span for fit in found.evidence[one.passage.id]]
    return not any(first.end <= between.start and between.end <= second.start for between in sentences)


def best_quotes(ranked: Sequence[RankedSentence], found: Found, question: Question, k: int) -> list[Citation]:
    """The `k` best quotes, however unlikely they are."""
    return [quote for (_, quote), _ in zip(distinct_quotes(ranked, found, question), range(k), strict=False)]


def distinct_quotes(
    ranked: Sequence[RankedSentence], found: Found, question: Question
) -> Iterator[tuple[RankedSentence, Citation]]:
    """A quote for each sentence, without those that overlap one before or say the same."""
    quoted: dict[int, list[Span]] = {}
    said: list[frozenset[str]] = []
    for one in ranked:
        fit = found.evidence[one.hit.passage.id]
        stems = one.evidence.stems
        if _only_asks(one, fit, question) or any(_same(stems, others) for others in said):
            continue
        taken = quoted.setdefault(one.hit.document.id, [])
        quote = quote_of(one, fit, question, taken)
        if not any(span.overlaps(quote.span) for span in taken):
            taken.append(quote.span)
            said.append(stems)
            yield one, quote


def _only_asks(one: RankedSentence, fit: Sequence[SentenceEvidence], question: Question) -> bool:
    """True for a sentence that asks the same as `question`, with no sentence after it that may answer."""
    is_last = one.number + 1 == len(fit)
    return is_last and _asks(fit[one.number]) and _same(one.evidence.stems, stems_of(question.text))


def _asks(one: SentenceEvidence) -> bool:
    return one.sentence.folded.rstrip("\"')]*_ ").endswith(("?", "؟", "？"))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """True if two sentences of these stems say the same; never where their figures or negations are not the same."""
    is_alike = len(one & other) >= _SAME_SHARE * max(len(one), len(other))
    return is_alike and not any(word in _DENYING or _HAS_FIGURE(word) for word in one ^ other)


def quote_of(
    one: RankedSentence, fit: Sequence[SentenceEvidence], question: Question, taken: Sequence[Span]
) -> Citation:
    """The sentence, from the one before it where it begins by pointing back, to the one after it where it asks.

    It does not reach back into what is `taken`: another quote holds that.
    """
    first = last = one.number
    while first > 0 and one.number - first < _MAX_LEANING and _LEANS.match(fit[first].sentence.folded):
        if any(span.overlaps(fit[first - 1].sentence.span) for span in taken):
            break
        first -= 1
    while last + 1 < len(fit) and last - one.number < _MAX_LEANING and _asks(fit[last]):
        last += 1
    span = Span(fit[first].sentence.span.start, fit[last].sentence.span.end)
    marked = _marked(one) if last == one.number else None
    answering = (marked,) if marked else _answering(one.hit.passage, fit[last].sentence.span, question)
    return Citation(one.hit.document, one.hit.passage, span, answering, one.probability)


def _marked(one: RankedSentence) -> Span | None:
    """The words of the document that the trained reader takes for the answer, if they stand there as they were read."""
    if one.words is None:
        return None
    passage, sentence = one.hit.passage, one.evidence.sentence
    span, words = sentence.span, one.words.of(sentence.folded)
    text = passage.text[span.start - passage.span.start : span.end - passage.span.start]
    read, standing = (
        [found.start() for found in re.finditer(re.escape(words), said)] for said in (sentence.folded, text)
    )
    if not words or len(read) != len(standing):
        return None
    place = standing[sum(start < one.words.start for start in read)]
    marked = to_end_of_list(text, Span(place, place + len(words)))
    return Span(span.start + marked.start, span.start + marked.end)


def _answering(passage: StoredPassage, span: Span, question: Question) -> tuple[Span, ...]:
    """The words in `span` of the kind that the question expects, or else all of it."""
    text = passage.text[span.start - passage.span.start : span.end - passage.span.start]
    found = sorted({words for _, words in expected_words(text, expectations_of(question.text), question.text)})
    spans: list[Span] = []
    for words in found:
        words_span = Span(span.start + words.start, span.start + words.end)
        if not spans or words_span.start >= spans[-1].end:
            spans.append(words_span)
    return tuple(spans) or (span,)
