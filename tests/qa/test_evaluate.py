"""Measuring: what is noted of each question, and what comes of the demo."""

from __future__ import annotations

import pytest

from index.library import Library
from qa.ask import ask
from qa.evaluate import GoldQuestion, Outcome, evaluate, load_gold_questions
from source.document import Span
from source.errors import QuestionError
from tests.command import Command
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.conftest import DEMO_QUESTIONS

WORDS = WordEmbedder()
BELLS = "Bells hang on the fish market here.\n\nThe oldest bell was cast in 1687 by\nJonas Trell of the town.\n"
GULLS = "Gulls sit on the roof of the loft.\n\nThe oldest gull has one foot and no fear.\n"


# What is noted


@pytest.fixture
def filled(library: Library) -> Library:
    put_text(library, WORDS, BELLS, "/documents/bells.txt")
    put_text(library, WORDS, GULLS, "/documents/gulls.txt")
    return library


def measured(library: Library, question: str, *, compare: bool = False, **gold: object) -> Outcome:
    """What became of one question."""
    fields: dict[str, object] = {"documents": frozenset({"bells.txt"}), "span": None, "quote": None, **gold}
    one = GoldQuestion(question, **fields)  # type: ignore[arg-type]
    [outcome] = evaluate(library, WORDS, [one], compare=compare)
    return outcome


def test_what_is_found_at_once_ranks_first(filled: Library) -> None:
    question = "the oldest bell was cast in 1687 by jonas trell"
    for gold in ({"quote": "1687 by Jonas"}, {"span": Span(70, 72)}, {}):
        outcome = measured(filled, question, **gold)
        assert (outcome.passage_ranks, outcome.document_ranks, outcome.quote_rank) == ({"qa": 1}, (1,), 1)


def test_ranks_are_those_of_what_is_right_among_all_that_is_ranked(filled: Library) -> None:
    """Of four passages the two with "oldest" come first, then those that share less."""
    question = "the oldest gull has one foot and no fear the oldest bell was cast"
    outcome = measured(filled, question, quote="Jonas Trell")
    assert (outcome.passage_ranks, outcome.document_ranks, outcome.quote_rank) == ({"qa": 2}, (2,), 2)
    both = measured(filled, question, documents=frozenset({"bells.txt", "gulls.txt"}), quote="Jonas")
    assert (both.passage_ranks, both.document_ranks) == ({"qa": 2}, (1, 2))
    divided = measured(filled, question, quote="here.\n\nThe oldest")
    assert (divided.passage_ranks, divided.document_ranks, divided.quote_rank) == ({"qa": None}, (2,), None)


def test_what_stands_below_all_that_is_ranked_has_no_rank(filled: Library) -> None:
    put_text(filled, WORDS, "Moths are grey.", "/documents/moths.txt")
    put_text(filled, WORDS, "The oldest bell was cast here.\n\n" * 50, "/documents/more.txt")
    outcome = measured(filled, "the oldest bell was cast here", documents=frozenset({"moths.txt"}))
    assert (outcome.passage_ranks, outcome.document_ranks, outcome.quote_rank) == ({"qa": None}, (), None)


def test_a_question_on_a_document_that_is_not_there_is_an_error_before_any_is_asked(filled: Library) -> None:
    golds = [
        GoldQuestion("Bell?", frozenset({"bells.txt"}), None, None),
        GoldQuestion("Who is\nU16?", frozenset({"bells.txt", "u16.text"}), None, None),
    ]
    with pytest.raises(QuestionError) as caught:
        next(evaluate(filled, WORDS, golds, compare=False))
    assert str(caught.value) == (
        "Cannot measure with the gold question Who is\\nU16?: no document is called u16.text in this library. "
        "See which there are: qa list."
    )


@pytest.mark.parametrize(
    ("documents", "span", "quote", "reason"),
    [
        ({"bells.txt"}, None, "Tobias Rell", "its quote does not stand in bells.txt"),
        ({"bells.txt"}, None, "The oldest gull", "its quote does not stand in bells.txt"),
        ({"bells.txt", "gulls.txt"}, None, "Rell", "its quote does not stand in bells.txt or gulls.txt"),
        ({"bells.txt"}, Span(90, 2000), None, "there are no characters 90 to 2,000 in bells.txt"),
    ],
)
def test_a_quote_or_place_that_no_gold_document_has_is_an_error_before_any_is_asked(
    filled: Library, documents: set[str], span: Span | None, quote: str | None, reason: str
) -> None:
    golds = [
        GoldQuestion("Bell?", frozenset({"bells.txt"}), None, None),
        GoldQuestion("Who?", frozenset(documents), span, quote),
    ]
    with pytest.raises(QuestionError) as caught:
        next(evaluate(filled, WORDS, golds, compare=False))
    assert str(caught.value) == (f"Cannot measure with the gold question Who?: {reason}. Correct it, or leave it out.")


@pytest.mark.parametrize(
    ("documents", "span", "quote"),
    [
        ({"bells.txt"}, None, "cast in 1687 by Jonas Trell"),  # over a line end
        ({"bells.txt"}, None, "cast in 1687 by\nJonas Trell"),
        ({"bells.txt", "gulls.txt"}, None, "Jonas Trell"),
        ({"bells.txt", "gulls.txt"}, Span(0, len(BELLS.strip())), None),  # gulls.txt is shorter
        ({"bells.txt"}, Span(3, 9), "a quote that is not looked at then"),
        (set(), None, "a quote of no document"),
    ],
)
def test_a_quote_or_place_that_one_of_the_gold_documents_has_is_asked_for(
    filled: Library, documents: set[str], span: Span | None, quote: str | None
) -> None:
    gold = GoldQuestion("Who?", frozenset(documents), span, quote)
    assert [outcome.gold for outcome in evaluate(filled, WORDS, [gold], compare=False)] == [gold]


def test_ranks_count_whether_or_not_the_answer_is_refused(filled: Library) -> None:
    outcome = measured(filled, "Moths inhale quasars", quote="Jonas Trell")
    assert not outcome.answered
    assert outcome.passage_ranks["qa"] is not None
    assert outcome.quote_rank is not None


def test_score_and_refusal_are_those_of_the_answer(filled: Library) -> None:
    for question in ("The oldest gull has one foot and no fear.", "What moths inhale quasars?"):
        outcome = measured(filled, question)
        answer = ask(filled, WORDS, question)
        assert (outcome.score, outcome.threshold, outcome.answered) == (
            answer.score,
            answer.threshold,
            answer.answered,
        )
        assert outcome.seconds > 0


def test_other_ways_to_rank_are_compared_if_asked_for(filled: Library) -> None:
    question = "The oldest bell was cast in 1687 by"
    compared = measured(filled, question, compare=True, quote="Jonas Trell")
    assert compared.passage_ranks == {"qa": 1, "vectors": 1, "keywords": 1, "rrf": 1, "weighted": 1}
    missing = measured(filled, "The roof of the loft and the fear", compare=True, quote="Jonas Trell")
    assert missing.passage_ranks["keywords"] is None
    assert missing.passage_ranks["vectors"] is not None


def test_questions_are_asked_one_by_one_in_their_order(filled: Library) -> None:
    golds = [GoldQuestion(f"Bell {number}?", frozenset(), None, None) for number in range(3)]
    assert [outcome.gold for outcome in evaluate(filled, WORDS, golds, compare=False)] == golds


# The command


def test_the_demo_is_measured_from_end_to_end(demo_qa: Command) -> None:
    result = demo_qa("eval", DEMO_QUESTIONS, "--compare", "--json")
    assert (result.status, result.errors) == (0, "")
    report = result.value
    golds = load_gold_questions(DEMO_QUESTIONS)
    assert report["questions"] == len(golds) == len(DEMO_QUESTIONS.read_text("utf-8").splitlines())
    assert {key: list(value) for key, value in report.items() if key not in {"questions", "intervals"}} == {
        "passage": ["hit@1", "hit@3", "hit@5", "hit@10", "mrr@10"],
        "document": ["hit@1", "mrr@10", "ndcg@10"],
        "quote": ["@1", "@3", "@5"],
        "refusal": ["auroc", "answerable_refused", "unanswerable_answered", "threshold"],
        "latency_ms": ["p50", "p95"],
        "compare": ["qa", "vectors", "keywords", "rrf", "weighted"],
    }
    rates = [*report["passage"].values(), *report["document"].values(), *report["quote"].values()]
    rates += report["refusal"].values()
    assert all(0 <= rate <= 1 for rate in rates)
    assert report["compare"]["qa"] == report["passage"]
    assert report["passage"]["hit@1"] <= report["passage"]["mrr@10"] <= report["passage"]["hit@10"]
    assert report["quote"]["@1"] <= report["quote"]["@3"] <= report["quote"]["@5"]
    # Far below what is measured, and far above what anything broken would reach.
    assert report["passage"]["hit@5"] > 0.8
    assert report["document"]["hit@1"] > 0.8
    assert report["quote"]["@5"] > 0.7
    assert report["refusal"]["auroc"] > 0.7
    assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["p95"]
