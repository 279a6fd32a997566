"""Measures how often documents are said to differ: where they do, a value being altered in a copy, and where not.

The questions are those of XQuAD-en whose answer is one number or date. In the copy of the paragraph, a document of its
own, the last figure is another, and some words are gone, as no two documents say a thing in the same words.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from index.embed import Embedder
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from qa.ask import ask
from qa.check_values import find_values
from qa.evaluate import GoldQuestion
from source.document import Span
from tests.measure.datasets import SHARED_DATA, Paragraph, build_paragraph_library, load_squad

_DROPPED_WORDS = 0.1


def altered(paragraph: Paragraph, answer: Span, generator: random.Random) -> Paragraph:
    """A copy with another last figure in the answer, and every tenth of its other words, at random, left out."""
    before, value, after = paragraph.text[: answer.start], answer.of(paragraph.text), paragraph.text[answer.end :]
    other = re.sub(r"\d(?=\D*\Z)", lambda digit: str((int(digit[0]) + generator.randrange(1, 10)) % 10), value)
    return Paragraph(
        f"other-{paragraph.name}", paragraph.title, _thinned(before, generator) + other + _thinned(after, generator)
    )


def _thinned(text: str, generator: random.Random) -> str:
    return re.sub(r"(?<= )[a-z]+ ", lambda word: "" if generator.random() < _DROPPED_WORDS else word[0], text)


def asks_for_figures(gold: GoldQuestion, texts: dict[str, str]) -> bool:
    """True if the answer is one number or date in figures."""
    [name] = gold.documents
    answer = gold.span.of(texts[name]) if gold.span else ""
    return len(list(find_values(answer))) == 1 and answer[:1].isdigit()


def told_apart(library: Library, embedder: Embedder, questions: Sequence[GoldQuestion]) -> tuple[int, int, int]:
    """How many questions are answered with a difference; of these with the paragraph and its copy; and answered."""
    different = right = answered = 0
    for gold in questions:
        answer = ask(library, embedder, gold.question)
        answered += answer.answered
        different += bool(answer.differences)
        wanted = {name for one in gold.documents for name in (one, f"other-{one}")}
        right += any(
            {answer.citations[place].document.name for place in one.citations} == wanted for one in answer.differences
        )
    return different, right, answered


def main() -> None:
    """Print both rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask every Nth question only")
    every = parser.parse_args().every
    if not SHARED_DATA.is_dir():
        sys.exit(f"Nothing to measure with: {SHARED_DATA} is not there")
    xquad = load_squad(SHARED_DATA / "xquad" / "xquad.en.json")
    texts = {one.name: one.text for one in xquad.paragraphs}
    questions = xquad.questions[::every]
    asked = [gold for gold in questions if asks_for_figures(gold, texts)]
    generator, copies = random.Random(0), {}
    for gold in asked:
        [name] = gold.documents
        if gold.span and name not in copies:
            [paragraph] = [one for one in xquad.paragraphs if one.name == name]
            copies[name] = gold, altered(paragraph, gold.span, generator)
    embedder = Embedder(find_model(DEFAULT_MODEL))
    with build_paragraph_library("differences", xquad.paragraphs, embedder) as library:
        false, _, answered = told_apart(library, embedder, questions)
    paragraphs = [*xquad.paragraphs, *(copy for _, copy in copies.values())]
    with build_paragraph_library("differences", paragraphs, embedder) as library:
        different, right, _ = told_apart(library, embedder, [gold for gold, _ in copies.values()])
    table = Table("figure", "value", title="Documents that differ")
    table.add_row("one value altered in a copy: told, with both", f"{right} of {len(copies)}")
    table.add_row("and told with others", f"{different - right} of {len(copies)}")
    table.add_row("nothing altered: told all the same", f"{false} of {answered} answered")
    Console().print(table)


if __name__ == "__main__":
    main()
