"""Figures: each is what its definition says, compared with loops, and each interval holds its figure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate import GoldQuestion, Outcome
from qa.metrics import auroc, interval, summarize, wilson

RANKS = st.none() | st.integers(1, 12)
FIGURES = [
    *(f"passage {name}" for name in ("hit@1", "hit@3", "hit@5", "hit@10", "mrr@10")),
    *(f"document {name}" for name in ("hit@1", "mrr@10", "ndcg@10")),
    *(f"quote {name}" for name in ("@1", "@3", "@5")),
    *(f"refusal {name}" for name in ("auroc", "answerable_refused", "unanswerable_answered")),
]


def outcome(
    *,
    documents: Sequence[str] = ("a.txt",),
    ranks: dict[str, int | None] | None = None,
    document_ranks: Sequence[int] = (),
    quote_rank: int | None = None,
    score: float = 0.5,
    seconds: float = 0.01,
) -> Outcome:
    """What became of a question that `documents` answer, told apart from its refusal at 0.5."""
    gold = GoldQuestion("?", frozenset(documents), None, None)
    return Outcome(gold, ranks or {"qa": None}, tuple(document_ranks), quote_rank, score, 0.5, score >= 0.5, seconds)


@st.composite
def outcomes_of_any_kind(draw: st.DrawFn) -> Outcome:
    names = draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True))
    found = draw(st.lists(st.integers(1, 14), max_size=len(names), unique=True).map(sorted))
    return outcome(
        documents=names,
        ranks={"qa": draw(RANKS)},
        document_ranks=found,
        quote_rank=draw(RANKS),
        score=draw(st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0])),
        seconds=draw(st.floats(0, 10)),
    )


many_outcomes = st.lists(outcomes_of_any_kind(), min_size=1, max_size=12)


def slow_auroc(outcomes: Sequence[Outcome]) -> float | None:
    """Over all pairs of an answerable and an unanswerable question, one after the other."""
    wins = pairs = 0.0
    for one in outcomes:
        for other in outcomes:
            if one.gold.answerable and not other.gold.answerable:
                pairs += 1
                wins += 1 if one.score > other.score else 0.5 if one.score == other.score else 0
    return wins / pairs if pairs else None


def average(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def slow_figures(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """All figures by their definitions."""
    answerable = [one for one in outcomes if one.gold.documents]
    others = [one for one in outcomes if not one.gold.documents]

    def hit(ranks: list[int | None], k: int) -> float | None:
        return average([1.0 if rank in range(1, k + 1) else 0.0 for rank in ranks])

    def reciprocal(ranks: list[int | None]) -> float | None:
        return average([1 / rank if rank in range(1, 11) and rank else 0.0 for rank in ranks])

    def ndcg(one: Outcome) -> float:
        gains = [1 if rank in one.document_ranks else 0 for rank in range(1, 11)]
        ideal = sorted([1] * len(one.gold.documents) + [0] * 10, reverse=True)[:10]
        return discounted(gains) / discounted(ideal)

    passages = [one.passage_ranks["qa"] for one in answerable]
    documents = [one.document_ranks[0] if one.document_ranks else None for one in answerable]
    quotes = [one.quote_rank for one in answerable]
    return {
        **{f"passage hit@{k}": hit(passages, k) for k in (1, 3, 5, 10)},
        "passage mrr@10": reciprocal(passages),
        "document hit@1": hit(documents, 1),
        "document mrr@10": reciprocal(documents),
        "document ndcg@10": average([ndcg(one) for one in answerable]),
        **{f"quote @{k}": hit(quotes, k) for k in (1, 3, 5)},
        "refusal auroc": slow_auroc(outcomes),
        "refusal answerable_refused": average([1.0 if one.score < 0.5 else 0.0 for one in answerable]),
        "refusal unanswerable_answered": average([1.0 if one.score >= 0.5 else 0.0 for one in others]),
    }


def discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


@given(st.lists(outcomes_of_any_kind(), max_size=40))
def test_auroc_is_the_share_of_pairs_in_the_right_order_ties_counting_half(outcomes: list[Outcome]) -> None:
    assert auroc(outcomes) == pytest.approx(slow_auroc(outcomes))


def test_auroc_by_hand() -> None:
    """Of six pairs, three are in order, one is tied and two are not: 3.5 / 6."""
    answerable = [outcome(score=score) for score in (0.9, 0.5, 0.1)]
    others = [outcome(documents=[], score=score) for score in (0.5, 0.3)]
    assert auroc([*others, *answerable]) == pytest.approx(3.5 / 6)
    assert auroc(answerable) is None
    assert auroc(others) is None
    assert auroc([]) is None


@settings(max_examples=15)
@given(many_outcomes)
def test_all_figures_are_those_of_their_definitions(outcomes: list[Outcome]) -> None:
    report = summarize(outcomes)
    for name, expected in slow_figures(outcomes).items():
        group, key = name.split(" ")
        got = report[group][key]
        assert got == (None if expected is None else pytest.approx(expected, abs=5e-5)), name


def test_figures_by_hand() -> None:
    """Right passages at 1, 4 and nowhere; documents at 1 and 3 of two, 2 of one, and none of one; one refused."""
    outcomes = [
        outcome(documents=["a", "b"], ranks={"qa": 1}, document_ranks=[1, 3], quote_rank=2, score=0.9, seconds=0.01),
        outcome(ranks={"qa": 4}, document_ranks=[2], quote_rank=1, score=0.6, seconds=0.02),
        outcome(ranks={"qa": 11}, document_ranks=[11], quote_rank=6, score=0.2, seconds=0.03),
        outcome(documents=[], ranks={"qa": None}, score=0.7, seconds=0.04),
        outcome(documents=[], ranks={"qa": None}, score=0.1, seconds=0.05),
    ]
    report = summarize(outcomes)
    del report["intervals"]
    ideal = 1 + 1 / math.log2(3)
    assert report == {
        "questions": 5,
        "passage": {"hit@1": 0.3333, "hit@3": 0.3333, "hit@5": 0.6667, "hit@10": 0.6667, "mrr@10": 0.4167},
        "document": {
            "hit@1": 0.3333,
            "mrr@10": 0.5,
            "ndcg@10": round((1.5 / ideal + 1 / math.log2(3)) / 3, 4),
        },
        "quote": {"@1": 0.3333, "@3": 0.6667, "@5": 0.6667},
        "refusal": {
            "auroc": 0.6667,
            "answerable_refused": 0.3333,
            "unanswerable_answered": 0.5,
            "threshold": 0.5,
        },
        "latency_ms": {"p50": 30.0, "p95": 48.0},
    }


def test_a_document_that_is_all_there_is_ranks_perfectly() -> None:
    ranks = list(range(1, 13))
    perfect = outcome(documents=[str(rank) for rank in ranks], document_ranks=ranks)
    assert summarize([perfect])["document"] == {"hit@1": 1, "mrr@10": 1, "ndcg@10": 1}


def test_where_there_is_no_question_of_a_kind_its_figures_are_none() -> None:
    answerable = summarize([outcome(ranks={"qa": 1})])
    assert (answerable["refusal"]["auroc"], answerable["refusal"]["unanswerable_answered"]) == (None, None)
    assert answerable["intervals"]["refusal auroc"] is None
    others = summarize([outcome(documents=[])])
    assert set(others["passage"].values()) == set(others["document"].values()) == {None}
    assert set(others["quote"].values()) == {None}
    assert (others["refusal"]["auroc"], others["refusal"]["answerable_refused"]) == (None, None)
    assert others["intervals"]["passage mrr@10"] is None


@settings(max_examples=5)
@given(many_outcomes)
def test_an_interval_lies_between_0_and_1_and_is_the_same_every_time(outcomes: list[Outcome]) -> None:
    report = summarize(outcomes)
    assert list(report["intervals"]) == FIGURES
    for name, low_high in report["intervals"].items():
        group, key = name.split(" ")
        if low_high is None:
            assert report[group][key] is None
        else:
            assert 0 <= low_high[0] <= low_high[1] <= 1
    assert summarize(outcomes) == report


def test_an_interval_holds_its_figure_and_is_the_narrower_the_more_questions_there_are() -> None:
    """Of n questions half are found: the share varies by about 1.96 * 0.5 / sqrt(n)."""

    def found(n: int) -> list[float]:
        half = [outcome(ranks={"qa": 1}), outcome()] * (n // 2)
        low_high = interval(lambda some: average([float(one.passage_ranks["qa"] == 1) for one in some]), half)
        assert low_high is not None
        return low_high

    for n in (50, 400):
        assert found(n) == pytest.approx([0.5 - 0.98 / math.sqrt(n), 0.5 + 0.98 / math.sqrt(n)], abs=0.03)


def test_an_interval_is_no_point_where_all_is_right_or_wrong() -> None:
    """Wilson's upper bound of 0 of n is z² / (n + z²), with z = 1.96, and its lower bound of n of n is n / (n + z²)."""
    for n in (1, 3, 10, 400):
        right = [outcome(ranks={"qa": 1}, document_ranks=[1], quote_rank=1, score=0.9)] * n
        others = [outcome(documents=[], score=0.1)] * n
        intervals = summarize([*right, *others])["intervals"]
        lower = pytest.approx(n / (n + 1.96**2), abs=1e-4)
        wrong = {"refusal answerable_refused", "refusal unanswerable_answered"}
        for name in FIGURES:
            low, high = intervals[name]
            assert (1 - high, 1 - low) == (lower, 1) if name in wrong else (low, high) == (lower, 1), (name, n)


def test_the_interval_of_a_share_is_wilsons() -> None:
    half = [outcome(ranks={"qa": 1}), outcome()] * 50
    assert summarize(half)["intervals"]["passage hit@1"] == list(wilson(50, 100))


def test_the_interval_of_few_values_is_wider_than_resampling_makes_it_and_that_of_many_is_resampled() -> None:
    """Of ranks 1 and 2 the reciprocals are 1 and 0.5: they vary less than 1 and 0 do, of which Wilson's is."""

    def interval_of(n: int) -> tuple[float, float, float]:
        half = [outcome(ranks={"qa": 1}), outcome(ranks={"qa": 2})] * (n // 2)
        low, high = summarize(half)["intervals"]["passage mrr@10"]
        return low, high, 0.98 / math.sqrt(n)

    low, high, _ = interval_of(10)
    assert [low, high] == list(wilson(7.5, 10))
    low, high, spread = interval_of(400)
    assert (low, high) == pytest.approx((0.75 - spread / 2, 0.75 + spread / 2), abs=0.01)


def test_the_keys_are_those_that_are_promised() -> None:
    outcomes = [outcome(ranks={"qa": 1, "vectors": 2}), outcome(documents=[], ranks={"qa": None, "vectors": None})]
    report = summarize(outcomes)
    groups = {name: list(group) for name, group in report.items() if isinstance(group, dict)}
    assert list(report) == [
        *("questions", "passage", "document", "quote", "refusal", "latency_ms", "intervals", "compare")
    ]
    assert groups == {
        "passage": ["hit@1", "hit@3", "hit@5", "hit@10", "mrr@10"],
        "document": ["hit@1", "mrr@10", "ndcg@10"],
        "quote": ["@1", "@3", "@5"],
        "refusal": ["auroc", "answerable_refused", "unanswerable_answered", "threshold"],
        "latency_ms": ["p50", "p95"],
        "intervals": FIGURES,
        "compare": ["qa", "vectors"],
    }
    assert "compare" not in summarize([outcome()])


def test_methods_are_compared_by_the_passages_they_rank() -> None:
    outcomes = [outcome(ranks={"qa": 1, "rrf": 2}), outcome(ranks={"qa": 3, "rrf": None})]
    assert summarize(outcomes)["compare"] == {
        "qa": {"hit@1": 0.5, "hit@3": 1.0, "hit@5": 1.0, "hit@10": 1.0, "mrr@10": 0.6667},
        "rrf": {"hit@1": 0.0, "hit@3": 0.5, "hit@5": 0.5, "hit@10": 0.5, "mrr@10": 0.25},
    }
