"""Quotations that were altered on purpose, or stand elsewhere than they say: each must be noticed."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from tests.measure.proof_case import Case, Make, Passage, case_of, sentence_of

NEGATION = re.compile(r"\b(?:not|never|no|cannot|nothing|none|without|\w+n't)\b")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?![\w.,]\d)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
_VERB = re.compile(r"\b(?:is|was|are|were|has|had|can|could|will|would|did|does)\b")


def _number_changed(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    numbers = list(_NUMBER.finditer(sentence))
    if not numbers:
        return None
    number = generator.choice(numbers)
    at = generator.randrange(len(number[0]))
    digit = generator.choice([one for one in "123456789" if one != number[0][at]])
    changed = number[0][:at] + digit + number[0][at + 1 :]
    return case_of(kind, sentence[: number.start()] + changed + sentence[number.end() :], "altered", generator)


def _negated(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    verbs = list(_VERB.finditer(sentence))
    if not verbs:
        return None
    at = generator.choice(verbs).end()
    return case_of(kind, f"{sentence[:at]} not{sentence[at:]}", "altered", generator)


def _affirmed(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    negation = NEGATION.search(sentence)
    if not negation:
        return None
    rest = " ".join((sentence[: negation.start()] + sentence[negation.end() :]).split())
    return case_of(kind, rest, "altered", generator)


def _renamed(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    names = list(_NAME.finditer(sentence))
    other = _NAME.findall(generator.choice(passages).text)
    if not names or not other:
        return None
    name, new = generator.choice(names), generator.choice(other)
    return (
        None
        if new == name[0]
        else case_of(kind, sentence[: name.start()] + new + sentence[name.end() :], "altered", generator)
    )


def _reworded(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    words = sentence_of(passage, generator).split(" ")
    at = generator.randrange(len(words))
    new = generator.choice(generator.choice(passages).text.split(" "))
    old = re.sub(r"\W", "", words[at])
    if not old or re.sub(r"\W", "", new).lower() == old.lower() or not re.sub(r"\W", "", new):
        return None
    words[at] = words[at].replace(old, re.sub(r"\W", "", new))
    return case_of(kind, " ".join(words), "altered", generator) if len(words) > 5 else None


def _joined(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """Fragments on both sides of a negation, with an ellipsis between them or nothing."""
    sentence = sentence_of(passage, generator)
    negation = NEGATION.search(sentence)
    if not negation:
        return None
    before, after = sentence[: negation.start()].strip(), sentence[negation.end() :].strip()
    if len(before.split()) < 2 or len(after.split()) < 2:
        return None
    return case_of(
        kind, f"{before} {generator.choice(['…', '...', '[…]', '[and]', '[is]'])} {after}", "altered", generator
    )


def _condition_cut(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """What holds under a condition, without it."""
    sentence = sentence_of(passage, generator)
    found = re.search(r",? (?:if|unless|only if|provided that|except) ", sentence)
    if not found or len(sentence[: found.start()].split()) < 4:
        return None
    return case_of(kind, f"{sentence[: found.start()]}.", "altered", generator)


def _invented(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    """The words of many documents in an order that none has."""
    words = [generator.choice(generator.choice(passages).text.split(" ")) for _ in range(generator.randrange(8, 20))]
    plain = [re.sub(r"\W", "", word) for word in words]
    return case_of(kind, " ".join(filter(None, plain)), "altered", generator)


def _wrong_document(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    other = generator.choice(passages)
    sentence = sentence_of(passage, generator)
    is_elsewhere = sentence in other.text or other.document == passage.document
    return None if is_elsewhere else case_of(kind, sentence, "misattributed", generator, other.document)


def _wrong_speaker(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    others = [one for one in passages if one.speaker]
    sentence = sentence_of(passage, generator)
    if not passage.speaker or not others or not sentence:
        return None
    other = generator.choice(others)
    if other.speaker.split()[-1] == passage.speaker.split()[-1]:
        return None
    return Case(kind, f"{other.speaker} said: “{sentence}”", sentence, "misattributed")


ALTERED: dict[str, Make] = {
    "number changed": _number_changed,
    "negation added": _negated,
    "negation removed": _affirmed,
    "name swapped": _renamed,
    "word replaced": _reworded,
    "joined across a negation": _joined,
    "condition cut off": _condition_cut,
    "invented": _invented,
    "wrong document": _wrong_document,
    "wrong speaker": _wrong_speaker,
}
