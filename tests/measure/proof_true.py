"""True quotations, in many typographies: each must be proven."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from source.document import Span
from source.sentences import split_sentences
from tests.measure.proof_case import Case, Make, Passage, case_of, sentence_of

_TELLING = re.compile(
    r"\b(?:not|never|no|cannot|nothing|none|without|hardly|nor|neither|nobody|rarely|if|unless|only|"
    r"except|until|whether|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|"
    r"billion|half|dozen|provided|providing|assuming|otherwise|eleven|twelve|twenty|thirty)\b|\d|n't",
    re.IGNORECASE,
)


def _whole(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    return case_of(kind, sentence_of(passage, generator), "proven", generator)


def _whole_named(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    return case_of(kind, sentence_of(passage, generator), "proven", generator, passage.document)


def _several(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    found = split_sentences(passage.text, Span(0, len(passage.text)))
    if len(found) < 2 or re.search(r"[\"“”„«»()\[\]]|''", passage.text):
        return None
    start = generator.randrange(len(found) - 1)
    return case_of(kind, passage.text[found[start].start : found[start + 1].end], "proven", generator)


def _wrapped(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    words = sentence_of(passage, generator).split(" ")
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    return case_of(kind, "\n".join(lines) if words != [""] else "", "proven", generator)


def _hyphenated(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    long = list(re.finditer(r"\b[a-z]{8,}\b", sentence))
    if not long:
        return None
    at = generator.choice(long).start() + 4
    return case_of(kind, f"{sentence[:at]}-\n{sentence[at:]}", "proven", generator)


def _retyped(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """Other dashes, apostrophes and blanks."""
    sentence = sentence_of(passage, generator)
    for old, new in (("–", "-"), ("—", " – "), ("'", "’"), (" ", "\u00a0"), ("fi", "ﬁ")):
        if generator.random() < 0.5:
            sentence = sentence.replace(old, new, 2)
    return case_of(kind, sentence, "proven", generator)


def _recased(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    first = generator.choice([sentence[:1].lower(), f"[{sentence[:1].lower()}]"])
    return case_of(kind, first + sentence[1:], "proven", generator) if sentence[:1].isalpha() else None


def _american(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    return Case(kind, f"“{sentence[:-1]},” it is said.", sentence, "proven") if sentence.endswith(".") else None


def _elided(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """An ellipsis for words that say nothing of importance."""
    words = sentence_of(passage, generator).split(" ")
    if len(words) < 12:
        return None
    start = generator.randrange(3, len(words) - 6)
    end = start + generator.randrange(1, 4)
    if _TELLING.search(" ".join(words[start:end])):
        return None
    dots = generator.choice(["…", "...", "[…]", "[...]", ". . ."])
    return case_of(kind, " ".join([*words[:start], dots, *words[end:]]), "proven", generator)


def _block(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    words = sentence.split(" ")
    lines = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    return Case(kind, "\n".join(f"> {line}" for line in lines), sentence, "proven") if sentence else None


def _spoken(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = sentence_of(passage, generator)
    return (
        Case(kind, f"{passage.speaker} said: “{sentence}”", sentence, "proven")
        if passage.speaker and sentence
        else None
    )


TRUE: dict[str, Make] = {
    "whole sentence": _whole,
    "whole sentence, document named": _whole_named,
    "two sentences": _several,
    "wrapped lines": _wrapped,
    "hyphenated at line ends": _hyphenated,
    "other dashes, blanks, ligatures": _retyped,
    "other case at the start": _recased,
    "comma before the mark": _american,
    "harmless ellipsis": _elided,
    "block quote": _block,
    "right speaker": _spoken,
}
