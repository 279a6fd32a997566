"""Measures what comes back of known texts from files of many producers, and prints a line for each file.

`--only WORD` measures the producers with this word in their name or suffix, `--no-questions` leaves the model out, and
`--missed` prints what was not found or differs. Exits with 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from rich.console import Console

from source.container import Task, Unloaded, load_file
from source.document import Document
from source.errors import DocumentError
from tests.measure.corpus_places import (
    BoxScore,
    is_at_right_pages,
    is_in_right_part,
    parts_of_sentence,
    score_boxes,
)
from tests.measure.corpus_producers import PLAIN, PRODUCERS, Producer
from tests.measure.corpus_scores import (
    Scores,
    compare,
    coverage,
    headings_of,
    passages_with,
    plain,
    read_back,
)
from tests.measure.corpus_texts import SourceQuestion, SourceText, load_questions, load_texts

CHARS_AIM = 0.995
QUESTIONS_AIM = 1
_SAMPLED_QUOTES = 200

console = Console()


def load(producer: Producer, text: SourceText) -> Document:
    """The one document in the producer's file; a message with two versions of one text is one."""
    outcomes = load_file(Task(producer.file_of(text)))
    for outcome in outcomes:
        if isinstance(outcome, Unloaded):
            raise outcome.error
        if isinstance(outcome, Document):
            return outcome
    raise LookupError(producer.name)


def score(producer: Producer, text: SourceText, document: Document, questions: Sequence[SourceQuestion]) -> Scores:
    """How well the document came back."""
    golds = questions_for(producer, text, questions)
    headings = headings_of(text, golds)
    every_heading = {plain(piece.lines[0]) for piece in text.pieces if piece.kind == "heading"}
    found = placed = 0
    missed = []
    for sentence in headings:
        passages = passages_with(document, text, sentence)
        found += bool(passages)
        parts = [part for passage in passages[:1] for part in parts_of_sentence(document, passage, sentence)]
        if producer.suffix == ".pdf":
            is_right = is_at_right_pages(producer.path_of(text), parts, sentence)
        else:
            # Footnotes stand at the end of what the producer makes a chapter.
            is_right = sentence in text.notes.values() or all(
                is_in_right_part(part, text.name, headings[sentence], every_heading) for part in parts
            )
        placed += bool(passages) and is_right
        if not passages or not is_right:
            missed.append(sentence if not passages else f"{[part.number for part in parts]}: {sentence}")
    compared = compare(text, read_back(document, producer.adds), producer.holds, moves_table=producer.moves_table)
    return Scores(compared.share, len(golds), found, placed, coverage(document), (*missed, *compared.differences()))


def questions_for(producer: Producer, text: SourceText, questions: Sequence[SourceQuestion]) -> list[SourceQuestion]:
    """The questions that the producer's file of `text` can answer: without its header, a row does not say of what."""
    rows = {row.replace("\t", " ") for row in text.table.lines}
    mine = [one for one in questions if one.text == text.name]
    match producer.holds:
        case "table":
            return [one for one in mine if one.sentence in rows]
        case "all but the header row":
            return [one for one in mine if one.sentence not in rows]
        case _:
            return mine


def boxes_score(producer: Producer, documents: dict[str, Document], texts: Iterable[SourceText]) -> BoxScore | None:
    """Of up to `_SAMPLED_QUOTES` sentences of all the producer's pages; None if it has no boxes."""
    if not any(document.boxes for document in documents.values()):
        return None
    sentences = [
        (text, sentence.span)
        for text in texts
        for passage in documents[text.name].passages
        for sentence in passage.sentences
        if passage.role == "body"
    ]
    sampled = Random(0).sample(sentences, min(_SAMPLED_QUOTES, len(sentences)))
    scores = [
        score_boxes(producer.path_of(text), documents[text.name], [span for one, span in sampled if one is text])
        for text in texts
    ]
    missed = tuple(words for one in scores for words in one.missed)
    return BoxScore(sum(one.quotes for one in scores), sum(one.read_back for one in scores), missed)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured of a producer: the scores by text, boxes, and questions answered, of those that it can."""

    producer: Producer
    scores: dict[str, Scores]
    boxes: BoxScore | None
    answered: set[str]
    asked: set[str]

    def missed(self, plain_answered: set[str]) -> Iterator[str]:
        """What was not found or differs, and what the plain text answers but these files do not."""
        for name, one in self.scores.items():
            yield from (f"{name}: {words}" for words in one.missed)
        yield from self.boxes.missed if self.boxes else ()
        yield from (f"not answered: {one}" for one in sorted((self.asked & plain_answered) - self.answered))

    def misses(self, plain_answered: set[str]) -> bool:
        """True if an aim is missed."""
        return (
            any(one.chars < CHARS_AIM or one.placed < one.golds or one.coverage < 1 for one in self.scores.values())
            or (self.boxes is not None and self.boxes.read_back < self.boxes.quotes)
            or len(self.answered) < len(self.asked & plain_answered) - QUESTIONS_AIM
        )


def measure(
    producer: Producer,
    texts: Sequence[SourceText],
    questions: Sequence[SourceQuestion],
    answers: Callable[[Producer, Sequence[SourceQuestion]], set[str]] | None,
) -> Report:
    """All measures of one producer."""
    documents = {text.name: load(producer, text) for text in texts}
    asked = [one for text in texts for one in questions_for(producer, text, questions)]
    return Report(
        producer,
        {text.name: score(producer, text, documents[text.name], questions) for text in texts},
        boxes_score(producer, documents, texts) if producer.suffix == ".pdf" else None,
        answers(producer, asked) if answers else set(),
        {one.question for one in asked} if answers else set(),
    )


_LINE = "{:18} {:6} {:20} {:>10} {:>9} {:>7} {:>8} {:>8} {:>14} {}"


def print_head() -> None:
    """What stands in the columns; `questions` has in brackets how many of them the plain text answers."""
    names = "producer kind text characters sentences placed coverage boxes questions aims".split()
    _print(_LINE.format(*names))


def print_report(report: Report, plain_answered: set[str], *, shows_missed: bool) -> None:
    """A line for each file; that of the last has what is measured of all of them."""
    producer, boxes = report.producer, report.boxes
    name_of_last = [*report.scores][-1]
    for name, one in report.scores.items():
        of_all = ["", "", ""]
        if name == name_of_last:
            base = len(report.asked & plain_answered)
            of_all = [
                f"{boxes.read_back}/{boxes.quotes}" if boxes else "",
                f"{len(report.answered)}/{len(report.asked)} ({base})" if report.asked else "",
                "missed" if report.misses(plain_answered) else "met",
            ]
        counts = [f"{one.found}/{one.golds}", f"{one.placed}/{one.golds}", f"{one.coverage:.1%}"]
        _print(_LINE.format(producer.name, producer.suffix, name, f"{one.chars:.2%}", *counts, *of_all))
    if shows_missed:
        for words in report.missed(plain_answered):
            _print(f"    {words}")


def _print(words: str) -> None:
    console.print(words, markup=False, highlight=False, soft_wrap=True)


def _answers(texts: Sequence[SourceText]) -> Callable[[Producer, Sequence[SourceQuestion]], set[str]]:
    from tests.measure.corpus_questions import make_answers  # with the model, which takes long to import

    return make_answers(texts)


def main() -> None:
    """Measure all producers that are here; those that are not are named with what to install."""
    parser = argparse.ArgumentParser(prog="make corpus", description="Measures what comes back of known texts.")
    parser.add_argument("--only", default="")
    parser.add_argument("--no-questions", action="store_true")
    parser.add_argument("--missed", action="store_true")
    options = parser.parse_args()
    texts, questions = load_texts(), load_questions()
    answers = None if options.no_questions else _answers(texts)
    plain_answered: set[str] = set()
    is_met = True
    print_head()
    for producer in PRODUCERS:
        if producer is not PLAIN and options.only not in f"{producer.name}{producer.suffix}":
            continue
        if producer.is_missing():
            _print(f"{producer.name} {producer.suffix}: left out (apt install {producer.package})")
            continue
        if producer.suffix == ".pdf" and shutil.which("pdftotext") is None:
            _print(f"{producer.name} {producer.suffix}: left out (apt install poppler-utils)")
            continue
        try:
            report = measure(producer, texts, questions, answers)
        except DocumentError as error:
            _print(f"{producer.name} {producer.suffix}: {error}")
            is_met = False
            continue
        plain_answered = plain_answered or report.answered
        print_report(report, plain_answered, shows_missed=options.missed)
        is_met = is_met and not report.misses(plain_answered)
    if not is_met:
        sys.exit(1)


if __name__ == "__main__":
    main()
