"""Figures over outcomes, with 95 % confidence intervals: Wilson's of shares and by bootstrap of others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.evaluate import Outcome

_RESAMPLES = 1000
_SEED = 0
# Of fewer, resampling tells too little, and of values that are all the same nothing.
_FEWEST_TO_RESAMPLE = 30

Figure = Callable[[Sequence[Outcome]], float | None]
"""A figure over outcomes; None where it has no meaning (no question of the kind it is about)."""


def summarize(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All figures as plain values; rates lie between 0 and 1, times are milliseconds.

    `intervals` holds, by the name of a figure, its 95 % confidence interval. `compare` holds the passage figures of
    each method, where there is more than one.
    """
    methods = list(outcomes[0].passage_ranks) if outcomes else []
    figures = _figures("qa")
    report: dict[str, Any] = {"questions": len(outcomes)}
    for name, figure in figures.items():
        group, key = name.split(" ")
        report.setdefault(group, {})[key] = _rounded(figure(outcomes))
    report["refusal"]["threshold"] = _rounded(outcomes[0].threshold) if outcomes else None
    milliseconds = [outcome.seconds * 1000 for outcome in outcomes]
    report["latency_ms"] = {
        "p50": round(float(np.quantile(milliseconds, 0.5)), 2),
        "p95": round(float(np.quantile(milliseconds, 0.95)), 2),
    }
    report["intervals"] = {name: interval(figure, outcomes) for name, figure in figures.items()}
    if len(methods) > 1:
        report["compare"] = {
            method: {
                name.split(" ")[1]: _rounded(figure(outcomes))
                for name, figure in _figures(method).items()
                if name.startswith("passage")
            }
            for method in methods
        }
    return report


def _figures(method: str) -> dict[str, Figure]:
    figures: dict[str, Figure] = {f"passage hit@{k}": _passage_hit(method, k) for k in (1, 3, 5, 10)}
    figures["passage mrr@10"] = _over_answerable(lambda one: _reciprocal(one.passage_ranks[method]))
    figures["document hit@1"] = _over_answerable(lambda one: float(1 in one.document_ranks))
    figures["document mrr@10"] = _over_answerable(lambda one: _reciprocal(min(one.document_ranks, default=None)))
    figures["document ndcg@10"] = _over_answerable(_ndcg)
    for k in (1, 3, 5):
        figures[f"quote @{k}"] = _quote_hit(k)
    figures["refusal auroc"] = auroc
    figures["refusal answerable_refused"] = _over_answerable(lambda one: float(not one.answered))
    figures["refusal unanswerable_answered"] = Mean(
        lambda one: float(one.answered), lambda one: not one.gold.answerable
    )
    return figures


def _passage_hit(method: str, k: int) -> Figure:
    return _over_answerable(lambda one: float((one.passage_ranks[method] or k + 1) <= k))


def _quote_hit(k: int) -> Figure:
    return _over_answerable(lambda one: float((one.quote_rank or k + 1) <= k))


def _over_answerable(value: Callable[[Outcome], float]) -> Figure:
    return Mean(value, lambda one: one.gold.answerable)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a value over the outcomes that count; None if none does."""

    value: Callable[[Outcome], float]
    counts: Callable[[Outcome], bool]

    def __call__(self, outcomes: Sequence[Outcome]) -> float | None:
        """The mean over `outcomes`."""
        values = [self.value(outcome) for outcome in outcomes if self.counts(outcome)]
        return float(np.mean(values)) if values else None

    def over(self, outcomes: Sequence[Outcome], chosen: npt.NDArray[np.int64]) -> list[float]:
        """The means over each row of `chosen`, (resamples, n) numbers of outcomes, where any of them counts."""
        counts = np.array([self.counts(outcome) for outcome in outcomes])
        values = np.array(
            [self.value(one) if is_counted else 0.0 for one, is_counted in zip(outcomes, counts, strict=True)]
        )
        totals, numbers = values[chosen].sum(axis=1), counts[chosen].sum(axis=1)
        means: list[float] = (totals[numbers > 0] / numbers[numbers > 0]).tolist()
        return means


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank is not None and rank <= 10 else 0.0


def _ndcg(outcome: Outcome) -> float:
    """Of the documents, binary relevance, cut at 10 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / np.log2(rank + 1) for rank in outcome.document_ranks if rank <= 10)
    ideal = sum(1 / np.log2(rank + 1) for rank in range(1, min(len(outcome.gold.documents), 10) + 1))
    return float(gain / ideal)


def auroc(outcomes: Sequence[Outcome]) -> float | None:
    """The chance that an answerable question scores above an unanswerable one, ties counting half."""
    answerable = np.sort([one.score for one in outcomes if one.gold.answerable])
    others = np.array([one.score for one in outcomes if not one.gold.answerable])
    if not len(answerable) or not len(others):
        return None
    below = np.searchsorted(answerable, others, side="left")
    not_above = np.searchsorted(answerable, others, side="right")
    wins = len(answerable) - not_above + (not_above - below) / 2
    return float(wins.mean() / len(answerable))


def wilson(count: float, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of the share that `count` is of `total`, which is above 0 (Wilson 1927).

    Of a sum of values between 0 and 1 it is that of their mean, or wider: no such values vary more than 0 and 1 do.
    """
    z, share = 1.96, count / total
    middle, spread = share + z * z / (2 * total), z * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2))
    scale = 1 + z * z / total
    return round(max(0.0, (middle - spread) / scale), 4), round(min(1.0, (middle + spread) / scale), 4)


def interval(figure: Figure, outcomes: Sequence[Outcome]) -> list[float] | None:
    """The 95 % confidence interval of `figure`; None where it has no meaning.

    Of a share it is Wilson's. Of other figures it is the 2.5 and 97.5 percentiles over resampled questions, where
    there are enough of them, and else Wilson's, which is then too wide rather than too narrow. The AUROC of m and n
    questions varies no more than a mean over the lesser of m and n: it is the mean over all ways to pair them.
    """
    value = figure(outcomes)
    if value is None:
        return None
    if isinstance(figure, Mean):
        counted = [figure.value(outcome) for outcome in outcomes if figure.counts(outcome)]
        is_share, number = set(counted) <= {0.0, 1.0}, len(counted)
    else:
        answerable = sum(outcome.gold.answerable for outcome in outcomes)
        is_share, number = False, min(answerable, len(outcomes) - answerable) or len(outcomes)
    if not is_share and number >= _FEWEST_TO_RESAMPLE:
        low, high = _percentiles(figure, outcomes)
        if low < high:
            return [low, high]
    return list(wilson(value * number, number))


def _percentiles(figure: Figure, outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The 2.5 and 97.5 percentiles of `figure` over resampled questions."""
    chosen = np.random.default_rng(_SEED).integers(0, len(outcomes), (_RESAMPLES, len(outcomes)))
    if isinstance(figure, Mean):
        values = figure.over(outcomes, chosen)
    else:
        resampled = (figure([outcomes[number] for number in row]) for row in chosen)
        values = [value for value in resampled if value is not None]
    low, high = np.quantile(values, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def bootstrap_mean(values: Sequence[float]) -> tuple[float, float]:
    """The 2.5 and 97.5 percentiles of the mean over resampled values, of which there is at least one."""
    array = np.asarray(values, dtype=np.float64)
    chosen = np.random.default_rng(_SEED).integers(0, len(array), (_RESAMPLES, len(array)))
    low, high = np.quantile(array[chosen].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def refused_at(answerable_refused: float) -> Figure:
    """The share of unanswerable questions below the score that refuses so much of the answerable ones."""

    def figure(outcomes: Sequence[Outcome]) -> float | None:
        answerable = [one.score for one in outcomes if one.gold.answerable]
        others = np.array([one.score for one in outcomes if not one.gold.answerable])
        if not answerable or not len(others):
            return None
        return float((others < np.quantile(answerable, answerable_refused)).mean())

    return figure


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
