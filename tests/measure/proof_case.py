"""A case of a quotation with a known verdict, and what all kinds of them are made with."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.check import PROVEN
from source.document import Span
from source.sentences import split_sentences

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


def is_right(expected: str, verdict: str) -> bool:
    """True if that must be said where `expected` is; of what is altered also that it is another document's."""
    if expected == "altered":
        return verdict in {"altered", "not_found", "misattributed"}
    return verdict in PROVEN if expected == "proven" else verdict == expected


Make = Callable[[str, Passage, Sequence[Passage], random.Random], Case | None]
"""Makes a case of a kind of a passage; None if that has nothing for it."""


def sentences_of(text: str) -> list[str]:
    """Its sentences of usual length, without quotation marks, brackets and ellipses of their own."""
    found = [span.of(text) for span in split_sentences(text, Span(0, len(text)))]
    return [one for one in found if 6 <= len(one.split()) <= 60 and not re.search(r"[\"“”„«»()\[\]]|''|\.\.\.|…", one)]


def sentence_of(passage: Passage, generator: random.Random) -> str:
    """One of its sentences; empty if there is none that will do."""
    sentences = sentences_of(passage.text)
    return generator.choice(sentences) if sentences else ""


def case_of(kind: str, quoted: str, expected: str, generator: random.Random, source: str = "") -> Case | None:
    """A paragraph that quotes `quoted` in marks of some style, and names the `source`; None if there is nothing."""
    if not quoted:
        return None
    marks = [one for one in _MARKS if not ("’" in one[1] and re.search(r"['’]", quoted))]
    opening, closing = generator.choice(marks)
    before = generator.choice(["It is said: ", "One reads that ", "As is well known, ", "The text goes on: "])
    before = f"In {source} it says: " if source else before
    return Case(kind, f"{before}{opening}{quoted}{closing}", quoted, expected)
