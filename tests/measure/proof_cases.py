"""Quotations with known verdicts, made of real sentences: true ones in many typographies, and ones altered on purpose.

Each case is a paragraph of a draft. What is altered is so by construction; that an altered quotation stands somewhere
in another document after all is looked at, too, and such a case is not used.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from source.document import Span
from tests.measure.proof_altered import ALTERED
from tests.measure.proof_case import Case, Passage, sentences_of
from tests.measure.proof_true import TRUE


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


def spoken(paragraphs: Sequence[Passage], seed: int) -> list[tuple[str, list[Passage]]]:
    """Minutes of meetings made of some of these paragraphs' sentences: a name, and the passages of the turns."""
    generator = random.Random(seed)
    people = "Anna Berg|Tom Hill|Ines Valdahl|Jonas Trell|Marta Quill|Dr. Ada Carver|Étienne Roux|Aoife Lund".split("|")
    minutes: list[tuple[str, list[Passage]]] = []
    sentences = [sentence for one in paragraphs for sentence in sentences_of(one.text)]
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
