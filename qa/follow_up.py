"""Questions that lean on the conversation, completed from it: what they leave out is put in brackets after them.

Nothing is made up and nothing is taken away: what is added was said in an earlier question, or stands in a quote that
answered it or in the headings above that. Whoever asked can read it and change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.leaning import Leaning, asks_as_before, leanings_of
from qa.phrases import TOKEN, Phrase, question_phrases
from qa.topics import Mark, Topic, Turn, topics_of, with_added, without_added
from qa.words import STOP_WORDS, stems_of, words_of

Trait = (
    Mark | Literal["name", "person", "noun", "several", "single", "date", "completes", "lower-case", "answering person"]
)

# What speaks for a topic and against it, and what else does so where the question leans in some way. Chosen on half of
# CANARD's and CAsT 2019's conversations (`make followups`), in steps of 0.5 and 1, from values set by hand.
_WEIGHTS: dict[Trait, float] = {
    "added first": 2.0,
    "added": 1.5,
    "introduced": 2.0,
    "asked alone": 1.0,
    "asked": 1.0,
    "asked first": -0.5,
    "asked before": -1.0,
    "opening": 0.3,
    "title": 1.0,
    "last title": 2.0,
    "heading": -1.0,
    "answered": 1.0,
    "answered alone": 1.5,
    "answered before": 1.0,
    "name": 1.8,
    "date": -4.0,
    "completes": 3.0,
}
_LEANING_WEIGHTS: dict[Leaning, dict[Trait, float]] = {
    "person": {"person": 2.0, "lower-case": -4.0, "last title": 2.5, "answering person": 2.0},
    "several": {"single": -4.0, "last title": 1.5, "person": -1.0},
    "thing": {"several": -2.0, "last title": 1.0, "answered": 1.0, "added first": 1.0, "answering person": -4.0},
    "definite": {"heading": 2.0},
}
_SHARE_WEIGHT = 2.0
_WEIGHT_OF_A_TURN_AGO = -0.3
# A pronoun stands for something, whatever it is; other questions may do without.
_LEAST_WEIGHT = 1.0
_PRONOUNS: frozenset[Leaning] = frozenset({"person", "several", "thing"})


_STANDS_FOR = frozenset(
    "he him his she her hers it its they them their theirs this that these those there here then".split()
)
_BEFORE_THE_REST = frozenset({"many", "much"})
_MOST_WORDS = 30


@dataclass(frozen=True, slots=True)
class Added:
    """Words that were added to a question, and the number of the earlier turn, from 0, that they came from."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class Completed:
    """A question as it is searched for: just as it was asked, if nothing was added."""

    text: str
    added: tuple[Added, ...]


def complete(question: str, earlier: Sequence[Turn]) -> Completed:
    """`question` with what it leans on in `earlier`, the turns before it from the first; or as it is.

    Unchanged stay questions that stand on their own feet and those that end in brackets: they are complete already.
    """
    if not earlier or without_added(question)[1]:
        return Completed(question, ())
    added = tuple(_additions(question, earlier))
    return Completed(with_added(question, [one.text for one in added]), added)


def _additions(question: str, earlier: Sequence[Turn]) -> Iterator[Added]:
    leanings, own, last = leanings_of(question), stems_of(question), len(earlier) - 1
    topics = [topic for topic in topics_of(earlier) if not topic.phrase.stems <= own]
    if not leanings:
        topics = [topic for topic in topics if _completes(topic.phrase, question)]
    asked = without_added(earlier[-1].question)[0]
    rest = _rest_of(asked, question) if _asks_the_same(question) else ""
    best = max(topics, key=lambda topic: _weight(topic, question, leanings, last), default=None)
    is_in_rest = bool(rest and best and best.phrase.stems <= stems_of(asked))
    is_heavy = best and _weight(best, question, leanings, last) >= _LEAST_WEIGHT
    if best and not is_in_rest and (is_heavy or leanings & _PRONOUNS):
        yield Added(best.phrase.text, best.turn)
    if "time" in leanings and (date := _date_of(topics, last)):
        yield Added(date, last)
    if rest:
        yield Added(rest, last)


def _asks_the_same(question: str) -> bool:
    """True for "What about the tower?" and "Why?", which need the rest of the last question."""
    return asks_as_before(question) or all(word in STOP_WORDS - _STANDS_FOR for word in words_of(question))


def _completes(phrase: Phrase, question: str) -> bool:
    """True for "David Simon" where the question says "David"."""
    return phrase.may_be_a_person and any(one.stems < phrase.stems for one in question_phrases(question))


def _weight(topic: Topic, question: str, leanings: frozenset[Leaning], last: int) -> float:
    traits: set[Trait] = {*topic.marks, topic.phrase.kind}
    if topic.phrase.text[0].islower():
        traits.add("lower-case")
    if topic.phrase.may_be_a_person:
        traits.add("person")
        if traits & {"answered", "answered before"} and "title" not in traits:
            traits.add("answering person")
    if topic.phrase.kind == "noun":
        traits.add("several" if topic.phrase.may_be_several else "single")
    if _completes(topic.phrase, question):
        traits.add("completes")
    weights = [_WEIGHTS, *(_LEANING_WEIGHTS.get(leaning, {}) for leaning in sorted(leanings))]
    by_traits = sum(of_leaning.get(trait, 0.0) for of_leaning in weights for trait in sorted(traits))
    return by_traits + _SHARE_WEIGHT * topic.share + _WEIGHT_OF_A_TURN_AGO * (last - topic.turn)


def _date_of(topics: Sequence[Topic], last: int) -> str | None:
    """The only date of the last turn."""
    dates = [topic.phrase.text for topic in topics if topic.phrase.kind == "date" and topic.turn == last]
    return dates[0] if len(dates) == 1 else None


def _rest_of(asked: str, question: str) -> str:
    """What the last question asked, without what `question` asks about instead: "visitors came to the museum"."""
    instead = {phrase.kind for phrase in question_phrases(question)}
    replaced = next((one.stems for one in question_phrases(asked) if one.kind in instead), frozenset[str]())
    kept: list[str] = []
    for token in TOKEN.findall(asked):
        if not token[0].isalnum() or token.lower() in _BEFORE_THE_REST:
            continue
        if not stems_of(token) <= replaced:
            kept.append(token)
            continue
        while kept and kept[-1].lower() in STOP_WORDS:
            kept.pop()
    telling = [at for at, token in enumerate(kept) if token.lower() not in STOP_WORDS]
    return " ".join(kept[telling[0] : telling[-1] + 1][:_MOST_WORDS]) if telling else ""
