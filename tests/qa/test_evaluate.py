"""Measuring: what a gold question is, what counts as right, and what is noted of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from index.records import DocumentRecord
from qa.ask import ask
from qa.evaluate import GoldQuestion, Outcome, evaluate, load_gold_questions
from source.document import Span
from source.errors import QuestionError
from tests.command import Command
from tests.conftest import ROOT
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
DEMO_QUESTIONS = ROOT / "qa" / "demo" / "questions.jsonl"
BELLS = "Bells hang on the fish market here.\n\nThe oldest bell was cast in 1687 by\nJonas Trell of the town.\n"
GULLS = "Gulls sit on the roof of the loft.\n\nThe oldest gull has one foot and no fear.\n"

LONG = json.dumps({"question": "a" * 10_001, "document": None})
EMPTY = "a document or quote is empty; for none, write null"
WHOLE = "start and end must be whole numbers"

WriteLines = Callable[..., Path]


@pytest.fixture
def gold_file(tmp_path: Path) -> WriteLines:
    """Writes a file of these lines."""

    def write(*lines: str) -> Path:
        path = tmp_path / "gold.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def record(name: str) -> DocumentRecord:
    return DocumentRecord(
        1, name, f"/{name}", "0" * 64, 9, "text", "utf-8", "", "2025-01-01T00:00:00", 1, 9, 0, 0, 0, 0, 0, 0
    )


# The file


def test_the_formats_of_a_line(gold_file: WriteLines) -> None:
    path = gold_file(
        '{"question": "A?", "document": "a.txt"}',
        "",
        '{"question": "B?", "document": ["a.txt", "b.txt"], "quote": "so\u2028so"}\r',
        '{"question": "C?", "document": "a.txt", "start": 3, "end": 9, "quote": "within"}',
        '{"question": "D?", "document": null}',
        '  {"question": "E?", "document": [], "start": null, "end": null, "quote": null, "id": 7}  ',
        "",
    )
    assert load_gold_questions(path) == [
        GoldQuestion("A?", frozenset({"a.txt"}), None, None),
        GoldQuestion("B?", frozenset({"a.txt", "b.txt"}), None, "so\u2028so"),
        GoldQuestion("C?", frozenset({"a.txt"}), Span(3, 9), "within"),
        GoldQuestion("D?", frozenset(), None, None),
        GoldQuestion("E?", frozenset(), None, None),
    ]
    assert [one.answerable for one in load_gold_questions(path)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Who?", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('"Who?"', "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        ("7", "it is not a JSON object"),
        ('{"question": "Who?"}', "it has no document"),
        ('{"document": "a.txt"}', "it has no question"),
        ('{"question": 7, "document": null}', "question must be text"),
        ('{"question": null, "document": null}', "question must be text"),
        ('{"question": "", "document": null}', "of its question: there is no word in it"),
        ('{"question": " ?! ", "document": null}', "of its question: there is no word in it"),
        (LONG, "of its question: it has 10,001 characters, more than 10,000"),
        ('{"question": "Who?", "document": 7}', "document must be text"),
        ('{"question": "Who?", "document": false}', "document must be text"),
        ('{"question": "Who?", "document": ["a.txt", 7]}', "document must be text"),
        ('{"question": "Who?", "document": ""}', EMPTY),
        ('{"question": "Who?", "document": ["a.txt", ""]}', EMPTY),
        ('{"question": "Who?", "document": "a.txt", "quote": 7}', "quote must be text"),
        ('{"question": "Who?", "document": "a.txt", "quote": ["a"]}', "quote must be text"),
        ('{"question": "Who?", "document": "a.txt", "quote": ""}', EMPTY),
        ('{"question": "Who?", "document": "a.txt", "start": "3", "end": 4}', WHOLE),
        ('{"question": "Who?", "document": "a.txt", "start": 3.0, "end": 4}', WHOLE),
        ('{"question": "Who?", "document": "a.txt", "start": true, "end": 4}', WHOLE),
        ('{"question": "Who?", "document": "a.txt", "start": 3}', "of start and end, one is missing"),
        ('{"question": "Who?", "document": "a.txt", "start": null, "end": 4}', "of start and end, one is missing"),
        ('{"question": "Who?", "document": "a.txt", "start": 5, "end": 4}', "not a span: [5, 4)"),
        ('{"question": "Who?", "document": "a.txt", "start": -1, "end": 4}', "not a span: [-1, 4)"),
    ],
)
def test_a_line_that_is_no_gold_question_is_named(gold_file: WriteLines, line: str, reason: str) -> None:
    path = gold_file('{"question": "A?", "document": null}', "", line)
    with pytest.raises(QuestionError) as caught:
        load_gold_questions(path)
    assert str(caught.value) == (
        f"Cannot read the gold questions in {path}: line 3 is not a gold question ({reason}). "
        "See qa eval --help for the format."
    )


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    missing, binary, empty = tmp_path / "missing", tmp_path / "binary", tmp_path / "empty"
    binary.write_bytes(b"\xff\xfe")
    empty.write_text("\n\n")
    for path, why in (
        (missing, "there is no such file. Check the path."),
        (tmp_path, "it is a folder. Check the path."),
        (binary, "it is not UTF-8. Save it again as UTF-8."),
        (empty, "there is no question in it. See qa eval --help for the format."),
    ):
        with pytest.raises(QuestionError) as caught:
            load_gold_questions(path)
        assert str(caught.value) == f"Cannot read the gold questions in {path}: {why}"


# What is right

SPANS = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


@given(SPANS, SPANS)
def test_with_a_span_right_is_what_shares_a_character_with_it(gold_span: Span, span: Span) -> None:
    gold = GoldQuestion("?", frozenset({"a.txt"}), gold_span, "a quote that is not looked at then")
    shared = set(range(gold_span.start, gold_span.end)) & set(range(span.start, span.end))
    assert gold.is_right(record("a.txt"), span, "x" * len(span)) == bool(shared)
    assert not gold.is_right(record("b.txt"), span, "x" * len(span))


@pytest.mark.parametrize(
    ("quote", "text", "right"),
    [
        ("by Jonas", "It was cast by Jonas Trell.", True),
        ("by Jonas", "It was cast by\n  Jonas Trell.", True),
        ("by\nJonas", "It was cast by\nJonas Trell.", True),
        ("by Jonas", "It was cast by", False),
        ("By Jonas", "It was cast by Jonas Trell.", False),
        (None, "Anything.", True),
    ],
)
def test_without_a_span_right_is_what_contains_the_quote_or_comes_from_the_document(
    quote: str | None, text: str, right: bool
) -> None:
    gold = GoldQuestion("?", frozenset({"a.txt", "b.txt"}), None, quote)
    assert gold.is_right(record("a.txt"), Span(0, len(text)), text) is right
    assert gold.is_right(record("b.txt"), Span(0, len(text)), text) is right
    assert not gold.is_right(record("c.txt"), Span(0, len(text)), text)


def test_of_a_question_without_an_answer_nothing_is_right() -> None:
    assert not GoldQuestion("?", frozenset(), None, None).is_right(record("a.txt"), Span(0, 5), "Bells")


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


def test_every_quote_of_the_demo_questions_stands_in_its_document(demo_library: Library) -> None:
    texts = {document.name: demo_library.text(document.id) for document in demo_library.documents()}
    for gold in load_gold_questions(DEMO_QUESTIONS):
        assert gold.documents <= set(texts)
        for name in gold.documents:
            assert gold.quote is not None
            assert gold.quote in " ".join(texts[name].split()), asdict(gold)


def test_a_command_on_a_file_with_a_bad_line_asks_nothing(
    qa: Command, gold_file: WriteLines, library_folder: Path
) -> None:
    path = gold_file(json.dumps({"question": "A?", "document": "a.txt", "start": 9, "end": 3}))
    result = qa("eval", path)
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        f"Cannot read the gold questions in {path}: line 1 is not a gold question "
        "(not a span: [9, 3)). See qa eval --help for the format.\n"
    )
    assert not library_folder.exists()
