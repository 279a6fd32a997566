"""How much speaks for a topic being what a question leans on, by weights that can be read."""

from __future__ import annotations

from typing import Literal

from qa.leaning import Leaning
from qa.phrases import Phrase, question_phrases
from qa.topics import Mark, Topic

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


def salience(topic: Topic, question: str, leanings: frozenset[Leaning], last: int) -> float:
    """How much speaks for `topic`, where `question` leans so and `last` is the last turn; above 1 is much."""
    traits: set[Trait] = {*topic.marks, topic.phrase.kind}
    if topic.phrase.text[0].islower():
        traits.add("lower-case")
    if topic.phrase.may_be_a_person:
        traits.add("person")
        if traits & {"answered", "answered before"} and "title" not in traits:
            traits.add("answering person")
    if topic.phrase.kind == "noun":
        traits.add("several" if topic.phrase.may_be_several else "single")
    if completes(topic.phrase, question):
        traits.add("completes")
    weights = [_WEIGHTS, *(_LEANING_WEIGHTS.get(leaning, {}) for leaning in sorted(leanings))]
    by_traits = sum(of_leaning.get(trait, 0.0) for of_leaning in weights for trait in sorted(traits))
    return by_traits + _SHARE_WEIGHT * topic.share + _WEIGHT_OF_A_TURN_AGO * (last - topic.turn)


def completes(phrase: Phrase, question: str) -> bool:
    """True for "David Simon" where the question says "David"."""
    return phrase.may_be_a_person and any(one.stems < phrase.stems for one in question_phrases(question))
