"""The sets that `make quality` measures, each by itself: what is asked of which library, and what is aimed at.

Those in SQuAD's format and the like come from `../shared/data`. But for SelQA, nothing was fitted on any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from index.embed import Embedder
from index.library import Library
from qa.ask import ask, search
from qa.evaluate import GoldQuestion, Outcome, evaluate, load_gold_questions
from qa.metrics import interval, refused_at, summarize
from tests.measure.abbreviations import measure as measure_abbreviations
from tests.measure.datasets import (
    ROOT,
    SHARED_DATA,
    QuestionSet,
    build_library,
    build_paragraph_library,
    half_of,
    load_disflqa,
    load_policyqa,
    load_squad,
    load_squad_with_impossible,
)
from tests.measure.quality_report import Line, Report, mean_line, summary_lines
from tests.measure.rewording import REWORDINGS
from tests.measure.selection import measure_selections

# Two sets of 22 questions on one article, each written before it was first asked: in plain words, and in words that
# avoid the article's own.
SEED_QUESTIONS = {
    "seed, plain words": ROOT / "tests" / "qa" / "seed_questions_plain.jsonl",
    "seed, other words": ROOT / "tests" / "qa" / "seed_questions.jsonl",
}
DEMO = ROOT / "qa" / "demo"
RANKED = ("passage", "document", "quote")
XQUAD_AIMS = {"passage mrr@10": ">= 0.985", "passage hit@5": ">= 0.995", "quote @1": ">= 0.85", "quote @3": ">= 0.97"}
REFUSAL_AIMS = {
    "refusal auroc": ">= 0.975",
    "refusal answerable_refused": "<= 0.05",
    "refusal unanswerable_answered": "<= 0.10",
}
# nDCG@10 of BM25 and of MiniLM, as others have published them.
XQUAD_PUBLISHED = {
    "en": "published: BM25 0.965, MiniLM 0.944",
    "de": "published: BM25 0.925, MiniLM 0.703",
    "zh": "published: BM25 0.121, MiniLM 0.242",
    "ar": "published: BM25 0.888, MiniLM 0.038",
}
_NEAR_MISSES = "near misses refused at 5 % of answerable refused"
_TRAINED_READERS = (
    "Trained readers have a published F1 of 75.6 (MiniLM-L6-H384) to 81.8 (BERT-base) on all of SQuAD 2.0 dev."
)

Measure = Callable[[Embedder, int], list[Report]]
"""The reports of a set of which only every so manieth question is asked."""


def demo(embedder: Embedder, every: int) -> list[Report]:
    """The demo questions, all of them."""
    return [_folder("demo", DEMO / "documents", DEMO / "questions.jsonl", embedder, (*RANKED, "refusal"))]


def seed(embedder: Embedder, every: int) -> list[Report]:
    """The questions on one article, all of them."""
    folder = SHARED_DATA.parent / "seed"
    return [_folder(name, folder, questions, embedder, RANKED) for name, questions in SEED_QUESTIONS.items()]


def xquad(embedder: Embedder, every: int) -> list[Report]:
    """XQuAD-en, whole."""
    return [_language("en", embedder, every, XQUAD_AIMS)]


def languages(embedder: Embedder, every: int) -> list[Report]:
    """XQuAD in languages that the default model does not know."""
    aims: dict[str, dict[str, str]] = {"de": {}, "zh": {"passage mrr@10": ">= 0.8"}, "ar": {}}
    return [_language(language, embedder, every, aim) for language, aim in aims.items()]


def xquad_half(embedder: Embedder, every: int) -> list[Report]:
    """XQuAD-en with half of the paragraphs taken away."""
    whole = _every(load_squad(SHARED_DATA / "xquad" / "xquad.en.json"), every)
    report = summarize(_measure("xquad-half", whole.without(half_of(whole.paragraphs)), embedder, compare=False))
    lines = summary_lines(report, ["refusal"], REFUSAL_AIMS)
    return [Report("xquad-en, half removed", report["questions"], lines, tuple(REFUSAL_AIMS), details=report)]


def squad1(embedder: Embedder, every: int) -> list[Report]:
    """SQuAD dev 1.1 as one library of 2,067 paragraphs."""
    questions = _every(load_squad(SHARED_DATA / "squad" / "dev-v1.1.json.gz"), every)
    report = summarize(_measure("squad-1.1", questions, embedder, compare=True))
    main = ("passage mrr@10", "quote @1", "quote @3")
    return [Report("squad-1.1", report["questions"], summary_lines(report, RANKED, {}), main, details=report)]


def squad2(embedder: Embedder, every: int) -> list[Report]:
    """SQuAD dev 2.0: half of the questions are near misses that nothing answers."""
    questions = _every(load_squad_with_impossible(SHARED_DATA / "squad" / "dev-v2.0.json.gz"), every)
    outcomes = _measure("squad-2.0", questions, embedder, compare=False)
    report, figure = summarize(outcomes), refused_at(0.05)
    low, high = interval(figure, outcomes) or (0.0, 0.0)
    refused = Line(_NEAR_MISSES, figure(outcomes) or 0.0, (low, high))
    lines = (refused, *summary_lines(report, ["refusal"], {}))
    main = (_NEAR_MISSES, "refusal auroc")
    return [Report("squad-2.0", report["questions"], lines, main, _TRAINED_READERS, report)]


def policyqa(embedder: Embedder, every: int) -> list[Report]:
    """PolicyQA dev, each website's policy a library of its own."""
    ranks: list[int | None] = []
    for policy in load_policyqa(SHARED_DATA / "policyqa" / "dev.json"):
        questions = policy.questions[::every]
        with build_paragraph_library("policyqa", policy.paragraphs, embedder) as library:
            ranks += _ranks("policyqa", library, embedder, questions)
    lines = (mean_line("passage hit@5", _hits(ranks)), mean_line("passage mrr@10", _reciprocals(ranks)))
    return [Report("policyqa", len(ranks), lines, ("passage hit@5",))]


def disflqa(embedder: Embedder, every: int) -> list[Report]:
    """Disfl-QA dev: spoken, self-correcting questions beside the fluent ones."""
    fluent, spoken = load_disflqa(SHARED_DATA / "squad" / "dev-v2.0.json.gz", SHARED_DATA / "disflqa" / "dev.json")
    with build_paragraph_library("disfl-qa", fluent.paragraphs, embedder) as library:
        asked = {
            name: _ranks(name, library, embedder, questions.questions[::every])
            for name, questions in (("fluent", fluent), ("disfluent", spoken))
        }
    return [_against("disfl-qa", asked, "fluent", "")]


def reworded(embedder: Embedder, every: int) -> list[Report]:
    """XQuAD-en in other words."""
    whole = _every(load_squad(SHARED_DATA / "xquad" / "xquad.en.json"), every)
    with build_paragraph_library("reworded", whole.paragraphs, embedder) as library:
        asked = {"plain": _ranks("plain", library, embedder, whole.questions)}
        for name, reword in REWORDINGS.items():
            questions = [replace(gold, question=reword(gold.question)) for gold in whole.questions]
            asked[name] = _ranks(name, library, embedder, questions)
    return [_against("xquad-en, reworded", asked, "plain", "<= 0.03")]


def selqa(embedder: Embedder, every: int) -> list[Report]:
    """SelQA dev: which of the sentences of a section answers."""
    return [measure_selections(embedder, every)]


def abbreviations(embedder: Embedder, every: int) -> list[Report]:
    """SQuAD dev 1.1's questions on what has an abbreviation, asked by the other form of it."""
    dev = load_squad(SHARED_DATA / "squad" / "dev-v1.1.json.gz")
    return measure_abbreviations("abbreviations", dev, embedder, every)


SETS: dict[str, Measure] = {
    "demo": demo,
    "xquad-en": xquad,
    "xquad-en-half": xquad_half,
    "seed": seed,
    "squad-1.1": squad1,
    "squad-2.0": squad2,
    "selqa": selqa,
    "policyqa": policyqa,
    "disfl-qa": disflqa,
    "reworded": reworded,
    "abbreviations": abbreviations,
    "languages": languages,
}


def _every(questions: QuestionSet, every: int) -> QuestionSet:
    return replace(questions, questions=questions.questions[::every])


def _measure(name: str, questions: QuestionSet, embedder: Embedder, *, compare: bool) -> list[Outcome]:
    """The outcomes of a question set on a library of its paragraphs."""
    with build_paragraph_library(name, questions.paragraphs, embedder) as library:
        return _ask_all(name, library, embedder, questions.questions, compare=compare)


def _ask_all(
    name: str, library: Library, embedder: Embedder, questions: Sequence[GoldQuestion], *, compare: bool
) -> list[Outcome]:
    """The outcomes of asking all questions, with a progress bar on standard error."""
    outcomes = evaluate(library, embedder, questions, compare=compare)
    progress = Console(stderr=True)
    return list(track(outcomes, name, total=len(questions), console=progress, disable=not progress.is_terminal))


def _language(language: str, embedder: Embedder, every: int, aims: dict[str, str]) -> Report:
    questions = _every(load_squad(SHARED_DATA / "xquad" / f"xquad.{language}.json"), every)
    report = summarize(_measure(f"xquad-{language}", questions, embedder, compare=True))
    lines = tuple(
        replace(line, beside=XQUAD_PUBLISHED[language]) if line.figure == "document ndcg@10" else line
        for line in summary_lines(report, RANKED, aims)
    )
    main = ("passage mrr@10", "document ndcg@10", "quote @1", "quote @3")
    return Report(f"xquad-{language}", report["questions"], lines, main, details=report)


def _folder(name: str, documents: Path, gold_file: Path, embedder: Embedder, groups: Sequence[str]) -> Report:
    """Gold questions on a library of all documents in a folder, and how many were quoted right."""
    questions = load_gold_questions(gold_file)
    with build_library(name.partition(",")[0], documents, embedder) as library:
        report = summarize(_ask_all(name, library, embedder, questions, compare=False))
        answers = [(gold, ask(library, embedder, gold.question)) for gold in questions if gold.answerable]
    report["answerable"] = len(answers)
    report["quoted"] = sum(
        any(gold.is_right(quote.document, quote.span, quote.quote) for quote in answer.citations)
        for gold, answer in answers
    )
    note = f"The right words are among the answer's quotes for {report['quoted']} of {report['answerable']}."
    main = ("passage mrr@10", "quote @3")
    return Report(name, len(questions), summary_lines(report, groups, {}), main, note, report)


def _ranks(name: str, library: Library, embedder: Embedder, questions: Sequence[GoldQuestion]) -> list[int | None]:
    """For each question, from which rank on a right passage is among the first ten; None if it is not."""
    progress = Console(stderr=True)
    ranks: list[int | None] = []
    for gold in track(questions, name, console=progress, disable=not progress.is_terminal):
        hits = search(library, embedder, gold.question, 10)
        right = (
            rank for rank, hit in enumerate(hits, 1) if gold.is_right(hit.document, hit.passage.span, hit.passage.text)
        )
        ranks.append(next(right, None))
    return ranks


def _hits(ranks: Sequence[int | None]) -> list[float]:
    return [float(rank is not None and rank <= 5) for rank in ranks]


def _reciprocals(ranks: Sequence[int | None]) -> list[float]:
    return [1 / rank if rank else 0.0 for rank in ranks]


def _against(name: str, asked: dict[str, list[int | None]], plain: str, aim: str) -> Report:
    """What the same questions lose by being asked otherwise than in `plain`, question by question."""
    lines = [
        mean_line(f"hit@5, {plain}", _hits(asked[plain])),
        mean_line(f"mrr@10, {plain}", _reciprocals(asked[plain])),
    ]
    main = []
    for other, ranks in asked.items():
        if other != plain:
            main.append(f"hit@5 lost, {other}")
            lost = np.subtract(_hits(asked[plain]), _hits(ranks)).tolist()
            lines.append(mean_line(main[-1], lost, aim, f"hit@5 {np.mean(_hits(ranks)):.3f}"))
            lost = np.subtract(_reciprocals(asked[plain]), _reciprocals(ranks)).tolist()
            lines.append(mean_line(f"mrr@10 lost, {other}", lost, "", f"mrr@10 {np.mean(_reciprocals(ranks)):.3f}"))
    return Report(name, len(asked[plain]), tuple(lines), tuple(main))
