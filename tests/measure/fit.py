"""Fits the weights of the retriever, the readers and the confidence, and prints them beside those in use.

Fitted on samples of SQuAD 1.1 train (CC BY-SA 4.0) and on SelQA (Apache-2.0), never on data that a figure is
reported on; where the trained reader counts, on articles that it was not trained on. Retriever and reader weights
maximize the likelihood of the right passage and sentence among those ranked (listwise softmax); the confidence is a
logistic regression with half of the paragraphs taken away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.embed import Embedder
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from qa import confidence, read, reread, retrieve
from qa.ask import HITS_READ
from qa.evaluate import GoldQuestion
from qa.expect import EXPECTATIONS, expectations_of
from qa.question import ILLEGIBLE_LENGTH, Question, prepare_question
from qa.trained import TrainedReader, reader_for
from tests.measure.datasets import SHARED_DATA, QuestionSet, build_paragraph_library, half_of, load_selqa, load_squad
from tests.measure.reader_data import training_sets

Matrix = npt.NDArray[np.float64]
# One question: the features of each candidate, and whether it is right.
Listwise = tuple[Matrix, npt.NDArray[np.bool_]]
Gatherer = Callable[[Library, Question, GoldQuestion], Listwise]

SEEDS = (1, 2)
# Libraries of one article each: what is not answered there is about the same things.
SMALL_SEEDS = range(10, 18)
SMALL_PARAGRAPHS = 20
ARTICLES, PARAGRAPHS = 60, 6
UNSEEN_SEEDS = (1, 2, 3)
UNSEEN_ARTICLES, UNSEEN_PARAGRAPHS = 20, 8
_RIDGE = 1e-4


def passage_lists(library: Library, question: Question, gold: GoldQuestion) -> Listwise:
    """The candidates of the retriever."""
    found = retrieve.retrieve(library, question, 50)
    ids = [hit.passage.id for hit in found.hits]
    features = retrieve.gather_evidence(library.sentence_table(ids), library.headings(ids), question).features
    rows = [features[id_] for id_ in ids]
    right = [gold.is_right(hit.document, hit.passage.span, hit.passage.text) for hit in found.hits]
    return np.array(rows), np.array(right)


def sentence_lists(library: Library, question: Question, gold: GoldQuestion) -> Listwise:
    """The candidates of the reader; a column for each kind of expected words comes after its own features."""
    found = retrieve.retrieve(library, question, HITS_READ)
    expected = expectations_of(question.text)
    rows, right = [], []
    for hit in found.hits:
        fit = found.evidence[hit.passage.id]
        for number, one in enumerate(fit):
            rows.append(read.evidence_row(hit, fit, number, expected))
            right.append(gold.is_right(hit.document, one.sentence.span, ""))
    return np.array(rows), np.array(right)


def reread_lists(embedder: Embedder, reader: TrainedReader | None) -> Gatherer:
    """Gathers the candidates of the second reading, without or with the trained reader."""

    def gather_one(library: Library, question: Question, gold: GoldQuestion) -> Listwise:
        found = retrieve.retrieve(library, question, HITS_READ)
        hits = reread.hits_to_reread(found.hits)
        rows = [one.rows for one in reread.read_again(hits, found, question, embedder, reader)]
        places = ((hit, one) for hit in hits for one in found.evidence[hit.passage.id])
        right = [gold.is_right(hit.document, one.sentence.span, "") for hit, one in places]
        return np.concatenate(rows).astype(np.float64), np.array(right)

    return gather_one


def fit_listwise(lists: Sequence[Listwise]) -> Matrix:
    """The weights that make the right candidates likeliest."""
    kept = [(rows, right) for rows, right in lists if right.any() and not right.all()]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, gradient = _RIDGE * float(weights @ weights), 2 * _RIDGE * weights
        for rows, right in kept:
            scores = rows @ weights
            likelihoods = np.exp(scores - scores.max())
            share = likelihoods / likelihoods.sum()
            right_share = np.where(right, share, 0)
            total -= float(np.log(right_share.sum())) / len(kept)
            gradient = gradient + rows.T @ (share - right_share / right_share.sum()) / len(kept)
        return total, gradient

    return np.asarray(minimize(loss, np.zeros(kept[0][0].shape[1]), jac=True, method="L-BFGS-B").x)


def fit_logistic(signals: Matrix, answerable: npt.NDArray[np.bool_]) -> Matrix:
    """Intercept and weights of a logistic regression."""
    rows = np.column_stack([np.ones(len(signals)), signals])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = rows @ weights
        total = float(np.mean(np.logaddexp(0, scores) - answerable * scores))
        return total, rows.T @ (1 / (1 + np.exp(-scores)) - answerable) / len(rows)

    return np.asarray(minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x)


def samples() -> dict[str, QuestionSet]:
    """The sets to fit on, by name."""
    squad = load_squad(SHARED_DATA / "squad" / "train-v1.1.json.gz").unambiguous()
    sets = {f"squad-{seed}": squad.sample(seed, ARTICLES, PARAGRAPHS) for seed in SEEDS}
    small = {f"squad-{seed}": squad.sample(seed, 1, SMALL_PARAGRAPHS) for seed in SMALL_SEEDS}
    return {**sets, **small, "selqa": load_selqa(SHARED_DATA / "selqa" / "selqa-ass-dev.json")}


def unseen_samples() -> dict[str, QuestionSet]:
    """The sets to fit on where the trained reader counts."""
    _, unseen = training_sets()
    sets = {f"unseen-{seed}": unseen.sample(seed, UNSEEN_ARTICLES, UNSEEN_PARAGRAPHS) for seed in UNSEEN_SEEDS}
    return {**sets, **{f"unseen-{seed}": unseen.sample(seed, 1, SMALL_PARAGRAPHS) for seed in SMALL_SEEDS}}


def gather(embedder: Embedder, sets: dict[str, QuestionSet], *gatherers: Gatherer) -> list[list[Listwise]]:
    """What each of `gatherers` makes of each question of each set."""
    lists: list[list[Listwise]] = [[] for _ in gatherers]
    for name, questions in sets.items():
        with build_paragraph_library(f"fit-{name}", questions.paragraphs, embedder) as library:
            for gold in questions.questions:
                question = prepare_question(library, embedder, gold.question)
                for gatherer, gathered in zip(gatherers, lists, strict=True):
                    gathered.append(gatherer(library, question, gold))
    return lists


def confidence_signals(library: Library, question: Question, gold: GoldQuestion) -> Listwise:
    """The signals of the confidence after the first reading, as one row."""
    found = retrieve.retrieve(library, question, HITS_READ)
    best = read.rank_sentences(found, question)[0]
    return np.array([confidence.signals(best, found, question)]), np.array([gold.answerable])


def unread_confidence_signals(embedder: Embedder) -> Gatherer:
    """Gathers the same without the cosine, of questions as if the model could not read them."""
    unread = embedder.embed_question("\U00013000") * np.float32(ILLEGIBLE_LENGTH)

    def gather_one(library: Library, question: Question, gold: GoldQuestion) -> Listwise:
        rows, right = confidence_signals(library, replace(question, vector=unread, legible=False), gold)
        return rows[:, 1:], right

    return gather_one


def reread_confidence_signals(embedder: Embedder) -> Gatherer:
    """Gathers those of the confidence after the second reading."""

    def gather_one(library: Library, question: Question, gold: GoldQuestion) -> Listwise:
        found = retrieve.retrieve(library, question, HITS_READ)
        reading = reread.reread(read.rank_sentences(found, question), found, question, embedder)
        if reading is None:
            raise LookupError(question.text)
        return np.array([confidence.reread_signals(reading, found, question)]), np.array([gold.answerable])

    return gather_one


def report(title: str, fitted: dict[str, float], in_use: dict[str, float]) -> None:
    """Print fitted weights beside those in use."""
    print(title)
    for name, weight in fitted.items():
        print(f"  {name:22} fitted {weight:8.3f}   in use {in_use[name]:8.3f}")


def fit_ranking(embedder: Embedder, sets: dict[str, QuestionSet]) -> None:
    """Fit and print the weights of the retriever and of both readings."""
    passages, sentences, again = gather(embedder, sets, passage_lists, sentence_lists, reread_lists(embedder, None))
    weights = fit_listwise(passages)
    report("Retriever, relative", dict(zip(retrieve.WEIGHTS, weights / weights.sum(), strict=True)), retrieve.WEIGHTS)
    weights = fit_listwise(sentences)
    names = [*read.WEIGHTS, *(kind.name for kind in EXPECTATIONS), "sharpness"]
    fitted = dict(zip(names, [*(weights / weights.sum()), weights.sum()], strict=True))
    in_use = {**read.WEIGHTS, **{kind.name: kind.weight for kind in EXPECTATIONS}, "sharpness": read.SHARPNESS}
    report("Reader, relative", fitted, in_use)
    report("Second reading", dict(zip(reread.WEIGHTS, fit_listwise(again), strict=True)), reread.WEIGHTS)


def fit_trained(embedder: Embedder, sets: dict[str, QuestionSet]) -> None:
    """Fit and print the weights of the second reading with the trained reader."""
    [again] = gather(embedder, sets, reread_lists(embedder, reader_for(embedder)))
    fitted = dict(zip(reread.TRAINED_WEIGHTS, fit_listwise(again), strict=True))
    report("Second reading with the trained reader", fitted, reread.TRAINED_WEIGHTS)


def fit_confidence(embedder: Embedder, sets: dict[str, QuestionSet]) -> None:
    """Fit and print the weights of the confidence after the first reading, and of questions that cannot be read."""
    rows, unread = gather(embedder, halved(sets), confidence_signals, unread_confidence_signals(embedder))
    weights = {"intercept": confidence.INTERCEPT, **confidence.WEIGHTS}
    fit_one_confidence("Confidence", rows, weights, confidence.THRESHOLD)
    weights = {"intercept": confidence.UNREAD_INTERCEPT, **confidence.UNREAD_WEIGHTS}
    fit_one_confidence("Confidence where the model cannot read", unread, weights, confidence.TRAINED_THRESHOLD)


def fit_reread_confidence(embedder: Embedder, sets: dict[str, QuestionSet]) -> None:
    """Fit and print those of the confidence after the second, with the trained reader if it is there."""
    [rows] = gather(embedder, halved(sets), reread_confidence_signals(embedder))
    if reader_for(embedder):
        weights = {"intercept": confidence.TRAINED_INTERCEPT, **confidence.TRAINED_WEIGHTS}
        fit_one_confidence("Confidence with the trained reader", rows, weights, confidence.TRAINED_THRESHOLD)
    else:
        weights = {"intercept": confidence.REREAD_INTERCEPT, **confidence.REREAD_WEIGHTS}
        fit_one_confidence("Confidence after the second reading", rows, weights, confidence.REREAD_THRESHOLD)


def halved(sets: dict[str, QuestionSet]) -> dict[str, QuestionSet]:
    """The same with half of the paragraphs taken away."""
    return {name: one.without(half_of(one.paragraphs)) for name, one in sets.items()}


def fit_one_confidence(title: str, rows: Sequence[Listwise], in_use: dict[str, float], threshold: float) -> None:
    """Fit and print weights, and what thresholds do to the questions they were fitted on."""
    signals = np.concatenate([row for row, _ in rows])
    answerable = np.concatenate([right for _, right in rows])
    weights = fit_logistic(signals, answerable)
    report(title, dict(zip(in_use, weights, strict=True)), in_use)
    probabilities = 1 / (1 + np.exp(-(weights[0] + signals @ weights[1:])))
    for tried in (0.1, threshold, 0.3, 0.4, 0.5):
        refused = np.mean(probabilities[answerable] < tried)
        answered = np.mean(probabilities[~answerable] >= tried)
        print(f"  at {tried:.2f}: {refused:.1%} of answerable refused, {answered:.1%} of unanswerable answered")


def main() -> None:
    """Fit all, in the order in which they build on each other, or only "trained" or "confidence" if that is named.

    The weights of the second reading by itself are fitted where the trained reader is not there.
    """
    embedder = Embedder(find_model(DEFAULT_MODEL))
    named = set(sys.argv[1:])
    if not named:
        fit_ranking(embedder, samples())
    if reader_for(embedder) and named != {"confidence"}:
        fit_trained(embedder, unseen_samples())
    if named != {"trained"}:
        fit_confidence(embedder, samples())
        fit_reread_confidence(embedder, unseen_samples() if reader_for(embedder) else samples())


if __name__ == "__main__":
    main()
