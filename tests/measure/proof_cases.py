"""Quotations with known verdicts, made of real sentences: true ones in many typographies, and ones altered on purpose.

Each case is a paragraph of a draft. What is altered is so by construction; that an altered quotation stands somewhere
in another document after all is looked at, too, and such a case is not used.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from source.document import Span
from source.sentences import split_sentences

NEGATION = re.compile(r"\b(?:not|never|no|cannot|nothing|none|without|\w+n't)\b")
_TELLING = re.compile(
    r"\b(?:not|never|no|cannot|nothing|none|without|hardly|nor|neither|nobody|rarely|if|unless|only|"
    r"except|until|whether|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|"
    r"billion|half|dozen|provided|providing|assuming|otherwise|eleven|twelve|twenty|thirty)\b|\d|n't",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?![\w.,]\d)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
_VERB = re.compile(r"\b(?:is|was|are|were|has|had|can|could|will|would|did|does)\b")
_MARKS = (
    ("“", "”"),
    ('"', '"'),
    ("„", "“"),
    ("« ", " »"),
    ("«\u00a0", "\u00a0»"),
    ("»", "«"),
    ("‘", "’"),
    ("「", "」"),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph that a document consists of, or a turn of a speaker in one."""

    document: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A paragraph of a draft with one quotation, what was done to that, and what must be said of it."""

    kind: str
    paragraph: str
    quoted: str
    expected: str  # "proven", "misattributed", or "altered" for anything but proven


def make_cases(passages: Sequence[Passage], seed: int, per_kind: int) -> list[Case]:
    """`per_kind` cases of each kind of alteration, and as many true ones in each typography."""
    generator = random.Random(seed)
    cases: list[Case] = []
    for kind, make in {**TRUE, **ALTERED}.items():
        found: list[Case] = []
        for _ in range(per_kind * 60):
            if len(found) == per_kind:
                break
            passage = generator.choice(passages)
            case = make(kind, passage, passages, generator)
            if case and not any(case.quoted in other.text for other in passages if case.expected == "altered"):
                found.append(case)
        cases += found
    return cases


Make = Callable[[str, Passage, Sequence[Passage], random.Random], Case | None]


def _sentences(text: str) -> list[str]:
    found = [span.of(text) for span in split_sentences(text, Span(0, len(text)))]
    return [one for one in found if 6 <= len(one.split()) <= 60 and not re.search(r"[\"“”„«»()\[\]]|''|\.\.\.|…", one)]


def _sentence(passage: Passage, generator: random.Random) -> str:
    sentences = _sentences(passage.text)
    return generator.choice(sentences) if sentences else ""


def _case(kind: str, quoted: str, expected: str, generator: random.Random, source: str = "") -> Case | None:
    if not quoted:
        return None
    marks = [one for one in _MARKS if not ("’" in one[1] and re.search(r"['’]", quoted))]
    opening, closing = generator.choice(marks)
    before = generator.choice(["It is said: ", "One reads that ", "As is well known, ", "The text goes on: "])
    before = f"In {source} it says: " if source else before
    return Case(kind, f"{before}{opening}{quoted}{closing}", quoted, expected)


# True ones


def _whole(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    return _case(kind, _sentence(passage, generator), "proven", generator)


def _whole_named(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    return _case(kind, _sentence(passage, generator), "proven", generator, passage.document)


def _several(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    found = split_sentences(passage.text, Span(0, len(passage.text)))
    if len(found) < 2 or re.search(r"[\"“”„«»()\[\]]|''", passage.text):
        return None
    start = generator.randrange(len(found) - 1)
    return _case(kind, passage.text[found[start].start : found[start + 1].end], "proven", generator)


def _wrapped(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    words = _sentence(passage, generator).split(" ")
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    return _case(kind, "\n".join(lines) if words != [""] else "", "proven", generator)


def _hyphenated(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    long = list(re.finditer(r"\b[a-z]{8,}\b", sentence))
    if not long:
        return None
    at = generator.choice(long).start() + 4
    return _case(kind, f"{sentence[:at]}-\n{sentence[at:]}", "proven", generator)


def _retyped(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """Other dashes, apostrophes and blanks."""
    sentence = _sentence(passage, generator)
    for old, new in (("–", "-"), ("—", " – "), ("'", "’"), (" ", "\u00a0"), ("fi", "ﬁ")):
        if generator.random() < 0.5:
            sentence = sentence.replace(old, new, 2)
    return _case(kind, sentence, "proven", generator)


def _recased(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    first = generator.choice([sentence[:1].lower(), f"[{sentence[:1].lower()}]"])
    return _case(kind, first + sentence[1:], "proven", generator) if sentence[:1].isalpha() else None


def _american(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    return Case(kind, f"“{sentence[:-1]},” it is said.", sentence, "proven") if sentence.endswith(".") else None


def _elided(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """An ellipsis for words that say nothing of importance."""
    words = _sentence(passage, generator).split(" ")
    if len(words) < 12:
        return None
    start = generator.randrange(3, len(words) - 6)
    end = start + generator.randrange(1, 4)
    if _TELLING.search(" ".join(words[start:end])):
        return None
    dots = generator.choice(["…", "...", "[…]", "[...]", ". . ."])
    return _case(kind, " ".join([*words[:start], dots, *words[end:]]), "proven", generator)


def _block(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    words = sentence.split(" ")
    lines = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    return Case(kind, "\n".join(f"> {line}" for line in lines), sentence, "proven") if sentence else None


def _spoken(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
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


# Altered ones


def _number_changed(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    numbers = list(_NUMBER.finditer(sentence))
    if not numbers:
        return None
    number = generator.choice(numbers)
    at = generator.randrange(len(number[0]))
    digit = generator.choice([one for one in "123456789" if one != number[0][at]])
    changed = number[0][:at] + digit + number[0][at + 1 :]
    return _case(kind, sentence[: number.start()] + changed + sentence[number.end() :], "altered", generator)


def _negated(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    verbs = list(_VERB.finditer(sentence))
    if not verbs:
        return None
    at = generator.choice(verbs).end()
    return _case(kind, f"{sentence[:at]} not{sentence[at:]}", "altered", generator)


def _affirmed(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    negation = NEGATION.search(sentence)
    if not negation:
        return None
    rest = " ".join((sentence[: negation.start()] + sentence[negation.end() :]).split())
    return _case(kind, rest, "altered", generator)


def _renamed(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    sentence = _sentence(passage, generator)
    names = list(_NAME.finditer(sentence))
    other = _NAME.findall(generator.choice(passages).text)
    if not names or not other:
        return None
    name, new = generator.choice(names), generator.choice(other)
    return (
        None
        if new == name[0]
        else _case(kind, sentence[: name.start()] + new + sentence[name.end() :], "altered", generator)
    )


def _reworded(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    words = _sentence(passage, generator).split(" ")
    at = generator.randrange(len(words))
    new = generator.choice(generator.choice(passages).text.split(" "))
    old = re.sub(r"\W", "", words[at])
    if not old or re.sub(r"\W", "", new).lower() == old.lower() or not re.sub(r"\W", "", new):
        return None
    words[at] = words[at].replace(old, re.sub(r"\W", "", new))
    return _case(kind, " ".join(words), "altered", generator) if len(words) > 5 else None


def _joined(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """Fragments on both sides of a negation, with an ellipsis between them or nothing."""
    sentence = _sentence(passage, generator)
    negation = NEGATION.search(sentence)
    if not negation:
        return None
    before, after = sentence[: negation.start()].strip(), sentence[negation.end() :].strip()
    if len(before.split()) < 2 or len(after.split()) < 2:
        return None
    return _case(
        kind, f"{before} {generator.choice(['…', '...', '[…]', '[and]', '[is]'])} {after}", "altered", generator
    )


def _condition_cut(kind: str, passage: Passage, _: Sequence[Passage], generator: random.Random) -> Case | None:
    """What holds under a condition, without it."""
    sentence = _sentence(passage, generator)
    found = re.search(r",? (?:if|unless|only if|provided that|except) ", sentence)
    if not found or len(sentence[: found.start()].split()) < 4:
        return None
    return _case(kind, f"{sentence[: found.start()]}.", "altered", generator)


def _invented(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    """The words of many documents in an order that none has."""
    words = [generator.choice(generator.choice(passages).text.split(" ")) for _ in range(generator.randrange(8, 20))]
    plain = [re.sub(r"\W", "", word) for word in words]
    return _case(kind, " ".join(filter(None, plain)), "altered", generator)


def _wrong_document(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    other = generator.choice(passages)
    sentence = _sentence(passage, generator)
    is_elsewhere = sentence in other.text or other.document == passage.document
    return None if is_elsewhere else _case(kind, sentence, "misattributed", generator, other.document)


def _wrong_speaker(kind: str, passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Case | None:
    others = [one for one in passages if one.speaker]
    sentence = _sentence(passage, generator)
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


def spoken(paragraphs: Sequence[Passage], seed: int) -> list[tuple[str, list[Passage]]]:
    """Minutes of meetings made of some of these paragraphs' sentences: a name, and the passages of the turns."""
    generator = random.Random(seed)
    people = "Anna Berg|Tom Hill|Ines Valdahl|Jonas Trell|Marta Quill|Dr. Ada Carver|Étienne Roux|Aoife Lund".split("|")
    minutes: list[tuple[str, list[Passage]]] = []
    sentences = [sentence for one in paragraphs for sentence in _sentences(one.text)]
    generator.shuffle(sentences)
    for number, start in enumerate(range(0, len(sentences) - 12, 12)):
        there = generator.sample(people, 3)
        name = f"minutes-{number:03d}.txt"
        turns = [Passage(name, generator.choice(there), one) for one in sentences[start : start + 12]]
        minutes.append((name, turns))
    return minutes


def draft_of(cases: Sequence[Case]) -> tuple[str, Iterator[Span]]:
    """A draft of one paragraph a case, and where each stands in it."""
    spans: list[Span] = []
    pieces: list[str] = []
    at = 0
    for case in cases:
        spans.append(Span(at, at + len(case.paragraph)))
        pieces.append(case.paragraph)
        at += len(case.paragraph) + 2
    return "\n\n".join(pieces), iter(spans)
