"""Questions that name something by its abbreviation where others write it out, and the other way round.

They are made of SQuAD 1.1's: where a question has a long form that some paragraph of its article defines, the
abbreviation takes its place, and the reverse. Definitions are found as the product finds them. Each question is
asked with and without what `qa.abbreviations` does, of a library of whole articles.

`python -m tests.measure.abbreviations` measures on the train set, on which it was developed; `make quality` on dev.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

import numpy as np

from index.embed import Embedder
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from qa.abbreviations import Definition, definitions_in
from qa.evaluate import GoldQuestion
from qa.question import Question, prepare_question, prepare_unexpanded
from qa.retrieve import retrieve
from source.fold import fold
from tests.measure.datasets import SHARED_DATA, QuestionSet, build_paragraph_library, load_squad
from tests.measure.quality_report import Line, Report, mean_line, print_report

_RANKED = 10
_TRAIN_ARTICLES = 50
_SEED = 7


@dataclass(frozen=True, slots=True)
class Reworded:
    """Questions as they are in SQuAD, `plain`, and with the other form of a name in each."""

    plain: tuple[GoldQuestion, ...]
    reworded: tuple[GoldQuestion, ...]


def reword(questions: QuestionSet) -> dict[str, Reworded]:
    """The questions that have a long form, asked by its abbreviation, and those that have an abbreviation, written out.

    A question that has both forms is left out.
    """
    defined = _definitions(questions)
    titles = {paragraph.name: paragraph.title for paragraph in questions.paragraphs}
    made: dict[str, list[tuple[GoldQuestion, GoldQuestion]]] = {"abbreviated": [], "written out": []}
    for gold in questions.questions:
        for one in defined.get(titles[min(gold.documents)], {}).values():
            short, long = _place(one.abbreviation, gold), _place(one.long_form, gold, re.IGNORECASE)
            if long and not short:
                made["abbreviated"].append((gold, _with(gold, long, one.abbreviation)))
                break
            if short and not long:
                made["written out"].append((gold, _with(gold, short, one.long_form)))
                break
    return {name: Reworded(*zip(*pairs, strict=True)) for name, pairs in made.items() if pairs}


def _definitions(questions: QuestionSet) -> dict[str, dict[str, Definition]]:
    """For each article, the first definition of each abbreviation."""
    defined: dict[str, dict[str, Definition]] = {}
    for paragraph in questions.paragraphs:
        of_article = defined.setdefault(paragraph.title, {})
        for one in definitions_in(fold(paragraph.text, "none")):
            of_article.setdefault(one.abbreviation, one)
    return defined


def _place(form: str, gold: GoldQuestion, flags: int = 0) -> re.Match[str] | None:
    return re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", gold.question, flags)


def _with(gold: GoldQuestion, place: re.Match[str], form: str) -> GoldQuestion:
    return replace(gold, question=f"{gold.question[: place.start()]}{form}{gold.question[place.end() :]}")


def measure(name: str, questions: QuestionSet, embedder: Embedder, every: int) -> list[Report]:
    """A report for each way to reword, every so manieth question of it."""
    with build_paragraph_library(name, questions.paragraphs, embedder) as library:
        return [_report(f"{name}, {way}", library, embedder, asked, every) for way, asked in reword(questions).items()]


def _report(name: str, library: Library, embedder: Embedder, asked: Reworded, every: int) -> Report:
    """Reworded questions and plain ones, with and without expansions."""
    lines: list[Line] = []
    expanded = 0
    for way, golds in (("reworded", asked.reworded[::every]), ("plain", asked.plain[::every])):
        prepared = [prepare_question(library, embedder, gold.question) for gold in golds]
        before = [prepare_unexpanded(library, embedder, gold.question) for gold in golds]
        expanded = expanded or sum(bool(one.other_forms) for one in prepared)
        ranks = [_rank(library, gold, one) for gold, one in zip(golds, prepared, strict=True)]
        without = [_rank(library, gold, one) for gold, one in zip(golds, before, strict=True)]
        for figure, score in (("mrr@10", _reciprocal), ("hit@5", _hit)):
            values, others = [*map(score, ranks)], [*map(score, without)]
            lines.append(mean_line(f"{figure}, {way}", values, "", f"without expansions {np.mean(others):.3f}"))
            lines.append(mean_line(f"{figure} gained, {way}", np.subtract(values, others).tolist()))
    note = f"{expanded} of the reworded questions have a form that the library defines."
    main = ("mrr@10, reworded", "mrr@10 gained, reworded", "mrr@10 gained, plain")
    return Report(name, len(asked.plain[::every]), tuple(lines), main, note)


def _rank(library: Library, gold: GoldQuestion, question: Question) -> int | None:
    hits = retrieve(library, question, _RANKED).hits
    right = (
        rank for rank, hit in enumerate(hits, 1) if gold.is_right(hit.document, hit.passage.span, hit.passage.text)
    )
    return next(right, None)


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


def _hit(rank: int | None) -> float:
    return float(rank is not None and rank <= 5)


def main() -> None:
    """Print the tables of some whole articles of the train set."""
    whole = load_squad(SHARED_DATA / "squad" / "train-v1.1.json.gz")
    titles = sorted({paragraph.title for paragraph in whole.paragraphs})
    articles = whole.of_articles(random.Random(_SEED).sample(titles, _TRAIN_ARTICLES), inside=True)
    for report in measure("abbreviations-train", articles, Embedder(find_model(DEFAULT_MODEL)), every=1):
        print_report(report)


if __name__ == "__main__":
    main()
